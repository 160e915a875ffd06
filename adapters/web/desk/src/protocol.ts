// adapters/web/desk/src/protocol.ts - the messages of /api/v1/leg that a desk sends and gets (adapters/web/README.md).

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Context = { [name: string]: Json };
export type AgentState = "ready" | "paused" | "signed_out" | "wrap_up";

export interface Details {
  session: number;
  leg: number;
  ticket: string;
  channels: string[];
  flow: string;
  /** Where the session is carried, if that is another gateway than this desk's. */
  address?: string;
}

export interface Person {
  leg: number;
  role: number | string;
  state: string;
  name?: string;
}

export interface Invitation {
  details: Details;
  context: Context;
  roster: Person[];
  /** The gateway opens it by itself: `connected` follows. */
  opened?: boolean;
}

export interface Offer {
  offer: number;
  session: number;
  flow: string;
  /** What the operator calls the flow. */
  title: string;
  context: Context;
  deadline: number;
  waiting_since: number;
  now: number;
}

/** An offer and the gateway's clock less ours, so that deadlines are shown by its time. */
export interface StandingOffer extends Offer {
  ahead_ms: number;
  problem: string;
  answering: boolean;
}

export interface Entry {
  leg: number;
  ch: string;
  n: number;
  from: string;
  name?: string;
  at: number;
  body: { text?: string; url?: string; title?: string };
  mine: boolean;
}

export interface Booked {
  ref?: number;
  id?: string;
  page?: string;
  link?: string;
  expires_at?: number;
}

export type FromGateway =
  | {
      t: "attached";
      agent: string;
      name: string;
      state: AgentState;
      reason?: string;
      offers: Offer[];
      sessions: Invitation[];
    }
  | ({ t: "details" } & Invitation)
  | ({ t: "offer" } & Offer)
  | { t: "offer_ended"; offer: number; state: string }
  | { t: "agent"; state: AgentState; reason?: string }
  | {
      t: "connected";
      leg: number;
      session: number;
      channels: string[];
      settings?: { page?: { hosts?: string[]; both_ways?: boolean } };
    }
  | ({ t: "entry" } & Entry)
  | { t: "signal"; leg: number; ch: string; name?: string; body: { typing?: boolean } }
  | { t: "roster"; leg: number; entries: Person[] }
  | { t: "notice"; leg?: number; name: string; detail?: Context }
  | { t: "left"; leg: number; reason: string }
  | { t: "ok"; ref: number }
  | ({ t: "booked" } & Booked)
  | { t: "refused"; ref?: number; code: string; text: string; leg?: number }
  | { t: "bye"; code: string; text: string }
  | { t: "pong" };

export type ToGateway =
  | { t: "desk"; opens: boolean }
  | { t: "connect"; ticket: string; channels: string[]; protocol: 1; have: Record<string, number> }
  | { t: "frame"; leg: number; ch: string; body: unknown; ref?: number }
  | { t: "leave"; leg: number }
  | { t: "continue"; leg: number; ref: number }
  | { t: "state"; state: AgentState }
  | { t: "answer"; offer: number; accepts: boolean; ref: number }
  | { t: "ping" };
