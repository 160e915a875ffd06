// adapters/web/idempotency.cpp - what random text looks like, and what does not.
#include "adapters/web/idempotency.hpp"

#include <algorithm>
#include <bitset>

namespace convene::web {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_sign(char c) { return c == '-' || c == '_' || c == '+' || c == '/' || c == '='; }

std::size_t different(std::string_view text) {
  std::bitset<128> seen;
  for (const char c : text)
    if (!is_sign(c)) seen.set(static_cast<unsigned char>(c) & 0x7f);
  return seen.count();
}

/// How often small letters, capitals and digits take turns. In base64 they do so at two of three characters.
std::size_t turns(std::string_view text) {
  std::size_t turns = 0;
  int before = 0;
  for (const char c : text) {
    const int kind = is_lower(c) ? 1 : is_upper(c) ? 2 : is_digit(c) ? 3 : 0;
    if (kind == 0) continue;
    if (before != 0 && kind != before) ++turns;
    before = kind;
  }
  return turns;
}

bool has_form_of_uuid(std::string_view key) {
  if (key.size() != 36) return false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? key[i] != '-' : !is_hex(key[i])) return false;
  }
  return true;
}

}  // namespace

std::string_view bare_idempotency_key(std::string_view header) {
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"')
    return header.substr(1, header.size() - 2);
  return header;
}

bool is_unguessable(std::string_view key) {
  const bool known = std::all_of(key.begin(), key.end(), [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || is_sign(c);
  });
  if (!known || key.size() > kIdempotencyKeyMax) return false;
  if (has_form_of_uuid(key)) {
    // The other versions hold a time, an address or a name.
    const bool random = key[14] == '4' && std::string_view("89abAB").find(key[19]) != key.npos;
    return random && different(key) >= 8;
  }
  const auto hex = static_cast<std::size_t>(std::count_if(key.begin(), key.end(), is_hex));
  const auto signs = static_cast<std::size_t>(std::count_if(key.begin(), key.end(), is_sign));
  if (hex + signs == key.size()) return hex >= 32 && different(key) >= 8;
  const std::size_t kinds = different(key), taking_turns = turns(key);
  return key.size() >= 22 && kinds >= 10 &&
         (taking_turns >= 2 || (taking_turns == 1 && kinds >= 16));
}

}  // namespace convene::web
