// adapters/web/html.hpp - writes the few pages that need no script; every text is escaped here and nowhere else.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace convene::web {

/// Appends `text` as HTML text or as an attribute's value in double quotes (HTML 13.3).
void append_html(std::string& out, std::string_view text);

/// "Monday, 23 November 2026, 14:05 UTC": without a script nobody tells the reader's zone.
std::string time_in_words(std::int64_t ms);

/// One sheet with the looks of pages.css. Names, classes and addresses are literals of ours.
class HtmlSheet {
 public:
  explicit HtmlSheet(std::string_view title);

  HtmlSheet& lead(std::string_view text) { return paragraph(text, "lead"); }
  HtmlSheet& warn(std::string_view text) { return paragraph(text, "warn"); }
  HtmlSheet& paragraph(std::string_view text, std::string_view look = "");
  HtmlSheet& facts(std::initializer_list<std::string> lines);
  /// An address to keep, as a link that is also readable on paper.
  HtmlSheet& link(std::string_view address);
  HtmlSheet& rule();
  HtmlSheet& heading(std::string_view text) { return element("<h2>", text, "</h2>\n"); }

  /// A form with one button that posts to this page: `does` is what it asks for.
  HtmlSheet& button(std::string_view does, std::string_view label, bool primary = false);
  /// The same with a choice of `name` before the button.
  using Choices = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  HtmlSheet& choice(std::string_view does, std::string_view label, std::string_view name,
                    std::string_view name_label, Choices values);

  /// The whole document.
  std::string done();

 private:
  HtmlSheet& element(std::string_view open, std::string_view text, std::string_view close);
  std::string title_, body_;
};

}  // namespace convene::web
