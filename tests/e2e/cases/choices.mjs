// tests/e2e/cases/choices.mjs - the agent of before is away, nobody is there, or it is early: the page says what then.

import assert from "node:assert/strict";
import { Agent, Customer } from "../support/people.mjs";
import { Site } from "../support/site.mjs";

/** The demo, with what its flow says of `settings` (TOML lines). */
function site_with(world, settings, more = (toml) => toml) {
  return Site.open(world.build, (toml) =>
    more(toml).replace(
      "[flow.talk_later.channel.page]",
      `[flow.talk_later.settings]\n${settings}\n[flow.talk_later.channel.page]`,
    ),
  );
}

/** Comes back by a bookmark that was booked with `wish`, without the shop's form. */
async function returns(world, site, wish) {
  const customer = await Customer.arrives(world);
  const answer = await customer.context.request.post(`${site.origin}/api/v1/rendezvous`, {
    data: { flow: "talk_later", context: { name: "Mei", product: "loans" }, ...wish },
  });
  assert.equal(answer.status(), 201);
  await customer.come_back((await answer.json()).link);
  return customer;
}

async function customer_chooses(world) {
  const site = (world.site = await site_with(world, 'agent_away = "ask"\nagent_wait = "1s"'));
  const anna = await Agent.at_desk(world, site, "anna", { ready: false });
  const ben = await Agent.at_desk(world, site, "ben");
  const away = (customer) =>
    customer.page.getByText("The person you know is not here at the moment").first().waitFor();
  const press = (customer, name) => customer.page.getByRole("button", { name }).click();

  const anybody = await returns(world, site, { agent: "anna" });
  await away(anybody);
  await anybody.page.screenshot({ path: `${world.screenshots}/choices_wide.png` });
  await anybody.page.setViewportSize({ width: 390, height: 844 });
  await anybody.page.screenshot({ path: `${world.screenshots}/choices_narrow.png` });
  assert.equal(await ben.offer.count(), 0, "never a silent swap (claim 4)");
  await press(anybody, "Talk to somebody else");
  await ben.accept();
  await anybody.is_with("Ben Okafor");
  assert.equal(await anybody.page.getByRole("button", { name: "Wait a little" }).count(), 0);

  const later = await returns(world, site, { agent: "anna" });
  await away(later);
  await press(later, "Come back later");
  await later.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await later.page.getByText("Your place is kept: open this page again").waitFor();

  const waits = await returns(world, site, { agent: "anna" });
  await away(waits);
  await press(waits, "Wait a little");
  await waits.page.getByText("Looking for the right person for you…").first().waitFor();
  await anna.get_ready();
  await anna.accept();
  await waits.is_with("Anna Weber");
  assert.deepEqual(world.watch.errors, []);
}

async function nobody_and_early(world) {
  const site = (world.site = await site_with(
    world,
    'no_agent = "wait"\nretry_after = "1s"\nearly = "wait"',
    (toml) =>
      toml
        .replace('offer_timeout = "20s"', 'offer_timeout = "20s"\nwait_max = "1s"')
        .replace('title = "Talk to us now"', 'title = "Talk to us now"\nwait_max = "1s"'),
  ));
  const customer = await returns(world, site, {});
  await customer.page.getByText("Nobody is free just now").first().waitFor();

  const early = await returns(world, site, { at: Date.now() + 3_600_000 });
  await early.page.getByText("You are early").first().waitFor();
  await early.page.getByText(/The agreed time is .*\d\d:\d\d/).waitFor();
  await early.page.screenshot({ path: `${world.screenshots}/early_wide.png` });

  // Who wanted to talk now, and nobody came: a page to come back by, of a conversation that nobody has had yet.
  const now = await Customer.arrives(world);
  now.page = await now.context.newPage();
  await now.page.goto(`${site.origin}/#flow=talk_now`);
  await now.page.getByRole("button", { name: "Start the conversation" }).click();
  await now.page.getByRole("button", { name: "Come back later" }).click();
  const page = await now.page.getByRole("link", { name: "Open my page" }).getAttribute("href");
  const ben = await Agent.at_desk(world, site, "ben", { ready: false });
  const again = await Customer.arrives(world);
  await again.open(page);
  await again.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await ben.get_ready();
}

async function put_back(world) {
  const site = (world.site = await site_with(world, 'agent_away = "retime"\nagent_wait = "1s"'));
  const customer = await returns(world, site, { agent: "anna" });
  await customer.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await customer.page
    .getByText("The person you know is not here at the moment. Your place is kept")
    .waitFor();
}

export const cases = [
  { name: "Claim04.TheCustomerChoosesWhenTheAgentOfBeforeIsAway", run: customer_chooses },
  { name: "Claim04.APageThatIsPutBackSaysSoAndStaysGood", run: put_back },
  { name: "NoSilence.WhoIsEarlyOrFindsNobodyIsToldWhatThen", run: nobody_and_early },
];
