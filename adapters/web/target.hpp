// adapters/web/target.hpp - reads an HTTP request target (RFC 9112, origin form), and refuses whatever could be read in two ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convene::web {

inline constexpr std::size_t kTargetMax = 2048;  ///< Bytes.
inline constexpr std::size_t kQueryPairsMax = 16;

struct Target {
  std::string
      path;  ///< Decoded: begins with '/', no empty, "." or ".." segment, no control byte, no backslash.
  std::vector<std::pair<std::string, std::string>> query;  ///< Decoded.

  /// The first value of that name; empty: none.
  std::string_view value(std::string_view name) const;
};

/// Nothing when the target is too long, is not ASCII, is badly encoded, or names something outside.
std::optional<Target> parse_target(std::string_view text);

/// Whether the text has the shape of an identifier or token of ours: 22 characters of base64url.
bool is_secret(std::string_view text);

/// Whether the text has the shape of a rendezvous page's name: 16 characters of base64url.
bool is_page_name(std::string_view text);

}  // namespace convene::web
