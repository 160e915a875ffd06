// sdk/host/isolation/frames.cpp - reads and writes the fixed frames.
#include "sdk/host/isolation/frames.hpp"

#include "sdk/bus/frame.hpp"

namespace convene::isolation {

Head head(Kind kind, std::uint64_t correlation) {
  return {{kMagic[0], kMagic[1], kMagic[2], static_cast<char>(kind)}, bus::to_bytes(correlation)};
}

Result<Message> decode(std::span<const std::string_view> frames) {
  if (frames.size() != kFrames)
    return Error{"malformed", "a message has three frames: kind, correlation, body"};
  const std::string_view kind = frames[0], correlation = frames[1], body = frames[2];
  if (kind.size() != kMagic.size() + 1 || !kind.starts_with(kMagic))
    return Error{"malformed", "the first frame is \"CH1\" and one byte of kind"};
  constexpr std::string_view kKinds = "HWYXQRPOLG";
  if (kKinds.find(kind.back()) == kKinds.npos)
    return Error{"malformed", "the kind in the first frame is not one of WIRE.md"};
  if (correlation.size() != sizeof(std::uint64_t))
    return Error{"malformed", "the second frame is a correlation of 8 bytes"};
  if (body.size() > kBodyMax) return Error{"malformed", "the body is larger than 4 MiB"};
  return Message{static_cast<Kind>(kind.back()), bus::from_bytes(correlation), body};
}

}  // namespace convene::isolation
