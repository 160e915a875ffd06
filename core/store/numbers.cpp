// core/store/numbers.cpp - what is counted, and what of it is written down.
#include "core/store/numbers.hpp"

#include <algorithm>
#include <string>

namespace convene::store {
namespace {

constexpr auto kBooked = static_cast<std::size_t>(RendezvousState::booked);
constexpr auto kEnded = static_cast<std::size_t>(RendezvousState::ended);

}  // namespace

Numbers::Numbers(soci::session& s)
    : write_(s,
             "update node set last_session = :s, last_leg = :l, last_offer = :o, last_row = :r,"
             " erased = :x, damaged = :d, ended = :e",
             "iiiiiii") {
  Statement read(
      s, "select last_session, last_leg, last_offer, last_row, erased, damaged, ended from node",
      "", "iiiiiii");
  if (read.one()) {
    last_session_ = read.number(0);
    last_leg_ = read.number(1);
    last_offer_ = read.number(2);
    last_row_ = read.number(3);
    erased_ = read.number(4);
    count_[0] = read.number(5);
    count_[kEnded] = read.number(6);
  }
  find_what_is_not_kept(s);
}

void Numbers::find_what_is_not_kept(soci::session& s) {
  const auto raise = [](std::int64_t& last, std::int64_t found) { last = std::max(last, found); };
  Statement live(s, "select id from" CONVENE_LIVE_SESSIONS " where" CONVENE_LIVE, "", "i");
  live.each([&] {
    live_.insert(live.number(0));
    raise(last_session_, live.number(0));
  });
  Statement part(s,
                 "select max(p.number) from" CONVENE_LIVE_SESSIONS
                 " cross join part as p on p.session = s.id and p.kind = :k where" CONVENE_LIVE,
                 "i", "i");
  if (part.with(kKindOf<Leg>).one()) raise(last_leg_, part.number(0));
  if (part.with(kKindOf<Offer>).one()) raise(last_offer_, part.number(0));
  Statement row(s, "select max(id) from rendezvous", "", "i");
  if (row.one()) raise(last_row_, row.number(0));

  count_[kBooked] = last_row_ - erased_ - count_[kEnded];
  Statement resident(s,
                     "select r.state from rendezvous as r indexed by rendezvous_resident where"
                     " resident is not null union all select r.state from" CONVENE_LIVE_SESSIONS
                     " cross join rendezvous as r on r.id = s.rendezvous and r.session = s.id"
                     " where" CONVENE_LIVE " and r.state <> 5",
                     "", "i");
  resident.each([&] {
    --count_[kBooked];
    ++count_[static_cast<std::size_t>(resident.number(0)) % kStates];
  });
}

void Numbers::note(std::int64_t& last, std::uint64_t given, SessionId within) {
  if (number_of(given) <= last) return;
  last = number_of(given);
  numbered_.push_back(number_of(within));
}

void Numbers::wrote(const Session& session) {
  note(last_session_, session.id.value, session.id);
  if (!session.ended_at) {
    live_.insert(number_of(session.id));
  } else if (live_.erase(number_of(session.id)) == 1) {
    has_changed_ = true;  // its numbers are found through it no longer
  }
}

void Numbers::erased(SessionId id) {
  live_.erase(number_of(id));
  has_changed_ = true;
}

void Numbers::count(std::int64_t state, std::int64_t by) {
  count_[static_cast<std::size_t>(state) % kStates] += by;
  if (static_cast<std::size_t>(state) == kEnded) has_changed_ = true;
}

void Numbers::erased_rendezvous(std::int64_t state) {
  count(state, -1);
  ++erased_;
  has_changed_ = true;
}

void Numbers::set_aside() {
  ++count_[0];
  has_changed_ = true;
}

void Numbers::save() {
  for (const std::int64_t session : numbered_) has_changed_ |= !live_.contains(session);
  numbered_.clear();
  if (!has_changed_) return;
  write_.with(last_session_, last_leg_, last_offer_, last_row_, erased_, count_[0], count_[kEnded])
      .run();
  has_changed_ = false;
}

}  // namespace convene::store
