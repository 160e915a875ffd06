// adapters/web/desk/src/app.ts - <desk-app>: the list on the left, conversations in the middle, what is known right.

import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { Alerts } from "./alerts.js";
import { app_css } from "./app_css.js";
import type { Conversation } from "./conversation.js";
import type { ConversationView } from "./conversation_view.js";
import { Desk } from "./desk.js";
import { gist_of } from "./facts.js";
import type { HelpSheet } from "./help_sheet.js";
import { list_css } from "./list_css.js";
import type { AgentState } from "./protocol.js";
import { handle_key } from "./shortcuts.js";
import { base, clock, icon, initials, span } from "./ui.js";

const kNarrow = "(max-width: 46rem)";
const kRoomy = "(min-width: 72.01rem)";
const kColumnsMost = 3;
const kColumnLeast_px = 350;
/** Whoever has waited so long for an answer is marked. */
const kLong_ms = 120_000;
const kTick_ms = 15_000;

const kStates: Record<AgentState, string> = {
  ready: "Ready",
  paused: "Paused",
  wrap_up: "Wrapping up",
  signed_out: "Signed out",
};

export class DeskApp extends LitElement {
  static override properties = {
    columns: { state: true },
    context_shown: { state: true },
    narrow: { state: true },
    news: { state: true },
  };
  declare columns: boolean;
  declare context_shown: boolean;
  declare narrow: boolean;
  declare news: string;
  readonly desk = new Desk();
  readonly #alerts = new Alerts();
  #version = 0;

  static override styles = [base, app_css, list_css];

  constructor() {
    super();
    this.columns = localStorage.getItem("desk.columns") === "yes";
    // Beside the conversation where there is room; over it only when asked for.
    this.context_shown =
      matchMedia(kRoomy).matches && localStorage.getItem("desk.context") !== "no";
    this.news = "";
    const narrow = matchMedia(kNarrow);
    this.narrow = narrow.matches;
    narrow.addEventListener("change", () => (this.narrow = narrow.matches));
    // A window that was made smaller does not hide the conversation under what is known of it.
    matchMedia(kRoomy).addEventListener("change", (event) => {
      this.context_shown = event.matches && localStorage.getItem("desk.context") !== "no";
    });
    this.desk.addEventListener("change", () => {
      this.#version += 1;
      this.#alerts.offers(this.desk.offers.length);
      this.requestUpdate();
    });
    this.desk.addEventListener(
      "news",
      (event) => (this.news = (event as CustomEvent<string>).detail),
    );
    this.desk.addEventListener("said", () => this.#alerts.message());
    this.desk.addEventListener("joined", () => this.#alerts.joined());
    this.desk.addEventListener(
      "open",
      (event) => void this.open((event as CustomEvent<Conversation>).detail),
    );
    // How long somebody waits goes on while nothing happens.
    setInterval(() => this.requestUpdate(), kTick_ms);
    addEventListener("keydown", (event) => handle_key(event, this));
    addEventListener("resize", () => this.requestUpdate());
    addEventListener("focus", () => this.desk.selected && this.desk.mark_read(this.desk.selected));
    this.addEventListener("toggle-context", () => this.toggle_context());
  }

  override firstUpdated() {
    this.desk.start();
  }

  override updated() {
    const { offers, conversations, unanswered } = this.desk;
    const waiting = offers.length + conversations.reduce((sum, one) => sum + one.unread, 0);
    const title =
      offers.length > 0 ? "Somebody is waiting" : unanswered ? "You are paused" : "Desk";
    document.title = waiting > 0 ? `(${waiting}) ${title}` : title;
  }

  get view(): ConversationView | null {
    return this.renderRoot.querySelector<ConversationView>("desk-conversation[data-selected]");
  }

  toggle_context() {
    this.context_shown = !this.context_shown;
    if (matchMedia(kRoomy).matches) {
      localStorage.setItem("desk.context", this.context_shown ? "yes" : "no");
    }
  }

  toggle_columns() {
    this.columns = !this.columns;
    localStorage.setItem("desk.columns", this.columns ? "yes" : "no");
  }

  toggle_sound() {
    this.#alerts.toggle();
    this.requestUpdate();
  }

  toggle_state() {
    const gets_ready = this.desk.state !== "ready";
    if (gets_ready) this.#alerts.ask_for_notifications();
    this.desk.set_state(gets_ready ? "ready" : "paused");
  }

  show_help() {
    this.renderRoot.querySelector<HelpSheet>("desk-help")?.open();
  }

  override render() {
    const { desk } = this;
    if (desk.phase === "signed_out") return html`<desk-sign-in .desk=${desk}></desk-sign-in>`;
    if (desk.phase === "elsewhere") return this.#elsewhere();
    if (desk.phase === "starting")
      return html`<div class="starting" role="status">
        <span class="turning"></span>Connecting…
      </div>`;
    const front = this.narrow && desk.selected ? "conversation" : "list";
    return html`
      <div
        class="desk"
        data-front=${front}
        data-context=${this.context_shown && desk.selected ? "yes" : "no"}
      >
        ${desk.online ? nothing : html`<p class="banner" role="alert"><span class="turning"></span>The connection is lost. Your conversations stay; we are coming back…</p>`}
        ${this.#side(front)}
        <main>
          ${front === "conversation" ? this.#offers() : nothing} ${this.#conversations()}
        </main>
        ${
          desk.selected && this.context_shown
            ? html`<aside aria-label="What is known">
                <button
                  class="quiet icon-only close-context"
                  aria-label="Close"
                  @click=${this.toggle_context}
                >
                  ${icon("close")}
                </button>
                <desk-context
                  tabindex="0"
                  .conversation=${desk.selected}
                  .agent=${desk.agent}
                  .version=${this.#version}
                ></desk-context>
              </aside>`
            : nothing
        }
      </div>
      <p class="visually-hidden" role="status" aria-live="polite">${this.news}</p>
      <desk-help></desk-help>
    `;
  }

  #elsewhere() {
    return html`<div class="starting">
      <div class="card">
        <h1>Your desk is open elsewhere</h1>
        <p class="muted">Another window has it now. Your conversations go on there.</p>
        <button class="primary" @click=${() => this.desk.start()}>Use it here</button>
      </div>
    </div>`;
  }

  /** On a narrow screen the list is not seen during a conversation, and an offer does not wait: it stands above. */
  #offers() {
    return html`${this.#unanswered()}${repeat(
      this.desk.offers,
      (one) => one.offer,
      (one) =>
        html`<desk-offer .desk=${this.desk} .offer=${one} .version=${this.#version}></desk-offer>`,
    )}`;
  }

  /** Paused for not answering, in the middle of other conversations; without any, the empty middle says it. */
  #unanswered() {
    const { desk } = this;
    if (!desk.unanswered || desk.conversations.length === 0) return nothing;
    return html`<div class="unanswered">
      <p>You did not answer, so whoever comes next goes to others.</p>
      ${this.#ready_button("I am ready again")}
    </div>`;
  }

  #ready_button(text: string) {
    return html`<button class="primary" ?disabled=${!this.desk.online} @click=${this.toggle_state}>${text}</button>`;
  }

  #side(front: string) {
    const { desk } = this;
    const ready = desk.state === "ready";
    return html`<nav aria-label="Offers and conversations">
      <div class="me">
        <span class="face" aria-hidden="true">${initials(desk.name || desk.agent)}</span>
        <div class="name">
          <strong class="ellipsis">${desk.name || desk.agent}</strong>
          <span class="small ${ready ? "good" : "muted"}">${desk.unanswered ? "Paused: no answer" : kStates[desk.state]}</span>
        </div>
        <button
          class="switch"
          role="switch"
          aria-checked=${ready}
          aria-label="Ready for the next conversation"
          ?disabled=${!desk.online}
          @click=${this.toggle_state}
          title=${ready ? "Pause: nobody is offered to you (Alt P)" : "Get ready for the next one (Alt P)"}
        >
          <span class="knob"></span>
        </button>
      </div>
      <div class="lists">
        ${desk.notice ? html`<p class="notice" role="status">${desk.notice}<button class="quiet icon-only" aria-label="Dismiss" @click=${() => this.#clear_notice()}>${icon("close")}</button></p>` : nothing}
        ${front === "list" ? this.#offers() : nothing}
        ${desk.conversations.length > 0 ? html`<h2>Conversations</h2>` : this.narrow ? this.#empty() : nothing}
        <ul>
          ${repeat(
            desk.conversations,
            (one) => one.leg,
            (one) => this.#row(one),
          )}
        </ul>
      </div>
      <div class="foot">
        <button
          class="quiet columns-toggle"
          aria-pressed=${this.columns}
          @click=${this.toggle_columns}
          title="Side by side (Alt C)"
        >
          ${icon("columns")}Side by side
        </button>
        ${this.#small_button(this.#alerts.sound ? "sound" : "silent", "Sound", this.#alerts.sound ? "Sound and notifications are on (Alt M)" : "Sound and notifications are off (Alt M)", () => this.toggle_sound(), this.#alerts.sound)}
        ${this.#small_button("keyboard", "Keys", "Keys (?)", () => this.show_help())}
        ${this.#small_button("leave", "Sign out", "Sign out", () => void desk.sign_out())}
      </div>
    </nav>`;
  }

  #small_button(
    drawing: Parameters<typeof icon>[0],
    label: string,
    title: string,
    press: () => void,
    pressed?: boolean,
  ) {
    return html`<button
      class="quiet icon-only"
      aria-label=${label}
      aria-pressed=${pressed ?? nothing}
      title=${title}
      @click=${press}
    >
      ${icon(drawing)}
    </button>`;
  }

  /** What the empty middle says, as a headline and a line below. */
  #quiet(): [string, string] {
    const { desk } = this;
    if (desk.offers.length > 0)
      return ["Somebody is waiting for you", "Accept the offer, and the conversation opens here."];
    if (desk.conversations.length > 0)
      return ["Choose a conversation", "Your conversations are in the list."];
    return desk.state === "ready"
      ? ["All quiet", "You are ready. Whoever comes back to talk is offered to you here."]
      : desk.state === "wrap_up"
        ? ["Finish what you need to", "Nobody is offered to you until you are ready again."]
        : desk.unanswered
          ? ["You are paused", "You did not answer, so whoever comes goes to others until you are ready again."]
          : ["You are paused", "Nobody is offered to you until you are ready."];
  }

  /** Nothing is open: why, and what happens next. On a narrow screen it stands under an offer, in the list. */
  #empty() {
    const { desk } = this;
    if (this.narrow && desk.offers.length > 0) return nothing;
    const [title, hint] = this.#quiet();
    const paused = desk.state !== "ready" && desk.offers.length + desk.conversations.length === 0;
    return html`<div class="empty">
      <div>
        ${icon("wave")}
        <h1>${title}</h1>
        <p class="muted">${hint}</p>
        ${paused ? this.#ready_button(desk.unanswered ? "I am ready again" : "I am ready") : nothing}
        <p class="muted small keys">Press <kbd>?</kbd> for the keys.</p>
      </div>
    </div>`;
  }

  #clear_notice() {
    this.desk.notice = "";
    this.requestUpdate();
  }

  /** The line under the name: what goes on there. */
  #preview(one: Conversation) {
    const { last } = one;
    if (one.ended) return "Over";
    if (one.typing) return "typing…";
    if (one.draft && one !== this.desk.selected) return `Draft: ${one.draft}`;
    if (!last) return gist_of(one.context);
    return `${last.mine ? "You: " : ""}${last.body.text ?? last.body.title ?? "A page"}`;
  }

  #row(one: Conversation) {
    const last = one.last;
    const since = one.unanswered_since;
    const waits_ms = since > 0 ? Math.max(0, Date.now() - since) : 0;
    const preview = this.#preview(one);
    return html`<li>
      <button
        class="row ${one.ended ? "over" : ""}"
        aria-current=${this.desk.selected === one}
        @click=${() => this.open(one)}
      >
        <span
          class="face small-face"
          data-presence=${one.ended ? "gone" : one.presence}
          aria-hidden="true"
          >${initials(one.title)}</span
        >
        <span class="text">
          <span class="line"
            ><strong class="ellipsis">${one.title}</strong
            >${
              waits_ms >= kLong_ms
                ? html`<span class="small waits" title="Waiting for your answer"
                    >${icon("later")}<span class="visually-hidden">Waiting for your answer for </span>${span(waits_ms)}</span
                  >`
                : html`<time class="small muted">${clock(last?.at ?? one.since)}</time>`
            }</span
          >
          <span class="line"
            ><span class="ellipsis small ${one.unread ? "new" : "muted"}">${preview}</span>
            ${one.unread ? html`<span class="badge" aria-label="${one.unread} unread">${one.unread}</span>` : nothing}</span
          >
        </span>
      </button>
    </li>`;
  }

  /**
   * Opens a conversation with the cursor in its composer. What is drawn follows the desk a moment later, and the focus
   * must not go to the conversation that is still drawn: the focus would choose it again.
   */
  async open(one: Conversation) {
    this.desk.select(one);
    this.requestUpdate();
    await this.updateComplete;
    await this.view?.updateComplete;
    if (this.desk.selected === one) this.view?.focus_composer();
  }

  #conversations() {
    const { desk } = this;
    if (!desk.selected) return this.#empty();
    const shown = this.columns && !this.narrow ? this.#beside(desk.selected) : [desk.selected];
    return html`<div class="columns" data-count=${shown.length}>
      ${repeat(
        shown,
        (one) => one.leg,
        (one) =>
          html`<desk-conversation
            .desk=${desk}
            .conversation=${one}
            .version=${this.#version}
            ?narrow=${this.narrow}
            ?data-selected=${one === desk.selected}
            @focusin=${() => desk.selected !== one && desk.select(one)}
          ></desk-conversation>`,
      )}
    </div>`;
  }

  /** The selected one and its neighbours in the list, in the list's order; as many as there is room for. */
  #beside(selected: Conversation) {
    const all = this.desk.conversations;
    const sides_px = 330 + (this.context_shown ? 310 : 0);
    const room = Math.floor((innerWidth - sides_px) / kColumnLeast_px);
    const count = Math.max(1, Math.min(kColumnsMost, room));
    const from = Math.max(0, Math.min(all.indexOf(selected), all.length - count));
    return all.slice(from, from + count);
  }
}
