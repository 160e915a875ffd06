// tests/e2e/cases/noscript.mjs - the rendezvous page in a browser without scripts: forms see, change and cancel.

import assert from "node:assert/strict";
import { profile } from "../support/browser.mjs";
import { Agent, Customer } from "../support/people.mjs";
import { Site } from "../support/site.mjs";

async function forms_do(world) {
  const site = (world.site = await Site.open(world.build));
  const anna = await Agent.at_desk(world, site, "anna");
  const customer = await Customer.arrives(world);
  const bookmark = await customer.book(site, "/loans.html");
  const plain = await profile(world.browser, world.watch, { javaScriptEnabled: false });
  const page = await plain.newPage();
  const press = (name) => page.getByRole("button", { name }).click();
  await page.goto(bookmark);
  await page.screenshot({ path: `${world.screenshots}/noscript_1_page.png` });
  await press("I’m here – connect me");
  await page.getByText("Nobody was called, and your booking stays as it is.").waitFor();
  assert.equal(await anna.offer.count(), 0);
  await press("What is booked, and the address to keep");
  await page.getByText("Whenever you come back").waitFor();
  await page.getByRole("link", { name: bookmark }).waitFor();
  assert.ok(!page.url().includes(bookmark.slice(-22)));
  await page.screenshot({ path: `${world.screenshots}/noscript_2_booked.png` });
  await page.getByLabel("Another time:").selectOption("in two days");
  await press("Agree this time");
  await page.getByText(/^Agreed for .* UTC$/).waitFor();
  await press("Cancel booking");
  await press("No, keep it");
  await page.getByText(/^Agreed for .* UTC$/).waitFor();

  // What the form has changed is what the script sees, and the other way round.
  await customer.open(bookmark);
  await customer.page.getByText("Agreed for").waitFor();
  await press("Cancel booking");
  await press("Yes, cancel it");
  await page.getByRole("heading", { name: "Cancelled" }).waitFor();
  await page.goto(bookmark);
  await press("What is booked");
  await page.getByRole("heading", { name: "This page leads nowhere any more" }).waitFor();
  assert.deepEqual(world.watch.violations, []);
}

/** A form of another site comes without the page's cookie, and says where it comes from. */
async function other_sites_do_not(world) {
  const site = (world.site = await Site.open(world.build));
  const customer = await Customer.arrives(world);
  await customer.open(await customer.book(site, "/loans.html"));
  await customer.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  const own = customer.page.url();
  const hostile = await customer.context.newPage();
  await hostile.route("http://127.0.0.1:9/**", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${own}"><button name="do" value="cancel-now">Win</button></form>`,
    }),
  );
  await hostile.goto("http://127.0.0.1:9/");
  await hostile.getByRole("button", { name: "Win" }).click();
  await hostile.getByRole("heading", { name: "This could not be done" }).waitFor();
  await customer.page.reload();
  await customer.page.getByRole("heading", { name: "Welcome back" }).waitFor();
}

export const cases = [
  { name: "NoScript.FormsShowChangeAndCancelTheBooking", run: forms_do },
  { name: "NoScript.AFormOfAnotherSiteChangesNothing", run: other_sites_do_not },
];
