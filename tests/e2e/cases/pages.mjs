// tests/e2e/cases/pages.mjs - pushed addresses: what the corpus refuses is never opened in a browser (F4).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { profile } from "../support/browser.mjs";
import { figure } from "../support/figure.mjs";
import { details_of, roster_of } from "../support/scenes.mjs";
import { kOrigin, set_stage } from "../support/stage.mjs";

function read_corpus() {
  const lines = readFileSync(
    new URL("../../../plugins/channel_page/corpus.txt", import.meta.url),
    "utf8",
  ).split("\n");
  const hosts = JSON.parse(
    lines.find((line) => line.startsWith("# hosts ")).slice("# hosts ".length),
  );
  const refused = lines
    .filter((line) => line && !line.startsWith("#") && !line.startsWith("ok "))
    .map((line) => JSON.parse(line.slice(line.indexOf(" ") + 1)));
  return { hosts, refused };
}

/** The gateway's own check is taken away: every hostile address arrives as an entry, to a visitor who follows. */
async function hostile_pages({ browser, watch }) {
  const { hosts, refused } = read_corpus();
  const context = await profile(browser, watch);
  await context.addInitScript(() => sessionStorage.setItem("convene.follow.1", "yes"));
  const found = { state: "live", expires_at: 1, carriage: "query", page: "/r/demo", channels: [] };
  const own = [`${kOrigin}/desk/`, `${kOrigin}/r/demo`];
  await set_stage(context, {
    api: (_, path) =>
      path.endsWith("/resume")
        ? [200, { session: 1, details: { ...details_of(1), role: 1 } }]
        : [200, found],
    socket: (message, send) => {
      if (message.t === "ping") return send({ t: "pong" });
      if (message.t !== "connect") return;
      send({
        t: "connected",
        leg: 1,
        session: 1,
        role: 1,
        channels: ["chat", "page"],
        settings: { page: { hosts } },
      });
      send({ t: "roster", leg: 1, entries: roster_of("mei", 1) });
      [...refused, ...own].forEach((url, at) =>
        send({
          t: "entry",
          leg: 1,
          ch: "page",
          n: at + 1,
          from: "agent",
          name: "Anna",
          at: 1_790_000_000_000 + at,
          body: { url },
          mine: false,
        }),
      );
    },
  });
  const page = await context.newPage();
  const opened = [];
  context.on("page", (one) => opened.push(one.url()));
  page.on("frameattached", (frame) => opened.push(frame.url()));
  await page.goto(`${kOrigin}/r/demo`);
  await page
    .getByRole("log")
    .locator(".bubble")
    .nth(refused.length + own.length - 1)
    .waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1000);
  figure(
    "F4",
    `hostile addresses opened of ${refused.length} pushed`,
    `${opened.length}`,
    "0 of 500",
  );
  assert.ok(refused.length >= 500);
  assert.deepEqual(opened, []);
  assert.equal(page.url(), `${kOrigin}/r/demo`);
  assert.deepEqual(watch.dialogs, []);
  const buttons = await page.getByRole("log").getByRole("button").count();
  assert.equal(
    buttons,
    own.length,
    "nothing of them can be pressed; the gateway's own pages are refused at the press",
  );
  for (let n = 0; n < buttons; n += 1)
    await page.getByRole("log").getByRole("button").nth(n).click();
  assert.deepEqual(opened, []);
}

export const cases = [{ name: "F4.NoHostileAddressIsOpenedEvenWhenItArrives", run: hostile_pages }];
