// core/sim/day.cpp - plays a day: customers, desks and one gateway that never fails, around the engine.
#include "core/sim/day.hpp"

#include <algorithm>

#include "core/engine/commit_loop.hpp"
#include "core/sim/agenda.hpp"
#include "core/sim/day_store.hpp"

namespace convene::sim {
namespace {

constexpr PeerId kGateway{1};
constexpr Duration kOverrun = std::chrono::hours(24);  ///< After the last arrival and shift.

/// One customer on the way through the day.
struct Visit {
  SessionId session;
  LegId leg;
  bool here = false;  ///< Has come to the door.
  bool left = false;  ///< Has gone by themselves.
  bool done = false;
  bool connected = false;       ///< The customer's leg is.
  std::string connected_agent;  ///< The agent whose leg is.
};

/// One end of a leg, as its proxy sees it.
struct LegEnd {
  std::size_t contact = 0;
  std::uint64_t reported = 0;
  std::uint64_t ordered = 0;
  std::uint32_t epoch = 0;
  std::vector<std::string> channels;
  bool customer = false;
};

class Day final : private DayWriter {
 public:
  Day(const DayPlan& plan, const EngineSettings& settings, const DayWatch& watch)
      : plan_(plan),
        settings_(settings),
        watch_(watch),
        agenda_(plan.start),
        store_(*this),
        loop_(settings, store_, watch.observer),
        visits_(plan.contacts.size()),
        outcomes_(plan.contacts.size()) {}

  DayReport play();

 private:
  enum class Asking : std::uint8_t { booking, arrival, other };
  struct Asked {
    std::size_t contact = 0;
    Asking what = Asking::other;
  };

  // The day -----------------------------------------------------------------------------------------
  void open_desks();
  void expect_customers();
  void give(Input input);
  void settle();
  void wake();
  Duration clock() const { return agenda_.now() - plan_.start; }
  RequestId ask(std::size_t contact, Asking what) {
    asked_.push_back({contact, what});
    return RequestId{asked_.size()};
  }

  // Customers ---------------------------------------------------------------------------------------
  void book(std::size_t i);
  void arrive(std::size_t i);
  void give_up(std::size_t i);
  void leave(std::size_t i);
  void finish(std::size_t i);
  void turn_away(std::size_t i, const std::string& code);
  void look(std::size_t i);

  // What the core says ------------------------------------------------------------------------------
  void on(const output::Answer& answer);
  void on(const output::LegOrder& order);
  void on(const output::OfferMade& made);
  void on(const output::AgentChanged& changed);
  void report(LegId leg, LegState state);
  std::size_t contact_of(SessionId session) const {
    const auto it = sessions_.find(session);
    return it == sessions_.end() ? kNobody : it->second;
  }

  void written(const Session& session) override;
  void written(const Leg& leg) override;
  void written(const Decision& decision) override;

  static constexpr std::size_t kNobody = SIZE_MAX;
  static Hash secret(std::size_t contact, std::uint8_t kind, std::uint64_t attempt = 0) {
    Hash h;
    for (std::size_t k = 0; k < 8; ++k) {
      h.bytes[k] = static_cast<std::uint8_t>((contact + 1) >> (8 * k));
      h.bytes[8 + k] = static_cast<std::uint8_t>(attempt >> (8 * k));
    }
    h.bytes[31] = kind;
    return h;
  }

  const DayPlan& plan_;
  const EngineSettings& settings_;
  const DayWatch& watch_;
  Agenda agenda_;
  DayStore store_;
  CommitLoop loop_;
  std::vector<Output> released_;
  std::vector<Visit> visits_;
  std::vector<DayOutcome> outcomes_;
  std::vector<Asked> asked_;
  std::map<SessionId, std::size_t> sessions_;
  std::map<Hash, std::size_t> booked_;
  std::map<LegId, LegEnd> legs_;
  std::map<std::string, int> at_work_;
  std::vector<std::pair<SessionId, std::string>>
      over_;                        ///< Ended with this commit; with the cause.
  std::size_t starting_ = kNobody;  ///< Whose Start the engine is looking at.
  std::size_t open_ = 0;            ///< Contacts that are not done.
  std::size_t arrived_ = 0;
  std::uint64_t inputs_ = 0, decisions_ = 0, wake_number_ = 0;
  Time wake_at_ = kNever;
};

DayReport Day::play() {
  [[maybe_unused]] const Status ready = loop_.recover(plan_.start);  // Of an empty store.
  give(input::PeerUp{kGateway, "sim", true, false});
  open_desks();
  expect_customers();
  Duration last{0};
  for (const DayContact& c : plan_.contacts) last = std::max(last, c.moment());
  for (const DayShift& s : plan_.shifts) last = std::max(last, s.to);
  const Time end = plan_.start + last + kOverrun;
  while (open_ > 0 && agenda_.step(end)) {
  }
  DayReport report = measure_day(plan_, settings_, std::move(outcomes_));
  report.inputs = inputs_;
  report.decisions = decisions_;
  return report;
}

/// Shifts that overlap or touch are one: who is at work stays there.
void Day::open_desks() {
  for (const DayShift& shift : plan_.shifts) {
    if (shift.to <= shift.from || settings_.agents.count(shift.agent) == 0) continue;
    agenda_.at(plan_.start + shift.from, [this, &shift] {
      if (++at_work_[shift.agent] != 1) return;
      give(input::Attach{ask(kNobody, Asking::other), kGateway, shift.agent});
      give(input::AgentSays{ask(kNobody, Asking::other), kGateway, shift.agent, AgentState::ready});
    });
    agenda_.at(plan_.start + shift.to, [this, &shift] {
      if (--at_work_[shift.agent] != 0) return;
      give(input::AgentSays{ask(kNobody, Asking::other), kGateway, shift.agent,
                            AgentState::signed_out});
    });
  }
}

void Day::expect_customers() {
  open_ = plan_.contacts.size();
  for (std::size_t i = 0; i < plan_.contacts.size(); ++i) {
    const DayContact& c = plan_.contacts[i];
    if (c.booked) {
      const Duration at = std::min(std::max(*c.booked, Duration{0}), c.arrival);
      agenda_.at(plan_.start + at, [this, i] { book(i); });
    }
    agenda_.at(plan_.start + c.arrival, [this, i] { arrive(i); });
  }
}

/// One input is one batch: what it leads to is seen before the next.
void Day::give(Input input) {
  ++inputs_;
  loop_.run(agenda_.now(), {&input, 1}, released_);
  wake();
  settle();
  std::vector<Output> released;
  released.swap(released_);
  for (const Output& output : released) {
    if (const auto* answer = std::get_if<output::Answer>(&output)) on(*answer);
  }
  for (const Output& output : released) {
    if (const auto* order = std::get_if<output::LegOrder>(&output)) on(*order);
    if (const auto* made = std::get_if<output::OfferMade>(&output)) on(*made);
    if (const auto* changed = std::get_if<output::AgentChanged>(&output)) on(*changed);
  }
}

/// Sessions that ended are let go once all of the commit is known.
void Day::settle() {
  for (const auto& [session, cause] : over_) {
    const auto it = sessions_.find(session);
    if (it == sessions_.end()) continue;
    const std::size_t i = it->second;
    sessions_.erase(it);
    if (visits_[i].here) turn_away(i, cause);  // With an outcome already, it is just over.
  }
  over_.clear();
}

void Day::wake() {
  const Time next = loop_.next_wake();
  if (next == kNever || (wake_at_ <= next && wake_at_ > agenda_.now())) return;
  wake_at_ = next;
  agenda_.at(next, [this, number = ++wake_number_] {
    if (number != wake_number_) return;
    wake_at_ = kNever;
    give(input::Tick{});
  });
}

// Customers -----------------------------------------------------------------------------------------

void Day::book(std::size_t i) {
  const DayContact& c = plan_.contacts[i];
  input::Book in;
  in.request = ask(i, Asking::booking);
  in.peer = kGateway;
  in.key = secret(i, 1);
  in.flow = c.flow;
  in.context = c.context;
  in.agent = c.agent;
  if (c.due && plan_.start + *c.due > agenda_.now()) in.due = plan_.start + *c.due;
  booked_[in.key] = i;
  give(std::move(in));
}

void Day::arrive(std::size_t i) {
  const DayContact& c = plan_.contacts[i];
  Visit& v = visits_[i];
  if (v.done) return;
  if (!v.here) {
    v.here = true;
    if (watch_.progress) watch_.progress(++arrived_);
    if (c.patience < kEndless) {
      agenda_.at(plan_.start + c.moment() + c.patience, [this, i] { give_up(i); });
    }
  }
  const RequestId request = ask(i, Asking::arrival);
  const Hash token = secret(i, 2, request.value);
  if (c.booked) return give(input::Return{request, kGateway, secret(i, 1), token});
  starting_ = i;
  give(input::Start{request, kGateway, c.flow, c.context, token});
  starting_ = kNobody;
}

void Day::give_up(std::size_t i) {
  Visit& v = visits_[i];
  DayOutcome& o = outcomes_[i];
  if (v.done || v.left || o.end != DayEnd::open) return;
  o.end = DayEnd::abandoned;
  o.wait = clock() - plan_.contacts[i].moment();
  leave(i);
}

void Day::leave(std::size_t i) {
  Visit& v = visits_[i];
  if (v.done || v.left) return;
  v.left = true;
  if (!v.leg) return finish(i);
  report(v.leg, LegState::left);
}

void Day::finish(std::size_t i) {
  Visit& v = visits_[i];
  if (v.done) return;
  v.done = true;
  --open_;
}

void Day::turn_away(std::size_t i, const std::string& code) {
  DayOutcome& o = outcomes_[i];
  if (o.end == DayEnd::open) {
    o.end = DayEnd::turned_away;
    o.code = code;
    o.wait = std::max(clock() - plan_.contacts[i].moment(), Duration{0});
  }
  finish(i);
}

/// Both are there: the conversation begins.
void Day::look(std::size_t i) {
  Visit& v = visits_[i];
  DayOutcome& o = outcomes_[i];
  if (o.end != DayEnd::open || !v.connected || v.connected_agent.empty()) return;
  const DayContact& c = plan_.contacts[i];
  o.end = DayEnd::answered;
  o.agent = v.connected_agent;
  o.connected_at = o.left_at = clock();
  o.wait = std::max(clock() - c.moment(), Duration{0});
  agenda_.in(c.handle, [this, i] { leave(i); });
}

// What the core says --------------------------------------------------------------------------------

void Day::on(const output::Answer& answer) {
  const Asked asked = asked_[answer.request.value - 1];
  if (asked.contact == kNobody) return;
  const std::size_t i = asked.contact;
  Visit& v = visits_[i];
  if (const auto* joined = std::get_if<output::Joined>(&answer.body)) {
    v.leg = joined->details.leg;
    v.session = joined->details.session;
    sessions_[v.session] = i;
    return;
  }
  const auto* refused = std::get_if<output::Refused>(&answer.body);
  if (refused == nullptr) return;
  if (asked.what == Asking::booking) return turn_away(i, refused->code);
  if (refused->retry_after <= Duration{0}) return turn_away(i, refused->code);
  agenda_.in(refused->retry_after, [this, i] {  // The page tries again by itself.
    if (!visits_[i].left) arrive(i);
  });
}

void Day::on(const output::LegOrder& order) {
  auto it = legs_.find(order.leg);
  if (it == legs_.end()) {
    if (!order.join || order.seq == 0) return;
    const std::size_t i = contact_of(order.details.session);
    if (i == kNobody) return;
    it = legs_.emplace(order.leg, LegEnd{}).first;
    it->second.contact = i;
    it->second.customer = order.details.role == Role::customer;
  }
  LegEnd& end = it->second;
  if (order.seq <= end.ordered) return;
  end.ordered = order.seq;
  const LegId leg = order.leg;
  if (!order.join) {
    agenda_.in(Duration{0}, [this, leg] { report(leg, LegState::left); });
    return;
  }
  end.epoch = order.details.ticket.epoch;
  end.channels = order.details.channels;
  if (plan_.desk.connect > Duration{0}) {
    agenda_.in(Duration{0}, [this, leg] { report(leg, LegState::connecting); });
  }
  agenda_.in(plan_.desk.connect, [this, leg] {
    const auto known = legs_.find(leg);
    if (known == legs_.end()) return;
    const Visit& v = visits_[known->second.contact];
    if (known->second.customer && v.left) return;
    report(leg, LegState::connected);
  });
}

/// What its proxy says of a leg; once it has left, the proxy forgets it.
void Day::report(LegId leg, LegState state) {
  const auto it = legs_.find(leg);
  if (it == legs_.end()) return;
  LegEnd& end = it->second;
  input::LegReport in;
  in.peer = kGateway;
  in.leg = leg;
  in.seq = ++end.reported;
  in.ack = end.ordered;
  in.epoch = end.epoch;
  in.state = state;
  if (state == LegState::connected) in.channels = end.channels;
  if (state == LegState::left) {
    in.reason = "left";
    legs_.erase(it);
  }
  give(std::move(in));
}

void Day::on(const output::OfferMade& made) {
  const std::size_t i = contact_of(made.offer.session);
  if (i == kNobody) return;
  const std::uint32_t attempt = ++outcomes_[i].offers;
  if (made.answered) return;
  Random dice(plan_.seed * 0x9e3779b97f4a7c15 + (i + 1) * 0xd1342543de82ef95 + attempt);
  const std::uint64_t mood = dice.below(1'000'000);
  const Duration thinks = plan_.desk.answer.draw(dice);
  if (mood < plan_.desk.misses_ppm) return;
  const bool accepts = mood >= std::uint64_t{plan_.desk.misses_ppm} + plan_.desk.declines_ppm;
  agenda_.in(thinks, [this, agent = made.agent, offer = made.offer.offer, accepts] {
    give(input::OfferAnswer{ask(kNobody, Asking::other), kGateway, agent, offer, accepts});
  });
}

void Day::on(const output::AgentChanged& changed) {
  if (changed.reason.empty()) return;
  agenda_.in(plan_.desk.back, [this, agent = changed.agent] {
    if (at_work_[agent] > 0)
      give(input::AgentSays{ask(kNobody, Asking::other), kGateway, agent, AgentState::ready});
  });
}

// What the core has written -------------------------------------------------------------------------

void Day::written(const Session& s) {
  auto it = sessions_.find(s.id);
  if (it == sessions_.end()) {
    std::size_t i = starting_;
    if (s.rendezvous) {
      const auto known = booked_.find(s.rendezvous);
      i = known == booked_.end() ? kNobody : known->second;
    }
    if (i == kNobody) return;
    it = sessions_.emplace(s.id, i).first;
  }
  const std::size_t i = it->second;
  if (!s.pool.empty()) outcomes_[i].pool = s.pool;
  if (s.ended_at) over_.emplace_back(s.id, s.cause);
}

void Day::written(const Leg& leg) {
  const std::size_t i = contact_of(leg.session);
  if (i == kNobody) return;
  Visit& v = visits_[i];
  DayOutcome& o = outcomes_[i];
  if (leg.role == Role::customer) v.connected = leg.state == LegState::connected;
  if (leg.role == Role::agent) {
    const bool talks = leg.state == LegState::connected;
    if (talks) v.connected_agent = leg.endpoint;
    if (!is_live(leg.state) && o.end == DayEnd::answered && leg.endpoint == o.agent) {
      o.left_at = clock();
    }
    if (!talks && v.connected_agent == leg.endpoint) v.connected_agent.clear();
  }
  look(i);
}

void Day::written(const Decision& decision) {
  ++decisions_;
  if (!watch_.decided) return;
  if (const std::size_t i = contact_of(decision.session); i != kNobody) {
    watch_.decided(i, decision);
  }
}

}  // namespace

DayReport run_day(const DayPlan& plan, const EngineSettings& settings, const DayWatch& watch) {
  return Day(plan, settings, watch).play();
}

}  // namespace convene::sim
