// core/sim/markup.cpp - the encoder of pages and pictures.
#include "core/sim/markup.hpp"

#include <cmath>
#include <cstdio>

namespace convene::sim {

std::string svg_number(double value) {
  if (!std::isfinite(value)) return "0";
  char out[64];
  std::snprintf(out, sizeof out, "%.2f", value);
  std::string text = out;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

void Markup::open(Name name, Attributes attributes) {
  out_ += '<';
  out_ += name.text();
  for (const Attribute& a : attributes) {
    out_ += ' ';
    out_ += a.name.text();
    out_ += "=\"";
    escape(a.value);
    out_ += '"';
  }
}

void Markup::close(Name name) {
  out_ += "</";
  out_ += name.text();
  out_ += ">";
}

/// Control characters, which no page may hold, become a space.
void Markup::escape(std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\'':
        out_ += "&#39;";
        break;
      default:
        out_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
}

}  // namespace convene::sim
