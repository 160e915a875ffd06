// sdk/web/session_cards.js - the questions and answers that stand above the composer, one at a time.

import { fill, h, icon } from "./dom.js";
import { texts } from "./texts.js";
import { when } from "./times.js";

/** One card; showing another replaces it. */
export class SessionCard {
  /** `on_dismissed()` is called when the reader has put a card away. */
  constructor(on_dismissed) {
    this.#on_dismissed = on_dismissed;
    this.element = h("section", {
      class: "card",
      hidden: true,
      "aria-live": "polite",
      onkeydown: (event) => event.key === "Escape" && this.#can_dismiss && this.#dismiss(),
    });
  }
  #on_dismissed;
  #can_dismiss = false;

  #dismiss() {
    this.close();
    this.#on_dismissed();
  }

  close() {
    this.element.hidden = true;
  }

  #show(title, ...content) {
    this.#can_dismiss = false;
    fill(this.element, h("strong", {}, title), ...content);
    this.element.hidden = false;
  }

  #button(label, onclick, primary = false) {
    return h("button", { type: "button", class: primary ? "primary" : null, onclick }, label);
  }

  /** Leave, really? `can_continue`: there is another way. */
  ask_to_leave(on_leave, can_continue) {
    this.#show(
      texts.leave_question,
      can_continue && h("p", { class: "muted" }, texts.leave_hint),
      h(
        "div",
        { class: "row" },
        this.#button(texts.leave_yes, on_leave, true),
        this.#button(texts.stay, () => this.#dismiss()),
      ),
    );
    this.#can_dismiss = true;
    this.element.querySelector("button")?.focus();
  }

  /**
   * The agent of before is away: the customer says what then. `choices` come from the service; those without a text
   * here are left out.
   */
  ask_what_then(choices, on_choice) {
    const known = choices.filter((name) => `choose_${name}` in texts);
    const choose = (name) => {
      this.close();
      on_choice(name);
    };
    this.#show(
      texts.agent_away,
      h(
        "div",
        { class: "row" },
        known.map((name) => this.#button(texts[`choose_${name}`], () => choose(name))),
      ),
    );
  }

  /** Nobody is free: coming back by a page of one's own is better than sitting here. */
  offer_later(on_later) {
    this.#show(
      texts.later_instead,
      h("div", { class: "row" }, this.#button(texts.choose_later, on_later, true)),
    );
  }

  /**
   * The continuation is booked: here is its page. `with_agent`: it goes on with the same person, called `name`.
   * @param {{page: string, with_agent: boolean, name: string, expires_at?: number}} booked
   */
  show_continuation({ page, with_agent, name, expires_at }) {
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
      this.element,
      h(
        "button",
        { class: "quiet close", type: "button", "aria-label": texts.close, onclick: () => this.#dismiss() },
        icon("close"),
      ),
      h("strong", {}, with_agent ? texts.continued_title : texts.booked_title),
      h("p", { class: "muted" }, with_agent ? texts.continued_intro(name) : texts.booked_intro),
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
      expires_at && h("p", { class: "small muted" }, texts.valid_until(when(expires_at))),
    );
    this.element.hidden = false;
    this.#can_dismiss = true;
  }
}
