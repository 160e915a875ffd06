// sdk/web/page_view.js - "follow me": shows the pages that the other side pushes, once the visitor has agreed.

import { fill, h, icon } from "./dom.js";
import { check_page_url } from "./page_url.js";
import { texts } from "./texts.js";

export const kPageCss = `
.consent { margin: 0 1rem .8rem; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: var(--radius);
  background: var(--raised); display: grid; gap: .7rem; }
.preview { display: flex; gap: .7rem; align-items: center; padding: .5rem .8rem; border: 1px solid var(--line);
  border-radius: calc(var(--radius) * .7); background: var(--surface); line-height: 1.35; }
.preview > span { display: grid; min-width: 0; }
.preview > span > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.consent button, .consent .button { min-height: 40px; padding: .3em .95em; }
.page { display: flex; flex-direction: column; min-width: 0; min-height: 0; border-left: 1px solid var(--line); background: var(--raised); }
.page .bar { display: flex; align-items: center; gap: .5rem; padding: .45rem .6rem .45rem 1rem; border-bottom: 1px solid var(--line);
  background: var(--surface); font-size: .875rem; }
.page .bar .where { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); }
.page .bar button, .page .bar a { min-height: 36px; padding: .2em .8em; }
@media (max-width: 50rem) { .page .bar a { display: none; } }
iframe { flex: 1; width: 100%; border: 0; background: #fff; color-scheme: light; }
`;

/** Where an address leads, without what only machines read. */
export function short(url) {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

/**
 * `consent` is the offer (above the composer), `page` the frame with its bar. Nothing is opened before the visitor
 * chose to; an address that the rules refuse is never opened, and nor is anything of the gateway's own origin, whose
 * cookies a frame would share. Emits `change` when the frame appears or goes.
 */
export class PageView extends EventTarget {
  constructor({ key, own_origin = location.origin }) {
    super();
    this.#key = `convene.follow.${key}`;
    this.#own_origin = own_origin;
    this.consent = h("section", {
      class: "consent",
      hidden: true,
      role: "region",
      "aria-label": texts.show_page,
    });
    this.page = h("section", { class: "page", hidden: true, "aria-label": texts.page_shown("") });
  }
  #key;
  #own_origin;
  #hosts = [];
  #url = "";

  /** "yes", "no" or "" while the visitor has not said; for as long as this window lives. */
  get following() {
    return sessionStorage.getItem(this.#key) ?? "";
  }

  set hosts(hosts) {
    this.#hosts = hosts;
  }

  get hosts() {
    return this.#hosts;
  }

  allowed(url) {
    return check_page_url(url, this.#hosts) === "ok" && new URL(url).origin !== this.#own_origin;
  }

  /** The other side shows `url`. */
  push(url, name, title = "") {
    if (!this.allowed(url)) return;
    this.#url = url;
    if (this.following === "yes") this.show(url);
    else if (this.following === "") this.#offer(name, title);
  }

  /** Opens `url` in the frame. `asked`: the visitor has pressed for it just now, so it may come to the front. */
  show(url, asked = false) {
    if (!this.allowed(url)) return;
    this.consent.hidden = true;
    const shown = this.page.querySelector("iframe");
    if (shown?.src !== url) this.#draw_page(url);
    this.page.hidden = false;
    this.dispatchEvent(new CustomEvent("change", { detail: { asked } }));
  }

  close() {
    this.page.hidden = true;
    fill(this.page);
    this.dispatchEvent(new CustomEvent("change", { detail: {} }));
  }

  #choose(answer) {
    sessionStorage.setItem(this.#key, answer);
    this.consent.hidden = true;
  }

  #tab_link(url, onclick) {
    return h(
      "a",
      { class: "button", href: url, target: "_blank", rel: "noopener noreferrer", onclick },
      icon("out"),
      texts.page_tab,
    );
  }

  #offer(name, title) {
    const follow = () => {
      this.#choose("yes");
      this.show(this.#url, true);
    };
    fill(
      this.consent,
      h("strong", {}, texts.page_offer(name)),
      h(
        "p",
        { class: "preview" },
        icon("page"),
        h("span", {}, title && h("span", {}, title), h("span", { class: "small muted" }, short(this.#url))),
      ),
      h("p", { class: "small muted" }, texts.page_offer_hint),
      h(
        "div",
        { class: "row" },
        h("button", { class: "primary", type: "button", onclick: follow }, texts.page_follow),
        h(
          "button",
          { class: "quiet", type: "button", onclick: () => this.#choose("no") },
          texts.page_no,
        ),
        this.#tab_link(this.#url, () => (this.consent.hidden = true)),
      ),
    );
    this.consent.hidden = false;
  }

  #draw_page(url) {
    const stop = () => {
      this.#choose("no");
      this.close();
    };
    fill(
      this.page,
      h(
        "div",
        { class: "bar" },
        icon("page"),
        h("span", { class: "where" }, short(url)),
        this.#tab_link(url),
        h("button", { class: "quiet", type: "button", onclick: stop }, texts.page_stop),
      ),
      h("iframe", {
        src: url,
        title: new URL(url).host,
        sandbox: "allow-scripts allow-forms allow-same-origin allow-popups",
        referrerpolicy: "no-referrer",
        allow: "camera 'none'; microphone 'none'; geolocation 'none'",
      }),
    );
  }
}
