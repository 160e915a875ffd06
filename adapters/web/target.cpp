// adapters/web/target.cpp - the decoder behind target.hpp.
#include "adapters/web/target.hpp"

#include <algorithm>

namespace convene::web {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Percent-decoding, once; control bytes are refused whether written plainly or encoded.
std::optional<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c <= 0x20 || c >= 0x7f) return std::nullopt;
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<unsigned char>(high * 16 + low);
      if (c < 0x20 || c == 0x7f) return std::nullopt;
      i += 2;
    }
    out += static_cast<char>(c);
  }
  return out;
}

bool good_path(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.find('\\') != path.npos) return false;
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, end - at);
    if (segment == "." || segment == "..") return false;
    if (segment.empty() && end != path.size()) return false;
    at = end + 1;
  }
  return true;
}

bool is_base64url(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

}  // namespace

std::string_view Target::value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

std::optional<Target> parse_target(std::string_view text) {
  if (text.empty() || text.size() > kTargetMax || text.find('#') != text.npos) return std::nullopt;
  const auto mark = text.find('?');
  const auto raw_path = text.substr(0, mark);
  // An encoded slash would make two paths of one.
  for (std::size_t i = raw_path.find('%'); i != raw_path.npos; i = raw_path.find('%', i + 1))
    if (raw_path.size() >= i + 3 && raw_path[i + 1] == '2' && (raw_path[i + 2] | 0x20) == 'f')
      return std::nullopt;
  auto path = decode(raw_path);
  if (!path || !good_path(*path)) return std::nullopt;
  Target target;
  target.path = *std::move(path);
  if (mark == text.npos) return target;
  for (auto rest = text.substr(mark + 1); !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto key = decode(pair.substr(0, equals));
    auto value = decode(equals == pair.npos ? std::string_view{} : pair.substr(equals + 1));
    if (!key || !value || target.query.size() == kQueryPairsMax) return std::nullopt;
    target.query.emplace_back(*std::move(key), *std::move(value));
  }
  return target;
}

bool is_secret(std::string_view text) { return text.size() == 22 && is_base64url(text); }
bool is_page_name(std::string_view text) { return text.size() == 16 && is_base64url(text); }

}  // namespace convene::web
