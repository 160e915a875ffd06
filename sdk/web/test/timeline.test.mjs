// sdk/web/test/timeline.test.mjs - the transcript has no gaps, no doubles, and forgets nothing that was said.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline } from "../timeline.js";

const chat = (n, at, text, mine = false) => ({
  ch: "chat",
  n,
  at,
  mine,
  from: mine ? "customer" : "agent",
  body: { text },
});
const said = (timeline) => timeline.entries.map((one) => one.body.text ?? one.body.url);

test("Timeline.KeepsEntriesInTheOrderInWhichTheyWereSaid", () => {
  const timeline = new Timeline();
  timeline.add(chat(1, 10, "a"));
  timeline.add(chat(2, 30, "c"));
  timeline.add({ ch: "page", n: 1, at: 20, mine: false, from: "agent", body: { url: "b" } });
  assert.deepEqual(said(timeline), ["a", "b", "c"]);
  assert.deepEqual(timeline.have(), { chat: 2, page: 1 });
});

test("Timeline.TakesARepeatedEntryOnce", () => {
  const timeline = new Timeline();
  assert.equal(timeline.add(chat(1, 10, "a")), true);
  assert.equal(timeline.add(chat(1, 10, "a")), false);
  assert.deepEqual(said(timeline), ["a"]);
});

test("Timeline.KeepsWhatItHasWhenTheGatewayCountsFromOneAgain", () => {
  const timeline = new Timeline();
  timeline.add(chat(1, 10, "a"));
  timeline.add(chat(2, 20, "b"));
  timeline.add(chat(1, 15, "after"));
  timeline.add(chat(1, 15, "after"));
  timeline.add(chat(2, 40, "more"));
  assert.deepEqual(said(timeline), ["a", "b", "after", "more"]);
  assert.deepEqual(timeline.have(), { chat: 2 });
});

test("Timeline.ConfirmsWhatWasSentByTheEntryThatComesBack", () => {
  const timeline = new Timeline();
  timeline.expect("chat", { text: "one" }, 1);
  timeline.expect("chat", { text: "two" }, 2);
  timeline.add(chat(1, 10, "two", true));
  assert.deepEqual(
    timeline.pending.map((one) => one.key),
    [1],
  );
  timeline.add(chat(2, 11, "one", true));
  assert.deepEqual(timeline.pending, []);
});

test("Timeline.DropsOnlyWhatWasRefused", () => {
  const timeline = new Timeline();
  timeline.expect("chat", { text: "one" }, 1);
  timeline.expect("chat", { text: "two" }, 2);
  assert.equal(timeline.refuse(1).body.text, "one");
  assert.equal(timeline.refuse(7), undefined);
  assert.deepEqual(
    timeline.pending.map((one) => one.key),
    [2],
  );
});
