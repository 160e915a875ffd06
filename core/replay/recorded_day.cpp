// core/replay/recorded_day.cpp - from records that changed to contacts, shifts and reactions.
#include "core/replay/recorded_day.hpp"

#include <algorithm>

namespace convene::replay {
namespace {

std::uint32_t ppm(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<std::uint32_t>(part * 1'000'000 / all);
}

/// So that the hours of a day are those of the clock (UTC).
Time midnight_before(Time t) {
  constexpr std::int64_t kDay = 86'400'000;
  const std::int64_t ms = to_ms(t) % kDay;
  return t - Duration{ms < 0 ? ms + kDay : ms};
}

bool at_work(AgentState state) {
  return state == AgentState::ready || state == AgentState::wrap_up;
}

}  // namespace

void RecordedDay::made(const Snapshot& snapshot, Time now) {
  now_ = std::max(now_, now);
  if (!begun_) start_ = now;
  begun_ = true;
  for (const Session& session : snapshot.sessions) sessions_[session.id] = session;
  for (const Rendezvous& r : snapshot.rendezvous) rendezvous_[r.key] = r;
  for (const Agent& agent : snapshot.agents) take(agent);
}

void RecordedDay::committed(Time now, std::span<const Change> changes) {
  now_ = std::max(now_, now);
  for (const Change& change : changes) {  // rendezvous first: sessions and legs ask for them
    if (const auto* record = std::get_if<Record>(&change)) {
      if (const auto* r = std::get_if<Rendezvous>(record)) take(*r);
    }
  }
  for (const Change& change : changes) {
    if (const auto* record = std::get_if<Record>(&change)) {
      if (const auto* session = std::get_if<Session>(record)) take(*session);
    }
  }
  for (const Change& change : changes) {
    const auto* record = std::get_if<Record>(&change);
    if (record == nullptr || record->index() < 2) continue;
    std::visit([this](const auto& one) { take(one); }, *record);
  }
  for (const Change& change : changes) {
    const auto* record = std::get_if<Record>(&change);
    const auto* session = record == nullptr ? nullptr : std::get_if<Session>(record);
    if (session != nullptr && session->ended_at) sessions_.erase(session->id);
    const auto* r = record == nullptr ? nullptr : std::get_if<Rendezvous>(record);
    if (r != nullptr && r->state == RendezvousState::ended) rendezvous_.erase(r->key);
  }
}

void RecordedDay::take(const Rendezvous& r) { rendezvous_[r.key] = r; }

void RecordedDay::take(const Session& session) {
  sessions_[session.id] = session;
  const auto it = contacts_.find(session.id);
  if (it == contacts_.end()) return;
  Contact& contact = it->second;
  if (!session.pool.empty()) contact.pool = session.pool;
  contact.offers = std::max(contact.offers, session.attempts);
  if (session.ended_at && !contact.ended) {
    contact.ended = session.ended_at;
    contact.cause = session.cause;
    if (contact.connected && !contact.left) contact.left = session.ended_at;
  }
}

void RecordedDay::take(const Leg& leg) {
  if (leg.state == LegState::invited) invited_.try_emplace(leg.id, leg.since);
  if (const auto it = invited_.find(leg.id);
      it != invited_.end() && leg.state != LegState::invited) {
    if (leg.state == LegState::connected) {
      connect_ms_ += static_cast<double>((leg.since - it->second).count());
      ++connects_;
    }
    if (leg.state >= LegState::connected) invited_.erase(it);
  }
  const auto session = sessions_.find(leg.session);
  if (session == sessions_.end()) return;
  if (leg.role == Role::customer) {
    const auto [it, fresh] = contacts_.try_emplace(leg.session);
    Contact& contact = it->second;
    if (!is_live(leg.state) && !contact.gone) {
      contact.gone = leg.since;
      contact.gone_reason = leg.reason;
    }
    if (!fresh) return;
    const Session& s = session->second;
    contact.session = s.id;
    contact.arrival = leg.since;
    contact.flow = s.flow;
    contact.context = s.context;
    contact.agent = s.wanted_agent;
    contact.pool = s.pool;
    contact.customer = leg.id;
    if (const auto r = rendezvous_.find(s.rendezvous); s.rendezvous && r != rendezvous_.end()) {
      contact.booked = r->second.booked_at;
      contact.due = r->second.due;
      contact.agent = r->second.agent;
    }
    return;
  }
  const auto it = contacts_.find(leg.session);
  if (leg.role != Role::agent || it == contacts_.end()) return;
  Contact& contact = it->second;
  if (leg.state == LegState::connected && !contact.connected) {
    contact.connected = leg.since;
    contact.answered_by = leg.endpoint;
    contact.agent_leg = leg.id;
  }
  if (leg.id == contact.agent_leg && leg.state >= LegState::left) contact.left = leg.since;
}

void RecordedDay::take(const Offer& offer) {
  switch (offer.state) {
    case OfferState::made:
      offers_[offer.id] = offer;
      return;
    case OfferState::accepted:
      if (offers_.count(offer.id) != 0) {
        ++accepted_;
        answers_.push_back(now_ - offer.made_at);
      }
      break;
    case OfferState::declined:
      ++declined_;
      break;
    case OfferState::expired:
      ++expired_;
      break;
    case OfferState::withdrawn:
      break;
  }
  offers_.erase(offer.id);
}

void RecordedDay::take(const Agent& agent) {
  const auto open = at_work_.find(agent.id);
  if (at_work(agent.state) == (open != at_work_.end())) return;
  if (open != at_work_.end()) {
    shifts_[open->second].to = agent.since;
    at_work_.erase(open);
    return;
  }
  at_work_[agent.id] = shifts_.size();
  shifts_.push_back({agent.id, std::max(agent.since, start_), std::nullopt});
}

sim::DayDesk RecordedDay::desk() const {
  sim::DayDesk desk;
  if (!answers_.empty()) desk.answer = sim::Law::samples(answers_);
  const std::uint64_t all = accepted_ + declined_ + expired_;
  desk.declines_ppm = ppm(declined_, all);
  desk.misses_ppm = ppm(expired_, all);
  if (connects_ > 0)
    desk.connect =
        Duration{static_cast<std::int64_t>(connect_ms_ / static_cast<double>(connects_))};
  return desk;
}

RecordedDay::Day RecordedDay::day() const {
  Day day;
  const Time start = midnight_before(start_);
  day.plan.start = start;
  day.plan.desk = desk();
  for (const Shift& shift : shifts_) {
    day.plan.shifts.push_back({shift.agent, shift.from - start, shift.to.value_or(now_) - start});
  }
  double waited_ms = 0;
  std::uint64_t abandoned = 0;
  const auto since_start = [&](Time t) { return std::max(t - start, Duration{0}); };
  for (const auto& [id, c] : contacts_) {
    sim::DayContact contact;
    contact.arrival = since_start(c.arrival);
    contact.flow = c.flow;
    contact.context = c.context;
    contact.agent = c.agent;
    if (c.booked) contact.booked = *c.booked - start;
    if (c.due) contact.due = *c.due - start;
    sim::DayOutcome outcome;
    outcome.pool = c.pool;
    outcome.offers = c.offers;
    outcome.code = c.cause;
    const Duration moment = contact.moment();
    const bool gave_up = c.gave_up();
    const Time until = c.connected ? *c.connected : gave_up ? *c.gone : c.ended.value_or(now_);
    outcome.wait = std::max(since_start(until) - moment, Duration{0});
    if (c.connected) {
      outcome.end = sim::DayEnd::answered;
      outcome.agent = c.answered_by;
      outcome.connected_at = since_start(*c.connected);
      outcome.left_at = since_start(c.left.value_or(now_));
      contact.handle = std::max(outcome.left_at - outcome.connected_at, Duration{0});
    } else if (gave_up) {
      outcome.end = sim::DayEnd::abandoned;
      ++abandoned;
    } else {
      outcome.end = c.ended ? sim::DayEnd::turned_away : sim::DayEnd::open;
    }
    waited_ms += static_cast<double>(outcome.wait.count());
    day.plan.contacts.push_back(std::move(contact));
    day.outcomes.push_back(std::move(outcome));
  }
  // Who was not answered: how long the talk would have been is as little known; one of the others'
  // lengths is drawn.
  std::vector<Duration> handles;
  for (const auto& contact : day.plan.contacts)
    if (contact.handle > Duration{0}) handles.push_back(contact.handle);
  const sim::Law handle =
      handles.empty() ? sim::Law::fixed(std::chrono::minutes(5)) : sim::Law::samples(handles);
  const bool nobody_left = abandoned == 0;
  const sim::Law patience =
      nobody_left ? sim::Law::endless()
                  : sim::Law::exponential(Duration{
                        static_cast<std::int64_t>(waited_ms / static_cast<double>(abandoned)) + 1});
  sim::Random random(day.plan.seed);
  for (std::size_t i = 0; i < day.plan.contacts.size(); ++i) {
    sim::DayContact& contact = day.plan.contacts[i];
    const sim::DayOutcome& outcome = day.outcomes[i];
    const Duration more = patience.draw(random), length = handle.draw(random);
    if (outcome.end == sim::DayEnd::abandoned) {
      contact.patience = outcome.wait;
    } else {
      contact.patience = nobody_left ? sim::kEndless : outcome.wait + more;
      day.guessed_patience += nobody_left ? 0 : 1;
    }
    if (outcome.end != sim::DayEnd::answered) contact.handle = length;
  }
  return day;
}

}  // namespace convene::replay
