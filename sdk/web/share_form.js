// sdk/web/share_form.js - where a customer types the address of a page to show, in flows that allow it.

import { h } from "./dom.js";
import { texts } from "./texts.js";

/** `on_url(url)` answers whether it was taken: then the form closes. `on_dismissed()`: the reader has put it away. */
export function share_form(on_url, on_dismissed) {
  const url = h("input", {
    type: "url",
    name: "url",
    placeholder: "https://",
    "aria-label": texts.show_page_label,
    autocomplete: "off",
  });
  const form = h(
    "form",
    { class: "share", hidden: true, novalidate: true },
    url,
    h("button", { type: "submit" }, texts.show_page),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!on_url(url.value)) return;
    url.value = "";
    form.hidden = true;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    form.hidden = true;
    on_dismissed();
  });
  return {
    element: form,
    toggle() {
      form.hidden = !form.hidden;
      if (!form.hidden) url.focus();
    },
  };
}
