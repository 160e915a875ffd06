// adapters/web/cookie.hpp - reads the Cookie header and writes Set-Cookie, always with the flags of README.md (E6).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convene::web {

inline constexpr std::string_view kSessionCookie = "__Host-convene-session";
/// The cookie of one seat, that is of one conversation among several in a browser: `__Host-convene-session-<seat>`. A
/// rendezvous page's seat has the page's name, another page makes one up for its window. Without a seat: the one above.
std::string session_cookie(std::string_view seat);
/// Seats whose cookies a browser keeps; beyond that all others are taken back, so that its headers stay short.
inline constexpr std::size_t kSeatsMax = 16;
inline constexpr std::string_view kDeskCookie = "__Host-convene-desk";
/// The cookie of a rendezvous page: `__Host-convene-r-<page>`.
std::string page_cookie(std::string_view page);

enum class SameSite { lax, strict };

/// The value of the cookie `name` in a Cookie header; nothing when it is not there, or there twice: a value that
/// somebody slipped in beside ours is never taken for it.
std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

/// A Set-Cookie value. `name` begins with "__Host-", `value` is base64url; `lifetime` is cut at 400 days.
std::string set_cookie(std::string_view name, std::string_view value, std::chrono::seconds lifetime,
                       SameSite same_site);
/// The seats whose cookies a Cookie header brings, in its order; only names of the right shape.
std::vector<std::string_view> seats_of(std::string_view header);

std::string clear_cookie(std::string_view name, SameSite same_site);

}  // namespace convene::web
