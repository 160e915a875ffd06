// tests/e2e/cases/seats.mjs - one browser, two conversations: each window keeps its own through reloads.

import assert from "node:assert/strict";
import { Agent, Customer } from "../support/people.mjs";
import { Site } from "../support/site.mjs";

async function two_windows(world) {
  const site = (world.site = await Site.open(world.build));
  const anna = await Agent.at_desk(world, site, "anna");
  const one = await Customer.arrives(world);
  const first = await one.book(site, "/loans.html", { name: "Camille at home" });
  const second = await one.book(site, "/loans.html", { name: "Camille at work" });
  const two = new Customer();
  two.context = one.context;
  await one.come_back(first);
  await anna.accept();
  await one.is_with("Anna Weber");
  await two.come_back(second);
  await anna.accept();
  await two.is_with("Anna Weber");
  await one.say("about the house");
  await two.say("about the shop");
  await one.log.getByText("about the house").waitFor();
  await two.log.getByText("about the shop").waitFor();

  // A third, begun at once in the same browser.
  const now = new Customer();
  now.context = one.context;
  now.page = await one.context.newPage();
  await now.page.goto(`${site.origin}/#flow=talk_now`);
  await now.page.getByRole("button", { name: "Start the conversation" }).click();
  await anna.accept();
  await now.is_with("Anna Weber");
  await now.say("about the weather");
  await now.log.getByText("about the weather").waitFor();

  for (const [who, words] of /** @type {[Customer, string][]} */ ([
    [one, "about the house"],
    [two, "about the shop"],
    [now, "about the weather"],
  ])) {
    await who.page.reload();
    await who.is_with("Anna Weber");
    await who.hears(words);
    assert.deepEqual(await who.transcript(), [words]);
  }
  const cookies = (await one.context.cookies(site.origin)).filter((cookie) =>
    cookie.name.startsWith("__Host-convene-session"),
  );
  assert.equal(cookies.length, 3);
  assert.equal(new Set(cookies.map((cookie) => cookie.value)).size, 3);
  for (const cookie of cookies)
    assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === "Lax" && cookie.path === "/");

  // Continuing one later is about that one.
  await two.page.getByRole("button", { name: "Continue later" }).click();
  const page = await two.page.getByRole("link", { name: "Open my page" }).getAttribute("href");
  const again = await Customer.arrives(world);
  await two.page.getByRole("button", { name: "Leave" }).click();
  await two.page.getByRole("button", { name: "Yes, leave" }).click();
  await two.page.getByRole("heading", { name: "This conversation is over" }).waitFor();
  await again.come_back(page);
  await anna.offer.getByText("Camille at work").first().waitFor();
}

export const cases = [
  { name: "Seats.ThreeConversationsInOneBrowserKeepApartThroughReloads", run: two_windows },
];
