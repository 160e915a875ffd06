// core/store/numbers.hpp - the node's row: numbers that were given, rendezvous that were counted.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "core/model/records.hpp"
#include "core/store/rows.hpp"
#include "core/store/statement.hpp"

namespace convene::store {

/// Counts while it is told what is written. On disk is only what follows from nothing else, so that most commits leave
/// the node's row alone: the highest numbers given outside of sessions that live; how many rows of rendezvous there ever
/// were, where that is not the highest there is, and how many of them are erased; how many have ended. Everything throws
/// soci::soci_error; after a rollback it is of no more use.
class Numbers {
 public:
  explicit Numbers(soci::session& session);

  SessionId last_session() const { return id_of<SessionId>(last_session_); }
  LegId last_leg() const { return id_of<LegId>(last_leg_); }
  OfferId last_offer() const { return id_of<OfferId>(last_offer_); }
  bool is_live(SessionId id) const { return live_.contains(number_of(id)); }

  void wrote(const Session& session);
  void wrote(const Leg& leg) { note(last_leg_, leg.id.value, leg.session); }
  void wrote(const Offer& offer) { note(last_offer_, offer.id.value, offer.session); }
  void erased(SessionId id);

  /// Where the next rendezvous belongs: never where one was before.
  std::int64_t next_row() const { return last_row_ + 1; }
  void took_row() { ++last_row_; }
  /// `by` more rendezvous are in this state.
  void count(std::int64_t state, std::int64_t by);
  void erased_rendezvous(std::int64_t state);
  /// Damaged, and still counted in its state.
  void set_aside();

  /// To be called before each commit.
  void save();
  std::vector<std::uint64_t> counts() const { return {count_.begin(), count_.end()}; }

 private:
  static constexpr std::size_t kStates = 6;  ///< Index 0 counts what was set aside as damaged.

  void note(std::int64_t& last, std::uint64_t given, SessionId within);
  void find_what_is_not_kept(soci::session& session);

  std::int64_t last_session_ = 0, last_leg_ = 0, last_offer_ = 0, last_row_ = 0, erased_ = 0;
  std::array<std::int64_t, kStates> count_{};
  bool has_changed_ = false;
  std::unordered_set<std::int64_t> live_;  ///< Sessions.
  std::vector<std::int64_t>
      numbered_;  ///< Sessions within which numbers were given since the last commit.
  Statement write_;
};

}  // namespace convene::store
