// adapters/web/pages/talk.js - a conversation now: the fragment says what about, the visitor's press starts it.

import { Api, fresh_seat } from "/client/api.js";
import { action, endings, h, show_conversation, show_sheet, show_waiting } from "./common.js";

const kSeat = "convene.seat";
const api = new Api();

/** Here is no page that could be opened again. */
const kNobody =
  "Nobody was free this time, and we are sorry. Try again in a while, or choose “Talk later” where you found us.";
const kEndings = { no_agent: kNobody, no_answer: kNobody, put_back: kNobody };

/** This window's conversation; a window that has none yet takes the one that this browser began last. */
let seat = sessionStorage.getItem(kSeat) ?? localStorage.getItem(kSeat) ?? "";

function take_seat() {
  seat = fresh_seat();
  sessionStorage.setItem(kSeat, seat);
  localStorage.setItem(kSeat, seat);
}

/** The wish that a site put into the fragment, which no server sees; taken once and wiped from the address bar. */
function take_wish() {
  const said = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname);
  const flow = said.get("flow");
  if (!flow) return null;
  try {
    const context = JSON.parse(said.get("context") ?? "{}");
    return context && typeof context === "object" && !Array.isArray(context)
      ? { flow, context }
      : null;
  } catch {
    return null;
  }
}

function talk(details) {
  show_conversation({ details, seat }, ({ state, reason }) => {
    if (state === "elsewhere") {
      return show_sheet(
        "Open in another window",
        h("p", { class: "lead" }, "Your conversation goes on in another window. You can take it over here: nothing of it is lost."),
        action("Continue here", resume, { primary: true }),
      );
    }
    show_sheet(
      "This conversation is over",
      h("p", { class: "lead" }, kEndings[reason] ?? endings[reason] ?? "Thank you for coming."),
      h("p", {}, "To talk to us again, start where you found us. You can close this window."),
    );
  });
}

async function resume() {
  const { details } = await api.resume(seat);
  sessionStorage.setItem(kSeat, seat);
  talk(details);
}

/** Another site can open this page with any wish: so it only asks, and the visitor's press starts. */
function ask(wish) {
  const start = async () => {
    take_seat();
    const { details } = await api.start(wish.flow, wish.context, seat);
    talk(details);
  };
  show_sheet(
    "Talk to us now",
    h(
      "p",
      { class: "lead" },
      "We look for the right person as soon as you start, and tell you here how it goes. You can write in the meantime.",
    ),
    action("Start the conversation", start, { primary: true }),
  );
}

async function arrive() {
  const wish = take_wish();
  if (wish) return ask(wish);
  try {
    await resume();
  } catch (error) {
    if (error.passing) {
      show_waiting("One moment, please", error.message);
      setTimeout(() => void arrive(), Math.max(error.retry_after_ms, 2000));
    } else {
      show_sheet(
        "No conversation here",
        h(
          "p",
          { class: "lead" },
          "Start one from the site where you found us. If you booked one, open the page that you kept: your bookmark or link leads there.",
        ),
      );
    }
  }
}

void arrive();
