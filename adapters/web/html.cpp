// adapters/web/html.cpp - elements and their escapes.
#include "adapters/web/html.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace convene::web {

void append_html(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

std::string time_in_words(std::int64_t ms) {
  using namespace std::chrono;
  static constexpr std::array kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
  static constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
  const sys_time<milliseconds> time{milliseconds(ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<minutes>(time - day));
  char text[80];
  std::snprintf(text, sizeof text, "%s, %u %s %d, %02d:%02d UTC", kDays[weekday(day).c_encoding()],
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()));
  return text;
}

HtmlSheet::HtmlSheet(std::string_view title) : title_(title) { element("<h1>", title, "</h1>\n"); }

HtmlSheet& HtmlSheet::element(std::string_view open, std::string_view text,
                              std::string_view close) {
  body_ += open;
  append_html(body_, text);
  body_ += close;
  return *this;
}

HtmlSheet& HtmlSheet::paragraph(std::string_view text, std::string_view look) {
  body_ += look.empty() ? "<p>" : "<p class=\"" + std::string(look) + "\">";
  return element("", text, "</p>\n");
}

HtmlSheet& HtmlSheet::facts(std::initializer_list<std::string> lines) {
  body_ += "<ul class=\"facts\">\n";
  for (const auto& line : lines)
    if (!line.empty()) element("<li>", line, "</li>\n");
  body_ += "</ul>\n";
  return *this;
}

HtmlSheet& HtmlSheet::link(std::string_view address) {
  element("<p><a class=\"address\" href=\"", address, "\">");
  return element("", address, "</a></p>\n");
}

HtmlSheet& HtmlSheet::rule() {
  body_ += "<hr class=\"rule\">\n";
  return *this;
}

HtmlSheet& HtmlSheet::button(std::string_view does, std::string_view label, bool primary) {
  body_ += "<form method=\"post\"><button";
  if (primary) body_ += " class=\"primary\"";
  element(" name=\"do\" value=\"", does, "\">");
  return element("", label, "</button></form>\n");
}

HtmlSheet& HtmlSheet::choice(std::string_view does, std::string_view label, std::string_view name,
                             std::string_view name_label, Choices values) {
  body_ += "<form method=\"post\" class=\"row\">";
  element("<label>", name_label, " <select name=\"");
  element("", name, "\">");
  for (const auto& [value, text] : values) {
    element("<option value=\"", value, "\">");
    element("", text, "</option>");
  }
  body_ += "</select></label> ";
  element("<button name=\"do\" value=\"", does, "\">");
  return element("", label, "</button></form>\n");
}

std::string HtmlSheet::done() {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex, nofollow\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
  append_html(out, title_);
  out +=
      "</title>\n<link rel=\"icon\" href=\"/pages/icon.svg\" type=\"image/svg+xml\">\n"
      "<link rel=\"stylesheet\" href=\"/pages/pages.css\">\n</head>\n<body>\n<main>\n"
      "<section class=\"sheet\">\n";
  return out + body_ + "</section>\n</main>\n</body>\n</html>\n";
}

}  // namespace convene::web
