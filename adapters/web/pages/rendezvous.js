// adapters/web/pages/rendezvous.js - asks what is booked, shows it, and joins when the visitor says so.

import { Api } from "/client/api.js";
import { proposed_time } from "/client/calendar.js";
import { how_to_bookmark, when } from "/client/texts.js";
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

function show_booked(booked, news) {
  const timed = booked.at !== undefined;
  const facts = [
    timed && h("li", {}, icon("clock"), `Agreed for ${when(booked.at)}`),
    booked.agent && h("li", {}, icon("check"), `With ${booked.agent_name ?? booked.agent}`),
    booked.expires_at && h("li", {}, icon("calendar"), texts.valid_until(when(booked.expires_at))),
    h(
      "li",
      {},
      icon("bookmark"),
      `To keep this page, ${how_to_bookmark()}. Come back any time.`,
    ),
  ];
  show_sheet(
    "Welcome back",
    news && h("p", { class: "warn", role: "status" }, news),
    h(
      "p",
      { class: "lead" },
      "Everything is ready. We start when you say so, and the right person will know what it is about.",
    ),
    action("I’m here – connect me", join, { primary: true }),
    h("ul", { class: "facts" }, facts),
    h("hr", { class: "rule" }),
    keep_tools(booked),
    change_tools(booked),
  );
}

/** Ways to keep the page: link, calendar, code for another device. */
function keep_tools(booked) {
  const said = h("span", { class: "visually-hidden", role: "status" });
  const code = h("img", { class: "qr", alt: "QR code of this page's link", hidden: true });
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
        if (!code.hasAttribute("src")) code.src = `/r/${page}.svg`;
      },
      { mark: "qr" },
    );
    tools.unshift(copy);
    tools.push(show_code);
  }
  return h(
    "section",
    { class: "stack", "aria-label": "Keep this page" },
    h("div", { class: "row" }, tools, said),
    code,
  );
}

function change_tools(booked) {
  const local = (ms) =>
    new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const time = h("input", {
    type: "datetime-local",
    "aria-label": "New time",
    value: local(booked.at ?? proposed_time()),
    min: local(Date.now()),
  });
  const save = action("Save", async () => {
    await api.retime(page, new Date(time.value).getTime());
    await arrive();
  });
  const editor = h("div", { class: "row", hidden: true }, time, save);
  const change = action(
    booked.at ? "Another time" : "Agree a time",
    () => {
      editor.hidden = !editor.hidden;
      if (!editor.hidden) time.focus();
    },
    { quiet: true, mark: "clock" },
  );
  const really = action("Yes, cancel it", async () => {
    await api.cancel(page);
    show_sheet(
      "Cancelled",
      h("p", { class: "lead" }, "Your booking is cancelled. What you told us will not be used."),
    );
  });
  really.hidden = true;
  const cancel = action(
    "Cancel booking",
    () => {
      really.hidden = !really.hidden;
    },
    { quiet: true, mark: "close" },
  );
  return h(
    "section",
    { class: "stack", "aria-label": "Change your booking" },
    h("div", { class: "row" }, change, cancel, really),
    editor,
  );
}

function show_elsewhere() {
  show_sheet(
    "Open in another window",
    h(
      "p",
      { class: "lead" },
      "Your conversation goes on in another window or on another device. You can take it over here.",
    ),
    action("Continue here", join, { primary: true }),
  );
}

function show_over(booked, news) {
  const run_out = booked.expires_at && booked.expires_at < Date.now();
  const titles = { cancelled: run_out ? "This page has run out" : "This booking was cancelled" };
  const said = {
    completed: "Thank you for the conversation.",
    cancelled: "You can book another conversation where you found us.",
    escalated: "We could not bring you together with the right person. Somebody will look into it.",
  };
  show_sheet(
    titles[booked.end] ?? "This conversation is over",
    h("p", { class: "lead" }, news ?? said[booked.end] ?? "Thank you for coming."),
    h("p", {}, "You can close this window."),
  );
}

/** One and the same for what never was, was altered, has run out or is used up. */
function show_unknown() {
  show_sheet(
    "This page leads nowhere any more",
    h(
      "p",
      { class: "lead" },
      "The link is incomplete, has run out, or was already used. Please book a new conversation where you found us.",
    ),
  );
}

function show_unreachable(error) {
  show_waiting("One moment, please", error.message);
  setTimeout(() => void arrive(), Math.max(error.retry_after_ms, 2000));
}

void arrive();
