// tests/e2e/cases/secrets.mjs - identifiers reach nobody else, opening a page does nothing, other origins stay out.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { profile } from "../support/browser.mjs";
import { figure } from "../support/figure.mjs";
import { Agent, Customer } from "../support/people.mjs";
import { Site } from "../support/site.mjs";

/** E7 says 1,000; each is a full page load and the machine of the tests is small. CONVENE_NAVIGATIONS=1000 for all. */
const kNavigations = Number(process.env.CONVENE_NAVIGATIONS ?? 50);

/** Somebody else's site: keeps every request with all that came along. */
async function third_party() {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response
      .writeHead(200, { "Content-Type": "text/html" })
      .end("<!doctype html><title>Somebody else</title>");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { seen, origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function nothing_leaks(world) {
  const site = (world.site = await Site.open(world.build));
  const other = await third_party();
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  const bookmark = await customer.book(site, "/loans.html");
  const id = bookmark.slice(-22);
  const page = await customer.context.newPage();
  for (let n = 0; n < kNavigations; n += 1) {
    await page.goto(bookmark);
    assert.ok(!page.url().includes(id));
    await page.evaluate((url) => (location.href = url), `${other.origin}/${n}`);
    await page.waitForURL(`${other.origin}/${n}`);
  }
  // What their own page fetches names their own page; only the way there can tell of ours.
  const arrivals = other.seen.filter((one) => /^GET \/[0-9]+ /.test(one));
  const leaked = arrivals.filter((one) => one.includes(id) || /referer|\/r\//i.test(one)).length;
  figure(
    "E7",
    `identifiers or referrers that a third party got in ${arrivals.length} navigations`,
    `${leaked}`,
    "0",
  );
  assert.ok(arrivals.length >= kNavigations);
  assert.equal(leaked, 0);
  assert.ok(!site.log().includes(id), "no identifier in a log");
  assert.equal(await anna.offer.count(), 0, "none of these visits joined anybody (E8)");

  // The page can still be bookmarked where it stands: its own address works in this browser.
  await page.goto(bookmark);
  const own = page.url();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await page.goto(other.origin);
  await page.goto(own);
  await page.getByRole("button", { name: /I.m here/ }).click();
  await anna.offer.waitFor();
  other.close();
}

/** Without scripts, prefetched, prerendered or looked at by a preview: nothing happens, and nothing is used up. */
async function looking_joins_nobody(world) {
  const site = (world.site = await Site.open(world.build));
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  const bookmark = await customer.book(site, "/loans.html");
  const plain = await profile(world.browser, world.watch, { javaScriptEnabled: false });
  const page = await plain.newPage();
  for (let n = 0; n < 20; n += 1) await page.goto(bookmark);
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  for (let n = 0; n < 20; n += 1) await plain.request.get(bookmark);
  const looking = await Customer.arrives(world);
  await looking.open(bookmark);
  await looking.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await looking.page.waitForTimeout(1000);
  assert.equal(await anna.offer.count(), 0);
  await looking.connect();
  await anna.offer.waitFor();
}

async function other_origins(world) {
  const site = (world.site = await Site.open(world.build));
  const other = await third_party();
  const context = await profile(world.browser, null);
  const page = await context.newPage();
  await page.goto(other.origin);
  const got = await page.evaluate(async (gateway) => {
    const socket = await new Promise((done) => {
      const ws = new WebSocket(`${gateway.replace("http", "ws")}/api/v1/leg`);
      ws.onopen = () => done("open");
      ws.onerror = () => done("refused");
    });
    const answer = await fetch(`${gateway}/api/v1/rendezvous`, {
      method: "POST",
      body: "{}",
      headers: { "Content-Type": "application/json" },
    }).then(
      () => "read",
      () => "refused",
    );
    return { socket, answer };
  }, site.origin);
  figure(
    "F1",
    "sockets opened by a browser on an origin that is not listed",
    got.socket === "open" ? "1" : "0",
    "0",
  );
  assert.deepEqual(got, { socket: "refused", answer: "refused" });
  other.close();
}

export const cases = [
  { name: "E7.AThirdPartyGetsNoIdentifier", run: nothing_leaks },
  { name: "E8.LookingAtThePageJoinsNobody", run: looking_joins_nobody },
  { name: "F1.ABrowserOnAnotherOriginGetsNoSocketAndNoAnswer", run: other_origins },
];
