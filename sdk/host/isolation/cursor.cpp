// sdk/host/isolation/cursor.cpp - the plain case without a copy, every other one by the parser that we have.
#include "sdk/host/isolation/cursor.hpp"

#include "sdk/host/isolation/frames.hpp"

namespace convene::isolation {

std::size_t Cursor::end_of_string() const {
  for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '"') return i + 1;
    if (text_[i] == '\\') ++i;
  }
  return text_.size();
}

std::string_view Cursor::string() {
  if (peek() != '"') return fail(), std::string_view();
  const std::size_t plain = json::plain_run(text_, at_ + 1);
  const std::size_t end = at_ + 1 + plain;
  if (end < text_.size() && text_[end] == '"') {
    const std::string_view all = text_.substr(at_ + 1, plain);
    at_ = end + 1;
    return all;
  }
  const std::size_t after = end_of_string();
  const json::Parsed parsed = json::parse(text_.substr(at_, after - at_), {.bytes = kBodyMax});
  if (!parsed || !parsed.value->as_text()) return fail(), std::string_view();
  at_ = after;
  return decoded_.emplace_back(*parsed.value->as_text());
}

void Cursor::read(convene_text& to) {
  blanks();
  if (peek() == '"') {
    const std::string_view text = string();
    to = {text.data(), text.size()};
    return;
  }
  const std::size_t from = at_;
  skip();
  if (!fine()) return;
  const json::Parsed parsed = json::parse(text_.substr(from, at_ - from), {.bytes = kBodyMax});
  const auto text = parsed ? take_text(*parsed.value, decoded_) : std::nullopt;
  if (!text) return fail();
  // Only what was decoded outlives `parsed`, and nothing else than base64 comes this way.
  to = {text->data(), text->size()};
}

void Cursor::skip() {
  blanks();
  const std::size_t from = at_;
  std::size_t depth = 0;
  do {
    const char c = peek();
    if (at_ >= text_.size()) return fail();
    if (c == '"') {
      at_ = end_of_string();
    } else if (c == '{' || c == '[') {
      ++depth, ++at_;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return fail();
      --depth, ++at_;
    } else if (c == ',' && depth == 0) {
      return fail();
    } else {
      while (at_ < text_.size() &&
             std::string_view(",]}\"[{").find(text_[at_]) == std::string_view::npos)
        ++at_;
      if (depth > 0 && peek() == ',') ++at_;
    }
    if (depth > 0 && peek() == ',') ++at_;
  } while (depth > 0);
  if (!json::parse(text_.substr(from, at_ - from), {.bytes = kBodyMax})) fail();
}

}  // namespace convene::isolation
