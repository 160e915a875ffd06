// sdk/web/session_element.js - <convene-session>: the conversation as the customer sees it.

import { Api } from "./api.js";
import { composer, kComposerCss } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { LegController } from "./leg.js";
import { kPageCss, PageView } from "./page_view.js";
import { endings, texts, when } from "./texts.js";
import { sheets } from "./theme.js";
import { kTranscriptCss, TranscriptView } from "./transcript_view.js";

const kTypingFor_ms = 5000;
const kDraw_ms = 8;
const kJoined = new Set(["connected", "degraded"]);

const kCss = `
:host { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); height: 100%; min-height: 0; background: var(--raised); }
:host(.following) { grid-template-columns: minmax(20rem, 26rem) minmax(0, 1fr); }
.talk { container-type: inline-size; display: flex; flex-direction: column; min-width: 0; min-height: 0; width: 100%; max-width: 48rem; margin-inline: auto;
  background: var(--surface); box-shadow: 0 0 0 1px var(--line); }
.head { display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: center; padding: .8rem 1rem; border-bottom: 1px solid var(--line); }
.who { flex: 1 1 8rem; min-width: 0; display: grid; }
.who strong { font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.state { display: inline-flex; gap: .5em; align-items: center; font-size: .875rem; color: var(--muted); }
.state::before { content: ""; width: .6em; height: .6em; border-radius: 50%; background: var(--muted); }
.state.connected::before { background: #1a9a5c; }
.state.waiting::before, .state.reconnecting::before { background: #d98a1f; animation: pulse 1.4s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: .35; } }
.head button { min-height: 40px; padding: .3em .9em; font-size: .925rem; }
.notice { margin: .8rem 1rem 0; }
.waiting-panel { display: grid; gap: .7rem; justify-items: center; padding: 12vh 2rem 1rem; text-align: center; }
.waiting-panel strong { font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
.waiting-panel p { max-width: 26rem; }
.dots { display: flex; gap: .5rem; padding: .6rem; }
.dots i { width: .8rem; height: .8rem; border-radius: 50%; background: var(--accent); animation: rise 1.5s ease-in-out infinite; }
.dots i:nth-child(2) { animation-delay: .2s; }
.dots i:nth-child(3) { animation-delay: .4s; }
@keyframes rise { 0%, 60%, 100% { opacity: .25; } 30% { opacity: 1; transform: translateY(-.3rem); } }
.card { margin: .8rem 1rem; padding: 1rem; display: grid; gap: .8rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--raised); }
.share { display: flex; gap: .5rem; padding: 0 1rem .3rem; }
.share button { min-height: 44px; }
.tabs { display: none; gap: .3rem; padding: .4rem 1rem; border-bottom: 1px solid var(--line); }
.tabs button { flex: 1; min-height: 38px; }
.tabs button[aria-pressed="true"] { background: var(--raised); color: var(--text); }
@container (max-width: 34rem) {
  .head .row { gap: .2rem; }
  .head button { width: 44px; padding: 0; border-color: transparent; }
  .head button .label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
@media (max-width: 50rem) {
  :host(.following) { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
  :host(.following) .tabs { display: flex; }
  :host(.following:not(.page-front)) .page { display: none; }
  :host(.following.page-front) .talk { display: none; }
  .page { border-left: 0; }
}
`;

/**
 * Call `connect({details})` or, after a reload, `connect()`. Attributes: `gateway` (origin; default: the page's own),
 * `no-continue` (hides "continue later"). Events: `convene-state` with `{state, reason}`, `convene-booked` when the
 * continuation is booked.
 */
export class ConveneSession extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #api;
  #leg = null;
  #page_view;
  #transcript;
  #composer;
  #people = new Map();
  #roster_seen = false;
  #draw_is_due = false;
  #roster_had_agent = false;
  #notice_text = "";
  #typing_timer = 0;
  #ui = {};

  constructor() {
    super();
    this.#root.adoptedStyleSheets = sheets(kCss + kTranscriptCss + kPageCss + kComposerCss);
  }

  get state() {
    return this.#leg?.state ?? "idle";
  }

  disconnectedCallback() {
    this.#leg?.close();
  }

  connect({ details, fetch_details } = {}) {
    this.#leg?.close();
    this.#api = new Api(this.getAttribute("gateway") ?? location.origin);
    this.#leg = new LegController(this.#api, fetch_details);
    this.#people = new Map();
    this.#roster_seen = false;
    this.#roster_had_agent = false;
    this.#build(details?.session ?? "resumed");
    this.#listen();
    this.#leg.open(details);
    this.#draw();
  }

  #build(key) {
    this.#page_view = new PageView({ key });
    this.#page_view.addEventListener("change", ({ detail }) => {
      this.#draw();
      if (detail?.asked) this.#bring(true);
    });
    this.#transcript = new TranscriptView({ show_page: (url) => this.#show_page(url) });
    this.#composer = composer({
      on_text: (text) => this.#say(text),
      on_typing: () => this.#leg.signal("chat", { typing: true }),
    });
    const ui = (this.#ui = {
      title: h("strong", { part: "title" }),
      state: h("span", { class: "state", role: "status" }),
      actions: h("div", { class: "row" }),
      notice: h("p", { class: "notice muted", role: "status", hidden: true }),
      card: h("section", { class: "card", hidden: true }),
      typing: h("p", { class: "typing", "aria-live": "off" }),
      waiting: this.#waiting_panel(),
      problem: h("p", { class: "notice warn", role: "alert", hidden: true }),
      share: this.#share_form(),
    });
    const tab = (label, front) =>
      h(
        "button",
        {
          class: "quiet",
          type: "button",
          onclick: () => this.#bring(front),
          "data-front": String(front),
        },
        label,
      );
    ui.tabs = h(
      "div",
      { class: "tabs" },
      tab(texts.transcript, false),
      tab(texts.page_tab_name, true),
    );
    const head = h(
      "div",
      { class: "head" },
      h("div", { class: "who" }, ui.title, ui.state),
      ui.actions,
    );
    const talk = h(
      "section",
      { class: "talk" },
      head,
      ui.notice,
      ui.waiting,
      this.#transcript.element,
      ui.typing,
      ui.card,
      this.#page_view.consent,
      ui.problem,
      ui.share,
      this.#composer.element,
    );
    fill(this.#root, ui.tabs, talk, this.#page_view.page);
  }

  #listen() {
    const leg = this.#leg;
    const on = (type, f) =>
      leg.addEventListener(type, (event) => leg === this.#leg && f(event.detail));
    on("state", (detail) => {
      if (detail.state === "connected") this.#page_view.hosts = leg.settings.page?.hosts ?? [];
      this.#draw();
      this.dispatchEvent(
        new CustomEvent("convene-state", { detail, bubbles: true, composed: true }),
      );
    });
    on("entry", (entry) => this.#on_entry(entry));
    on("pending", () => this.#draw_transcript());
    on("roster", () => this.#on_roster());
    on("notice", (notice) => this.#on_notice(notice));
    on("signal", (signal) => {
      if (signal.body?.typing) this.#show_typing(signal);
    });
    on("refused", (refused) => {
      this.#problem(texts.not_sent(refused.text));
      if (refused.dropped?.ch === "chat") this.#composer.restore(refused.dropped.body.text);
    });
  }

  /** What the service tells; codes that are not known here are for somebody else. */
  #on_notice({ name, detail = {} }) {
    if (name === "booked") this.#show_continuation(detail);
    if (name === "agent_away") this.#ask_what_then(detail.choices);
    const said = {
      searching: () => "",
      waiting: () => texts.waiting,
      no_agent: () => texts.no_agent,
      agent_left: () => texts.agent_left,
      escalated: () => texts.escalated,
      early: () => texts.early(when(detail.due)),
    }[name];
    if (!said) return;
    this.#notice_text = said();
    this.#draw();
  }

  /** The agent of before is away: the customer says what then. */
  #ask_what_then(choices = ["wait", "anybody", "later"]) {
    const choice = (name) =>
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            this.#ui.card.hidden = true;
            this.#leg
              .ask("choose", { choice: name })
              .catch((error) => this.#problem(error.message));
          },
        },
        texts[`choose_${name}`],
      );
    const known = choices.filter((name) => `choose_${name}` in texts);
    fill(
      this.#ui.card,
      h("strong", {}, texts.agent_away),
      h("div", { class: "row" }, known.map(choice)),
    );
    this.#ui.card.hidden = false;
  }

  #on_entry(entry) {
    if (entry.ch === "chat" && !entry.mine) this.#ui.typing.textContent = "";
    if (entry.ch === "page" && !entry.mine)
      this.#page_view.push(String(entry.body?.url ?? ""), entry.name || texts.somebody);
    this.#draw_transcript();
  }

  #on_roster() {
    const now = new Map();
    for (const one of this.#leg.roster) {
      if (one.leg !== this.#leg.leg && kJoined.has(one.state))
        now.set(one.leg, { name: one.name || texts.somebody, state: one.state });
    }
    // The first roster tells who is there, the later ones who comes and goes.
    if (this.#roster_seen) {
      for (const [leg, { name }] of now)
        if (!this.#people.has(leg)) this.#transcript.event(texts.joined(name));
      for (const [leg, { name }] of this.#people)
        if (!now.has(leg)) this.#transcript.event(texts.gone(name));
    }
    this.#roster_seen = true;
    this.#people = now;
    if (now.size > 0) {
      this.#notice_text = "";
      this.#roster_had_agent = true;
    }
    this.#draw();
  }

  #say(text) {
    if (this.#over()) return false;
    this.#ui.problem.hidden = true;
    this.#leg.say("chat", { text });
    return true;
  }

  #over() {
    return this.state === "ended" || this.state === "elsewhere" || this.state === "idle";
  }

  #show_typing({ name }) {
    this.#ui.typing.textContent = texts.typing(name || texts.somebody);
    clearTimeout(this.#typing_timer);
    this.#typing_timer = setTimeout(() => (this.#ui.typing.textContent = ""), kTypingFor_ms);
  }

  #problem(text) {
    this.#ui.problem.textContent = text;
    this.#ui.problem.hidden = false;
  }

  #waiting_panel() {
    return h(
      "section",
      { class: "waiting-panel", hidden: true },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      h("strong", {}, texts.searching),
      h("p", { class: "muted" }, texts.waiting_hint),
    );
  }

  #share_form() {
    const url = h("input", {
      type: "url",
      name: "url",
      placeholder: "https://",
      "aria-label": texts.show_page_label,
      autocomplete: "off",
    });
    const form = h(
      "form",
      { class: "share", hidden: true, novalidate: true },
      url,
      h("button", { type: "submit" }, texts.show_page),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#page_view.allowed(url.value)) return this.#problem(texts.page_refused);
      this.#ui.problem.hidden = true;
      this.#leg.say("page", { url: url.value });
      url.value = "";
      form.hidden = true;
    });
    return form;
  }

  #show_page(url) {
    this.#page_view.show(url, true);
  }

  #bring(front) {
    this.classList.toggle("page-front", front);
    for (const one of this.#ui.tabs.children)
      one.setAttribute("aria-pressed", String((one.dataset.front === "true") === front));
  }

  /** The continuation is booked, by the visitor or by the agent: here is its page. */
  #show_continuation(booked) {
    const page = new URL(booked.link ?? booked.page, this.#api.base).href;
    const copy = h(
      "button",
      {
        type: "button",
        onclick: () =>
          navigator.clipboard.writeText(page).then(() => fill(copy, icon("check"), texts.copied)),
      },
      icon("link"),
      texts.copy,
    );
    fill(
      this.#ui.card,
      h("strong", {}, texts.continued_title),
      h("p", { class: "muted" }, texts.booked_intro),
      h(
        "div",
        { class: "row" },
        h(
          "a",
          { class: "button primary", href: page, target: "_blank", rel: "noopener" },
          icon("out"),
          texts.open_page,
        ),
        copy,
      ),
    );
    this.#ui.card.hidden = false;
  }

  async #continue_later(button) {
    button.disabled = true;
    try {
      const booked = await this.#api.book_continuation();
      this.#show_continuation(booked);
      this.dispatchEvent(
        new CustomEvent("convene-booked", { detail: booked, bubbles: true, composed: true }),
      );
    } catch (error) {
      this.#problem(error.message);
    }
    button.disabled = false;
  }

  #ask_to_leave() {
    fill(
      this.#ui.card,
      h("strong", {}, texts.leave_question),
      h(
        "div",
        { class: "row" },
        h(
          "button",
          { class: "primary", type: "button", onclick: () => this.#leg.leave() },
          texts.leave_yes,
        ),
        h("button", { type: "button", onclick: () => (this.#ui.card.hidden = true) }, texts.stay),
      ),
    );
    this.#ui.card.hidden = false;
    this.#ui.card.querySelector("button").focus();
  }

  /** Many entries may come at once: they are drawn once. */
  #draw_transcript() {
    if (this.#draw_is_due) return;
    this.#draw_is_due = true;
    setTimeout(() => {
      this.#draw_is_due = false;
      this.#transcript.draw(this.#leg.timeline, this.#page_view.hosts);
    }, kDraw_ms);
  }

  #draw() {
    const { title, state, notice, actions } = this.#ui;
    const names = [...this.#people.values()].map((one) => one.name);
    const alone = names.length === 0;
    const away = [...this.#people.values()].find((one) => one.state === "degraded");
    const waiting = this.state === "connected" && alone;
    title.textContent = this.#over()
      ? texts.ended
      : names.length > 0
        ? texts.with(names.join(", "))
        : this.#roster_had_agent
          ? texts.nobody_else
          : texts.searching;
    state.className = `state ${waiting ? "waiting" : this.state}`;
    state.textContent =
      {
        connecting: texts.connecting,
        connected: texts.connected,
        reconnecting: texts.reconnecting,
      }[this.state] ?? "";
    state.hidden = this.#over();
    this.#ui.waiting.hidden = !waiting || this.#roster_had_agent;
    const said = this.#over()
      ? (endings[this.#leg.reason] ?? "")
      : away
        ? texts.away(away.name)
        : this.#notice_text;
    notice.textContent = said;
    notice.hidden = !said;
    this.#composer.disabled = this.#over();
    if (this.#over()) this.#page_view.consent.hidden = true;
    this.classList.toggle("following", !this.#page_view.page.hidden);
    this.#bring(this.classList.contains("page-front"));
    this.#draw_actions(actions);
    this.#draw_transcript();
  }

  #draw_actions(actions) {
    if (this.#over()) return fill(actions);
    if (actions.childElementCount > 0) {
      actions
        .querySelector(".share-open")
        ?.toggleAttribute("hidden", !this.#leg.settings.page?.both_ways || this.#people.size === 0);
      return actions
        .querySelector(".later")
        ?.toggleAttribute("hidden", this.#people.size === 0 || this.hasAttribute("no-continue"));
    }
    const later = h(
      "button",
      {
        class: "later",
        type: "button",
        title: texts.continue_hint,
        hidden: true,
        onclick: () => this.#continue_later(later),
      },
      icon("clock"),
      h("span", { class: "label" }, texts.continue_later),
    );
    const share = h(
      "button",
      {
        class: "quiet share-open",
        type: "button",
        hidden: true,
        onclick: () => {
          this.#ui.share.hidden = !this.#ui.share.hidden;
          this.#ui.share.querySelector("input").focus();
        },
      },
      icon("page"),
      h("span", { class: "label" }, texts.show_page),
    );
    const leave = h(
      "button",
      { class: "quiet leave", type: "button", onclick: () => this.#ask_to_leave() },
      icon("leave"),
      h("span", { class: "label" }, texts.leave),
    );
    return fill(actions, share, later, leave);
  }
}
