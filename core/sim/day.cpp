// core/sim/day.cpp - plays a day: who comes and goes, and what the core writes of it.
#include "core/sim/day.hpp"

#include <algorithm>

#include "core/sim/day_player.hpp"

namespace convene::sim {
namespace {

constexpr Duration kOverrun = std::chrono::hours(24);  ///< After the last arrival and shift.

}  // namespace

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
  (void)loop_.flush();  // What is written is what is measured: in the moment in which it happens.
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

DayReport run_day(const DayPlan& plan, const EngineSettings& settings, const DayWatch& watch) {
  return Day(plan, settings, watch).play();
}

}  // namespace convene::sim
