// core/model/ids.hpp - strong types for everything that is named by a number or a hash.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

namespace convene {

/// A number that cannot be mixed up with another kind of number. 0 means "none".
template <class Tag>
struct Id {
  std::uint64_t value = 0;

  explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
};

using SessionId = Id<struct SessionTag>;
using LegId = Id<struct LegTag>;      ///< Unique within a node, over all sessions.
using OfferId = Id<struct OfferTag>;
using RequestId = Id<struct RequestTag>;  ///< Who waits for an answer; made by the runtime, never reused.
using PeerId = Id<struct PeerTag>;        ///< A connection on the command bus; a peer that comes back has a new one.

/// SHA-256 of an identifier or secret. The engine and the store know nothing else of it. All zero means "none".
struct Hash {
  std::array<std::uint8_t, 32> bytes{};

  explicit operator bool() const { return *this != Hash{}; }
  auto operator<=>(const Hash&) const = default;
};

}  // namespace convene
