// sdk/web/transcript_view.js - the conversation as a list: messages, shown pages, and what is still on its way.

import { fill, h, icon } from "./dom.js";
import { check_page_url } from "./page_url.js";
import { short } from "./page_view.js";
import { pieces_of } from "./text_links.js";
import { texts } from "./texts.js";
import { clock, day, other_day, when } from "./times.js";

export const kTranscriptCss = `
.transcript { overflow-y: auto; overscroll-behavior: contain; padding: 1.2rem 1rem .6rem; display: flex; flex-direction: column;
  gap: .35rem; min-height: 0; flex: 1; scrollbar-width: thin; }
.transcript::before { content: ""; margin-top: auto; }
.message { max-width: min(34rem, 86%); display: grid; gap: .15rem; align-self: start; }
.message.mine { align-self: end; }
.bubble { padding: .55em .95em; border-radius: 1.15em; background: var(--raised); border: 1px solid transparent;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.mine .bubble { background: var(--mine); }
.message.first { margin-top: .8rem; }
.meta { font-size: .8rem; color: var(--muted); padding: 0 .95em; display: flex; gap: .6em; }
.mine .meta { justify-content: end; }
.meta strong { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sending .bubble { opacity: .6; }
.shown { display: flex; gap: .7em; align-items: center; border: 1px solid var(--line); background: var(--surface); border-radius: var(--radius); }
.shown .what { display: grid; min-width: 0; }
.shown .what span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.shown button { min-height: 36px; padding: .2em .9em; }
.event { align-self: center; font-size: .85rem; color: var(--muted); padding: .5rem 0; text-align: center; }
.day { align-self: center; font-size: .8rem; font-weight: 600; color: var(--muted); padding: .9rem 0 .2rem; }
.day::first-letter { text-transform: uppercase; }
.bubble a { color: inherit; text-decoration: underline; text-underline-offset: .15em; }
.jump { align-self: center; z-index: 1; min-height: 36px; margin: -44px 0 8px; padding: .2em 1em; font-size: .875rem;
  box-shadow: 0 2px 12px rgb(0 0 0 / .14); }
.jump.news { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.typing { min-height: 1.6em; padding: 0 1.2rem; font-size: .85rem; color: var(--muted); }
`;

/**
 * Draws a timeline into `element` and keeps it at its newest entry while the reader is there. Whoever reads further up
 * stays there too, and `jump` leads back. `origin` is the gateway's.
 */
export class TranscriptView {
  constructor({ show_page, origin }) {
    this.#show_page = show_page;
    this.#origin = origin;
    this.element = h("div", {
      class: "transcript",
      role: "log",
      "aria-live": "polite",
      "aria-label": texts.transcript,
      tabindex: "0",
      part: "transcript",
    });
    this.jump = h("button", { class: "jump", type: "button", hidden: true, onclick: () => this.follow() });
    this.#events = [];
    // What opens above or below takes room; the reader who was at the end stays there.
    this.element.addEventListener("scroll", () => this.#on_scroll(), { passive: true });
    new ResizeObserver(() => this.#stay()).observe(this.element);
  }
  #at_end = true;
  #size = "";
  /** How many entries there are, and how many there were when the reader was at the end. */
  #count = 0;
  #seen = 0;
  #show_page;
  #origin;
  #events;
  #drawn = new Map();

  /** A line in between: somebody came or went. It keeps its place by time. */
  event(text, at = Date.now()) {
    this.#events.push({ text, at });
  }

  /** Goes to the newest entry, and stays with what comes. */
  follow() {
    this.#at_end = true;
    this.#stay();
    this.#draw_jump();
  }

  draw(timeline, hosts) {
    const lines = [];
    let events = [...this.#events];
    let last_from = "";
    let last_at = Date.now();
    this.#count = timeline.entries.length;
    for (const entry of timeline.entries) {
      if (other_day(entry.at, last_at)) lines.push(this.#day_line(entry));
      while (events.length > 0 && events[0].at < entry.at) {
        lines.push(this.#event_line(events.shift()));
        last_from = "";
      }
      const from = entry.mine ? "me" : `${entry.from}/${entry.name ?? ""}`;
      const first = from !== last_from || entry.at - last_at > 180_000;
      const key = `${entry.generation}/${entry.ch}/${entry.n}/${first}`;
      let line = this.#drawn.get(key);
      if (!line) {
        line = this.#entry_line(entry, first, hosts);
        if (line) this.#drawn.set(key, line);
      }
      if (line) lines.push(line);
      last_from = from;
      last_at = entry.at;
    }
    lines.push(
      ...events.map((one) => this.#event_line(one)),
      ...timeline.pending.map((one) => this.#pending_line(one)),
    );
    this.#replace(lines);
    this.#stay();
    this.#draw_jump();
  }

  #draw_jump() {
    if (this.#at_end) this.#seen = this.#count;
    this.jump.hidden = this.#at_end;
    const news = this.#count > this.#seen;
    this.jump.classList.toggle("news", news);
    const label = news ? texts.new_below : texts.to_newest;
    if (this.jump.textContent !== label) fill(this.jump, icon("down"), label);
  }

  /** Only the reader scrolls without anything having another size than before. */
  #on_scroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    if (this.#size !== `${scrollHeight}/${clientHeight}`) return this.#stay();
    this.#at_end = scrollHeight - scrollTop - clientHeight < 60;
    this.#draw_jump();
  }

  #stay() {
    const { scrollHeight, clientHeight } = this.element;
    this.#size = `${scrollHeight}/${clientHeight}`;
    if (this.#at_end) this.element.scrollTop = scrollHeight;
  }

  /** Moves only what differs, so that a screen reader hears new lines and nothing twice. */
  #replace(lines) {
    const element = this.element;
    lines.forEach((line, at) => {
      if (element.children[at] !== line) element.insertBefore(line, element.children[at] ?? null);
    });
    while (element.children.length > lines.length) element.lastElementChild?.remove();
  }

  #event_line(event) {
    event.line ??= h("p", { class: "event" }, event.text);
    return event.line;
  }

  #day_line({ generation, ch, n, at }) {
    const key = `day/${generation}/${ch}/${n}`;
    const line = this.#drawn.get(key) ?? h("p", { class: "day" }, day(at));
    this.#drawn.set(key, line);
    return line;
  }

  #pending_line(one) {
    one.line ??= h(
      "div",
      { class: "message mine sending" },
      h("div", { class: "bubble", dir: "auto" }, one.ch === "chat" ? one.body.text : one.body.url),
      h("div", { class: "meta" }, texts.sending),
    );
    return one.line;
  }

  #entry_line(entry, first, hosts) {
    const who = entry.mine ? texts.you : entry.name || texts.somebody;
    const bubble =
      entry.ch === "page"
        ? this.#page_bubble(entry, who, hosts)
        : entry.ch === "chat" &&
          this.#chat_bubble(String(entry.body?.text ?? ""), hosts);
    if (!bubble) return null;
    return h(
      "div",
      { class: `message${entry.mine ? " mine" : ""}${first ? " first" : ""}` },
      first &&
        h(
          "div",
          { class: "meta" },
          !entry.mine && h("strong", {}, who),
          h(
            "time",
            { datetime: new Date(entry.at).toISOString(), title: when(entry.at) },
            clock(entry.at),
          ),
        ),
      bubble,
    );
  }

  #chat_bubble(text, hosts) {
    return h(
      "div",
      { class: "bubble", dir: "auto" },
      pieces_of(text, { hosts, origin: this.#origin }).map((piece) =>
        piece.url
          ? h("a", { href: piece.url, target: "_blank", rel: "noopener noreferrer" }, piece.text)
          : piece.text,
      ),
    );
  }

  #page_bubble(entry, who, hosts) {
    const url = String(entry.body?.url ?? "");
    const shown = check_page_url(url, hosts) === "ok";
    return fill(
      h("div", { class: "bubble shown" }),
      icon("page"),
      h(
        "span",
        { class: "what" },
        h(
          "span",
          {},
          String(entry.body?.title || (entry.mine ? texts.page_yours : texts.page_shown(who))),
        ),
        h(
          "span",
          { class: "small muted" },
          shown ? short(url) : texts.page_refused,
        ),
      ),
      shown &&
        h("button", { type: "button", onclick: () => this.#show_page(url) }, texts.page_again),
    );
  }
}
