// core/store/testing/random_records.hpp - any record there can be, from a seed.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/model/store.hpp"

namespace convene::store::testing {

/// Values over the whole range of each field, with short ones, empty ones and extremes more often
/// than chance.
class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : dice_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return dice_() % bound; }
  bool chance(unsigned percent) { return below(100) < percent; }

  std::string text(std::size_t longest = 40) {
    std::string out(chance(20) ? 0 : below(longest + 1), '\0');
    for (char& c : out)
      c = static_cast<char>(below(256));  // Quotes, zero bytes, broken UTF-8: all of it.
    return out;
  }
  Time time() {
    switch (below(8)) {
      case 0:
        return Time{};
      case 1:
        return kNever;
      case 2:
        return Time::min();
      default:
        return from_ms(1'700'000'000'000 + static_cast<std::int64_t>(below(100'000'000'000)));
    }
  }
  Hash hash() {
    Hash out;
    for (auto& byte : out.bytes) byte = static_cast<std::uint8_t>(below(256));
    return out;
  }
  Hash maybe_hash() { return chance(50) ? hash() : Hash{}; }
  std::optional<Time> maybe_time() { return chance(50) ? std::optional(time()) : std::nullopt; }
  std::vector<std::string> texts() {
    std::vector<std::string> out(below(4));
    for (auto& t : out) t = text(12);
    std::sort(out.begin(), out.end());
    return out;
  }
  template <class Enum>
  Enum any(Enum first, Enum last) {
    return static_cast<Enum>(
        static_cast<int>(first) +
        static_cast<int>(below(static_cast<int>(last) - static_cast<int>(first) + 1)));
  }
  std::uint64_t any_number() { return chance(80) ? below(1000) : dice_(); }
  std::uint32_t any_small() { return static_cast<std::uint32_t>(any_number()); }

  Rendezvous rendezvous(const Hash& key, std::uint64_t sessions) {
    Rendezvous r;
    r.key = key;
    r.flow = names_[below(names_.size())];
    r.state = any(RendezvousState::booked, RendezvousState::ended);
    r.end = any(End::none, End::escalated);
    r.cause = text(12);
    r.booked_at = time();
    r.expires = time();
    r.due = maybe_time();
    r.agent = chance(50) ? "" : names_[below(names_.size())];
    r.carriage = any(Carriage::query, Carriage::api);
    r.session = chance(50) ? SessionId{below(sessions) + 1} : SessionId{};
    r.context = text(chance(5) ? 8192 : 200);
    if (r.state == RendezvousState::ended) r.ended_at = maybe_time();
    return r;
  }
  Session session(SessionId id) {
    Session s;
    s.id = id;
    s.flow = text();
    s.rendezvous = maybe_hash();
    s.gateway = text();
    s.context = text(200);
    s.wanted_agent = text();
    s.first_agent = text();
    s.state = text(chance(5) ? 65536 : 100);
    s.channels = texts();
    for (std::uint64_t i = below(4); i > 0; --i) s.timers.emplace_back(any_small(), time());
    s.pool = text();
    s.only_agent = text();
    s.search_since = time();
    s.attempts = any_small();
    s.decisions = any_small();
    s.due = maybe_time();
    s.created_at = time();
    s.ended_at = chance(30) ? std::optional(time()) : std::nullopt;
    s.end = any(End::none, End::escalated);
    s.cause = text(12);
    return s;
  }
  Leg leg(LegId id, SessionId session) {
    Leg l;
    l.id = id;
    l.session = session;
    l.role = any(Role::customer, Role::automaton);
    l.state = any(LegState::invited, LegState::failed);
    l.endpoint = text();
    l.proxy = text();
    l.token = maybe_hash();
    l.epoch = any_small();
    l.sent = any_number();
    l.received = any_number();
    l.channels = texts();
    l.reason = text(12);
    l.since = time();
    return l;
  }
  Offer offer(OfferId id, SessionId session) {
    return {id, session, text(), any(OfferState::made, OfferState::withdrawn), time(), time()};
  }
  Agent agent(std::string id) {
    return {std::move(id), any(AgentState::signed_out, AgentState::wrap_up),
            time(),        time(),
            text(12),      any_small()};
  }
  Decision decision(SessionId session, std::uint32_t number) {
    Decision d{session, number, time(), text(), text(), text(), text(), text(300)};
    d.pool = text();
    d.excluded = text(300);
    d.excluded_more = number * 7;
    d.config = text();
    d.took_ns = number * 1'000;
    return d;
  }

 private:
  std::mt19937_64 dice_;
  std::vector<std::string> names_{"talk_later", "talk_now", "anna", "ben \"o'k\"", "", "\xc3\xa9"};
};

}  // namespace convene::store::testing
