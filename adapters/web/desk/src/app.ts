// adapters/web/desk/src/app.ts - <desk-app>: the list on the left, conversations in the middle, what is known right.

import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { app_css } from "./app_css.js";
import type { Conversation } from "./conversation.js";
import type { ConversationView } from "./conversation_view.js";
import { Desk } from "./desk.js";
import { gist_of } from "./facts.js";
import type { HelpSheet } from "./help_sheet.js";
import { handle_key } from "./shortcuts.js";
import { base, clock, icon, initials } from "./ui.js";

const kNarrow = "(max-width: 46rem)";
const kRoomy = "(min-width: 72.01rem)";
const kColumnsMost = 3;
const kColumnLeast_px = 350;

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
  #version = 0;

  static override styles = [base, app_css];

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
      this.requestUpdate();
    });
    this.desk.addEventListener(
      "news",
      (event) => (this.news = (event as CustomEvent<string>).detail),
    );
    addEventListener("keydown", (event) => handle_key(event, this));
    addEventListener("resize", () => this.requestUpdate());
    addEventListener("focus", () => this.desk.selected && this.desk.mark_read(this.desk.selected));
    this.addEventListener("toggle-context", () => this.toggle_context());
  }

  override firstUpdated() {
    this.desk.start();
  }

  override updated() {
    const waiting =
      this.desk.offers.length + this.desk.conversations.reduce((sum, one) => sum + one.unread, 0);
    document.title = waiting > 0 ? `(${waiting}) Desk` : "Desk";
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

  toggle_state() {
    this.desk.set_state(this.desk.state === "ready" ? "paused" : "ready");
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
    return repeat(
      this.desk.offers,
      (one) => one.offer,
      (one) =>
        html`<desk-offer .desk=${this.desk} .offer=${one} .version=${this.#version}></desk-offer>`,
    );
  }

  #side(front: string) {
    const { desk } = this;
    const ready = desk.state === "ready";
    return html`<nav aria-label="Offers and conversations">
      <div class="me">
        <span class="face" aria-hidden="true">${initials(desk.name || desk.agent)}</span>
        <div class="name">
          <strong class="ellipsis">${desk.name || desk.agent}</strong>
          <button class="link" @click=${() => desk.sign_out()}>Sign out</button>
        </div>
        <button
          class="switch"
          role="switch"
          aria-checked=${ready}
          ?disabled=${!desk.online}
          @click=${this.toggle_state}
          title="Ready or paused (Alt P)"
        >
          <span class="knob"></span
          ><span>${ready ? "Ready" : desk.state === "wrap_up" ? "Wrap-up" : "Paused"}</span>
        </button>
      </div>
      <div class="lists">
        ${desk.notice ? html`<p class="notice" role="status">${desk.notice}<button class="quiet icon-only" aria-label="Dismiss" @click=${() => this.#clear_notice()}>${icon("close")}</button></p>` : nothing}
        ${front === "list" ? this.#offers() : nothing}
        ${desk.conversations.length === 0 ? this.#nobody(ready) : html`<h2>Conversations</h2>`}
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
          class="quiet"
          aria-pressed=${this.columns}
          @click=${this.toggle_columns}
          title="Side by side (Alt C)"
        >
          ${icon("columns")}Side by side
        </button>
        <button class="quiet" @click=${this.show_help} title="Keys (?)">
          ${icon("keyboard")}Keys
        </button>
      </div>
    </nav>`;
  }

  #nobody(ready: boolean) {
    if (this.desk.offers.length > 0) return nothing;
    return html`<div class="nobody">
      <strong>${ready ? "Nobody is waiting" : "You are paused"}</strong>
      <span class="muted small"
        >${ready ? "Offers appear here as soon as somebody comes back." : "Switch to ready, and the next person who fits is offered to you."}</span
      >
      ${ready ? nothing : html`<button class="primary" @click=${this.toggle_state}>I am ready</button>`}
    </div>`;
  }

  /** What the empty middle says, as a headline and a line below. */
  #quiet(): [string, string] {
    const { desk } = this;
    if (desk.offers.length > 0)
      return ["Somebody is waiting for you", "Accept the offer, and the conversation opens here."];
    if (desk.conversations.length > 0)
      return ["Choose a conversation", "Your conversations are in the list."];
    return desk.state === "ready"
      ? ["All quiet", "Whoever comes back to talk appears here."]
      : ["Take your time", "Nobody is offered to you until you are ready."];
  }

  #clear_notice() {
    this.desk.notice = "";
    this.requestUpdate();
  }

  #row(one: Conversation) {
    const last = one.last;
    const preview = one.ended
      ? "Over"
      : one.typing
        ? "typing…"
        : last
          ? `${last.mine ? "You: " : ""}${last.body.text ?? last.body.title ?? "A page"}`
          : gist_of(one.context);
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
            ><time class="small muted">${clock(last?.at ?? one.since)}</time></span
          >
          <span class="line"
            ><span class="ellipsis small ${one.unread ? "" : "muted"}">${preview}</span>
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
    if (!desk.selected) {
      const [title, hint] = this.#quiet();
      return html`<div class="empty">
        <div>
          ${icon("wave")}
          <h1>${title}</h1>
          <p class="muted">${hint}</p>
          <p class="muted small">Press <kbd>?</kbd> for the keys.</p>
        </div>
      </div>`;
    }
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
