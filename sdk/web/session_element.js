// sdk/web/session_element.js - <convene-session>: the conversation as the customer sees it.

import { Api } from "./api.js";
import { composer, kComposerCss } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { LegController } from "./leg.js";
import { kPageCss, PageView } from "./page_view.js";
import { SessionCard } from "./session_cards.js";
import { kSessionCss } from "./session_css.js";
import { share_form } from "./share_form.js";
import { endings, texts } from "./texts.js";
import { sheets } from "./theme.js";
import { kTranscriptCss, TranscriptView } from "./transcript_view.js";
import { notice_of, WaitingPanel } from "./waiting_panel.js";

const kTypingFor_ms = 5000;
const kDraw_ms = 8;
const kJoined = new Set(["connected", "degraded"]);

/**
 * Call `connect({details, seat})` or, after a reload, `connect({seat})`; `seat` is which conversation of this browser
 * it is (api.js). Attributes: `gateway` (origin; default: the page's own), `no-continue` (hides "continue later").
 * Events: `convene-state` with `{state, reason}`, `convene-booked` when the continuation is booked.
 */
export class ConveneSession extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #api = new Api();
  #leg = new LegController(this.#api);
  /** @type {PageView} */
  #page_view;
  /** @type {TranscriptView} */
  #transcript;
  /** @type {ReturnType<typeof composer>} */
  #composer;
  #seat = "";
  #card = new SessionCard();
  #waiting = new WaitingPanel();
  #share = share_form((url) => this.#share_page(url));
  #people = new Map();
  #roster_seen = false;
  #draw_is_due = false;
  #roster_had_agent = false;
  #notice_text = "";
  #typing_timer = 0;
  /** @type {Record<string, HTMLElement>} */
  #ui = {};

  constructor() {
    super();
    this.#root.adoptedStyleSheets = sheets(kSessionCss + kTranscriptCss + kPageCss + kComposerCss);
  }

  get state() {
    return this.#leg.state;
  }

  disconnectedCallback() {
    this.#leg.close();
  }

  /** @param {{details?: any, seat?: string, fetch_details?: () => Promise<any>}} options */
  connect({ details, seat = "", fetch_details } = {}) {
    this.#leg.close();
    this.#seat = seat;
    this.#api = new Api(this.getAttribute("gateway") ?? location.origin);
    const resume = () => this.#api.resume(seat).then((answer) => answer.details);
    this.#leg = new LegController(this.#api, fetch_details ?? resume);
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
    this.#page_view.addEventListener("change", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      this.#draw();
      if (detail?.asked) this.#bring(true);
    });
    this.#transcript = new TranscriptView({ show_page: (url) => this.#show_page(url) });
    this.#composer = composer({
      on_text: (text) => this.#say(text),
      on_typing: () => this.#leg.signal("chat", { typing: true }),
    });
    const ui = {
      title: h("strong", { part: "title" }),
      state: h("span", { class: "state", role: "status" }),
      actions: h("div", { class: "row" }),
      notice: h("p", { class: "notice muted", role: "status", hidden: true }),
      typing: h("p", { class: "typing", "aria-live": "off" }),
      problem: h("p", { class: "notice warn", role: "alert", hidden: true }),
      tabs: h("div", { class: "tabs" }),
    };
    this.#ui = ui;
    this.#card.close();
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
    fill(ui.tabs, tab(texts.transcript, false), tab(texts.page_tab_name, true));
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
      this.#waiting.element,
      this.#transcript.element,
      ui.typing,
      this.#card.element,
      this.#page_view.consent,
      ui.problem,
      this.#share.element,
      this.#composer.element,
    );
    fill(this.#root, ui.tabs, talk, this.#page_view.page);
  }

  #listen() {
    const leg = this.#leg;
    const on = (type, f) =>
      leg.addEventListener(
        type,
        (event) => leg === this.#leg && f(/** @type {CustomEvent} */ (event).detail),
      );
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

  /**
   * What the service tells; codes that are not known here are for somebody else.
   * @param {{name: string, detail?: any}} notice
   */
  #on_notice({ name, detail = {} }) {
    if (name === "booked") return this.#show_continuation(detail);
    if (name === "agent_away") this.#ask_what_then(detail.choices);
    if (name === "no_agent" && detail.book_later)
      this.#card.offer_later(() => this.#continue_later());
    this.#waiting.say(name, detail);
    const said = notice_of(name, detail);
    if (said === undefined) return;
    this.#notice_text = said;
    this.#draw();
  }

  #ask_what_then(choices = ["wait", "anybody", "later"]) {
    this.#card.ask_what_then(choices, (choice) =>
      this.#leg
        .ask("choose", { choice })
        .then(() => choice === "wait" && this.#on_notice({ name: "searching" }))
        .catch((error) => this.#problem(error.message)),
    );
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
      if (!this.#roster_had_agent) this.#card.close(); // What was asked while nobody was there.
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

  #share_page(url) {
    if (!this.#page_view.allowed(url)) {
      this.#problem(texts.page_refused);
      return false;
    }
    this.#ui.problem.hidden = true;
    this.#leg.say("page", { url });
    return true;
  }

  #show_page(url) {
    this.#page_view.show(url, true);
  }

  #bring(front) {
    this.classList.toggle("page-front", front);
    for (const one of this.#ui.tabs.querySelectorAll("button"))
      one.setAttribute("aria-pressed", String((one.dataset.front === "true") === front));
  }

  /** The continuation is booked, by the visitor or by the agent: here is its page. */
  #show_continuation(booked) {
    const page = new URL(booked.link ?? booked.page, this.#api.base).href;
    this.#card.show_continuation(page, Boolean(booked.agent));
  }

  async #continue_later(button) {
    if (button) button.disabled = true;
    try {
      const booked = await this.#api.book_continuation(this.#seat);
      this.#show_continuation(booked);
      this.dispatchEvent(
        new CustomEvent("convene-booked", { detail: booked, bubbles: true, composed: true }),
      );
    } catch (error) {
      this.#problem(error.message);
    }
    if (button) button.disabled = false;
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
    const panel = waiting && !this.#roster_had_agent;
    title.textContent = this.#over()
      ? texts.ended
      : names.length > 0
        ? texts.with(names.join(", "))
        : this.#roster_had_agent
          ? texts.nobody_else
          : panel
            ? texts.waiting_head // The panel below says what is going on.
            : this.#waiting.title;
    state.className = `state ${waiting ? "waiting" : this.state}`;
    state.textContent =
      {
        connecting: texts.connecting,
        connected: panel ? texts.waiting_state : texts.connected,
        reconnecting: texts.reconnecting,
      }[this.state] ?? "";
    state.hidden = this.#over();
    this.#waiting.element.hidden = !panel;
    const said = this.#over()
      ? (endings[this.#leg.reason] ?? "")
      : away
        ? texts.away(away.name)
        : panel
          ? ""
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
        onclick: () => this.#share.toggle(),
      },
      icon("page"),
      h("span", { class: "label" }, texts.show_page),
    );
    const leave = h(
      "button",
      { class: "quiet leave", type: "button", onclick: () => this.#card.ask_to_leave(() => this.#leg.leave()) },
      icon("leave"),
      h("span", { class: "label" }, texts.leave),
    );
    return fill(actions, share, later, leave);
  }
}
