// adapters/web/desk/src/conversation.ts - one session as the desk knows it.

import { Timeline } from "../../../../sdk/web/timeline.js";
import { check_page_url } from "../../../../sdk/web/page_url.js";
import { name_of } from "./facts.js";
import type { Context, Details, Entry, Person } from "./protocol.js";

const kCustomer = 1;
const kJoined = new Set(["connected", "degraded"]);
const kTypingFor_ms = 5_000;

export interface Happening {
  at: number;
  text: string;
}

export class Conversation {
  readonly timeline = new Timeline();
  readonly happenings: Happening[] = [];
  channels: string[] = [];
  roster: Person[] = [];
  hosts: readonly string[] = [];
  connected = false;
  /** Why it is over; empty while it is not. */
  ended = "";
  unread = 0;
  draft = "";
  problem = "";
  /** The page of the continuation, once it is booked. */
  continued = "";
  resend = false;
  /** Whether what was said before this window opened has come; what comes after that is news. */
  caught_up = false;
  /** The ticket that was shown last on this socket. */
  ticket = "";
  #typing_until = 0;
  #roster_seen = false;

  constructor(
    public details: Details,
    public context: Context,
    readonly since = Date.now(),
  ) {}

  get leg() {
    return this.details.leg;
  }

  get customer(): Person | undefined {
    return this.roster.find((one) => Number(one.role) === kCustomer || one.role === "customer");
  }

  /** What to call the customer: a name in the context, else what the roster says. */
  get title(): string {
    const said = name_of(this.context);
    if (said) return said;
    return this.customer?.name?.trim() || "Customer";
  }

  /** "here", "away" (the connection is lost for a moment) or "gone". */
  get presence(): "here" | "away" | "gone" {
    const state = this.customer?.state ?? "";
    return state === "connected" ? "here" : state === "degraded" ? "away" : "gone";
  }

  get typing() {
    return Date.now() < this.#typing_until;
  }

  get last(): Entry | undefined {
    return this.timeline.entries.at(-1) as Entry | undefined;
  }

  /** Since when the customer has waited for an answer to what was said last; 0 where the next word is not the agent's. */
  get unanswered_since(): number {
    if (this.ended) return 0;
    let since = 0;
    for (let at = this.timeline.entries.length - 1; at >= 0; at -= 1) {
      const entry = this.timeline.entries[at] as Entry;
      if (entry.mine) break;
      if (entry.ch === "chat") since = entry.at;
    }
    return since;
  }

  saw_typing() {
    this.#typing_until = Date.now() + kTypingFor_ms;
  }

  /** Takes an entry; true when it is news. */
  add(entry: Entry): boolean {
    if (!entry.mine) this.#typing_until = 0;
    return this.timeline.add(entry as never);
  }

  may_show(url: string) {
    return check_page_url(url, this.hosts) === "ok";
  }

  set_roster(entries: Person[]) {
    if (this.#roster_seen) this.#note_changes(entries);
    this.#roster_seen = true;
    this.roster = entries;
  }

  #note_changes(entries: Person[]) {
    const others = (list: Person[]) =>
      new Map(
        list
          .filter((one) => one.leg !== this.leg && kJoined.has(one.state))
          .map((one) => [one.leg, one]),
      );
    const before = others(this.roster);
    const now = others(entries);
    const name = (one: Person) =>
      one.name ||
      (Number(one.role) === kCustomer || one.role === "customer" ? this.title : "Somebody");
    for (const [leg, one] of now) if (!before.has(leg)) this.note(`${name(one)} is here`);
    for (const [leg, one] of before) if (!now.has(leg)) this.note(`${name(one)} has left`);
  }

  note(text: string) {
    this.happenings.push({ at: Date.now(), text });
  }
}
