// sdk/web/session_actions.js - what can be done about a conversation, beside its title.

import { h, icon } from "./dom.js";
import { texts } from "./texts.js";

function action(name, drawing, label, onclick, more = {}) {
  return h(
    "button",
    { class: name, type: "button", hidden: true, onclick, ...more },
    icon(drawing),
    h("span", { class: "label" }, label),
  );
}

/** Each of `on_share`, `on_later` and `on_leave` is called when its button is pressed, with the button. */
export function session_actions({ on_share, on_later, on_leave }) {
  const share = action("quiet share-open", "page", texts.show_page, () => on_share(share));
  const later = action("later", "clock", texts.continue_later, () => on_later(later), {
    title: texts.continue_hint,
  });
  const leave = action("quiet leave", "leave", texts.leave, () => on_leave(leave));
  return {
    element: h("div", { class: "row" }, share, later, leave),
    /** Shows what can be done now. */
    offer({ can_share, can_continue, can_leave }) {
      share.hidden = !can_share;
      later.hidden = !can_continue;
      leave.hidden = !can_leave;
    },
  };
}
