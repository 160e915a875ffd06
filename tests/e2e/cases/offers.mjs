// tests/e2e/cases/offers.mjs - an offer that is declined or not answered goes on; talk now; the keys of the desk.

import assert from "node:assert/strict";
import { Agent, Customer } from "../support/people.mjs";
import { Site, until } from "../support/site.mjs";

/** The shop's "Talk now" opens the gateway's page; the visitor's press there starts. */
async function talk_now(customer, site) {
  const page = await customer.context.newPage();
  await page.goto(`${site.shop}/loans.html`);
  const opened = customer.context.waitForEvent("page");
  await page.getByRole("button", { name: "Talk now" }).click();
  customer.page = await opened;
  await customer.page.getByRole("button", { name: "Start the conversation" }).click();
  await customer.page.getByRole("textbox", { name: "Write a message" }).waitFor();
}

async function offers_go_on(world) {
  const site = (world.site = await Site.open(world.build, (toml) =>
    toml.replace('title = "Talk to us now"', 'title = "Talk to us now"\noffer_timeout = "3s"'),
  ));
  const anna = await Agent.at_desk(world, site, "anna");
  const ben = await Agent.at_desk(world, site, "ben");
  const chloe = await Agent.at_desk(world, site, "chloe");
  const customer = await Customer.arrives(world);
  await talk_now(customer, site);
  assert.equal(new URL(customer.page.url()).hash, "", "the wish has left the address bar");
  await customer.page.getByText("Looking for the right person for you…").first().waitFor();
  await anna.offer.waitFor();
  await anna.decline();
  await ben.offer.waitFor();
  assert.equal(await anna.offer.count(), 0);
  await ben.page.getByText("You did not answer an offer in time").waitFor();
  await chloe.offer.waitFor();
  await chloe.page.keyboard.press("Alt+KeyA");
  await customer.is_with("Chloé Martin");
  await chloe.say("Good evening!");
  await customer.hears("Good evening!");

  // A second customer at the same desk: side by side, with a marker for what was not read.
  await ben.page.getByRole("switch").click();
  await anna.page.getByRole("switch").click();
  const other = await Customer.arrives(world);
  await talk_now(other, site);
  await chloe.offer.waitFor();
  await chloe.page.keyboard.press("Alt+KeyA");
  await other.is_with("Chloé Martin");
  await chloe.page.keyboard.press("Alt+Digit2");
  await customer.say("Are you still there?");
  await chloe.page.getByLabel("1 unread").waitFor();
  await chloe.page.keyboard.press("Alt+Digit1");
  await chloe.hears("Are you still there?");
  await chloe.page.getByLabel("1 unread").waitFor({ state: "detached" });
  await chloe.say("I am.");
  await customer.hears("I am.");
  assert.equal(await other.log.getByText("I am.").count(), 0, "the words go where the eyes are");
  assert.deepEqual(world.watch.violations, []);
}

/** With auto_answer the desk shows the conversation, and what the customer wishes, without a question before. */
async function nobody_is_asked(world) {
  const site = (world.site = await Site.open(world.build, (toml) =>
    toml.replace('name = "Anna Weber"', 'name = "Anna Weber"\nauto_answer = true'),
  ));
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  await customer.book(site, "/loans.html", { topic: "A loan for a heat pump" });
  await customer.come_back();
  await customer.is_with("Anna Weber");
  await anna.page.getByRole("textbox", { name: /^Message to Camille/ }).waitFor();
  assert.equal(await anna.offer.count(), 0);
  await anna.knows("A loan for a heat pump");
  await anna.say("Good morning!");
  await customer.hears("Good morning!");
  await anna.page.screenshot({ path: `${world.screenshots}/auto_answer.png` });
  assert.deepEqual(world.watch.violations, []);
}

/** Who does not answer is paused, is told why, and is back with one press; the customer went to the next meanwhile. */
async function nobody_answers(world) {
  const site = (world.site = await Site.open(world.build, (toml) =>
    toml
      .replace('title = "Talk to us now"', 'title = "Talk to us now"\noffer_timeout = "2s"')
      .replace('name = "Anna Weber"', 'name = "Anna Weber"\nmax_no_answer = 1'),
  ));
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  await talk_now(customer, site);
  await anna.offer.waitFor();
  await anna.page.getByText("You did not answer, so whoever comes").waitFor();
  assert.equal(await anna.page.title(), "You are paused");
  await anna.page.reload();
  await anna.page.getByText("Paused: no answer").waitFor();
  const ben = await Agent.at_desk(world, site, "ben");
  await ben.offer.waitFor();
  await ben.page.keyboard.press("Alt+KeyA");
  await customer.is_with("Ben Okafor");
  await anna.page.getByRole("button", { name: "I am ready again" }).click();
  await anna.page.locator('[role=switch][aria-checked="true"]').waitFor();
  assert.equal(await anna.page.getByText("Paused: no answer").count(), 0);
  assert.deepEqual(world.watch.violations, []);
}

/** Before anybody presses "Talk now", the shop says whether somebody is there. It counts, and names nobody. */
async function somebody_is_there(world) {
  const site = (world.site = await Site.open(world.build));
  const customer = await Customer.arrives(world);
  const page = await customer.context.newPage();
  await page.goto(`${site.shop}/loans.html`);
  await page.getByText("Nobody is here at the moment").waitFor();
  const anna = await Agent.at_desk(world, site, "anna");
  const asked = () => customer.context.request.get(`${site.origin}/api/v1/availability`);
  await until("the gateway knows it", async () => (await (await asked()).json()).flows.talk_now.open);
  const answer = await asked();
  assert.equal(answer.headers()["cache-control"], "public, max-age=2");
  const { flows } = await answer.json();
  const { agents, free, waiting, wait, next } = flows.talk_now;
  assert.deepEqual({ agents, free, waiting, wait, next }, { agents: 1, free: 1, waiting: 0, wait: "none", next: "talk" });
  assert.ok(!(await answer.text()).toLowerCase().includes("anna"));
  await page.reload();
  await page.getByRole("button", { name: "Talk now" }).waitFor();
  assert.equal(await page.getByText("Nobody is here at the moment").count(), 0);
  assert.deepEqual(world.watch.violations, []);
  await anna.context.close();
}

async function signed_out(world) {
  const site = (world.site = await Site.open(world.build));
  const first = await Agent.at_desk(world, site, "anna");
  const second = await first.context.newPage();
  await second.goto(`${site.origin}/desk/`);
  await second.getByRole("switch").waitFor();
  await first.page.getByRole("heading", { name: "Your desk is open elsewhere" }).waitFor();
  await second.getByRole("button", { name: "Sign out" }).click();
  await second.getByRole("button", { name: "Sign in" }).waitFor();
  await first.page.getByRole("button", { name: "Use it here" }).click();
  await first.page.getByRole("button", { name: "Sign in" }).waitFor();
  await first.page.getByLabel("Agent").fill("anna");
  await first.page.getByLabel("Password").fill("a guess");
  await first.page.getByRole("button", { name: "Sign in" }).click();
  await first.page.getByText("Agent or password is wrong.").waitFor();
}

export const cases = [
  { name: "Claim20.AnOfferThatIsDeclinedOrNotAnsweredGoesToTheNext", run: offers_go_on },
  { name: "Desk.OpensTheConversationOfAnAgentWhoIsNotAsked", run: nobody_is_asked },
  { name: "Desk.PausesWhoDoesNotAnswerAndBringsThemBackWithOnePress", run: nobody_answers },
  { name: "Desk.IsInOneWindowAndAsksForThePasswordAfterSigningOut", run: signed_out },
  { name: "Availability.TheShopSaysWhetherSomebodyIsThere", run: somebody_is_there },
];
