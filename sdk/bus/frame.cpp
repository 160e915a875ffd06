// sdk/bus/frame.cpp - reads and writes the fixed frames.
#include "sdk/bus/frame.hpp"

namespace convene::bus {
namespace {

struct Named {
  Kind kind;
  std::string_view name;
};
constexpr Named kKinds[] = {
    {Kind::hello, "hello"},     {Kind::welcome, "welcome"}, {Kind::ping, "ping"},
    {Kind::pong, "pong"},       {Kind::request, "request"}, {Kind::reply, "reply"},
    {Kind::event, "event"},     {Kind::leg, "leg"},         {Kind::notice, "notice"},
    {Kind::goodbye, "goodbye"}, {Kind::refused, "refused"},
};

}  // namespace

std::string_view name_of(Kind kind) {
  for (const auto& entry : kKinds)
    if (entry.kind == kind) return entry.name;
  return {};
}

std::array<char, 8> to_bytes(std::uint64_t number) {
  std::array<char, 8> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8)
    bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

std::uint64_t from_bytes(std::string_view eight_bytes) {
  std::uint64_t number = 0;
  for (const char byte : eight_bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

Head head(Kind kind, std::uint64_t correlation) {
  return {{kMagic[0], kMagic[1], kMagic[2], static_cast<char>(kind)}, to_bytes(correlation)};
}

Result<Message> decode(std::span<const std::string_view> frames, std::size_t body_max) {
  if (frames.size() != kFrames)
    return Error{"malformed", "a message has three frames: kind, correlation, body"};
  const std::string_view kind = frames[0], correlation = frames[1], body = frames[2];
  if (kind.size() != kMagic.size() + 1 || kind.substr(0, 2) != kMagic.substr(0, 2))
    return Error{"malformed", "the first frame is \"CV1\" and one byte of kind"};
  if (kind.substr(0, kMagic.size()) != kMagic)
    return Error{"bad_version", "this core speaks version 1 of the bus"};
  const auto known = static_cast<Kind>(kind.back());
  if (name_of(known).empty())
    return Error{"malformed", "the kind in the first frame is not one of README.md"};
  if (correlation.size() != sizeof(std::uint64_t))
    return Error{"malformed", "the second frame is a correlation of 8 bytes"};
  if (body.size() > body_max)
    return Error{"too_large", "the body is larger than " + std::to_string(body_max) + " bytes"};
  return Message{known, from_bytes(correlation), body};
}

}  // namespace convene::bus
