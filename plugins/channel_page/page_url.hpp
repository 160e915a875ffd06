// plugins/channel_page/page_url.hpp - which addresses may be pushed: one strict reading, the same here and in browsers.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace convene::page {

// Browsers mend what they read (WHATWG URL): they drop tabs, turn backslashes around, lower-case, decode hosts,
// read numbers as addresses. Whatever would need mending is refused, so that what we check is what they open.
// sdk/web/page_url.js holds the same rules; corpus.txt beside this file is what both are tested with.

inline constexpr std::size_t kUrlMax = 2048;  ///< Bytes.
inline constexpr std::size_t kHostMax = 253;  ///< Bytes; RFC 1035 with the dots.

/// Why an address is refused; `none` where it is not. The order is that of the checks.
enum class Refusal {
  none,
  too_long,
  bad_character,
  bad_escape,
  bad_scheme,
  bad_host,
  bad_port,
  host_not_allowed
};

/// The code for clients: "bad_scheme". Stable.
constexpr std::string_view code(Refusal refusal) {
  constexpr std::string_view codes[] = {"ok",         "too_long",        "bad_character",
                                        "bad_escape", "bad_scheme",      "bad_host",
                                        "bad_port",   "host_not_allowed"};
  return codes[static_cast<std::size_t>(refusal)];
}

/// An address taken apart. `port` is as written, empty where it is not.
struct Parts {
  std::string_view scheme, host, port;
};

namespace detail {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The characters of RFC 3986, section 2. No space, no quote, no backslash, nothing outside ASCII.
constexpr bool is_url_character(char c) {
  constexpr std::string_view others = "-._~:/?#[]@!$&'()*+,;=%";
  return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
}

/// The byte that the escape at `text[at]` stands for; -1 where it is none.
constexpr int escaped(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Escapes must be complete; none may hide a control character, a backslash, or a further escape.
constexpr bool escapes_are_plain(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const int byte = escaped(text, at);
    if (byte < 0x20 || byte == 0x7f || byte == '\\') return false;
    if (byte == '%' && at + 4 < text.size() && hex_value(text[at + 3]) >= 0 &&
        hex_value(text[at + 4]) >= 0) {
      return false;
    }
  }
  return true;
}

/// 1 to 63 of a-z, 0-9 and hyphens that stand inside (RFC 1123), lower case: what a resolver sees.
constexpr bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
    return false;
  for (const char c : label) {
    if (!is_lower(c) && !is_digit(c) && c != '-') return false;
  }
  return true;
}

/// Whether a browser would read the label as part of an IPv4 address: 127, 0x7f, 0177.
constexpr bool is_number(std::string_view label) {
  if (label.size() >= 2 && label[0] == '0' && label[1] == 'x') {
    for (const char c : label.substr(2)) {
      if (hex_value(c) < 0) return false;
    }
    return true;
  }
  for (const char c : label) {
    if (!is_digit(c)) return false;
  }
  return true;
}

/// 0 to 255 in decimal, without a leading zero.
constexpr bool is_octet(std::string_view label) {
  if (label.empty() || label.size() > 3 || (label.size() > 1 && label[0] == '0')) return false;
  int value = 0;
  for (const char c : label) {
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
  }
  return value <= 255;
}

/// A name, or four octets. A name whose last label is a number is neither.
constexpr bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kHostMax) return false;
  std::size_t labels = 0;
  std::size_t octets = 0;
  for (std::string_view rest = host;;) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (!is_label(label)) return false;
    ++labels;
    octets += is_octet(label) ? 1 : 0;
    if (dot == std::string_view::npos) return !is_number(label) || (labels == 4 && octets == 4);
    rest.remove_prefix(dot + 1);
  }
}

/// 1 to 65535 in decimal, without a leading zero.
constexpr bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || port[0] == '0') return false;
  int value = 0;
  for (const char c : port) {
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
  }
  return value <= 65535;
}

}  // namespace detail

/// Takes `url` apart by the rules above. Everything but the allow-list is decided here.
constexpr Refusal parse(std::string_view url, Parts& parts) {
  if (url.size() > kUrlMax) return Refusal::too_long;
  for (const char c : url) {
    if (!detail::is_url_character(c)) return Refusal::bad_character;
  }
  if (!detail::escapes_are_plain(url)) return Refusal::bad_escape;

  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) return Refusal::bad_scheme;
  parts.scheme = url.substr(0, colon);
  if (parts.scheme != "http" && parts.scheme != "https") return Refusal::bad_scheme;
  if (url.substr(colon, 3) != "://") return Refusal::bad_scheme;

  const std::string_view after = url.substr(colon + 3);
  const std::string_view authority = after.substr(0, after.find_first_of("/?#"));
  const std::size_t port_at = authority.find(':');
  parts.host = authority.substr(0, port_at);
  if (!detail::is_host(parts.host))
    return Refusal::bad_host;  // Also user information, brackets, escapes.
  parts.port = {};
  if (port_at == std::string_view::npos) return Refusal::none;
  parts.port = authority.substr(port_at + 1);
  return detail::is_port(parts.port) ? Refusal::none : Refusal::bad_port;
}

/// Whether the allow-list's `entry` covers an address: "shop.example" on any port, "shop.example:8443" on that one,
/// "*.example.org" for every name below example.org but not for itself. Entries that are no host cover nothing.
constexpr bool covers(std::string_view entry, const Parts& parts) {
  const std::size_t port_at = entry.find(':');
  if (port_at != std::string_view::npos) {
    const std::string_view standard = parts.scheme == "https" ? "443" : "80";
    if (entry.substr(port_at + 1) != (parts.port.empty() ? standard : parts.port)) return false;
    entry = entry.substr(0, port_at);
  }
  if (entry.substr(0, 2) != "*.") return detail::is_host(entry) && entry == parts.host;
  const std::string_view parent = entry.substr(1);  // ".example.org"
  return detail::is_host(parent.substr(1)) && parts.host.size() > parent.size() &&
         parts.host.substr(parts.host.size() - parent.size()) == parent;
}

/// Whether `url` may be pushed where the allow-list is `hosts`.
inline Refusal check(std::string_view url, const std::vector<std::string_view>& hosts) {
  Parts parts;
  if (const Refusal refusal = parse(url, parts); refusal != Refusal::none) return refusal;
  for (const std::string_view entry : hosts) {
    if (covers(entry, parts)) return Refusal::none;
  }
  return Refusal::host_not_allowed;
}

}  // namespace convene::page
