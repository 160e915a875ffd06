// core/sim/checker.hpp - the promises, checked after every step against what was committed and what was said.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/model/output.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"

namespace convene::sim {

/// What somebody asked and is waiting for.
enum class Asked : std::uint8_t { booking, arrival, start, resume, other };

/// Invariants (promises.md A1), each checked on what a step has changed:
///  I1  an acknowledged booking is stored, is not removed before it has ended, and is refused to nobody before it has ended or expired;
///  I2  a rendezvous has one live session at most, a session one live customer leg;
///  I4  an agent's live legs and standing offers never exceed the agent's capacity;
///  I5  a live leg is in exactly one session, and that session lives;
///  I6  nobody joins with an identifier that was never issued, has expired, or has ended;
///  I3  (of retention) what has ended is erased before it is older than is kept, and not long before that;
///  I7  on one session's stream nothing comes before its cause or after its end;
///  and: whoever is offered a session is ready; who has left `max_no_answer` unanswered in a row is not, and nobody is
///  paused for what was answered; every request is answered once, an ended rendezvous says how and why and stays as it is.
class Checker {
 public:
  /// `clocks_off`: how far ages may be off, because clocks are set and nodes and stores are down.
  explicit Checker(const EngineSettings& settings, Duration clocks_off = Duration{0});

  /// The first violation; empty: none.
  const std::string& violation() const { return violation_; }
  void fail(std::string what) {
    if (violation_.empty()) violation_ = std::move(what);
  }

  void asked(RequestId request, Asked kind, const Hash& key, Time now) {
    waiting_[request] = {kind, key, now};
  }
  /// A step begins; `alone` when it has one input only.
  void begin(Time now, Time wall, bool alone);
  void committed(std::span<const Change> changes);
  void released(const Output& output);
  /// The engine is another one: what was not released is gone, and so are the events of it.
  void resync();
  /// The node has crashed: nobody will answer what was asked.
  void forget_requests() { waiting_.clear(); }
  /// Requests asked before `before` that nobody has answered.
  void expect_no_waiting(Time before);
  /// Offers that stand, and legs that are neither connected nor over, unchanged since before `before`.
  void expect_progress(Time before);

  std::uint64_t served() const { return served_; }
  std::uint64_t booked() const { return booked_; }
  std::uint64_t joined() const { return joined_; }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t erased() const { return erased_; }
  std::uint64_t paused() const { return paused_; }
  /// The age at which the oldest record that had ended was erased, or is now.
  Duration oldest() const {
    return kept_.empty() ? oldest_ : std::max(oldest_, now_ - kept_.begin()->first);
  }
  /// Whether this agent was ever offered this live session.
  bool was_offered(SessionId session, const std::string& agent) const {
    return offered_.count({session, agent}) != 0;
  }
  const std::map<Hash, Rendezvous>& rendezvous() const { return rendezvous_; }

 private:
  struct SessionView {
    Hash rendezvous;
    int live_legs = 0;
    int live_customers = 0;
    bool ended = false;
    bool served = false;
    std::vector<LegId> legs;
  };
  struct Load {
    std::int64_t legs = 0;
    std::int64_t offers = 0;
    AgentSettings settings;
    Agent agent;
    std::uint32_t unanswered = 0;  ///< In a row; more perhaps, never less.
    std::uint32_t just_now = 0;    ///< The same, of this commit.
    bool answered = false;         ///< Within this commit.
    bool blamed = false;           ///< The same: the core counts more than before.
  };
  struct Waiting {
    Asked kind;
    Hash key;
    Time since;
  };
  struct Pending {  ///< A leg that has to become something else.
    LegState state;
    std::uint32_t epoch;
    Time since;
  };
  struct Stream {
    std::map<LegId, LegState> legs;
  };

  void apply(const Rendezvous& r);
  void apply(const Session& s);
  void apply(const Leg& leg);
  void apply(const Offer& o);
  void apply(const Agent& agent);
  void apply(const Decision&) {}
  void erased(const Erase& erase);
  void note_end(const std::variant<Hash, SessionId>& which);
  void settle();
  void settle(Load& load);
  void answered(const output::Answer& answer);
  void published(const output::Publish& event);

  const Duration keep_, clocks_off_;
  std::string violation_;
  Time now_{}, wall_{};
  bool alone_ = false;

  std::map<Hash, Rendezvous> rendezvous_;
  std::map<Hash, std::pair<RendezvousState, Time>>
      before_;                             ///< State and expiry before this step's commit.
  std::map<LegId, LegState> legs_before_;  ///< The same of legs.
  std::set<LegId> orphaned_;               ///< Whose proxy this step has found gone.
  std::map<Hash, int> live_sessions_;
  std::map<SessionId, SessionView> sessions_;
  std::map<LegId, Leg> legs_;  ///< Of sessions that live.
  std::map<LegId, Pending> pending_legs_;
  std::map<OfferId, Time> made_;
  std::map<OfferId, Offer> offers_;  ///< That stand.
  std::set<std::pair<SessionId, std::string>> accepted_, offered_;
  std::map<std::string, Load> load_;
  std::map<RequestId, Waiting> waiting_;
  std::map<SessionId, Stream> streams_;
  std::map<std::variant<Hash, SessionId>, Time> ended_;  ///< What has ended and is kept, and when.
  std::set<std::pair<Time, std::variant<Hash, SessionId>>> kept_;  ///< The same by time.
  Duration oldest_{0};
  SessionId last_ended_stream_;
  std::set<SessionId> ended_streams_;

  std::vector<SessionId> touched_sessions_;
  std::vector<std::string> touched_agents_;
  std::vector<LegId> new_agent_legs_;
  std::vector<OfferId> new_offers_;

  std::uint64_t served_ = 0, booked_ = 0, joined_ = 0, refused_ = 0, erased_ = 0, paused_ = 0;
};

}  // namespace convene::sim
