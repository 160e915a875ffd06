// sdk/web/times.js - times of day and dates, as the reader's language says them.

const day_ms = 86_400_000;

/** How many days `ms` is from today: -1 is yesterday. By the reader's calendar, not by 24 hours. */
function days_from_today(ms, now) {
  const date = new Date(ms);
  const today = new Date(now);
  return Math.round((date.setHours(0, 0, 0, 0) - today.setHours(0, 0, 0, 0)) / day_ms);
}

function relative(days) {
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(days, "day");
}

/** Hours and minutes. */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** "today", "yesterday", "Wed 23 Dec"; with the year only where it is another. */
export function day(ms, now = Date.now()) {
  const days = days_from_today(ms, now);
  if (Math.abs(days) <= 1) return relative(days);
  const other_year = new Date(ms).getFullYear() !== new Date(now).getFullYear();
  return new Date(ms).toLocaleDateString(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: other_year ? "numeric" : undefined,
  });
}

/** Day and time: "tomorrow, 09:30". */
export function when(ms, now = Date.now()) {
  return `${day(ms, now)}, ${clock(ms)}`;
}

/** Whether two moments are on different days of the reader's calendar. */
export function other_day(one, other) {
  return new Date(one).toDateString() !== new Date(other).toDateString();
}
