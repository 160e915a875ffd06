// adapters/web/desk/src/desk.ts - the desk without its looks: who is signed in, offers, conversations, connection.

import { Conversation } from "./conversation.js";
import { post, remember_selected, remembered_selected } from "./desk_calls.js";
import type { AgentState, Booked, FromGateway, Invitation, Offer, StandingOffer } from "./protocol.js";
import { DeskSocket, Refused } from "./socket.js";

const kChange_ms = 8;
const kDetailsPatience_ms = 3_000;

export type Phase = "starting" | "signed_out" | "on" | "elsewhere";

/**
 * Emits `change` after anything changed, `news` with a sentence for screen readers, `said` when somebody wrote whom the
 * agent does not look at, `joined` when somebody is there without having been offered, and `open` with the conversation
 * whose offer was accepted here.
 */
export class Desk extends EventTarget {
  phase: Phase = "starting";
  online = false;
  /** Whether a connection has ever been there: before it, "starting" says enough. */
  was_online = false;
  agent = "";
  name = "";
  state: AgentState = "paused";
  /** Whether the core has paused this agent for not answering: whoever comes goes to others meanwhile. */
  unanswered = false;
  offers: StandingOffer[] = [];
  conversations: Conversation[] = [];
  selected: Conversation | null = null;
  notice = "";
  #socket: DeskSocket;
  #change_is_due = false;
  #details_timer = 0;
  /** Sessions whose offers were accepted here: their conversations are opened when they come. */
  #accepted = new Set<number>();

  constructor(origin = location.origin) {
    super();
    this.#socket = new DeskSocket(origin.replace(/^http/, "ws") + "/api/v1/leg", {
      open: () => this.#socket.send({ t: "desk", opens: true }),
      message: (message) => this.#take(message),
      lost: () => this.#lost(),
    });
  }

  start() {
    this.phase = "starting";
    this.#socket.start();
    this.#changed();
  }

  /** Empty when it worked, else the sentence to show. */
  async sign_in(agent: string, password: string): Promise<string> {
    const answer = await post("/api/v1/desk/sign-in", { agent, password });
    if (answer.problem) return answer.problem;
    this.notice = "";
    this.start();
    return "";
  }

  async sign_out() {
    this.#socket.send({ t: "state", state: "signed_out" });
    await post("/api/v1/desk/sign-out", {});
    this.#close("signed_out", "");
  }

  set_state(state: AgentState) {
    this.#socket.send({ t: "state", state });
  }

  async answer(offer: StandingOffer, accepts: boolean) {
    if (offer.answering) return;
    offer.answering = true;
    this.#changed();
    try {
      if (accepts) this.#accepted.add(offer.session);
      await this.#socket.ask((ref) => ({ t: "answer", offer: offer.offer, accepts, ref }));
      this.#forget_offer(offer.offer);
    } catch (error) {
      offer.answering = false;
      this.#accepted.delete(offer.session);
      if (error instanceof Refused && error.code === "offer_gone") this.#forget_offer(offer.offer);
      this.notice = (error as Error).message;
    }
    this.#changed();
  }

  select(conversation: Conversation | null) {
    this.selected = conversation;
    if (conversation) this.mark_read(conversation);
    remember_selected(conversation?.details.session);
    this.#changed();
  }

  mark_read(conversation: Conversation) {
    if (conversation.unread === 0) return;
    conversation.unread = 0;
    this.#changed();
  }

  say(conversation: Conversation, text: string) {
    this.#send_entry(conversation, "chat", { text });
  }

  show_page(conversation: Conversation, url: string, title: string) {
    this.#send_entry(conversation, "page", title ? { url, title } : { url });
  }

  typing(conversation: Conversation) {
    this.#socket.send({ t: "frame", leg: conversation.leg, ch: "chat", body: { typing: true } });
  }

  leave(conversation: Conversation) {
    this.#socket.send({ t: "leave", leg: conversation.leg });
  }

  /** Books the continuation with this agent. The gateway knows of which session; the desk says no more. */
  async continue_later(conversation: Conversation) {
    try {
      const booked = (await this.#socket.ask((ref) => ({
        t: "continue",
        leg: conversation.leg,
        ref,
      }))) as Booked;
      const page = booked.link ?? booked.page ?? "";
      conversation.continued = page ? new URL(page, location.href).href : "booked";
    } catch (error) {
      conversation.problem = (error as Error).message;
    }
    this.#changed();
  }

  /** Takes an ended conversation off the desk. */
  dismiss(conversation: Conversation) {
    this.conversations = this.conversations.filter((one) => one !== conversation);
    if (this.selected === conversation) this.select(this.conversations[0] ?? null);
    this.#changed();
  }

  /** Many things change at once when a transcript comes in: it is shown once. */
  #changed() {
    if (this.#change_is_due) return;
    this.#change_is_due = true;
    setTimeout(() => {
      this.#change_is_due = false;
      this.dispatchEvent(new Event("change"));
    }, kChange_ms);
  }

  #tell(text: string) {
    this.dispatchEvent(new CustomEvent("news", { detail: text }));
  }

  #lost() {
    this.online = false;
    for (const one of this.conversations) {
      one.connected = false;
      one.ticket = "";
    }
    this.#changed();
  }

  #close(phase: Phase, notice: string) {
    this.#socket.stop();
    this.phase = phase;
    this.online = false;
    this.was_online = false;
    this.notice = notice;
    this.offers = [];
    this.conversations = [];
    this.selected = null;
    this.#changed();
  }

  #take(message: FromGateway) {
    switch (message.t) {
      case "attached":
        this.#attached(message);
        break;
      case "details":
        this.#with(message);
        break;
      case "offer":
        this.#offered(message);
        break;
      case "offer_ended":
        this.#offer_ended(message.offer, message.state);
        break;
      case "agent":
        this.#is(message);
        break;
      case "bye":
        this.#bye(message.code, message.text);
        return;
      case "refused":
        this.#refused(message);
        break;
      case "pong":
        this.#resend();
        break;
      default:
        if ("leg" in message) this.#of_conversation(message);
    }
    this.#changed();
  }

  #attached(message: Extract<FromGateway, { t: "attached" }>) {
    if (this.was_online && !this.online) this.#tell("Connected again");
    this.phase = "on";
    this.online = true;
    this.was_online = true;
    this.notice = "";
    this.agent = message.agent;
    this.name = message.name;
    // The core takes whoever was never ready for signed out; whoever reads this is here.
    this.#is({ ...message, state: message.state === "signed_out" ? "paused" : message.state });
    this.offers = [];
    for (const offer of message.offers) this.#offered(offer);
    const live = new Set(message.sessions.map((one) => one.details.leg));
    for (const one of this.conversations) {
      if (!live.has(one.leg) && !one.ended) this.#over(one, "gone");
    }
    for (const invitation of message.sessions) this.#invited(invitation);
    if (!this.selected) {
      const known = this.conversations.find((one) => one.details.session === remembered_selected());
      this.select(known ?? this.conversations[0] ?? null);
    }
  }

  #is({ state, reason }: { state: AgentState; reason?: string }) {
    const before = this.unanswered;
    this.state = state;
    this.unanswered = reason === "no_answer";
    if (!this.unanswered || before) return;
    this.notice = ""; // What is shown instead says more.
    this.#tell("You are paused, because you did not answer");
  }

  /** A conversation that this agent was not asked about is marked and heard: nobody waits for a press here. */
  #with(invitation: Invitation) {
    const { leg, session } = invitation.details;
    const unasked = !this.#find(leg) && !this.#accepted.has(session);
    this.#invited(invitation);
    const conversation = this.#find(leg);
    if (!unasked || !conversation) return;
    if (!this.#is_looked_at(conversation)) conversation.unread = 1;
    this.dispatchEvent(new Event("joined"));
  }

  /** Details came: a new session, or new details for one that we are in. What is not opened the desk connects itself. */
  #invited({ details, context, roster, opened }: Invitation) {
    let conversation = this.#find(details.leg);
    if (!conversation) {
      conversation = new Conversation(details, context);
      this.conversations.push(conversation);
      if (this.#accepted.delete(details.session))
        this.dispatchEvent(new CustomEvent("open", { detail: conversation }));
      else if (!this.selected || this.selected.ended) this.select(conversation);
      this.#tell(`You are now with ${conversation.title}`);
    }
    conversation.details = details;
    conversation.context = context;
    conversation.set_roster(roster);
    if (conversation.ticket === details.ticket) return; // Said twice; a ticket opens once.
    conversation.ticket = details.ticket;
    if (opened) return;
    if (details.address) return; // Carried by another gateway: this desk's socket cannot open it.
    this.#socket.send({
      t: "connect",
      ticket: details.ticket,
      channels: details.channels,
      protocol: 1,
      have: conversation.timeline.have(),
    });
  }

  #offered(offer: Offer) {
    if (this.offers.some((one) => one.offer === offer.offer)) return;
    this.offers.push({ ...offer, ahead_ms: offer.now - Date.now(), problem: "", answering: false });
    this.#tell("Somebody would like to talk to you");
  }

  #offer_ended(number: number, state: string) {
    const offer = this.offers.find((one) => one.offer === number);
    if (offer && !offer.answering && !this.unanswered) {
      if (state === "expired")
        this.notice = "You did not answer an offer in time; it went to somebody else.";
      if (state === "withdrawn")
        this.notice = "An offer was taken back: the customer has left or found somebody.";
    }
    this.#forget_offer(number);
  }

  #forget_offer(number: number) {
    this.offers = this.offers.filter((one) => one.offer !== number);
  }

  #find(leg: number) {
    return this.conversations.find((one) => one.leg === leg && !one.ended);
  }

  #of_conversation(message: FromGateway & { leg?: number }) {
    const conversation = this.#find(message.leg ?? -1);
    if (!conversation) return;
    switch (message.t) {
      case "connected":
        conversation.connected = true;
        conversation.channels = message.channels;
        conversation.hosts = message.settings?.page?.hosts ?? [];
        conversation.resend = true;
        this.#socket.send({ t: "ping" });
        break;
      case "entry":
        if (!conversation.add(message)) break;
        if (message.mine) conversation.unread = 0; // An answer: what was before it was read.
        if (message.mine || this.#is_looked_at(conversation)) break;
        conversation.unread += 1;
        this.#tell(`New message from ${conversation.title}`);
        if (conversation.caught_up) this.dispatchEvent(new Event("said"));
        break;
      case "signal":
        if (message.body.typing) {
          conversation.saw_typing();
          setTimeout(() => this.#changed(), 5_100);
        }
        break;
      case "roster":
        conversation.set_roster(message.entries);
        break;
      case "left":
        this.#over(conversation, message.reason);
        break;
      default:
    }
  }

  /** Entries that were missed came before this answer; what is unconfirmed now was not heard. */
  #resend() {
    for (const conversation of this.conversations) {
      if (!conversation.resend) continue;
      conversation.resend = false;
      conversation.caught_up = true;
      for (const { ch, body, key } of conversation.timeline.pending) {
        this.#socket.send({ t: "frame", leg: conversation.leg, ch, body, ref: key });
      }
    }
  }

  #is_looked_at(conversation: Conversation) {
    return (
      this.selected === conversation &&
      document.visibilityState === "visible" &&
      document.hasFocus()
    );
  }

  #over(conversation: Conversation, reason: string) {
    conversation.ended = reason || "ended";
    conversation.connected = false;
    this.#tell(`The conversation with ${conversation.title} is over`);
  }

  #refused(message: Extract<FromGateway, { t: "refused" }>) {
    for (const conversation of this.conversations) {
      const dropped =
        message.ref === undefined ? undefined : conversation.timeline.refuse(message.ref);
      if (!dropped) continue;
      conversation.problem = message.text;
      if (dropped.ch === "chat" && !conversation.draft)
        conversation.draft = dropped.body.text ?? "";
      return;
    }
    if (this.phase === "starting") this.#close("signed_out", "");
    else if (message.code === "ticket_invalid") this.#await_details();
    else this.notice = message.text;
  }

  /** Whether its details should open a leg here and have not; what another gateway carries opens none. */
  #is_unconnected({ connected, ended, details }: Conversation) {
    return !connected && !ended && !details.address;
  }

  /** A ticket was used up before: fresh details are on their way. Where they are not, attaching again brings them. */
  #await_details() {
    clearTimeout(this.#details_timer);
    this.#details_timer = window.setTimeout(() => {
      if (this.online && this.conversations.some((one) => this.#is_unconnected(one))) {
        this.#socket.restart();
      }
    }, kDetailsPatience_ms);
  }

  #bye(code: string, text: string) {
    if (code === "elsewhere") this.#close("elsewhere", "");
    else if (code === "signed_out" || code === "not_signed_in") {
      this.#close("signed_out", this.was_online ? text : "");
    }
  }

  #send_entry(
    conversation: Conversation,
    ch: string,
    body: { text?: string; url?: string; title?: string },
  ) {
    const ref = this.#socket.next_ref();
    conversation.problem = "";
    conversation.timeline.expect(ch, body, ref);
    if (conversation.connected)
      this.#socket.send({ t: "frame", leg: conversation.leg, ch, body, ref });
    this.#changed();
  }
}
