// adapters/web/cookie.cpp - RFC 6265bis, the part of it that we use.
#include "adapters/web/cookie.hpp"

#include <algorithm>

#include "adapters/web/target.hpp"

namespace convene::web {

std::string page_cookie(std::string_view page) { return "__Host-convene-r-" + std::string(page); }

std::string session_cookie(std::string_view seat) {
  return std::string(kSessionCookie) + (seat.empty() ? "" : "-" + std::string(seat));
}

std::vector<std::string_view> seats_of(std::string_view header) {
  std::vector<std::string_view> seats;
  const std::string before = std::string(kSessionCookie) + "-";
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    auto pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (!pair.empty() && (pair.front() == ' ' || pair.front() == '\t')) pair.remove_prefix(1);
    const auto name = pair.substr(0, pair.find('='));
    if (name.starts_with(before) && is_page_name(name.substr(before.size())))
      seats.push_back(name.substr(before.size()));
  }
  return seats;
}

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
  std::optional<std::string_view> found;
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    auto pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (!pair.empty() && (pair.front() == ' ' || pair.front() == '\t')) pair.remove_prefix(1);
    while (!pair.empty() && (pair.back() == ' ' || pair.back() == '\t')) pair.remove_suffix(1);
    const auto equals = pair.find('=');
    if (equals == pair.npos || pair.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = pair.substr(equals + 1);
  }
  return found;
}

std::string set_cookie(std::string_view name, std::string_view value, std::chrono::seconds lifetime,
                       SameSite same_site) {
  constexpr std::chrono::seconds kMost = std::chrono::hours(24 * 400);  // The cap of RFC 6265bis.
  lifetime = std::clamp(lifetime, std::chrono::seconds(0), kMost);
  std::string out(name);
  out += '=';
  out += value;
  out += "; Path=/; Secure; HttpOnly; SameSite=";
  out += same_site == SameSite::strict ? "Strict" : "Lax";
  out += "; Max-Age=" + std::to_string(lifetime.count());
  return out;
}

std::string clear_cookie(std::string_view name, SameSite same_site) {
  return set_cookie(name, "", std::chrono::seconds(0), same_site);
}

}  // namespace convene::web
