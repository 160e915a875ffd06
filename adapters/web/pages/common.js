// adapters/web/pages/common.js - what the two pages share: a sheet of text and buttons, and the conversation.

import "/client/convene.js";
import { fill, h, icon } from "/client/dom.js";
import { endings, texts } from "/client/texts.js";

import { watch_news } from "./news.js";

export { endings, fill, h, icon, texts };

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
main.setAttribute("aria-busy", "true");

/** Shows one sheet: a headline and what belongs under it. Moves the focus there unless it is the first, or the same. */
export function show_sheet(title, ...content) {
  const heading = h("h1", { tabindex: "-1" }, title);
  const stays = main.getAttribute("aria-busy") === "true" || document.title === title;
  fill(main, h("section", { class: "sheet" }, heading, ...content));
  main.setAttribute("aria-busy", "false");
  document.title = title;
  if (!stays) heading.focus();
}

/** It could not be done yet, and is tried again without a press; `why` says so in words. */
export function show_waiting(title, why) {
  show_sheet(
    title,
    h("p", { class: "lead" }, `${why} This page tries again by itself, so you can leave it open.`),
    h("div", { class: "waiting-mark", role: "status", "aria-label": texts.connecting }),
  );
}

/** The conversation fills the page. `on_over({state, reason})` is called once, when it is over for this window. */
export function show_conversation(options, on_over) {
  const session = h("convene-session");
  fill(main, session);
  main.setAttribute("aria-busy", "false");
  document.title = texts.transcript;
  session.addEventListener("convene-state", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (detail.state === "ended" || detail.state === "elsewhere") on_over(detail, session);
  });
  watch_news(session);
  session.connect(options);
  // Who has a keyboard can write at once; on glass it would cover half of the conversation.
  if (matchMedia("(pointer: fine)").matches) session.focus();
  return session;
}

/**
 * A button that works once at a time; what its work refuses with is shown under it.
 * @param {string} label
 * @param {() => unknown} work
 * @param {{primary?: boolean, quiet?: boolean, mark?: string}} look
 */
export function action(label, work, { primary = false, quiet = false, mark } = {}) {
  const problem = h("p", { class: "warn", role: "alert", hidden: true });
  const button = h(
    "button",
    {
      type: "button",
      class: primary ? "primary" : quiet ? "quiet" : null,
      onclick: async () => {
        button.disabled = true;
        problem.hidden = true;
        try {
          await work();
        } catch (error) {
          problem.textContent = error.message;
          problem.hidden = false;
          button.after(problem);
        }
        button.disabled = false;
      },
    },
    mark && icon(mark),
    label,
  );
  return button;
}
