// tests/e2e/support/states.mjs - every state that people see, as scenes for the stage.

import { customer_scene, desk_scene, details_of, people, roster_of } from "./scenes.mjs";
import { kShop } from "./stage.mjs";

/**
 * @typedef {object} State
 * @property {string} name
 * @property {string} path On the gateway's origin, or whole.
 * @property {import("./stage.mjs").Calls} [api]
 * @property {import("./stage.mjs").Talks} [socket]
 * @property {(context: import("playwright-core").BrowserContext) => unknown} [before]
 * @property {(page: import("playwright-core").Page, stage: {cut: () => void}) => unknown} [after]
 * @property {"wide" | "narrow"} [only]
 * @property {boolean} [no_script]
 */

const day = 86_400_000;
const booked = {
  flow: "talk_later",
  title: "Talk to us later",
  state: "booked",
  carriage: "query",
  page: "/r/demo",
  link: "/r/?s=demo",
  expires_at: Date.now() + 30 * day,
  channels: ["chat", "page"],
};
const timed = { ...booked, at: Date.now() + 2 * day, agent: "anna", agent_name: "Anna Weber" };
const refusal = (status, code, text) => () => [status, { code, text }];
const gone = refusal(404, "unknown_identifier", "Not found");
const free = { flows: { talk_now: { open: true, agents: 3, free: 1, waiting: 0, wait: "none" } } };
const nobody = { flows: { talk_now: { open: true, agents: 0, free: 0, waiting: 2, wait: "nobody" } } };
const code =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M0 0h7v7H0zM22 0h7v7h-7zM0 22h7v7H0zM10 10h9v9h-9z"/></svg>';

/** What is booked; everything that joins is taken. */
const takes =
  (what = booked) =>
  (method, path) => {
    if (path.endsWith(".svg")) return [200, code];
    return /\/(return|resume|sessions)$/.test(path)
      ? [200, { session: 1, details: { ...details_of(1001), role: 1 } }]
      : [200, what];
  };

/** The rendezvous is live, and the session's cookie is another browser's. */
const elsewhere = (_, path) =>
  path.endsWith("/resume") ? gone() : [200, { ...booked, state: "live" }];

const shop_api =
  (answer = refusal(429, "busy", "Too much is going on: try again in a moment."), who = free) =>
  (method, path) =>
    path.includes("availability") ? [200, who] : answer();

const press = (name) => (page) => page.getByRole("button", { name }).click();
/** A scene in which the other side is about to say more. */
const typing = (scene, leg, name) => (message, send) => {
  scene(message, send);
  if (message.t === "connect") send({ t: "signal", leg, ch: "chat", name, body: { typing: true } });
};
const both = (...steps) => async (page, stage) => {
  for (const step of steps) await step(page, stage);
};
/** A page or a desk shows more once it is connected. */
export const settled = (page) =>
  page.getByText("Connecting…").first().waitFor({ state: "hidden" });
const join = both(
  press("I’m here"),
  (page) =>
    page.locator("convene-session").getByRole("status").first().waitFor({ state: "attached" }),
  settled,
);
const lost = async (page, stage) => {
  stage.cut();
  await page.getByText(/is lost|Coming back/).first().waitFor();
};
const columns = (context) =>
  context.addInitScript(() => localStorage.setItem("desk.columns", "yes"));
const no_context = (context) =>
  context.addInitScript(() => localStorage.setItem("desk.context", "no"));

const fill_in = async (page) => {
  await press("Talk later")(page);
  await page.getByLabel("Your name").fill("Camille Laurent");
  await page.getByLabel("What is it about?").fill("A loan for a heat pump");
};
const follow = async (page) => {
  await page.getByRole("button", { name: "Follow along" }).click();
  await page.frameLocator("iframe").getByRole("button", { name: "Talk now" }).waitFor();
};

/** Ends the talk as soon as it is connected, as the gateway does. */
const ends = (reason, scene = customer_scene({})) => (message, send) => {
  scene(message, send);
  if (message.t === "connect") send({ t: "left", leg: 1001, reason });
};
const alone = (name, detail = {}) => customer_scene({ alone: true, notice: { name, detail } });

/** @type {State[]} */
const kShopStates = [
  { name: "shop_front", path: `${kShop}/`, api: shop_api() },
  { name: "shop_nobody", path: `${kShop}/loans.html`, api: shop_api(undefined, nobody) },
  { name: "shop_form", path: `${kShop}/loans.html`, api: shop_api(), after: fill_in },
  {
    name: "shop_form_timed",
    path: `${kShop}/loans.html`,
    api: shop_api(),
    after: both(fill_in, (page) => page.getByLabel("Remind me at a time").first().check()),
  },
  {
    name: "shop_form_refused",
    path: `${kShop}/loans.html`,
    api: shop_api(),
    after: both(fill_in, press("Get my page"), (page) => page.getByRole("alert").waitFor()),
  },
  {
    name: "shop_booked",
    path: `${kShop}/loans.html`,
    api: shop_api(() => [201, { ...booked, id: "demo" }]),
    after: both(fill_in, press("Get my page"), (page) =>
      page.getByRole("link", { name: "Open my page" }).waitFor(),
    ),
  },
  {
    name: "shop_booked_timed",
    path: `${kShop}/loans.html`,
    api: shop_api(() => [201, { ...booked, id: "demo" }]),
    after: both(
      fill_in,
      (page) => page.getByLabel("Remind me at a time").first().check(),
      press("Get my page"),
      (page) => page.getByRole("link", { name: "Open my page" }).waitFor(),
    ),
  },
];

/** @type {State[]} */
const kPageStates = [
  { name: "page_booked", path: "/r/demo", api: takes() },
  { name: "page_cookie", path: "/r/demo", api: takes({ ...booked, carriage: "cookie", link: undefined }) },
  { name: "page_timed", path: "/r/demo", api: takes(timed) },
  {
    name: "page_tools",
    path: "/r/demo",
    api: takes(timed),
    after: both(press("On another device"), press("Another time"), press("Cancel booking")),
  },
  { name: "page_no_script", path: "/r/demo", no_script: true },
  { name: "page_unknown", path: "/r/demo", api: gone },
  {
    name: "page_limited",
    path: "/r/demo",
    api: refusal(429, "too_many_attempts", "Too many attempts: try again in a minute."),
  },
  { name: "page_cancelled", path: "/r/demo", api: takes({ ...booked, state: "ended", end: "cancelled" }) },
  {
    name: "page_run_out",
    path: "/r/demo",
    api: takes({ ...booked, state: "ended", end: "cancelled", expires_at: Date.now() - day }),
  },
  {
    name: "page_refused",
    path: "/r/demo",
    api: (_, path) =>
      path.endsWith("/return")
        ? [503, { code: "busy", text: "Too much is going on: try again in a moment." }]
        : [200, booked],
    after: both(press("I’m here"), (page) => page.getByRole("alert").waitFor()),
  },
  { name: "page_elsewhere", path: "/r/demo", api: elsewhere },
  { name: "page_waiting", path: "/r/demo", api: takes(), socket: alone("searching"), after: join },
  {
    name: "page_early",
    path: "/r/demo",
    api: takes(),
    socket: alone("early", { due: Date.now() + 2 * 3_600_000 }),
    after: join,
  },
  {
    name: "page_away",
    path: "/r/demo",
    api: takes(),
    socket: alone("agent_away", { choices: ["wait", "anybody", "later"] }),
    after: join,
  },
  {
    name: "page_nobody",
    path: "/r/demo",
    api: takes(),
    socket: alone("no_agent", { book_later: true }),
    after: join,
  },
  { name: "page_put_back", path: "/r/demo", api: takes(), socket: ends("put_back"), after: press("I’m here") },
  {
    name: "page_over",
    path: "/r/demo",
    api: (method, path) =>
      method === "GET" && over_now ? [200, { ...booked, state: "ended", end: "completed" }] : takes()(method, path),
    socket: ends("agent_left"),
    before: () => (over_now = false),
    after: async (page) => {
      await page.getByRole("button", { name: "I’m here" }).waitFor();
      over_now = true;
      await press("I’m here")(page);
      await page.getByRole("heading", { name: "This conversation is over" }).waitFor();
    },
  },
  { name: "page_talk", path: "/r/demo", api: takes(), socket: customer_scene({}), after: join },
  {
    name: "page_typing",
    path: "/r/demo",
    api: takes(),
    socket: typing(customer_scene({ who: "leila" }), 1001, "Anna Weber"),
    after: join,
  },
  {
    name: "page_scrolled",
    path: "/r/demo",
    api: takes(),
    socket: customer_scene({ ago: day }),
    after: both(join, press("Not now"), (page) =>
      page.getByRole("log").evaluate((log) => log.scrollTo(0, 0)),
    ),
  },
  {
    name: "page_talk_hard",
    path: "/r/demo",
    api: takes(),
    socket: customer_scene({ who: "hard" }),
    after: join,
  },
  {
    name: "page_talk_lost",
    path: "/r/demo",
    api: takes(),
    socket: customer_scene({}),
    after: both(join, press("Not now"), lost),
  },
  {
    name: "page_leave",
    path: "/r/demo",
    api: takes(),
    socket: customer_scene({}),
    after: both(join, press("Not now"), press("Leave")),
  },
  {
    name: "page_continued",
    path: "/r/demo",
    api: (method, path) =>
      method === "POST" && path.endsWith("/rendezvous")
        ? [201, { ...booked, agent: "anna", id: "demo" }]
        : takes()(method, path),
    socket: customer_scene({}),
    after: both(join, press("Not now"), press("Continue later"), (page) =>
      page.getByRole("link", { name: "Open my page" }).waitFor(),
    ),
  },
  {
    name: "page_share",
    path: "/r/demo",
    api: takes(),
    socket: customer_scene({}),
    after: both(join, press("Not now"), press("Show a page"), async (page) => {
      await page.getByLabel("Address of the page to show").fill("https://elsewhere.example/");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
    }),
  },
  {
    name: "page_follow",
    path: "/r/demo",
    api: takes(),
    socket: customer_scene({}),
    after: both(join, follow),
  },
  { name: "talk_ask", path: '/#flow=talk_now&context={"product":"loans"}' },
  { name: "talk_none", path: "/", api: gone },
];
let over_now = false;

/** @type {State[]} */
const kDeskStates = [
  {
    name: "desk_sign_in",
    path: "/desk/",
    socket: (_, send) => send({ t: "bye", code: "signed_out", text: "" }),
  },
  {
    name: "desk_wrong_password",
    path: "/desk/",
    api: refusal(401, "sign_in_failed", "Agent or password is wrong."),
    socket: (_, send) => send({ t: "bye", code: "signed_out", text: "" }),
    after: async (page) => {
      await page.getByLabel("Agent").fill("anna");
      await page.getByLabel("Password").fill("correct horse");
      await press("Sign in")(page);
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "desk_empty", path: "/desk/", socket: desk_scene({}) },
  { name: "desk_paused", path: "/desk/", socket: desk_scene({ state: "paused" }) },
  {
    name: "desk_no_answer",
    path: "/desk/",
    socket: desk_scene({ state: "paused", reason: "no_answer" }),
  },
  {
    name: "desk_no_answer_talking",
    path: "/desk/",
    socket: desk_scene({ state: "paused", reason: "no_answer", sessions: ["mei"] }),
  },
  { name: "desk_offer", path: "/desk/", socket: desk_scene({ offers: ["mei"] }) },
  {
    name: "desk_offer_missed",
    path: "/desk/",
    socket: (message, send) => {
      desk_scene({ offers: ["mei"] })(message, send);
      if (message.t === "desk") send({ t: "offer_ended", offer: 1, state: "expired" });
    },
  },
  {
    name: "desk_full",
    path: "/desk/",
    socket: typing(
      desk_scene({ sessions: ["camille", "leila", "jonas", "tom"], offers: ["mei"] }),
      4,
      "Tom Okafor",
    ),
  },
  { name: "desk_new", path: "/desk/", socket: desk_scene({ sessions: ["nobody_yet"] }) },
  {
    name: "desk_scrolled",
    path: "/desk/",
    socket: desk_scene({ sessions: ["hard", "camille"] }),
    after: (page) => page.getByRole("log").evaluate((log) => log.scrollTo(0, 0)),
    only: "narrow",
  },
  {
    name: "desk_many",
    path: "/desk/",
    socket: desk_scene({
      sessions: ["camille", "leila", "hard", "jonas", "tom", "mei", "leila", "tom", "mei", "jonas"],
      offers: ["hard", "jonas"],
    }),
    after: press("Sound"),
    only: "wide",
  },
  {
    name: "desk_list",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille", "leila", "jonas", "tom"], offers: ["mei"] }),
    after: press("Back to the list"),
    only: "narrow",
  },
  {
    name: "desk_columns",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille", "jonas", "mei"] }),
    before: async (context) => {
      await columns(context);
      await no_context(context);
    },
    only: "wide",
  },
  { name: "desk_hard", path: "/desk/", socket: desk_scene({ sessions: ["hard"], offers: ["hard"] }) },
  {
    name: "desk_context",
    path: "/desk/",
    socket: desk_scene({ sessions: ["hard"] }),
    after: press("What is known"),
    only: "narrow",
  },
  {
    name: "desk_continued",
    path: "/desk/",
    socket: desk_scene({ sessions: ["jonas"] }),
    after: (page) => page.getByTitle("Continue later").click(),
  },
  {
    name: "desk_show_page",
    path: "/desk/",
    socket: desk_scene({ sessions: ["jonas"] }),
    after: async (page) => {
      await page.getByTitle("Show a page").click();
      await page.getByLabel("Address").fill("https://elsewhere.example/terms");
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "desk_end",
    path: "/desk/",
    socket: desk_scene({ sessions: ["jonas"] }),
    after: (page) => page.getByTitle("End").click(),
  },
  {
    name: "desk_over",
    path: "/desk/",
    socket: (message, send) => {
      desk_scene({ sessions: ["camille", "jonas"] })(message, send);
      if (message.t === "connect" && message.ticket === "t1")
        send({ t: "left", leg: 1, reason: "customer_left" });
    },
  },
  {
    name: "desk_keys",
    path: "/desk/",
    socket: desk_scene({ sessions: ["camille"] }),
    after: press("Keys"),
    only: "wide",
  },
  { name: "desk_lost", path: "/desk/", socket: desk_scene({ sessions: ["camille"] }), after: lost },
  {
    name: "desk_other_gateway",
    path: "/desk/",
    socket: (message, send) => {
      desk_scene({})(message, send);
      if (message.t !== "desk") return;
      const details = { ...details_of(1), address: "https://talk2.alder.example" };
      send({ t: "details", details, context: people.camille, roster: roster_of("camille", 1) });
    },
  },
  {
    name: "desk_elsewhere",
    path: "/desk/",
    socket: (_, send) => send({ t: "bye", code: "elsewhere", text: "" }),
  },
];

export const kStates = [...kShopStates, ...kPageStates, ...kDeskStates];
