// sdk/web/test/times.test.mjs - days are told by the calendar.

import assert from "node:assert/strict";
import { test } from "node:test";

import { day, other_day, when } from "../times.js";

const now = new Date(2026, 10, 23, 0, 30).getTime();
const said = (days) => new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(days, "day");
const at = (year, month, date, hours = 0, minutes = 0) =>
  new Date(year, month, date, hours, minutes).getTime();

test("Times.TodayAndTomorrowAreDaysOfTheCalendarNotSpansOfHours", () => {
  assert.equal(day(at(2026, 10, 23, 23, 59), now), said(0));
  assert.equal(day(at(2026, 10, 24, 0, 1), now), said(1));
  assert.equal(day(at(2026, 10, 22, 23, 59), now), said(-1));
  assert.ok(when(at(2026, 10, 24, 9, 30), now).startsWith(`${said(1)}, `));
  assert.match(when(at(2026, 10, 24, 9, 30), now), /9.30/);
});

test("Times.OtherDaysHaveTheirDateAndOtherYearsTheirYear", () => {
  assert.match(day(at(2026, 10, 25, 9), now), /25/);
  assert.doesNotMatch(day(at(2026, 10, 25, 9), now), /2026/);
  assert.match(day(at(2027, 0, 2, 9), now), /2027/);
});

test("Times.ADayEndsAtMidnight", () => {
  assert.equal(other_day(at(2026, 10, 22, 23, 59), at(2026, 10, 23, 0, 0)), true);
  assert.equal(other_day(at(2026, 10, 23, 0, 0), at(2026, 10, 23, 23, 59)), false);
});
