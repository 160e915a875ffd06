// sdk/host/isolation/frames.hpp - the three frames of a message between a node and a plugin's process.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/model/result.hpp"

namespace convene::isolation {

/// Of the protocol in WIRE.md, in hello.versions and in the first frame ("CH1").
inline constexpr std::int64_t kVersion = 1;
inline constexpr std::string_view kMagic = "CH1";
inline constexpr std::size_t kBodyMax = std::size_t{4} << 20;  ///< Bytes of one body.
inline constexpr std::size_t kFrames = 3;

/// What a message is; the byte on the wire.
enum class Kind : char {
  hello = 'H',
  welcome = 'W',
  ready = 'Y',
  refused = 'X',
  call = 'Q',
  answer = 'R',
  ping = 'P',
  pong = 'O',
  log = 'L',
  goodbye = 'G'
};

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

/// Reads three frames; the error says which rule they break. Does not look into the body.
Result<Message> decode(std::span<const std::string_view> frames);

}  // namespace convene::isolation
