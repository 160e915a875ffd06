// adapters/web/ics.cpp - RFC 5545, sections 3.1 (folding), 3.3.11 (TEXT), 3.6.1 (VEVENT), 3.6.6 (VALARM).
#include "adapters/web/ics.hpp"

#include <chrono>
#include <cstdio>
#include <string_view>

namespace convene::web {
namespace {

constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
constexpr std::int64_t kLengthMs = 30 * 60 * 1000;

std::string stamp(std::int64_t ms, bool with_time) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{ms}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(at - day)};
  char out[32];
  if (with_time)
    std::snprintf(out, sizeof out, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
  else
    std::snprintf(out, sizeof out, "%04d%02u%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      if (c == ',' || c == ';' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

void line(std::string& out, std::string_view name, std::string_view value) {
  std::string text = std::string(name) + std::string(value);
  for (std::size_t room = 75; text.size() > room; room = 74) {
    std::size_t cut = room;
    while (cut > 1 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
      --cut;  // Not within a character.
    out += text.substr(0, cut) + "\r\n ";
    text.erase(0, cut);
  }
  out += text + "\r\n";
}

}  // namespace

std::string calendar_entry(const CalendarEntry& e) {
  std::string out;
  line(out, "BEGIN:", "VCALENDAR");
  line(out, "VERSION:", "2.0");
  line(out, "PRODID:", "-//Convene//Rendezvous//EN");
  line(out, "METHOD:", "PUBLISH");
  line(out, "BEGIN:", "VEVENT");
  line(out, "UID:", escape(e.uid));
  line(out, "DTSTAMP:", stamp(e.now_ms, true));
  if (e.due_ms) {
    line(out, "DTSTART:", stamp(*e.due_ms, true));
    line(out, "DTEND:", stamp(*e.due_ms + kLengthMs, true));
  } else {
    line(out, "DTSTART;VALUE=DATE:", stamp(e.expires_ms - kDayMs, false));
    line(out, "TRANSP:", "TRANSPARENT");
  }
  line(out, "SUMMARY:", escape(e.summary));
  line(out, "DESCRIPTION:", escape("Come back to your conversation here: " + e.link));
  line(out, "URL:", e.link);
  if (e.due_ms) {
    line(out, "BEGIN:", "VALARM");
    line(out, "ACTION:", "DISPLAY");
    line(out, "TRIGGER:", "-PT10M");
    line(out, "DESCRIPTION:", escape(e.summary));
    line(out, "END:", "VALARM");
  }
  line(out, "END:", "VEVENT");
  line(out, "END:", "VCALENDAR");
  return out;
}

}  // namespace convene::web
