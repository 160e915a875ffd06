// core/store/rows.hpp - what several statements say of rows. The tables themselves are in schema.cpp.
#pragma once

#include <cstdint>

#include "core/model/records.hpp"

/// After `from`: sessions that live, as `s`; and what is to be said of them after `where`.
#define CONVENE_LIVE_SESSIONS " session as s indexed by session_live"
#define CONVENE_LIVE " s.live is not null"

namespace convene::store {

/// Kinds of parts of a session; what else is written of a session has a table of its own.
template <class T>
inline constexpr std::int64_t kKindOf = 0;
template <>
inline constexpr std::int64_t kKindOf<Offer> = 1;
template <>
inline constexpr std::int64_t kKindOf<Decision> = 2;
template <>
inline constexpr std::int64_t kKindOf<Leg> = 3;

inline std::int64_t number_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
template <class Tag>
std::int64_t number_of(Id<Tag> id) {
  return number_of(id.value);
}
template <class T>
T id_of(std::int64_t value) {
  return T{static_cast<std::uint64_t>(value)};
}

}  // namespace convene::store
