// tests/e2e/cases/scripts.mjs - what people write stays text, on every page, whatever they write (F3).

import assert from "node:assert/strict";
import { profile } from "../support/browser.mjs";
import { figure } from "../support/figure.mjs";
import { Agent, Customer } from "../support/people.mjs";
import { details_of, roster_of } from "../support/scenes.mjs";
import { Site } from "../support/site.mjs";
import { kOrigin, set_stage } from "../support/stage.mjs";
import { kCorpus } from "../support/xss.mjs";

const kWaits_ms = 1500;

/** Elements that no transcript ever makes. */
const kForeign =
  "script, img, svg:not(.icon, .ring), iframe, object, embed, video, audio, style, link, base, form:not(.composer, .share, .tool), math";

function entries(leg, mine) {
  return kCorpus.map((text, at) => ({
    t: "entry",
    leg,
    ch: "chat",
    n: at + 1,
    from: mine ? "agent" : "customer",
    name: text.slice(0, 60),
    at: 1_790_000_000_000 + at,
    body: { text },
    mine,
  }));
}

/** Answers a page's socket with the whole corpus: as messages, as names, as context, as notices. */
function hostile_socket(role) {
  return (message, send) => {
    if (message.t === "ping") return send({ t: "pong" });
    const context = Object.fromEntries(
      kCorpus.map((text, at) => [`${at} ${text.slice(0, 40)}`, text]),
    );
    if (message.t === "desk") {
      return send({
        t: "attached",
        agent: "anna",
        name: kCorpus[1],
        state: "ready",
        offers: [
          {
            offer: 1,
            session: 2,
            flow: kCorpus[2],
            context: { ...context, name: kCorpus[0], topic: kCorpus[1] },
            now: Date.now(),
            deadline: Date.now() + 20_000,
            waiting_since: Date.now(),
          },
        ],
        sessions: [
          {
            details: details_of(1),
            context: { ...context, name: kCorpus[1] },
            roster: roster_of("mei", 1).map((one) => ({ ...one, name: kCorpus[2] })),
          },
        ],
      });
    }
    if (message.t !== "connect") return;
    send({
      t: "connected",
      leg: 1,
      session: 1,
      role,
      channels: ["chat", "page"],
      settings: { page: { hosts: ["localhost"] } },
    });
    send({
      t: "roster",
      leg: 1,
      entries: roster_of("mei", 1).map((one) => ({ ...one, name: kCorpus[1] })),
    });
    for (const entry of entries(1, false)) send(entry);
    send({ t: "signal", leg: 1, ch: "chat", name: kCorpus[1], body: { typing: true } });
    send({ t: "refused", ref: 999, code: "bad", text: kCorpus[1] });
  };
}

async function shown(page) {
  return page.getByRole("log").evaluate(
    (log, foreign) => ({
      texts: [...log.querySelectorAll(".bubble")].map((one) => one.textContent),
      foreign: log.querySelectorAll(foreign).length,
    }),
    kForeign,
  );
}

async function corpus_is_text({ browser, watch }) {
  for (const [path, role] of [
    ["/desk/", 2],
    ["/r/demo", 1],
  ]) {
    const context = await profile(browser, watch);
    const found = {
      state: "live",
      expires_at: 1,
      carriage: "query",
      page: "/r/demo",
      channels: [],
    };
    const api = (_, call) =>
      call.endsWith("/resume")
        ? [200, { session: 1, details: { ...details_of(1), role } }]
        : [200, found];
    await set_stage(context, { api, socket: hostile_socket(role) });
    const page = await context.newPage();
    await page.goto(kOrigin + path);
    await page
      .getByRole("log")
      .locator(".bubble")
      .nth(kCorpus.length - 1)
      .waitFor({ timeout: 60_000 });
    await page.waitForTimeout(kWaits_ms);
    const { texts, foreign } = await shown(page);
    assert.deepEqual(texts, kCorpus, "every character is shown as it was written");
    assert.equal(foreign, 0);
    await context.close();
  }
  // Error texts of the service, on the pages that show them.
  for (const text of kCorpus.filter((_, at) => at % 50 === 0)) {
    const context = await profile(browser, watch);
    await set_stage(context, {
      api: (method) =>
        method === "GET"
          ? [
              200,
              {
                state: "booked",
                expires_at: 1,
                page: text,
                title: text,
                agent: text,
                agent_name: text,
              },
            ]
          : [409, { code: text, text }],
    });
    const page = await context.newPage();
    await page.goto(`${kOrigin}/r/demo`);
    await page.getByRole("button", { name: /I.m here/ }).click();
    await page.getByRole("alert").first().waitFor();
    await context.close();
  }
  figure(
    "F3",
    `dialogs and violations of the policy over ${kCorpus.length} texts on customer page, desk, error texts`,
    `${watch.dialogs.length} and ${watch.violations.length}`,
    "0 and 0",
  );
  assert.deepEqual(watch.dialogs, []);
  assert.deepEqual(watch.violations, []);
  assert.deepEqual(watch.errors, []);
  assert.equal(kCorpus.length, 1000);
}

/** The same through the real chain: form, store, bus, chat plugin, both browsers. */
async function real_chain(world) {
  const site = (world.site = await Site.open(world.build));
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  const [name, topic] = ["<img src=x onerror=alert(1)>", "<svg onload=alert(1)>"];
  await customer.book(site, "/loans.html", { name, topic });
  await customer.come_back();
  await anna.accept();
  await anna.knows(topic);
  const texts = kCorpus.filter(
    (text, at) => at % 83 === 0 && !/[\u0000-\u001f\u200b\u202e\ufeff]/.test(text),
  );
  assert.ok(texts.length >= 8);
  for (const text of texts) {
    await customer.say(text);
    await anna.log.locator(".bubble").filter({ hasText: text }).last().waitFor();
    await anna.say(text);
    await customer.log
      .locator(".message:not(.mine) .bubble")
      .filter({ hasText: text })
      .last()
      .waitFor();
  }
  await anna.page.waitForTimeout(kWaits_ms);
  assert.equal((await shown(anna.page)).foreign + (await shown(customer.page)).foreign, 0);
  assert.deepEqual(world.watch.dialogs, []);
  assert.deepEqual(world.watch.violations, []);
}

export const cases = [
  { name: "F3.AThousandHostileTextsAreShownAsText", run: corpus_is_text },
  { name: "F3.HostileTextsStayTextThroughTheWholeChain", run: real_chain },
];
