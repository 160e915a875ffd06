// sdk/web/convene.d.ts - types of convene.js, the customer client.

export { check_page_url } from "./page_url.js";

/** Milliseconds since 1970. */
export type Time = number;

export interface Booked {
  /** The identifier; absent where it travels in a cookie. A secret: do not log it. */
  id?: string;
  /** The rendezvous page, and the same with the identifier in its query (query mode). */
  page: string;
  link?: string;
  expires_at: Time;
  at?: Time;
  agent?: string;
}

export interface Details {
  session: number;
  leg: number;
  role: number;
  gateway: string;
  ticket: string;
  expires_ms: Time;
  channels: string[];
  flow: string;
  protocol: number;
}

export interface Found {
  flow: string;
  title: string;
  state: "booked" | "due" | "joining" | "live" | "ended";
  end?: "completed" | "retimed" | "cancelled" | "declined" | "escalated";
  at?: Time;
  expires_at: Time;
  agent?: string;
  agent_name?: string;
  carriage: "query" | "cookie" | "api";
  page: string;
  link?: string;
  channels: string[];
}

/** How one flow stands now. */
export interface Availability {
  title: string;
  open: boolean;
  agents: number;
  free: number;
  waiting: number;
  wait: "none" | "short" | "long" | "nobody";
  next: "talk" | "wait" | "book";
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retry_after_ms: number;
  readonly passing: boolean;
}

export interface Wish {
  flow: string;
  context: Record<string, unknown>;
  at?: Time;
  agent?: string;
  carriage?: "query" | "cookie" | "api";
}

/** Names one of several conversations in a browser (16 characters). */
export function fresh_seat(): string;

export class Api {
  constructor(base?: string);
  readonly base: string;
  leg_url(details?: { address?: string }): string;
  book(wish: Wish, key?: string): Promise<Booked>;
  book_continuation(seat?: string, key?: string): Promise<Booked>;
  look(page: string): Promise<Found>;
  retime(page: string, at: Time | null): Promise<Booked>;
  cancel(page: string): Promise<unknown>;
  come_back(page: string): Promise<{ session: number; details: Details }>;
  start(
    flow: string,
    context: Record<string, unknown>,
    seat?: string,
  ): Promise<{ session: number; details: Details }>;
  resume(seat?: string): Promise<{ session: number; details: Details }>;
  availability(flow?: string): Promise<{ fresh_for_ms: number; flows: Record<string, Availability> }>;
}

export type LegState = "idle" | "connecting" | "connected" | "reconnecting" | "ended" | "elsewhere";

/** Events: `state`, `entry`, `signal`, `roster`, `notice`, `refused`, `pending`; what happened is in `detail`. */
export class LegController extends EventTarget {
  constructor(api: Api, fetch_details?: () => Promise<Details>);
  readonly state: LegState;
  readonly reason: string;
  readonly leg: number;
  readonly session: number;
  open(details?: Details): void;
  say(channel: string, body: unknown): void;
  signal(channel: string, body: unknown): void;
  ask(name: string, detail?: unknown): Promise<unknown>;
  leave(): void;
  close(): void;
}

/** `<convene-later>`; attributes and events are described at the class in later_element.js. */
export class ConveneLater extends HTMLElement {
  open(): void;
}

/** `<convene-session>`; see session_element.js. */
export class ConveneSession extends HTMLElement {
  readonly state: LegState;
  /** Puts the cursor where a message is written. */
  focus(): void;
  connect(options?: {
    details?: Details;
    seat?: string;
    fetch_details?: () => Promise<Details>;
  }): void;
}

export function calendar_entry(entry: {
  title: string;
  url: string;
  at: Time;
  uid?: string;
}): string;
export const texts: Record<string, string | ((...mentioned: string[]) => string)>;
export const endings: Record<string, string>;

declare global {
  interface HTMLElementTagNameMap {
    "convene-later": ConveneLater;
    "convene-session": ConveneSession;
  }
}
