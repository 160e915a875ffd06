// adapters/web/pages/rendezvous.js - asks what is booked, shows it, and joins when the visitor says so.

import { Api } from "/client/api.js";
import { proposed_time } from "/client/calendar.js";
import { how_to_bookmark } from "/client/texts.js";
import { when } from "/client/times.js";
import {
  action,
  endings,
  h,
  icon,
  show_conversation,
  show_sheet,
  show_waiting,
  texts,
} from "./common.js";

const api = new Api();
const page = location.pathname.split("/")[2] ?? "";
const kSoon_ms = 10 * 60_000;

/** What a field for date and time takes. */
const local_time = (ms) =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** An identifier never stays in the address bar, whoever put it there. */
if (location.search) history.replaceState(null, "", location.pathname);

/** What is booked, once. Anything that is not found looks the same, whatever the reason. */
async function arrive() {
  try {
    const booked = await api.look(page);
    if (booked.state === "ended") return show_over(booked);
    if (booked.state === "live" || booked.state === "joining") return await come_in_again();
    show_booked(booked);
  } catch (error) {
    if (error.passing) show_unreachable(error);
    else show_unknown();
  }
}

/** A reload: this browser holds the session, so it goes on without a question. */
async function come_in_again() {
  try {
    const { details } = await api.resume(page);
    talk(details);
  } catch (error) {
    if (error.passing) throw error;
    show_elsewhere();
  }
}

async function join() {
  const { details } = await api.come_back(page);
  talk(details);
}

function talk(details) {
  show_conversation({ details, seat: page }, ({ state, reason }) => {
    if (state === "elsewhere") show_elsewhere();
    else void after_talk(reason);
  });
}

/** The rendezvous may still be good: nobody was free, say. Then the page offers it again; else it says goodbye. */
async function after_talk(reason) {
  try {
    const booked = await api.look(page);
    if (booked.state === "booked" || booked.state === "due")
      return show_booked(booked, endings[reason]);
    show_over(booked, endings[reason]);
  } catch {
    show_over({}, endings[reason]);
  }
}

/** What comes next, in a sentence. */
function next_step(booked) {
  if (booked.at === undefined)
    return "Press the button when you want to talk, now or another day: the right person will know what it is about.";
  return booked.at > Date.now() + kSoon_ms
    ? "Open this page again then, or press the button if you would rather talk sooner."
    : "Press the button, and the right person joins you: they know what it is about.";
}

function show_booked(booked, news) {
  show_sheet(
    "Welcome back",
    news && h("p", { class: "warn", role: "status" }, news),
    h("p", { class: "lead" }, news ? "" : "Your place is kept. ", next_step(booked)),
    h(
      "ul",
      { class: "facts agreed" },
      booked.at !== undefined && h("li", {}, icon("clock"), `Agreed for ${when(booked.at)}`),
      booked.agent && h("li", {}, icon("person"), `With ${booked.agent_name ?? booked.agent}`),
    ),
    action("I’m here – connect me", join, { primary: true }),
    h("hr", { class: "rule" }),
    keep_tools(booked),
    h("hr", { class: "rule" }),
    change_tools(booked),
  );
}

/** Ways to keep the page: bookmark, link, calendar, code for another device. */
function keep_tools(booked) {
  const said = h("span", { class: "visually-hidden", role: "status" });
  const code = h(
    "figure",
    { class: "code", hidden: true },
    h("img", { class: "qr", alt: "QR code of this page's link" }),
    h(
      "figcaption",
      {},
      "Point the camera of your other device at it. Whoever has this code can come in your place, so show it to nobody.",
    ),
  );
  /** @type {HTMLElement[]} */
  const tools = [
    h(
      "a",
      { class: "button", href: `/r/${page}.ics`, download: "conversation.ics" },
      icon("calendar"),
      texts.calendar,
    ),
  ];
  if (booked.link) {
    const copy = action(
      texts.copy,
      async () => {
        await navigator.clipboard.writeText(new URL(booked.link, location.href).href);
        copy.replaceChildren(icon("check"), texts.copied);
        said.textContent = texts.copied;
      },
      { mark: "link" },
    );
    const show_code = action(
      "On another device",
      () => {
        code.hidden = !code.hidden;
        const image = /** @type {HTMLImageElement} */ (code.firstElementChild);
        if (!image.hasAttribute("src")) image.src = `/r/${page}.svg`;
      },
      { mark: "qr" },
    );
    tools.unshift(copy);
    tools.push(show_code);
  }
  return h(
    "section",
    { class: "stack", "aria-labelledby": "keep" },
    h("h2", { id: "keep" }, "Keep this page"),
    h(
      "ul",
      { class: "facts" },
      h("li", {}, icon("bookmark"), `To find it again, ${how_to_bookmark()}.`),
      !booked.link && h("li", {}, icon("check"), texts.booked_here),
      booked.expires_at &&
        h("li", {}, icon("calendar"), texts.valid_until(when(booked.expires_at))),
    ),
    h("div", { class: "row" }, tools, said),
    code,
  );
}

function change_tools(booked) {
  const time = h("input", {
    type: "datetime-local",
    "aria-label": "New time",
    value: local_time(booked.at ?? proposed_time()),
    min: local_time(Date.now()),
  });
  const save = action("Save", async () => {
    await api.retime(page, new Date(time.value).getTime());
    await arrive();
  });
  const editor = h("div", { class: "row", hidden: true }, time, save);
  const really = h(
    "div",
    { class: "stack", hidden: true },
    h("p", {}, "Cancel your booking? This page does not work any more after that."),
    h(
      "div",
      { class: "row" },
      action("Yes, cancel it", cancel),
      action("No, keep it", () => (really.hidden = true), { quiet: true }),
    ),
  );
  const change = action(
    booked.at ? "Another time" : "Agree a time",
    () => {
      editor.hidden = !editor.hidden;
      really.hidden = true;
      if (!editor.hidden) time.focus();
    },
    { quiet: true, mark: "clock" },
  );
  const ask = action(
    "Cancel booking",
    () => {
      really.hidden = !really.hidden;
      editor.hidden = true;
      if (!really.hidden) really.querySelector("button")?.focus();
    },
    { quiet: true, mark: "close" },
  );
  return h(
    "section",
    { class: "stack", "aria-label": "Change your booking" },
    h("div", { class: "row quiet-row" }, change, ask),
    editor,
    really,
  );
}

async function cancel() {
  await api.cancel(page);
  show_sheet(
    "Cancelled",
    h(
      "p",
      { class: "lead" },
      "Your booking is cancelled, and what you told us will not be used. If you change your mind, book another conversation where you found us.",
    ),
    h("p", {}, "You can close this window."),
  );
}

function show_elsewhere() {
  show_sheet(
    "Open in another window",
    h(
      "p",
      { class: "lead" },
      "Your conversation goes on in another window or on another device. You can take it over here: nothing of it is lost.",
    ),
    action("Continue here", join, { primary: true }),
  );
}

function show_over(booked, news) {
  const run_out = booked.expires_at && booked.expires_at < Date.now();
  const titles = { cancelled: run_out ? "This page has run out" : "This booking was cancelled" };
  const said = {
    completed: "Thank you for the conversation.",
    cancelled: "It cannot be used any more.",
    escalated: endings.escalated,
  };
  show_sheet(
    titles[booked.end] ?? "This conversation is over",
    h("p", { class: "lead" }, news ?? said[booked.end] ?? "Thank you for coming."),
    h("p", {}, "To talk to us again, book another conversation where you found us. You can close this window."),
  );
}

/** One and the same for what never was, was altered, has run out or is used up. */
function show_unknown() {
  show_sheet(
    "This page leads nowhere any more",
    h(
      "p",
      { class: "lead" },
      "The link may be incomplete, may have run out, or was already used. To talk to us, book a new conversation where you found us.",
    ),
  );
}

function show_unreachable(error) {
  show_waiting("One moment, please", error.message);
  setTimeout(() => void arrive(), Math.max(error.retry_after_ms, 2000));
}

void arrive();
