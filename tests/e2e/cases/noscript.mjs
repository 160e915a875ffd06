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
  await press("What is booked");
  await page.getByText("Whenever you come back").waitFor();
  await page.getByRole("link", { name: bookmark }).waitFor();
  assert.ok(!page.url().includes(bookmark.slice(-22)));
  await page.screenshot({ path: `${world.screenshots}/noscript_2_booked.png` });
  await page.getByLabel("Agree a time").selectOption("In two days");
  await press("Save");
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

/** What a page says, as it is read. */
const read = (page) => page.locator("main").innerText();

/** Neither kind of page has a wording of its own: whoever changes one is told of the other. */
async function words_are_the_same(world) {
  const site = (world.site = await Site.open(world.build));
  const customer = await Customer.arrives(world);
  const bookmark = await customer.book(site, "/loans.html");
  await customer.open(bookmark);
  const plain = await profile(world.browser, world.watch, { javaScriptEnabled: false });
  const page = await plain.newPage();
  const both_say = async (...sentences) => {
    for (const text of sentences) {
      await customer.page.getByText(text).first().waitFor();
      for (const one of [page, customer.page])
        assert.ok((await read(one)).includes(text), `${text}\n${await read(one)}`);
    }
  };
  const press = async (name) => {
    await page.getByRole("button", { name }).click();
    const scripted = customer.page.getByRole("button", { name });
    if (await scripted.count()) await scripted.click();
  };
  await page.goto(bookmark);
  await both_say("Welcome back", "I’m here – connect me", "Cancel booking");
  await press("What is booked");
  await both_say("Welcome back", "Your place is kept.", "Keep this page", "To find it again,");
  await both_say("Your place is kept until", "Agree a time", "Cancel booking");
  await press("Cancel booking");
  await both_say("Cancel your booking?", "This page does not work any more after that.");
  await both_say("Yes, cancel it", "No, keep it");
  await page.getByRole("button", { name: "No, keep it" }).click();
  await customer.page.getByRole("button", { name: "Yes, cancel it" }).click();
  await customer.page.getByRole("heading", { name: "Cancelled" }).waitFor();
  const other = await customer.book(site, "/loans.html");
  await page.goto(other);
  for (const name of ["Cancel booking", "Yes, cancel it"])
    await page.getByRole("button", { name }).click();
  await both_say("Cancelled", "Your booking is cancelled, and what you told us will not be used.");
  await both_say("If you change your mind, book another conversation where you found us.");
  await both_say("You can close this window.");
  await page.goto(bookmark);
  await page.getByRole("button", { name: "What is booked" }).click();
  await customer.page.goto(bookmark);
  await both_say("This page leads nowhere any more", "The link may be incomplete, may have run out,");
  await both_say("To talk to us, book a new conversation where you found us.");
  for (const one of [page, customer.page]) {
    const answer = await one.goto(`${site.origin}/nonsense`);
    assert.equal(answer.status(), 404);
    await one.getByRole("heading", { name: "There is nothing here" }).waitFor();
  }
  for (const [address, text] of [
    [`${site.shop}/loans.html`, "Booking and talking need JavaScript"],
    [`${site.origin}/desk/`, "The desk needs JavaScript."],
  ]) {
    await page.goto(address);
    const said = page.locator("noscript p");
    await said.waitFor();
    assert.ok((await said.innerText()).includes(text), address);
    const box = await said.boundingBox();
    assert.ok(box && box.y + box.height < 900, `${address}: it is below what one sees`);
  }
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
  { name: "NoScript.FormsUseTheWordsOfTheScriptedPage", run: words_are_the_same },
  { name: "NoScript.AFormOfAnotherSiteChangesNothing", run: other_sites_do_not },
];
