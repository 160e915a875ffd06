// tests/e2e/cases/story.mjs - the whole story, from the shop to the second conversation with the same agent.

import assert from "node:assert/strict";
import { Agent, Customer } from "../support/people.mjs";
import { Site, until } from "../support/site.mjs";

/** What both sides see of one conversation is the same, in the same order. */
async function same_transcript(customer, agent, expected) {
  const words = (texts) => texts.map((text) => text.split("\n")[0].trim());
  await until(
    "both have it all",
    async () =>
      (await customer.transcript()).length === expected.length &&
      (await agent.transcript()).length === expected.length,
  );
  assert.deepEqual(words(await agent.transcript()), expected);
  assert.deepEqual(words(await customer.transcript()), expected);
}

async function whole_story(world) {
  const site = await Site.open(world.build);
  world.site = site;
  const booker = await Customer.arrives(world);
  const bookmark = await booker.book(site, "/loans.html");
  assert.match(bookmark, /\/r\/\?s=[\w-]{22}$/);
  await booker.shop_page.screenshot({ path: `${world.screenshots}/story_1_booked.png` });
  await booker.context.close();

  // Another browser, days later as it were. Three agents are there; one speaks French and knows loans.
  const anna = await Agent.at_desk(world, site, "anna");
  const ben = await Agent.at_desk(world, site, "ben");
  const chloe = await Agent.at_desk(world, site, "chloe");
  const customer = await Customer.arrives(world);
  await customer.open(bookmark);
  await customer.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  assert.match(customer.page.url(), /\/r\/[\w-]+$/, "the identifier has left the address bar");
  assert.equal(await anna.offer.count(), 0, "opening the page joins nobody");
  await customer.page.screenshot({ path: `${world.screenshots}/story_2_back.png` });
  await customer.connect();
  await anna.offer.waitFor();
  assert.equal((await ben.offer.count()) + (await chloe.offer.count()), 0);
  await anna.page.screenshot({ path: `${world.screenshots}/story_3_offer.png` });
  await anna.accept();
  await customer.is_with("Anna Weber");
  await anna.knows("A loan for a heat pump");

  await customer.say("Bonjour !");
  await anna.hears("Bonjour !");
  await anna.say("Welcome back, Camille.");
  await customer.hears("Welcome back, Camille.");

  // Follow me: asked once, then each page follows.
  await anna.show_page(`${site.shop}/loans.html`, "Loans");
  await customer.page.getByRole("button", { name: "Follow along" }).click();
  const frame = customer.page.frameLocator("iframe");
  await frame.getByRole("heading", { name: /Loans that end/ }).waitFor();
  await anna.show_page(`${site.shop}/cards.html`, "Cards");
  await frame.getByRole("heading", { name: /A card without/ }).waitFor();
  await customer.page.screenshot({ path: `${world.screenshots}/story_4_follow.png` });

  const said = ["Bonjour !", "Welcome back, Camille.", "Loans", "Cards"];
  await same_transcript(customer, anna, said);
  await customer.page.reload();
  await customer.is_with("Anna Weber");
  await anna.page.reload();
  await same_transcript(customer, anna, said);
  assert.equal(
    (await ben.offer.count()) + (await chloe.offer.count()) + (await anna.offer.count()),
    0,
  );
  await customer.say("Still here.");
  await anna.hears("Still here.");
  await anna.say("So am I.");
  await customer.hears("So am I.");
  await anna.page.screenshot({ path: `${world.screenshots}/story_5_desk.png` });

  // Continue later with the same agent: the browser says nothing about the session (claim 4).
  const asked = customer.page.waitForRequest(
    (one) => one.method() === "POST" && one.url().endsWith("/api/v1/rendezvous"),
  );
  await customer.page.getByRole("button", { name: "Continue later" }).click();
  const seat = new URL(customer.page.url()).pathname.split("/")[2];
  assert.deepEqual((await asked).postDataJSON(), { continue: true, seat });
  const second = await customer.page
    .locator("convene-session")
    .getByRole("link", { name: "Open my page" })
    .getAttribute("href");
  await customer.page.getByRole("button", { name: "Leave" }).click();
  await customer.page.getByRole("button", { name: "Yes, leave" }).click();
  await customer.page.getByRole("heading", { name: "This conversation is over" }).waitFor();
  await anna.page.getByText("The customer has left.").waitFor();
  await customer.context.close();

  const again = await Customer.arrives(world);
  await again.come_back(second);
  await anna.offer.waitFor();
  assert.equal(
    (await ben.offer.count()) + (await chloe.offer.count()),
    0,
    "others are idle, but it is Anna",
  );
  await anna.accept();
  await again.is_with("Anna Weber");
  await again.say("Here I am again.");
  await anna.hears("Here I am again.");
  await anna.knows("Continued with you, as agreed.");
  await anna.knows("A loan for a heat pump");
  await anna.page.screenshot({ path: `${world.screenshots}/story_6_again.png` });
  assert.deepEqual(world.watch.dialogs, []);
  assert.deepEqual(world.watch.violations, []);
  assert.deepEqual(world.watch.errors, []);
  assert.ok(!site.log().includes(bookmark.slice(-22)), "the identifier is in no log");
}

export const cases = [
  { name: "Claim09.ShopBookmarkConversationAndTheSameAgentAgain", run: whole_story },
];
