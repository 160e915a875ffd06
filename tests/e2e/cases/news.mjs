// tests/e2e/cases/news.mjs - who looks elsewhere is called back, and what was accepted is opened.

import assert from "node:assert/strict";
import { profile } from "../support/browser.mjs";
import { customer_scene, desk_scene, details_of, people, roster_of } from "../support/scenes.mjs";
import { until } from "../support/site.mjs";
import { kOrigin, set_stage } from "../support/stage.mjs";

/** Counts the notes that a page plays, and says that nobody looks until `look()`. */
async function staged(world, path, scene) {
  const context = await profile(world.browser, world.watch);
  await context.addInitScript(() => {
    const seen = /** @type {any} */ (window);
    seen.notes = 0;
    seen.looks = false;
    document.hasFocus = () => seen.looks;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
      seen.notes += 1;
      return start.call(this, at);
    };
  });
  /** @type {((message: any) => void) | null} */
  let listener = null;
  let is_connected = false;
  await set_stage(context, {
    ...scene,
    socket: (message, answer) => {
      listener = answer;
      scene.socket(message, answer);
      is_connected ||= message.t === "ping"; // What a leg says first once it is connected.
    },
  });
  const page = await context.newPage();
  await page.goto(kOrigin + path);
  const notes = () => page.evaluate(() => /** @type {any} */ (window).notes);
  const look = () =>
    page.evaluate(() => {
      /** @type {any} */ (window).looks = true;
      dispatchEvent(new Event("focus"));
    });
  const title = (text) => until(`the title says ${text}`, async () => (await page.title()) === text);
  const connected = () => until("the leg is connected", () => is_connected);
  const send = (message) => {
    assert.ok(listener, "what nobody listens to would be lost");
    listener(message);
  };
  return { page, notes, look, title, connected, send };
}

const offer_of = (number, who) => ({
  t: "offer",
  offer: number,
  session: 90 + number,
  flow: "talk_later",
  context: people[who],
  now: Date.now(),
  deadline: Date.now() + 17_000,
  waiting_since: Date.now(),
});

async function desk_rings(world) {
  const base = desk_scene({ state: "paused" });
  const scene = { socket: (message, send) => message.t !== "connect" && base(message, send) };
  const { page, notes, title, send } = await staged(world, "/desk/", scene);
  await page.getByRole("switch").click(); // Browsers are silent before the first press.
  await page.locator('[role=switch][aria-checked="true"]').waitFor();
  await title("Desk");
  assert.equal(await notes(), 0);
  send(offer_of(1, "mei"));
  await title("(1) Somebody is waiting");
  await until("it rings", async () => (await notes()) >= 2);
  assert.ok(!(await page.title()).includes("Mei"), "who asks is nobody's business outside");
  send({ t: "offer_ended", offer: 1, state: "withdrawn" });
  await title("Desk");

  await page.getByRole("button", { name: "Sound" }).click();
  const before = await notes();
  send(offer_of(2, "mei"));
  await title("(1) Somebody is waiting");
  assert.equal(await notes(), before, "no sound where none is wanted");
  send({ t: "offer_ended", offer: 2, state: "withdrawn" });

  // Who need not be asked hears it all the same, once.
  await page.getByRole("button", { name: "Sound" }).click();
  const heard = await notes();
  send({ t: "details", details: details_of(1), context: people.mei, roster: roster_of("mei", 1) });
  await title("(1) Desk");
  await until("it sounds", async () => (await notes()) === heard + 2);
  await page.getByRole("textbox", { name: "Message to Mei Tanaka" }).waitFor();
}

async function accepted_opens(world) {
  const base = desk_scene({ sessions: ["camille"], offers: ["mei"] });
  const scene = {
    socket: (message, send) => {
      if (message.ticket === "t2")
        return send({ t: "connected", leg: 2, session: 90, channels: ["chat"], settings: {} });
      base(message, send);
      if (message.t !== "answer") return;
      send({ t: "ok", ref: message.ref });
      const details = { ...details_of(2), session: 90 };
      send({ t: "details", details, context: people.mei, roster: roster_of("mei", 2) });
    },
  };
  const { page } = await staged(world, "/desk/", scene);
  await page.getByRole("textbox", { name: "Message to Camille Laurent" }).fill("One moment, ");
  await page.keyboard.press("Alt+KeyA");
  await page.getByRole("textbox", { name: "Message to Mei Tanaka" }).waitFor();
  await page.keyboard.type("Hello!");
  const box = page.getByRole("textbox", { name: "Message to Mei Tanaka" });
  await until("the cursor is there", async () => (await box.inputValue()) === "Hello!");
  await page.keyboard.press("Alt+Digit1");
  const kept = page.getByRole("textbox", { name: "Message to Camille Laurent" });
  await until("what was begun is kept", async () => (await kept.inputValue()) === "One moment, ");
}

async function customer_is_called(world) {
  const scene = {
    api: (_, path) =>
      path.endsWith("/return")
        ? [200, { session: 1, details: { ...details_of(1001), role: 1 } }]
        : [200, { flow: "talk_later", state: "booked", expires_at: Date.now(), page: "/r/demo" }],
    socket: customer_scene({ alone: true }),
  };
  const { page, notes, look, title, connected, send } = await staged(world, "/r/demo", scene);
  await page.getByRole("button", { name: "I’m here" }).click();
  await connected(); // The page looks for the right person before it is.
  await page.getByText("Looking for the right person").first().waitFor();
  send({ t: "roster", leg: 1001, entries: roster_of("camille", 1) });
  await title("Anna Weber is here");
  await until("it sounds", async () => (await notes()) >= 2);
  const own = `${kOrigin}/r/?s=9vT0c1Yh2Qm8sR4kXw7bZg`;
  const text = `Come back by ${own} or see https://elsewhere.example/ and http://localhost:8081/loans.html.`;
  const said = { ch: "chat", n: 1, from: "agent", name: "Anna Weber", at: Date.now(), mine: false };
  send({ t: "entry", leg: 1001, ...said, body: { text } });
  await title("(1) Anna Weber");
  await look();
  await title("Conversation");

  // Addresses that could be shown as a page can be pressed, and pages of our own; others stay text.
  const links = page.getByRole("log").getByRole("link");
  const addresses = await links.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.deepEqual(addresses, [own, "http://localhost:8081/loans.html"]);
  assert.deepEqual(await page.getByRole("log").locator(".bubble").allInnerTexts(), [text]);
  assert.deepEqual(world.watch.violations, []);
}

/** On a phone the shown page covers the conversation: what is said behind it is counted on its tab. */
async function behind_a_page(world) {
  const scene = {
    api: (_, path) =>
      path.endsWith("/return")
        ? [200, { session: 1, details: { ...details_of(1001), role: 1 } }]
        : [200, { flow: "talk_later", state: "booked", expires_at: Date.now(), page: "/r/demo" }],
    socket: customer_scene({}),
  };
  const { page, send } = await staged(world, "/r/demo", scene);
  await page.setViewportSize({ width: 360, height: 780 });
  await page.getByRole("button", { name: "I’m here" }).click();
  await page.getByRole("button", { name: "Follow along" }).click();
  await page.frameLocator("iframe").getByRole("heading").first().waitFor();
  const said = { ch: "chat", n: 50, from: "agent", name: "Anna Weber", at: Date.now(), mine: false };
  send({ t: "entry", leg: 1001, ...said, body: { text: "Do you see the rate?" } });
  await page.getByRole("button", { name: "Conversation 1" }).waitFor();
  await page.screenshot({ path: `${world.screenshots}/news_behind_narrow.png` });
  await page.getByRole("button", { name: "Conversation 1" }).click();
  await page.getByText("Do you see the rate?").waitFor();
  const url = "http://localhost:8081/cards.html";
  send({ t: "entry", leg: 1001, ...said, ch: "page", n: 50, body: { url, title: "Cards" } });
  await page.getByRole("button", { name: "Page new" }).click();
  await page.frameLocator("iframe").getByRole("heading", { name: /A card without/ }).waitFor();
}

export const cases = [
  { name: "News.AnOfferRingsAndTheTitleSaysSoWithoutAName", run: desk_rings },
  { name: "News.AnAcceptedOfferIsOpenedAndWhatWasBegunElsewhereIsKept", run: accepted_opens },
  { name: "News.TheCustomerWhoLooksElsewhereIsCalledBack", run: customer_is_called },
  { name: "News.WhatIsSaidBehindAShownPageIsCountedOnItsTab", run: behind_a_page },
];
