// sdk/web/calendar.js - a calendar entry (RFC 5545) that leads back to a page.

const utc = (ms) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
const escaped = (text) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

/** Lines of more than 75 bytes are folded (3.1), never within a character. */
function folded(line) {
  const lines = [""];
  let bytes = 0;
  for (const character of line) {
    const more = new Blob([character]).size;
    if (bytes + more > 74) {
      lines.push("");
      bytes = 0;
    }
    lines[lines.length - 1] += character;
    bytes += more;
  }
  return lines.join("\r\n ");
}

/**
 * The text of an .ics file: half an hour from `at`, with an alarm five minutes before.
 * @param {{title: string, url: string, at: number, uid?: string}} entry
 */
export function calendar_entry({ title, url, at, uid = crypto.randomUUID() }) {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Convene//Client//EN",
    "BEGIN:VEVENT",
    `UID:${uid}@convene`,
    `DTSTAMP:${utc(Date.now())}`,
    `DTSTART:${utc(at)}`,
    `DTEND:${utc(at + 30 * 60_000)}`,
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped(url)}`,
    `URL:${url}`,
    "TRANSP:TRANSPARENT",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${escaped(title)}`,
    "TRIGGER:-PT5M",
    "END:VALARM",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ]
    .map(folded)
    .join("\r\n");
}

/** Where a booking has no time of its own, a calendar proposes tomorrow, at the next full hour. */
export function proposed_time(now = Date.now()) {
  const hour = 3_600_000;
  return Math.ceil(now / hour) * hour + 24 * hour;
}
