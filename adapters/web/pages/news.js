// adapters/web/pages/news.js - calls back who looks elsewhere: the window's title says what is new, and two notes sound.

import { chime } from "/client/chime.js";
import { texts } from "/client/texts.js";

let unread = 0;
let title = "";

/** What happened in `session`, for as long as nobody looks. */
export function watch_news(session) {
  session.addEventListener("convene-news", (event) => {
    if (document.hasFocus()) return;
    const { what, name } = /** @type {CustomEvent} */ (event).detail;
    title ||= document.title;
    if (what === "said") unread += 1;
    document.title = unread > 0 ? `(${unread}) ${name}` : texts.joined(name);
    chime();
  });
}

addEventListener("focus", () => {
  if (title) document.title = title;
  title = "";
  unread = 0;
});
