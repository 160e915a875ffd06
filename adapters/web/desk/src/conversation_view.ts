// adapters/web/desk/src/conversation_view.ts - <desk-conversation>: transcript, composer, pages, what can be done.

import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Conversation } from "./conversation.js";
import { conversation_css } from "./conversation_css.js";
import { elsewhere_bar, over_bar } from "./conversation_ends.js";
import type { Desk } from "./desk.js";
import { topic_of } from "./facts.js";
import type { Entry } from "./protocol.js";
import { pieces_of } from "../../../../sdk/web/text_links.js";
import { show_page_form } from "./show_page_form.js";
import { lines_of } from "./transcript_lines.js";
import { base, clock, day, icon, initials, when } from "./ui.js";

const kTextMax = 4000;
const kTypingEvery_ms = 3000;

type Tool = "" | "page" | "leave" | "later";

export class ConversationView extends LitElement {
  static override properties = {
    desk: { attribute: false },
    conversation: { attribute: false },
    version: { attribute: false },
    narrow: { type: Boolean },
    tool: { state: true },
    page_problem: { state: true },
    copied: { state: true },
    away: { state: true },
  };
  declare desk: Desk;
  declare conversation: Conversation;
  declare version: number;
  declare narrow: boolean;
  declare tool: Tool;
  declare page_problem: string;
  declare copied: boolean;
  /** Whether the reader is further up than the newest entry. */
  declare away: boolean;
  #typed_at = 0;
  #at_end = true;
  #size = "";
  /** How many entries there were when the reader was at the end. */
  #seen = 0;

  static override styles = [base, conversation_css];

  constructor() {
    super();
    this.tool = "";
    this.page_problem = "";
    this.copied = false;
    this.away = false;
  }

  override willUpdate(changed: Map<string, unknown>) {
    if (changed.has("conversation") && changed.get("conversation")) {
      this.tool = "";
      this.copied = false;
      this.#go_to_end();
    }
    if (this.#at_end) this.#seen = this.conversation.timeline.entries.length;
  }

  #go_to_end() {
    this.#at_end = true;
    this.away = false;
  }

  override firstUpdated() {
    const log = this.#log;
    log.addEventListener("scroll", () => this.#on_scroll(), { passive: true });
    new ResizeObserver(() => this.#stay()).observe(log);
  }

  get #log() {
    return this.renderRoot.querySelector(".log") as HTMLElement;
  }

  /** Only the reader scrolls without anything having another size than before. */
  #on_scroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    if (this.#size !== `${scrollHeight}/${clientHeight}`) return this.#stay();
    this.#at_end = scrollHeight - scrollTop - clientHeight < 80;
    this.away = !this.#at_end;
  }

  /** Who was at the end stays there, whatever comes or takes room. */
  #stay() {
    const log = this.#log;
    this.#size = `${log.scrollHeight}/${log.clientHeight}`;
    if (this.#at_end) log.scrollTop = log.scrollHeight;
  }

  override updated(changed: Map<string, unknown>) {
    this.#stay();
    const box = this.#box();
    if (box && changed.has("conversation")) box.value = this.conversation.draft;
    if (box && !box.value && this.conversation.draft) box.value = this.conversation.draft;
  }

  /** Puts the cursor where a message is written. */
  focus_composer() {
    this.#box()?.focus();
  }

  open_tool(tool: Tool) {
    if (this.conversation.ended) {
      if (tool === "leave") this.desk.dismiss(this.conversation);
      return;
    }
    this.tool = this.tool === tool ? "" : tool;
    this.page_problem = "";
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(".tool input, .tool button")?.focus(),
    );
    if (tool === "later" && this.tool === "later" && !this.conversation.continued)
      void this.desk.continue_later(this.conversation);
  }

  close_tool() {
    this.tool = "";
    this.focus_composer();
  }

  #box() {
    return this.renderRoot?.querySelector<HTMLTextAreaElement>("textarea") ?? null;
  }

  #send() {
    const box = this.#box();
    const text = box?.value.trim() ?? "";
    if (!box || !text || this.conversation.ended) return;
    this.desk.say(this.conversation, text);
    box.value = "";
    this.conversation.draft = "";
    this.#typed_at = 0;
    this.#go_to_end();
  }

  #key(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #typed() {
    this.conversation.draft = this.#box()?.value ?? "";
    const now = Date.now();
    if (!this.conversation.draft || now - this.#typed_at < kTypingEvery_ms) return;
    this.#typed_at = now;
    this.desk.typing(this.conversation);
  }

  #show_page(url: string, title: string) {
    if (!this.conversation.may_show(url)) {
      this.page_problem = this.conversation.hosts.length
        ? `This address may not be shown. Allowed: http or https on ${this.conversation.hosts.join(", ")}.`
        : "Pages may not be shown in this conversation.";
      return;
    }
    this.desk.show_page(this.conversation, url, title);
    this.close_tool();
  }

  override render() {
    const { conversation } = this;
    const lines = lines_of(conversation);
    return html`
      ${this.#head()}
      <div
        class="log"
        role="log"
        aria-live="polite"
        aria-label="Conversation with ${conversation.title}"
        tabindex="0"
        @click=${() => this.desk.mark_read(conversation)}
      >
        <div class="fill"></div>
        ${lines.length + conversation.timeline.pending.length === 0 ? this.#hello() : nothing}
        ${repeat(
          lines,
          (line) => line.key,
          (line) =>
            "entry" in line
              ? this.#entry(line.entry, line.first)
              : "day" in line
                ? html`<p class="day">${day(line.day)}</p>`
                : html`<p class="happening">
                    ${line.happening.text} · ${clock(line.happening.at)}
                  </p>`,
        )}
        ${conversation.timeline.pending.map(
          (one) =>
            html`<div class="message mine pending">
              <div class="bubble" dir="auto">${one.body.text ?? one.body.url}</div>
              <span class="meta">Sending…</span>
            </div>`,
        )}
      </div>
      ${this.away ? this.#jump() : nothing}
      <p class="typing small muted">
        ${conversation.typing && !conversation.ended ? `${conversation.title} is typing…` : nothing}
      </p>
      ${conversation.problem ? html`<p class="problem" role="alert">${conversation.problem}</p>` : nothing}
      ${this.#tool()} ${conversation.ended ? over_bar(this.desk, conversation) : conversation.details.address ? elsewhere_bar(conversation.details.address) : this.#composer()}
    `;
  }

  /** Nobody has written yet: what there is to begin with. */
  #hello() {
    const { conversation } = this;
    if (conversation.ended || conversation.details.address || !conversation.connected) return nothing;
    const topic = topic_of(conversation.context);
    return html`<div class="hello">
      ${topic ? html`<p class="topic" dir="auto">“${topic}”</p>` : nothing}
      <p class="muted small">
        ${conversation.presence === "here" ? `${conversation.title} is here. Say hello, and it begins.` : `${conversation.title} is not here yet. You can write already.`}
      </p>
    </div>`;
  }

  #jump() {
    const news = this.conversation.timeline.entries.length > this.#seen;
    return html`<button
      class="jump ${news ? "primary" : ""}"
      @click=${() => {
        this.#go_to_end();
        this.desk.mark_read(this.conversation);
        this.focus_composer();
      }}
    >
      ${icon("down")}${news ? "New messages" : "To the newest"}
    </button>`;
  }

  #head() {
    const { conversation } = this;
    const presence = {
      here: "Here",
      away: "Lost the connection for a moment",
      gone: "Not here",
    }[conversation.presence];
    const joined = this.desk.online && conversation.connected;
    const off = Boolean(conversation.ended || conversation.details.address);
    const tool = (name: Tool, label: string, drawing: Parameters<typeof icon>[0]) =>
      html`<button
        class="quiet"
        aria-pressed=${this.tool === name}
        ?disabled=${off}
        title=${label}
        @click=${() => this.open_tool(name)}
        data-do=${name}
      >
        ${icon(drawing)}<span class="label">${label}</span>
      </button>`;
    return html`<header>
      ${
        this.narrow
          ? html`<button
              class="quiet icon-only"
              aria-label="Back to the list"
              @click=${() => this.desk.select(null)}
            >
              ${icon("back")}
            </button>`
          : nothing
      }
      <span class="face" aria-hidden="true">${initials(conversation.title)}</span>
      <div class="who">
        <strong class="ellipsis">${conversation.title}</strong>
        <span class="small muted ellipsis presence ${off || !joined ? "gone" : conversation.presence}">
          ${conversation.ended ? "Over" : conversation.details.address ? "On another server" : joined ? presence : "Connecting…"}
        </span>
      </div>
      <div class="tools">
        ${conversation.channels.includes("page") ? tool("page", "Show a page", "page") : nothing}
        ${tool("later", "Continue later", "later")} ${tool("leave", "End", "leave")}
        <button
          class="quiet icon-only context-toggle"
          aria-label="What is known"
          title="What is known (Alt I)"
          @click=${() => this.dispatchEvent(new CustomEvent("toggle-context", { bubbles: true, composed: true }))}
        >
          ${icon("info")}
        </button>
      </div>
    </header>`;
  }

  #entry(entry: Entry, first: boolean) {
    const bubble =
      entry.ch === "page"
        ? this.#page(entry)
        : html`<div class="bubble" dir="auto">${this.#text(entry.body.text ?? "")}</div>`;
    return html`<div class="message ${entry.mine ? "mine" : ""} ${first ? "first" : ""}">
      ${
        first
          ? html`<span class="meta"
              >${entry.mine ? nothing : html`<strong>${entry.from === "customer" ? this.conversation.title : entry.name || "Agent"}</strong>`}<time title=${when(entry.at)}
                >${clock(entry.at)}</time
              ></span
            >`
          : nothing
      }
      ${bubble}
    </div>`;
  }

  /** A text; addresses in it can be pressed where they could be shown as a page. */
  #text(text: string) {
    return pieces_of(text, { hosts: this.conversation.hosts, origin: location.origin }).map(
      (piece) =>
        piece.url
          ? html`<a href=${piece.url} target="_blank" rel="noopener noreferrer">${piece.text}</a>`
          : piece.text,
    );
  }

  #page(entry: Entry) {
    const url = entry.body.url ?? "";
    const allowed = this.conversation.may_show(url);
    return html`<div class="bubble page">
      ${icon("page")}
      <span class="what"
        ><span class="ellipsis"
          >${entry.body.title || (entry.mine ? "You show a page" : `${this.conversation.title} shows a page`)}</span
        >
        <span class="ellipsis small muted"
          >${allowed ? new URL(url).host + new URL(url).pathname : "An address that may not be shown"}</span
        ></span
      >
      ${allowed ? html`<a class="open" href=${url} target="_blank" rel="noopener noreferrer" aria-label="Open the page in a new tab">${icon("out")}</a>` : nothing}
    </div>`;
  }

  #tool() {
    if (this.conversation.ended || this.conversation.details.address) return nothing;
    if (this.tool === "page") {
      const show = (url: string, title: string) => this.#show_page(url, title);
      return show_page_form(this.desk.conversations, this.page_problem, show);
    }
    if (this.tool === "leave") {
      return html`<div class="tool ask">
        <span>End the conversation with ${this.conversation.title}?</span>
        <button class="primary" @click=${() => this.desk.leave(this.conversation)}>End it</button>
        <button @click=${() => this.close_tool()}>Stay</button>
      </div>`;
    }
    if (this.tool === "later") return this.#later();
    return nothing;
  }

  #later() {
    const page = this.conversation.continued;
    if (!page) return html`<div class="tool ask"><span class="muted">Booking…</span></div>`;
    if (page === "booked")
      return html`<div class="tool ask"><span>Booked. The customer has the page.</span></div>`;
    const say = () => {
      this.desk.say(this.conversation, `Come back to me whenever it suits you: ${page}`);
      this.#go_to_end();
      this.close_tool();
    };
    const copy = () => navigator.clipboard.writeText(page).then(() => (this.copied = true));
    return html`<div class="tool ask">
      <span>Booked with you. Give ${this.conversation.title} the page to come back by.</span>
      <button class="primary" @click=${say}>Put it into the chat</button>
      <button @click=${copy}>
        ${icon(this.copied ? "check" : "link")}${this.copied ? "Copied" : "Copy"}
      </button>
    </div>`;
  }

  #composer() {
    return html`<div class="composer">
      <textarea
        rows="1"
        maxlength=${kTextMax}
        aria-label="Message to ${this.conversation.title}"
        placeholder="Write to ${this.conversation.title}"
        @keydown=${this.#key}
        @input=${this.#typed}
        @focus=${() => this.desk.mark_read(this.conversation)}
      ></textarea>
      <button class="primary icon-only" aria-label="Send" @click=${this.#send}>
        ${icon("send")}
      </button>
    </div>`;
  }
}
