// tests/e2e/cases/cookie.mjs - cookie mode: the page's address holds no identifier and works in this browser alone.

import assert from "node:assert/strict";
import { Agent, Customer } from "../support/people.mjs";
import { Site } from "../support/site.mjs";

async function two_pages(world) {
  const site = (world.site = await Site.open(world.build));
  const customer = await Customer.arrives(world);
  const first = await customer.book(site, "/cards.html", { topic: "The card for Japan" });
  const second = await customer.book(site, "/cards.html", { topic: "The card that was lost" });
  assert.notEqual(first, second);
  const cookies = (await customer.context.cookies(site.origin)).filter((one) =>
    one.name.startsWith("__Host-convene-r-"),
  );
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) {
    assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === "Lax" && cookie.path === "/");
    for (const page of [first, second])
      assert.ok(!page.includes(cookie.value), "no identifier in an address");
  }

  const chloe = await Agent.at_desk(world, site, "chloe");
  await customer.come_back(second);
  await chloe.accept();
  await chloe.knows("The card that was lost");
  await customer.say("It was in the other coat.");
  await chloe.hears("It was in the other coat.");
  await customer.open(first);
  await customer.page.getByRole("heading", { name: "Welcome back" }).waitFor();

  const stranger = await Customer.arrives(world);
  await stranger.open(first);
  await stranger.page.getByRole("heading", { name: "This page leads nowhere any more" }).waitFor();
  assert.deepEqual(world.watch.violations, []);
}

export const cases = [
  { name: "Claim10.TwoPagesInOneBrowserDoNotClashAndWorkNowhereElse", run: two_pages },
];
