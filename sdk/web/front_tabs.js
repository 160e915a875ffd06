// sdk/web/front_tabs.js - conversation or page in front, where there is no room for both; says what is new behind.

import { fill, h } from "./dom.js";
import { texts } from "./texts.js";

export const kTabsCss = `
.tabs { display: none; gap: .3rem; padding: .4rem 1rem; border-bottom: 1px solid var(--line); background: var(--surface); }
.tabs button { flex: 1; min-height: 40px; }
.tabs button[aria-pressed="true"] { background: var(--raised); color: var(--text); }
.badge { min-width: 1.55em; padding: 0 .45em; border-radius: 999px; background: var(--accent); color: var(--on-accent);
  font-size: .78rem; font-weight: 640; }
`;

/** `on_bring(page_front)` is called when the reader chose. */
export class FrontTabs {
  constructor(on_bring) {
    this.#talk = h("button", { class: "quiet", type: "button", onclick: () => on_bring(false) });
    this.#page = h("button", { class: "quiet", type: "button", onclick: () => on_bring(true) });
    this.element = h("div", { class: "tabs" }, this.#talk, this.#page);
    this.bring(false);
  }
  #talk;
  #page;
  #page_front = false;
  #unread = 0;
  #turned = false;

  bring(page_front) {
    this.#page_front = page_front;
    if (page_front) this.#turned = false;
    else this.#unread = 0;
    this.#draw();
  }

  /** The other side has said something. */
  said() {
    if (this.#page_front) this.#unread += 1;
    this.#draw();
  }

  /** The other side shows another page. */
  turned() {
    this.#turned = !this.#page_front;
    this.#draw();
  }

  #draw() {
    this.#talk.setAttribute("aria-pressed", String(!this.#page_front));
    this.#page.setAttribute("aria-pressed", String(this.#page_front));
    const badge = (text) => h("span", { class: "badge" }, text);
    fill(this.#talk, texts.transcript, this.#unread > 0 && badge(this.#unread));
    fill(this.#page, texts.page_tab_name, this.#turned && badge(texts.new_mark));
  }
}
