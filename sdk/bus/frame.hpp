// sdk/bus/frame.hpp - the three frames of a command bus message, and the bounds that both ends check.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/model/result.hpp"

namespace convene::bus {

/// The protocol version in `hello.versions` and in the first frame ("CV1").
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::string_view kMagic = "CV1";
inline constexpr std::size_t kBodyMax = 1u << 20;  ///< Bytes of one body.
inline constexpr std::size_t kFrames = 3;

/// What a message is; the byte on the wire. The table of who sends which is in README.md.
enum class Kind : char {
  hello = 'H',
  welcome = 'W',
  ping = 'P',
  pong = 'O',
  request = 'Q',
  reply = 'R',
  event = 'E',
  leg = 'L',
  notice = 'N',
  goodbye = 'G',
  refused = 'X'
};

/// The word of the README and of schema/ for this kind: "hello".
std::string_view name_of(Kind kind);

/// A message as it was received; the view lives as long as the frames it was read from.
struct Message {
  Kind kind = Kind::ping;
  std::uint64_t correlation = 0;
  std::string_view body;
};

/// The first two frames, ready to be sent.
struct Head {
  std::array<char, 4> kind;
  std::array<char, 8> correlation;
};
Head head(Kind kind, std::uint64_t correlation);

/// Reads three frames. Every violation is "malformed" (wrong count, magic, kind, length), "bad_version" (another
/// protocol version) or "too_large" (a body over `body_max`). Does not look into the body.
Result<Message> decode(std::span<const std::string_view> frames, std::size_t body_max = kBodyMax);

/// Big-endian numbers as they stand in frames.
std::array<char, 8> to_bytes(std::uint64_t number);
std::uint64_t from_bytes(std::string_view eight_bytes);

}  // namespace convene::bus
