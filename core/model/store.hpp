// core/model/store.hpp - what the core asks of a store: one interface for SQL, and for the simulator's faulty one.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/model/records.hpp"
#include "core/model/result.hpp"

namespace convene {

using Change = std::variant<Record, Erase>;

/// Everything that is live: what an engine needs to go on after a restart.
struct Snapshot {
  std::vector<Session> sessions;    ///< Not ended; sorted by id.
  std::vector<Leg> legs;            ///< Of those sessions; sorted by id.
  std::vector<Offer> offers;        ///< In state `made` or `accepted`, of those sessions; sorted by id.
  std::vector<Agent> agents;        ///< Sorted by id.
  std::vector<Rendezvous> rendezvous;  ///< In state `due`, `joining` or `live`, or with a session; sorted by key.
  SessionId last_session;           ///< Highest numbers ever given, ended ones included.
  LegId last_leg;
  OfferId last_offer;
  bool operator==(const Snapshot&) const = default;
};

/// What has ended and is still kept.
struct Ended {
  std::vector<Hash> rendezvous;     ///< Oldest end first, as are the sessions.
  std::vector<SessionId> sessions;
  Time next = kNever;               ///< When the oldest of what is not listed ended; kNever: there is no more.
};

/// Durable state. Called from one thread. Nothing here throws.
///
/// A rendezvous that has not ended names a session only while that session lives and names it in turn: that tie comes and
/// goes on both sides in one commit, the rendezvous first. A store may find the one through the other.
class SessionStore {
 public:
  virtual ~SessionStore() = default;

  /// Writes all changes in one transaction, in order; a leg or an offer stays with its session. When it returns ok they survive a power cut. After a failure
  /// the caller must `restore` before it goes on: what it gets holds none of them - or, where the disk failed after it
  /// had taken them, all (promise B3).
  virtual Status commit(std::span<const Change> changes) = 0;

  /// The rendezvous with this key, ended ones included; `Error{"store.none"}` when there is none.
  virtual Result<Rendezvous> load(const Hash& key) = 0;

  /// Up to `limit` rendezvous in state `booked` whose `due` or `expires` is at or before `until`, earliest first.
  virtual Result<std::vector<Rendezvous>> load_due(Time until, std::size_t limit) = 0;

  /// What ended at or before `until`: up to `limit` rendezvous and up to `limit` sessions.
  virtual Result<Ended> load_ended(Time until, std::size_t limit) = 0;

  /// Every session there is of the rendezvous with this key, ended ones included.
  virtual Result<std::vector<SessionId>> sessions_of(const Hash& key) = 0;

  /// The key of this session's rendezvous, none where it was asked for now; `Error{"store.none"}`: no such session.
  virtual Result<Hash> rendezvous_of(SessionId session) = 0;

  /// What was erased leaves everything that the store has written, logs included. A failure costs nothing but time:
  /// the caller asks again.
  virtual Status scrub() { return ok(); }

  /// What an engine begins with: after a start, and after a commit that failed.
  virtual Result<Snapshot> restore() = 0;

  /// Decisions of a session, oldest first.
  virtual Result<std::vector<Decision>> decisions(SessionId session) = 0;

  /// How many rendezvous are in each state, indexed by the state's number.
  virtual Result<std::vector<std::uint64_t>> counts() = 0;
};

}  // namespace convene
