// core/journal/codec.hpp - any value whose fields are named in core/model/fields.hpp, as bytes and
// back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/fields.hpp"
#include "core/store/bytes.hpp"

namespace convene::journal {

using convene::fields;

/// The numbers that an enumeration may have: whoever reads foreign bytes must know.
template <class Enum>
struct Range;
// clang-format off
template <> struct Range<Role>            { static constexpr Role first = Role::customer, last = Role::automaton; };
template <> struct Range<RendezvousState> { static constexpr auto first = RendezvousState::booked, last = RendezvousState::ended; };
template <> struct Range<End>             { static constexpr End first = End::none, last = End::escalated; };
template <> struct Range<Carriage>        { static constexpr Carriage first = Carriage::query, last = Carriage::api; };
template <> struct Range<LegState>        { static constexpr LegState first = LegState::invited, last = LegState::failed; };
template <> struct Range<OfferState>      { static constexpr auto first = OfferState::made, last = OfferState::withdrawn; };
template <> struct Range<AgentState>      { static constexpr auto first = AgentState::signed_out, last = AgentState::wrap_up; };
// clang-format on

/// Appends every field it is shown, in the order of the fields.
class Writing {
 public:
  explicit Writing(std::string& out) : out_(out) {}

  void type(std::string_view) {}
  template <class T>
  void operator()(const char*, const T& value) {
    put(value);
  }

  template <class Tag>
  void put(Id<Tag> id) {
    out_.number(id.value);
  }
  void put(const Hash& hash) { out_.raw(hash.bytes); }
  void put(const std::string& text) { out_.text(text); }
  void put(Time time) { out_.signed_number(to_ms(time)); }
  void put(Duration duration) { out_.signed_number(duration.count()); }
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void put(T value) {
    if constexpr (std::is_signed_v<T>) {
      out_.signed_number(value);
    } else {
      out_.number(static_cast<std::uint64_t>(value));
    }
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    put(value.first);
    put(value.second);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put_all(list);
  }
  template <class K, class V>
  void put(const std::map<K, V>& map) {
    put_all(map);
  }
  template <class T>
  requires requires(const T& value, Writing& writing) { fields(value, writing); }
  void put(const T& value) { fields(value, *this); }
  void put(const Input& input) {
    out_.number(input.index());
    std::visit([this](const auto& one) { fields(one, *this); }, input);
  }

 private:
  template <class List>
  void put_all(const List& list) {
    out_.number(list.size());
    for (const auto& one : list) put(one);
  }

  store::ByteWriter out_;
};

/// Fills every field it is shown. After anything that does not fit `good` is false and what was
/// filled means nothing.
class Reading {
 public:
  explicit Reading(std::string_view in) : in_(in) {}

  void type(std::string_view) {}
  template <class T>
  void operator()(const char*, T& value) {
    take(value);
  }
  bool good() const { return good_ && in_.good(); }
  bool finished() const { return good_ && in_.finished(); }

  template <class Tag>
  void take(Id<Tag>& id) {
    id.value = in_.number();
  }
  void take(Hash& hash) { in_.raw(hash.bytes); }
  void take(std::string& text) { text = in_.text(); }
  void take(Time& time) { time = from_ms(in_.signed_number()); }
  void take(Duration& duration) { duration = Duration{in_.signed_number()}; }
  void take(bool& value) { value = in_.within(0, 1) != 0; }
  template <class T>
  requires std::is_enum_v<T>
  void take(T& value) {
    using R = Range<T>;
    value = static_cast<T>(
        in_.within(static_cast<std::uint64_t>(R::first), static_cast<std::uint64_t>(R::last)));
  }
  template <class T>
  requires std::is_integral_v<T>
  void take(T& value) {
    if constexpr (std::is_signed_v<T>) {
      const std::int64_t number = in_.signed_number();
      value = static_cast<T>(number);
      if (value != number) good_ = false;
    } else {
      const std::uint64_t number = in_.number();
      value = static_cast<T>(number);
      if (value != number) good_ = false;
    }
  }
  template <class T>
  void take(std::optional<T>& value) {
    bool has = false;
    take(has);
    value.reset();
    if (has) take(value.emplace());
  }
  template <class A, class B>
  void take(std::pair<A, B>& value) {
    take(value.first);
    take(value.second);
  }
  template <class T>
  void take(std::vector<T>& list) {
    list.clear();
    for (std::uint64_t left = in_.number(); left > 0 && good(); --left) take(list.emplace_back());
  }
  template <class K, class V>
  void take(std::map<K, V>& map) {
    map.clear();
    for (std::uint64_t left = in_.number(); left > 0 && good(); --left) {
      std::pair<K, V> entry;
      take(entry);
      map.insert(std::move(entry));
    }
  }
  template <class T>
  requires requires(T& value, Reading& reading) { fields(value, reading); }
  void take(T& value) { fields(value, *this); }
  void take(Input& input) {
    const std::uint64_t index = in_.within(0, std::variant_size_v<Input> - 1);
    take_alternative(index, input, std::make_index_sequence<std::variant_size_v<Input>>());
  }

 private:
  template <std::size_t... I>
  void take_alternative(std::uint64_t index, Input& input, std::index_sequence<I...>) {
    const auto one = [&]<std::size_t N>() {
      if (index == N) fields(input.emplace<N>(), *this);
    };
    (one.template operator()<I>(), ...);
  }

  store::ByteReader in_;
  bool good_ = true;
};

}  // namespace convene::journal
