// sdk/host/isolation/values.cpp - texts as they are, bytes as base64 (RFC 4648, with padding).
#include "sdk/host/isolation/values.hpp"

namespace convene::isolation {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      three = three << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? kLetters[three >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const bool pad = i + k >= text.size() - padding;
      const std::size_t six = pad ? 0 : kLetters.find(text[i + k]);
      if (six == kLetters.npos) return std::nullopt;
      three = three << 6 | static_cast<std::uint32_t>(six);
    }
    for (std::size_t k = 0; k < 3; ++k) out += static_cast<char>(three >> (16 - 8 * k) & 255);
  }
  out.resize(out.size() - padding);
  return out;
}

}  // namespace

void put_text(bus::JsonText& to, std::string_view bytes) {
  if (json::is_utf8(bytes)) {
    to.text(bytes);
  } else {
    to.open().key("base64").text(to_base64(bytes)).close();
  }
}

std::optional<std::string_view> take_text(const json::Value& value, Bytes& decoded) {
  if (const std::string* text = value.as_text()) return *text;
  const json::Value* base64 = value.find("base64");
  if (!base64 || !base64->as_text()) return std::nullopt;
  auto bytes = from_base64(*base64->as_text());
  if (!bytes) return std::nullopt;
  return decoded.emplace_back(std::move(*bytes));
}

Members& Members::read(std::string_view key, convene_text& to) {
  to = {};
  if (const json::Value* value = object_.find(key)) {
    const auto text = take_text(*value, decoded_);
    text ? void(to = {text->data(), text->size()}) : wrong(key);
  }
  return *this;
}

Members& Members::read(std::string_view key, std::string& to) {
  convene_text text{};
  read(key, text);
  to.assign(text.data ? text.data : "", text.size);
  return *this;
}

}  // namespace convene::isolation
