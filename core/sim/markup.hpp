// core/sim/markup.hpp - writes HTML and SVG so that no text from outside can become markup.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace convene::sim {

/// The name of an element or attribute. Only a literal of the program can become one, and none of
/// those that load, link or run something: that is checked when the program is compiled.
class Name {
 public:
  consteval Name(const char* name) : text_(name) {
    const std::string_view n = name;
    if (n.empty() || n.starts_with("on")) throw "a name that runs scripts, or none";
    for (const std::string_view bad : {"href", "src", "script", "action", "srcdoc", "iframe"}) {
      if (n == bad) throw "a name that loads or links something";
    }
    for (const char c : n) {
      const bool good =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      if (!good) throw "no name";
    }
  }
  const char* text() const { return text_; }

 private:
  const char* text_;
};

/// A style sheet: a literal of the program, and nothing else.
class StyleSheet {
 public:
  consteval StyleSheet(const char* css) : text_(css) {
    if (std::string_view(css).find('<') != std::string_view::npos) throw "markup in a style sheet";
  }
  const char* text() const { return text_; }

 private:
  const char* text_;
};

/// A number as SVG has it: two digits behind the point at most.
std::string svg_number(double value);

struct Attribute {
  Attribute(Name n, std::string_view v) : name(n), value(v) {}
  Attribute(Name n, double v) : name(n), value(svg_number(v)) {}
  Name name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

class Markup {
 public:
  /// <!doctype html> and whatever follows.
  static Markup page() {
    Markup m;
    m.out_ = "<!doctype html>\n";
    return m;
  }

  /// An element with what `inside()` writes in it.
  template <std::invocable Inside>
  void element(Name name, Attributes attributes, Inside inside) {
    open(name, attributes);
    out_ += '>';
    inside();
    close(name);
  }
  void element(Name name, Attributes attributes, std::string_view content) {
    open(name, attributes);
    out_ += '>';
    text(content);
    close(name);
  }
  /// An element that holds nothing: <rect .../>, <meta ...>.
  void empty(Name name, Attributes attributes) {
    open(name, attributes);
    out_ += "/>";
  }
  void text(std::string_view text) { escape(text); }
  void style(StyleSheet sheet) { out_ += std::string("<style>") + sheet.text() + "</style>\n"; }

  std::string take() { return std::move(out_); }

 private:
  void open(Name name, Attributes attributes);
  void close(Name name);
  void escape(std::string_view text);
  std::string out_;
};

}  // namespace convene::sim
