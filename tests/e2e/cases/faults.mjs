// tests/e2e/cases/faults.mjs - SIGKILL in the middle of a conversation: browsers come back by themselves.

import assert from "node:assert/strict";
import { Agent, Customer } from "../support/people.mjs";
import { Site, until } from "../support/site.mjs";

async function converse(world) {
  const site = (world.site = await Site.open(world.build));
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  await customer.book(site, "/loans.html");
  await customer.come_back();
  await anna.accept();
  await customer.say("one");
  await anna.hears("one");
  await anna.say("two");
  await customer.hears("two");
  return { site, anna, customer };
}

/** Both go on in the same windows with the same words, and nobody else was offered anything. */
async function goes_on({ anna, customer }, words) {
  const [from_customer, from_agent] = words;
  await customer.page.locator(".state.connected").waitFor({ timeout: 25_000 });
  await customer.say(from_customer);
  await anna.log.getByText(from_customer, { exact: true }).waitFor({ timeout: 25_000 });
  await anna.say(from_agent);
  await customer.log.getByText(from_agent, { exact: true }).waitFor({ timeout: 25_000 });
  await until("no word is lost or doubled", async () => (await customer.transcript()).length === 4);
  assert.deepEqual(await customer.transcript(), ["one", "two", from_customer, from_agent]);
  assert.deepEqual(await anna.transcript(), ["one", "two", from_customer, from_agent]);
  assert.equal(await anna.offer.count(), 0);
  assert.equal(await anna.page.locator("li .row").count(), 1, "it is the same session");
}

async function core_dies(world) {
  const talk = await converse(world);
  await talk.site.kill_core();
  await talk.anna.page.getByText("The connection is lost.").waitFor();
  await talk.site.start();
  await goes_on(talk, ["after the core", "welcome back"]);
}

async function gateway_dies(world) {
  const talk = await converse(world);
  await talk.site.kill_gateway();
  await goes_on(talk, ["after the gateway", "still the same"]);
}

function gateway_is_back(site) {
  return until("the gateway is back", () =>
    fetch(`${site.origin}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
}

/** What was said is in the gateway's sealed file: windows that know nothing read it again from the next gateway. */
async function transcript_survives(world) {
  const talk = await converse(world);
  await talk.site.kill_gateway();
  await gateway_is_back(talk.site);
  await Promise.all([talk.customer.page.reload(), talk.anna.page.reload()]);
  for (const words of ["one", "two"]) {
    await talk.customer.hears(words);
    await talk.anna.hears(words);
  }
  assert.deepEqual(await talk.customer.transcript(), ["one", "two"]);
  assert.deepEqual(await talk.anna.transcript(), ["one", "two"]);
  await goes_on(talk, ["after both were loaded", "anew"]);
}

/** Somebody kept the desk's cookie of before: it opens nothing, neither now nor after the gateway was killed. */
async function signed_out_for_good(world) {
  const site = (world.site = await Site.open(world.build));
  const anna = await Agent.at_desk(world, site, "anna");
  const kept = await anna.context.cookies(site.origin);
  assert.ok(kept.some((one) => one.name === "__Host-convene-desk"));
  await anna.page.getByRole("button", { name: "Sign out" }).click();
  await anna.page.getByRole("button", { name: "Sign in" }).waitFor();
  await site.kill_gateway();
  await gateway_is_back(site);
  await anna.context.addCookies(kept);
  await anna.page.goto(`${site.origin}/desk/`);
  await anna.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await anna.page.getByRole("switch").count(), 0);
}

export const cases = [
  { name: "Restart.BrowsersComeBackToTheirSessionAfterTheCoreWasKilled", run: core_dies },
  { name: "Restart.BrowsersComeBackToTheirSessionAfterTheGatewayWasKilled", run: gateway_dies },
  { name: "Restart.TheNextGatewayStillHasWhatWasSaid", run: transcript_survives },
  { name: "E9.ASignOutHoldsThroughARestartOfTheGateway", run: signed_out_for_good },
];
