// core/engine/machine.hpp - the engine's inside: the tables, and one group of functions per idea and file.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "convene/service.h"
#include "core/engine/candidates.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/entries.hpp"
#include "core/engine/peers.hpp"
#include "core/engine/timers.hpp"
#include "core/model/input.hpp"
#include "core/model/output.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"

namespace convene {

/// Bounds that are the engine's own; those that an operator sets are in Limits and Flow.
inline constexpr Duration kMissedRest = std::chrono::seconds(10);     ///< Before the same agent is asked again.
inline constexpr Duration kArrivalMax = std::chrono::seconds(10);     ///< For a service to let the customer in.
inline constexpr Duration kOrphanGrace = std::chrono::seconds(10);    ///< For peers to be back after a restart.
inline constexpr Duration kPartingMax = std::chrono::seconds(60);     ///< How long "leave" is repeated at most.
inline constexpr std::size_t kRetoldMost = 1'024;                     ///< Legs that a peer is told again at once.
inline constexpr Duration kRetellPause = std::chrono::seconds(1);     ///< For it to acknowledge half of them.
inline constexpr Duration kEmptyMax = std::chrono::minutes(5);        ///< A session without anybody or any hope.
inline constexpr Duration kShortest = std::chrono::milliseconds(10);  ///< Between two timers of one service.
inline constexpr Duration kAskAgainMin = std::chrono::milliseconds(100);
inline constexpr Duration kRepeatable = std::chrono::minutes(10);     ///< How long a booking can be asked again.
inline constexpr Duration kFarthest = std::chrono::hours(24 * 3660);  ///< A time agreed beyond is refused.
inline constexpr std::size_t kRepeatableMax = 65'536;
inline constexpr std::size_t kEndedOffersMax = 4'096;
/// What would be too old within this is erased along with what is: once an hour at most, the disk is asked for more.
inline constexpr Duration kSweepSpan = std::chrono::hours(1);
inline constexpr Duration kSweepPause = std::chrono::milliseconds(100);  ///< Between two batches of what is erased.
inline constexpr std::uint32_t kStepsMax = 256;    ///< Of one service within one input.
inline constexpr std::uint32_t kDecisionsMax = 100;
inline constexpr std::uint32_t kOverflowsMax = 8;  ///< Pools that one question may be handed on to.
inline constexpr std::size_t kEffectsMax = 64;
inline constexpr std::size_t kStateMax = 64 * 1024;

/// What happened to a session and its service has not been told yet.
struct Happening {
  SessionEntry* session = nullptr;
  int kind = 0;  ///< CONVENE_EVENT_...
  LegId leg;
  LegState leg_state = LegState::invited;
  std::uint32_t timer = 0;
  std::string agent;
  std::string name;
  std::string detail;
};

/// What a service asked for in one step.
struct Effect {
  enum class Kind : std::uint8_t {
    add_customer, add_agent, remove, find_agent, stop_search, open_channel, close_channel, set_timer, notify, end,
    save_state
  };
  Kind kind{};
  std::uint64_t leg = 0;
  std::int32_t number = 0;  ///< Timer, role or end.
  std::int64_t at_ms = 0;
  std::string first;
  std::string second;
};

/// The leg of a session that has ended, until its proxy knows.
struct Parting {
  std::string proxy;
  std::string endpoint;
  std::string reason;
  LegLink link;
  Time until{};
};

/// A peer that is back and is told its legs again, as many at once as a bus may keep waiting for it.
struct Retelling {
  LegId told;               ///< Up to here, in the order of their numbers.
  LegId last;               ///< The newest when it came back: it was told of later ones as they were made.
  std::set<LegId> waiting;  ///< Told again and not acknowledged yet.
};

/// The leg, and 0 where its session has ended, else the epoch in which another proxy has taken it over.
using PartingKey = std::pair<LegId, std::uint32_t>;

/// A booking that the same client may ask for again.
struct Repeatable {
  output::Booked answer;
  std::uint64_t print = 0;  ///< Of what was asked.
  Time until{};
};

class Machine {
 public:
  Machine(EngineSettings settings, const Snapshot& snapshot, Time now);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void apply(Time now, const Input& input, Outputs& out);
  Time next_wake() const;
  void reconfigure(EngineSettings settings);
  Snapshot snapshot() const;
  std::vector<PoolLoad> pools() const;  // desk.cpp
  void each_session(const SessionVisitor& visit) const;

 private:
  friend class Step;

  // machine.cpp: one input from its arrival to its saves --------------------------------------------------------
  void expire_timers();
  void timer_ran_out(const TimerKey& key);
  void finish();
  void settle();
  void review_tentative();
  void flush();
  void forget();
  void touch(SessionEntry& s);
  void touch(LegEntry& leg);
  void touch(OfferEntry& o);
  void touch(AgentEntry& a);
  void touch(RendezvousEntry& r);
  Time wall() const { return now_ + offset_; }
  Time engine_time(Time wall_time) const;

  // configuration.cpp: settings to entries ----------------------------------------------------------------------
  void bind_settings();
  void bind_agent(AgentEntry& a);
  FlowRef bind_flow(const Flow& flow) const;
  const FlowRef* find_flow(const std::string& id) const;
  AgentEntry* find_agent(std::string_view id);
  AgentEntry& agent_entry(const std::string& id);
  Pool& pool_named(const std::string& name);

  // restore.cpp: snapshot to entries ----------------------------------------------------------------------------
  void restore(const Snapshot& snapshot);

  // peers.cpp ---------------------------------------------------------------------------------------------------
  void on(const input::PeerUp& in);
  void on(const input::PeerDown& in);
  void peer_lost(PeerId peer);
  void retell(PeerId peer);
  void retold(PeerId peer, const LegEntry& leg);

  // booking.cpp: what is asked about a rendezvous outside a session ---------------------------------------------
  void on(const input::Book& in);
  void on(const input::Look& in);
  void on(const input::Retime& in);
  void on(const input::Cancel& in);
  void on(const input::Loaded& in);
  void on(const input::AdapterReply&) {}
  void look(const input::Look& in, RendezvousEntry& r);
  void retime(const input::Retime& in, RendezvousEntry& r);
  void cancel(const input::Cancel& in, RendezvousEntry& r);
  bool book_continuation(const input::Book& in, Rendezvous& record);
  output::Booked booked(const Rendezvous& r) const;
  template <class Request>
  void with_rendezvous(const Request& in);
  template <class Request>
  void dispatch(const Request& in, RendezvousEntry& r);

  // calendar.cpp: rendezvous and time ---------------------------------------------------------------------------
  void on(const input::LoadedDue& in);
  void on(const input::ClockStep& in);
  void on(const input::Tick&) {}
  void ask_for_due();
  RendezvousEntry& resident(const Rendezvous& record);
  void watch(RendezvousEntry& r);
  void time_came(RendezvousEntry& r);
  bool expire_if_late(RendezvousEntry& r);
  void set_state(RendezvousEntry& r, RendezvousState state);
  void end_rendezvous(RendezvousEntry& r, End end, const std::string& cause);
  void rebook(RendezvousEntry& r);

  // retention.cpp: what has ended does not stay ------------------------------------------------------------------
  void on(const input::LoadedEnded& in);
  void on(const input::Forget& in);
  void ask_for_ended();
  void has_ended();
  void erase(const input::Forget& in, RendezvousEntry* r);

  // arrival.cpp: customers who come -----------------------------------------------------------------------------
  void on(const input::Return& in);
  void on(const input::Start& in);
  void on(const input::Resume& in);
  void arrive(const input::Return& in, RendezvousEntry& r);
  bool place(PeerId peer, std::string& gateway, std::string& proxy) const;
  void take_over(LegEntry& leg, const Hash& token, RequestId request, PeerId peer);
  void refuse_arrival(SessionEntry& s, std::string code, std::string text, Duration retry_after);
  bool full() const;

  // session_instance.cpp: endpoints, roster, channels; knows no service -----------------------------------------
  SessionEntry& create_session(FlowRef flow, std::string context, RendezvousEntry* r, std::string gateway);
  void undo_session(SessionEntry& s);
  void announce(SessionEntry& s);
  LegEntry* add_leg(SessionEntry& s, Role role, std::string endpoint, std::string proxy);
  void add_customer(SessionEntry& s);
  void add_agent(SessionEntry& s, const std::string& agent);
  void remove_leg(LegEntry& leg, const std::string& reason);
  void open_channel(SessionEntry& s, const std::string& channel, bool open);
  void notify(SessionEntry& s, int role, const std::string& name, const std::string& detail);
  void end_session(SessionEntry& s, End end, const std::string& cause);
  LegEntry* customer_leg(SessionEntry& s) const;
  std::vector<output::RosterEntry> roster(const SessionEntry& s) const;
  void send_roster(SessionEntry& s);
  void watch_empty(SessionEntry& s);

  // legs.cpp: the state machine of a leg ------------------------------------------------------------------------
  void on(const input::LegReport& in);
  void on(const input::LegRequest& in);
  void set_leg(LegEntry& leg, LegState state, const std::string& reason);
  void leg_late(LegEntry& leg);
  void never_came(LegEntry& leg);
  void renew(LegEntry& leg);
  output::Details details(const LegEntry& leg) const;

  // signalling.cpp: leg messages, repeated until acknowledged ---------------------------------------------------
  void order(LegEntry& leg);
  void mark_sending(LegEntry& leg);
  void send_orders();
  void send_order(LegEntry& leg);
  void part(LegEntry& leg);
  void part_from_proxy(LegEntry& leg);
  void send_parting(PartingKey key, Parting& parting);
  void answer_stranger(const input::LegReport& in);

  // service_instance.cpp: one step of a service, and what it asked for ------------------------------------------
  void happen(Happening h);
  void step(const Happening& h);
  void perform(SessionEntry& s, Effect& e);
  void step_failed(SessionEntry& s, int kind);

  // search.cpp: who waits for whom ------------------------------------------------------------------------------
  void start_search(SessionEntry& s, const std::string& pool, const std::string& agent);
  void stop_search(SessionEntry& s);
  void leave_queue(SessionEntry& s);
  void enqueue(SessionEntry& s);
  void dequeue(SessionEntry& s);
  void no_agent(SessionEntry& s);
  void relist(AgentEntry& a);
  void unlist(AgentEntry& a);
  void change(Pool& pool);
  void route();
  void route_pool(Pool& pool);
  void route_wanted(AgentEntry& a);
  bool rests(const SessionEntry& s, const AgentEntry& a, Time& until) const;

  // routing.cpp: asks a policy ----------------------------------------------------------------------------------
  struct Verdict;
  void ask(SessionEntry& s);
  bool decide(SessionEntry& s, const BoundRouting& policy, Pool& pool, Verdict& verdict);
  void keep_decision(SessionEntry& s, Decision decision);
  Decision decision_about(const SessionEntry& s, const BoundRouting& policy, const Verdict& verdict) const;
  void name_excluded(const SessionEntry& s, Decision& decision) const;
  std::string_view why_excluded(const SessionEntry& s, const AgentEntry& a) const;

  // offers.cpp --------------------------------------------------------------------------------------------------
  void on(const input::OfferAnswer& in);
  void make_offer(SessionEntry& s, AgentEntry& a);
  void end_offer(OfferEntry& o, OfferState state, bool tell_desk);
  void offer_missed(OfferEntry& o, OfferState state);
  void let_rest(SessionEntry& s, AgentEntry& a);
  void withdraw(SessionEntry& s);
  void outcome(const OfferEntry& o, int outcome);
  void accept(OfferEntry& o);
  output::OfferView offer_view(const OfferEntry& o) const;

  // desk.cpp: agents and who speaks for them --------------------------------------------------------------------
  void on(const input::Attach& in);
  void on(const input::Detach& in);
  void on(const input::AgentSays& in);
  void set_agent(AgentEntry& a, AgentState state, bool tell_desk, const std::string& reason = {});
  void answers(AgentEntry& a);
  void no_answer(AgentEntry& a, bool unasked);
  void set_idle(AgentEntry& a);
  void agent_left_session(AgentEntry& a);

  // said.cpp: answers and events --------------------------------------------------------------------------------
  void answer(RequestId request, PeerId peer, output::Body body);
  void refuse(RequestId request, PeerId peer, std::string code, std::string text, Duration retry_after = Duration{0});
  void refuse_identifier(RequestId request, PeerId peer);
  void publish(std::string topic, std::string body);
  void publish(const Leg& leg);
  void publish(const Offer& offer);
  void publish(const Agent& agent);
  void publish(const Rendezvous& r);

  EngineSettings settings_;
  std::map<std::string, FlowRef> flows_;
  Time now_{};
  Duration offset_{0};

  std::map<SessionId, SessionEntry> sessions_;
  std::map<LegId, LegEntry> legs_;
  std::map<OfferId, OfferEntry> offers_;
  std::map<std::string, AgentEntry, std::less<>> agents_;
  std::vector<AgentEntry*> agent_numbers_;
  std::map<std::string, Pool, std::less<>> pools_;
  std::map<Hash, RendezvousEntry> rendezvous_;        ///< Those that are resident.
  std::map<std::uint64_t, RendezvousEntry*> residents_;
  std::map<Hash, LegEntry*> tokens_;                  ///< Of live customers' legs.
  std::map<PartingKey, Parting> partings_;
  std::map<OfferId, Offer> ended_offers_;             ///< The newest, so that a repeated answer is answered alike.
  std::map<Hash, Repeatable> repeatable_;
  std::deque<std::pair<Time, Hash>> repeatable_order_;
  std::map<std::uint64_t, std::variant<input::Return, input::Look, input::Retime, input::Cancel, input::Forget>> loading_;
  Peers peers_;
  std::map<PeerId, Retelling> retellings_;
  Timers timers_;

  SessionId last_session_;
  LegId last_leg_;
  OfferId last_offer_;
  std::uint64_t last_load_ = 0;
  std::uint64_t last_resident_ = 0;
  std::size_t searches_ = 0;
  Time next_due_{};          ///< Wall time; nothing in the store is due before. Zero: not asked yet.
  bool due_asked_ = false;
  Time next_sweep_{};        ///< Engine time; nothing in the store is old enough before. Zero: not asked yet.
  bool ended_asked_ = false;
  std::uint64_t applied_ = 0;  ///< Inputs so far.

  // Of the input at hand.
  Outputs* out_ = nullptr;
  std::deque<Happening> happenings_;
  std::vector<Pool*> changed_pools_;
  std::vector<SessionEntry*> to_ask_;
  std::vector<AgentEntry*> fresh_agents_;
  std::vector<SessionEntry*> tentative_;
  std::vector<SessionEntry*> ended_sessions_;
  std::vector<SessionEntry*> changed_rosters_;
  std::vector<LegEntry*> sending_;
  std::vector<SessionEntry*> dirty_sessions_;
  std::vector<LegEntry*> dirty_legs_;
  std::vector<OfferEntry*> dirty_offers_;
  std::vector<OfferId> gone_offers_;
  std::vector<AgentEntry*> dirty_agents_;
  std::vector<RendezvousEntry*> touched_rendezvous_;
  std::vector<Decision> decisions_;
  std::vector<Erase> erased_;

  // Scratch, kept for its memory.
  Candidates page_;
  std::vector<Effect> effects_;
  std::vector<convene_leg> leg_views_;
};

}  // namespace convene
