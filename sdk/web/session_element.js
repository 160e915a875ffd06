// sdk/web/session_element.js - <convene-session>: the conversation as the customer sees it.

import { Api } from "./api.js";
import { composer, kComposerCss } from "./composer.js";
import { fill, h } from "./dom.js";
import { FrontTabs, kTabsCss } from "./front_tabs.js";
import { initials } from "./initials.js";
import { LegController } from "./leg.js";
import { kPageCss, PageView } from "./page_view.js";
import { session_actions } from "./session_actions.js";
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
 * Events: `convene-state` with `{state, reason}`, `convene-booked` when the continuation is booked, `convene-news` with
 * `{what: "joined" | "said", name}` when there is something to look at.
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
  #tabs = new FrontTabs((page_front) => this.#bring(page_front));
  /** The page of the continuation, once it is booked. */
  #continued = null;
  #seat = "";
  #card = new SessionCard(() => this.focus());
  #waiting = new WaitingPanel();
  #share = share_form(
    (url) => this.#share_page(url),
    () => this.focus(),
  );
  #actions = session_actions({
    on_share: () => this.#share.toggle(),
    on_later: (button) => this.#continue_later(button),
    on_leave: () =>
      this.#card.ask_to_leave(
        () => this.#leg.leave(),
        this.#may_continue && !this.#continued,
      ),
  });
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
    this.#root.adoptedStyleSheets = sheets(
      kTabsCss + kSessionCss + kTranscriptCss + kPageCss + kComposerCss,
    );
  }

  get state() {
    return this.#leg.state;
  }

  /**
   * Puts the cursor where a message is written.
   * @override
   */
  focus() {
    this.#composer?.focus();
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
    this.#continued = null;
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
      if (this.#page_view.page.hidden) this.#bring(false);
      else if (detail.asked) this.#bring(true);
      else this.#tabs.turned();
    });
    this.#transcript = new TranscriptView({
      show_page: (url) => this.#page_view.show(url, true),
      origin: this.#api.base,
    });
    this.#composer = composer({
      on_text: (text) => this.#say(text),
      on_typing: () => this.#leg.signal("chat", { typing: true }),
    });
    const ui = {
      face: h("span", { class: "face", "aria-hidden": "true", hidden: true }),
      title: h("strong", { part: "title" }),
      state: h("span", { class: "state", role: "status" }),
      notice: h("p", { class: "strip muted", role: "status", hidden: true }),
      typing: h("p", { class: "typing", "aria-live": "off" }),
      problem: h("p", { class: "notice warn", role: "alert", hidden: true }),
    };
    this.#ui = ui;
    this.#card.close();
    const head = h(
      "div",
      { class: "head" },
      ui.face,
      h("div", { class: "who" }, ui.title, ui.state),
      this.#actions.element,
    );
    const talk = h(
      "section",
      { class: "talk" },
      head,
      ui.notice,
      this.#waiting.element,
      this.#transcript.element,
      this.#transcript.jump,
      ui.typing,
      this.#card.element,
      this.#page_view.consent,
      ui.problem,
      this.#share.element,
      this.#composer.element,
    );
    this.#bring(false);
    fill(this.#root, this.#tabs.element, talk, this.#page_view.page);
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
    if (!entry.mine) this.#on_entry_of_others(entry);
    this.#draw_transcript();
  }

  #on_entry_of_others({ ch, body, name }) {
    const who = name || texts.somebody;
    if (ch === "page")
      this.#page_view.push(String(body?.url ?? ""), who, String(body?.title ?? ""));
    if (ch !== "chat") return;
    this.#ui.typing.textContent = "";
    this.#tabs.said();
    if (this.#leg.caught_up) this.#tell_news("said", who);
  }

  #tell_news(what, name) {
    const detail = { what, name };
    this.dispatchEvent(new CustomEvent("convene-news", { detail, bubbles: true, composed: true }));
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
        if (!this.#people.has(leg)) {
          this.#transcript.event(texts.joined(name));
          this.#tell_news("joined", name);
        }
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
    this.#transcript.follow();
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
      const { hosts } = this.#page_view;
      this.#problem(
        hosts.length > 0 ? texts.page_refused_hint(hosts.join(", ")) : texts.page_refused,
      );
      return false;
    }
    this.#ui.problem.hidden = true;
    this.#leg.say("page", { url });
    return true;
  }

  #bring(page_front) {
    this.classList.toggle("page-front", page_front);
    this.#tabs.bring(page_front);
    if (!page_front) this.#transcript.follow();
  }

  /** The continuation is booked, by the visitor or by the agent: here is its page. */
  #show_continuation(booked) {
    this.#continued = booked;
    this.#card.show_continuation({
      page: new URL(booked.link ?? booked.page, this.#api.base).href,
      with_agent: Boolean(booked.agent),
      name: this.#names(),
      expires_at: booked.expires_at,
    });
  }

  /** Books once; asked again, it shows what is booked. */
  async #continue_later(button) {
    if (this.#continued) return this.#show_continuation(this.#continued);
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

  #names() {
    return [...this.#people.values()].map((one) => one.name).join(", ");
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
    const { face, title, state, notice } = this.#ui;
    const names = this.#names();
    const alone = this.#people.size === 0;
    const away = [...this.#people.values()].find((one) => one.state === "degraded");
    const waiting = this.state === "connected" && alone;
    const panel = waiting && !this.#roster_had_agent;
    face.hidden = alone;
    face.textContent = alone ? "" : initials([...this.#people.values()][0].name);
    title.textContent = this.#over()
      ? texts.ended
      : names
        ? texts.with(names)
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
          : this.state === "reconnecting"
            ? texts.reconnecting_hint
            : this.#notice_text;
    notice.textContent = said;
    notice.hidden = !said;
    this.#composer.disabled = this.#over();
    if (this.#over()) this.#page_view.consent.hidden = true;
    this.classList.toggle("following", !this.#page_view.page.hidden);
    this.#draw_actions();
    this.#draw_transcript();
  }

  get #may_continue() {
    return !this.#over() && this.#people.size > 0 && !this.hasAttribute("no-continue");
  }

  #draw_actions() {
    const page = this.#leg.settings.page;
    this.#actions.offer({
      can_share: !this.#over() && this.#people.size > 0 && Boolean(page?.both_ways),
      can_continue: this.#may_continue,
      can_leave: !this.#over(),
    });
  }
}
