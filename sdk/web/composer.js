// sdk/web/composer.js - where a message is written: grows with its text, Enter sends, and says that somebody types.

import { h, icon } from "./dom.js";
import { texts } from "./texts.js";

export const kTextMax = 4000;
const kTypingEvery_ms = 3000;

export const kComposerCss = `
.composer { display: flex; gap: .5rem; align-items: end; padding: .6rem 1rem 1rem; }
.composer textarea { resize: none; max-height: 9.5rem; min-height: 46px; line-height: 1.4; padding: .65em 1em;
  border-radius: 1.4em; background: var(--raised); field-sizing: content; }
.composer button { min-width: 46px; min-height: 46px; padding: 0; }
`;

/** `on_text(text)` answers whether it was taken; `on_typing()` is called at most every 3 s. */
export function composer({ on_text, on_typing }) {
  let typed_at = 0;
  const box = h("textarea", {
    rows: 1,
    maxlength: kTextMax,
    "aria-label": texts.write,
    placeholder: texts.write,
    enterkeyhint: "send",
  });
  const send = h(
    "button",
    { class: "primary", type: "submit", "aria-label": texts.send },
    icon("send"),
  );
  const form = h("form", { class: "composer", part: "composer" }, box, send);
  const submit = () => {
    const text = box.value.trim();
    if (text && on_text(text)) box.value = "";
    typed_at = 0;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    const now = Date.now();
    if (!box.value || now - typed_at < kTypingEvery_ms) return;
    typed_at = now;
    on_typing();
  });
  return {
    element: form,
    focus: () => box.focus(),
    /** Gives back a text that was refused, unless something else is being written. */
    restore: (text) => {
      if (!box.value) box.value = text;
    },
    set disabled(off) {
      box.disabled = off;
      send.disabled = off;
    },
  };
}
