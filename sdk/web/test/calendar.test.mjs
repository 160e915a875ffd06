// sdk/web/test/calendar.test.mjs - the calendar entry is one that RFC 5545 knows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { calendar_entry, proposed_time } from "../calendar.js";

const url = `https://talk.shop.example/r/?s=${"x".repeat(120)}`;

test("Calendar.FoldsLinesAndUnfoldsToWhatWasMeant", () => {
  const text = calendar_entry({
    title: "Läden; Karten, Kredite\nmehr",
    url,
    at: Date.UTC(2026, 10, 22, 9, 30),
    uid: "u",
  });
  assert.ok(text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
  const whole = text.replaceAll("\r\n ", "");
  assert.ok(whole.includes("DTSTART:20261122T093000Z\r\nDTEND:20261122T100000Z\r\n"));
  assert.ok(whole.includes("SUMMARY:Läden\\; Karten\\, Kredite\\nmehr\r\n"));
  assert.ok(whole.includes(`URL:${url}\r\n`));
});

test("Calendar.ProposesTheNextFullHourOfTomorrow", () => {
  const now = Date.UTC(2026, 10, 22, 9, 30);
  assert.equal(proposed_time(now), Date.UTC(2026, 10, 23, 10, 0));
});
