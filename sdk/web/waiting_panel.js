// sdk/web/waiting_panel.js - what somebody sees who is alone and waits: why, for how long, and what can be done.

import { fill, h, icon } from "./dom.js";
import { texts } from "./texts.js";
import { when } from "./times.js";

/**
 * What the service tells somebody who waits, as a headline and a line below. Names that are not here change nothing.
 * @type {Record<string, (detail: any) => [string, string]>}
 */
const kSays = {
  searching: () => [texts.searching, texts.waiting_hint],
  waiting: () => [texts.waiting_title, texts.waiting],
  no_agent: () => [texts.waiting_title, texts.no_agent],
  agent_left: () => [texts.searching, texts.agent_left],
  escalated: () => [texts.searching, texts.escalated],
  early: (detail) => [texts.early_title, texts.early(when(Number(detail?.due ?? Date.now())))],
  agent_away: () => [texts.away_title, texts.away_hint],
};

/** The same in one line, for the notice above a conversation. Empty: there is nothing to be said. */
export function notice_of(name, detail) {
  if (name === "searching") return "";
  return name in kSays ? kSays[name](detail)[1] : undefined;
}

export class WaitingPanel {
  title = texts.searching;

  constructor() {
    this.element = h("section", { class: "waiting-panel", hidden: true, role: "status" });
    this.say("searching");
  }

  /** The service's notice `name`. */
  say(name, detail = {}) {
    if (!(name in kSays)) return;
    const [title, hint] = kSays[name](detail);
    this.title = title;
    fill(
      this.element,
      name === "early"
        ? icon("clock") // Nothing is going on: it is too early for that.
        : h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      h("strong", {}, title),
      h("p", { class: "muted" }, hint),
    );
  }
}
