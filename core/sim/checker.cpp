// core/sim/checker.cpp - the promises, checked after every step.
#include "core/sim/checker.hpp"

#include <algorithm>
#include <cstdlib>

namespace convene::sim {
namespace {

std::string number(std::uint64_t n) { return std::to_string(n); }

std::uint64_t field(const std::string& body, const char* name) {
  const std::size_t at = body.find(name);
  return at == std::string::npos
             ? 0
             : std::strtoull(body.c_str() + at + std::char_traits<char>::length(name), nullptr, 10);
}

/// From `from` a rendezvous may go to `to` within one commit.
bool may_go(RendezvousState from, RendezvousState to) {
  return from == to || from != RendezvousState::ended;
}

bool is_final(LegState s) { return s >= LegState::left; }

}  // namespace

Checker::Checker(const EngineSettings& settings, Duration clocks_off)
    : keep_(settings.keep), clocks_off_(clocks_off) {
  for (const auto& [id, agent] : settings.agents)
    load_[id].settings = agent, load_[id].settings.id = id;
}

void Checker::begin(Time now, Time wall, bool alone) {
  now_ = now;
  wall_ = wall;
  alone_ = alone;
  before_.clear();
  legs_before_.clear();
  orphaned_.clear();
  if (!kept_.empty() && kept_.begin()->first + keep_ + clocks_off_ < now_)
    fail("I3: what has ended is older than is kept");
}

// What is committed -------------------------------------------------------------------------------------------------

void Checker::committed(std::span<const Change> changes) {
  for (const Change& change : changes) {
    if (const auto* record = std::get_if<Record>(&change)) {
      std::visit([this](const auto& r) { apply(r); }, *record);
    } else {
      erased(std::get<Erase>(change));
    }
  }
  settle();
}

void Checker::note_end(const std::variant<Hash, SessionId>& which) {
  if (ended_.try_emplace(which, now_).second) kept_.insert({now_, which});
}

void Checker::erased(const Erase& erase) {
  const auto it = ended_.find(erase.what);
  if (it == ended_.end()) {
    const bool is_rendezvous = std::holds_alternative<Hash>(erase.what);
    return fail(is_rendezvous ? "I1: a rendezvous was removed that had not ended"
                              : "a session was removed that had not ended");
  }
  const Duration age = now_ - it->second;
  if (age + std::chrono::hours(1) + clocks_off_ < keep_)
    fail("I3: what has ended was erased before its time");
  oldest_ = std::max(oldest_, age);
  ++erased_;
  kept_.erase({it->second, it->first});
  ended_.erase(it);
  if (const auto* key = std::get_if<Hash>(&erase.what)) rendezvous_.erase(*key);
}

void Checker::apply(const Rendezvous& r) {
  const auto it = rendezvous_.find(r.key);
  if (it != rendezvous_.end()) {
    const Rendezvous& old = it->second;
    before_.try_emplace(r.key, old.state, old.expires);
    if (!may_go(old.state, r.state) || (old.state == RendezvousState::ended && !(old == r))) {
      fail("a rendezvous that had ended was changed");
    }
    if (old.context != r.context || old.booked_at != r.booked_at)
      fail("a rendezvous lost what was booked");
  }
  if (r.state == RendezvousState::ended &&
      (r.end == End::none || r.end == End::retimed || r.cause.empty())) {
    fail("a rendezvous ended in silence: no end, or no cause");
  }
  const bool active = r.state == RendezvousState::joining || r.state == RendezvousState::live;
  if (active && !r.session) fail("I2: a rendezvous is being joined without a session");
  if (r.state == RendezvousState::ended) note_end(r.key);
  rendezvous_[r.key] = r;
}

void Checker::apply(const Session& s) {
  SessionView& view = sessions_[s.id];
  if (view.ended) fail("session " + number(s.id.value) + " changed after its end");
  if (!view.rendezvous && s.rendezvous) ++live_sessions_[s.rendezvous];
  view.rendezvous = s.rendezvous;
  if (s.ended_at) {
    if (s.end == End::none || s.cause.empty())
      fail("session " + number(s.id.value) + " ended in silence");
    if (s.rendezvous) --live_sessions_[s.rendezvous];
    view.ended = true;
    note_end(s.id);
  }
  touched_sessions_.push_back(s.id);
}

void Checker::apply(const Leg& leg) {
  const auto it = legs_.find(leg.id);
  const bool was = it != legs_.end() && is_live(it->second.state);
  const bool is = is_live(leg.state);
  if (it != legs_.end() && it->second.session != leg.session)
    fail("I5: leg " + number(leg.id.value) + " changed its session");
  if (it != legs_.end() && is_final(it->second.state) && leg.state != it->second.state) {
    fail("leg " + number(leg.id.value) + " came back after its end");
  }
  if (it != legs_.end()) legs_before_.try_emplace(leg.id, it->second.state);
  SessionView& view = sessions_[leg.session];
  if (it == legs_.end()) {
    view.legs.push_back(leg.id);
    if (leg.role == Role::agent) new_agent_legs_.push_back(leg.id);
  }
  const int change = static_cast<int>(is) - static_cast<int>(was);
  view.live_legs += change;
  if (leg.role == Role::customer) view.live_customers += change;
  if (leg.role == Role::agent) {
    Load& load = load_[leg.endpoint];
    load.legs += change;
    touched_agents_.push_back(leg.endpoint);
    const bool opened = it != legs_.end() && it->second.state >= LegState::connected;
    if (leg.state == LegState::connected && !opened) load.answered = true;
    const bool rang = leg.state == LegState::expired || leg.state == LegState::failed;
    if (was && rang) load.just_now += load.settings.auto_answer ? load.settings.max_no_answer : 1;
  }
  if (!is || leg.state == LegState::connected) {
    pending_legs_.erase(leg.id);
  } else {
    Pending& p =
        pending_legs_.try_emplace(leg.id, Pending{leg.state, leg.epoch, now_}).first->second;
    if (p.state != leg.state || p.epoch != leg.epoch) p = {leg.state, leg.epoch, now_};
  }
  legs_[leg.id] = leg;
  touched_sessions_.push_back(leg.session);
}

void Checker::apply(const Offer& o) {
  const auto it = offers_.find(o.id);
  if (it == offers_.end() && o.state == OfferState::made) {
    offers_[o.id] = o;
    made_[o.id] = now_;
    new_offers_.push_back(o.id);
    ++load_[o.agent].offers;
    offered_.insert({o.session, o.agent});
  } else if (it != offers_.end() && o.state != OfferState::made) {
    --load_[o.agent].offers;
    offers_.erase(it);
    made_.erase(o.id);
  }
  if (o.state == OfferState::expired) ++load_[o.agent].just_now;
  if (o.state == OfferState::declined) load_[o.agent].answered = true;
  if (o.state == OfferState::accepted) accepted_.insert({o.session, o.agent});
  touched_agents_.push_back(o.agent);
}

void Checker::apply(const Agent& agent) {
  Load& load = load_[agent.id];
  if (!agent.reason.empty() && load.agent.reason.empty()) ++paused_;
  load.blamed = load.blamed || agent.missed > load.agent.missed;
  load.agent = agent;
  touched_agents_.push_back(agent.id);
}

void Checker::settle(Load& l) {
  l.unanswered = (l.answered ? 0 : l.unanswered) + l.just_now;
  l.just_now = 0;
  l.answered = false;
  const std::string& id = l.settings.id;
  const std::uint32_t capacity = l.settings.capacity, most = l.settings.max_no_answer;
  if (l.legs < 0 || l.offers < 0 || l.legs + l.offers > capacity) {
    fail("I4: " + id + " has " + std::to_string(l.legs) + " legs and " + std::to_string(l.offers) +
         " offers, capacity " + number(capacity));
  }
  const Agent& a = l.agent;
  const bool at_work = a.state == AgentState::ready || a.state == AgentState::wrap_up;
  if (at_work && most > 0 && a.missed >= most)
    fail("no answer: " + id + " does not answer, and is at work");
  if (!a.reason.empty() && (a.state != AgentState::paused || a.missed == 0))
    fail("no answer: " + id + " is paused for no reason");
  if (l.blamed && a.missed > l.unanswered)
    fail("no answer: " + id + " is blamed for what was answered");
  l.blamed = false;
}

/// Once all of a commit is known.
void Checker::settle() {
  for (const std::string& agent : touched_agents_) settle(load_[agent]);
  touched_agents_.clear();
  for (const OfferId id : new_offers_) {
    const auto it = offers_.find(id);
    if (it != offers_.end() && load_[it->second.agent].agent.state != AgentState::ready)
      fail("no answer: " + it->second.agent + " is offered a session and is not ready");
  }
  new_offers_.clear();
  for (const LegId id : new_agent_legs_) {
    const Leg& leg = legs_[id];
    if (accepted_.count({leg.session, leg.endpoint}) == 0) {
      fail("I7: agent leg " + number(id.value) + " without an accepted offer");
    }
  }
  new_agent_legs_.clear();
  for (const SessionId id : touched_sessions_) {
    const auto it = sessions_.find(id);
    if (it == sessions_.end()) continue;
    SessionView& view = it->second;
    if (view.live_customers > 1) fail("I2: session " + number(id.value) + " has two customer legs");
    if (view.rendezvous && live_sessions_[view.rendezvous] > 1)
      fail("I2: a rendezvous has two live sessions");
    if (!view.ended && !view.served) {
      bool customer = false, agent = false;
      for (const LegId leg : view.legs) {
        const Leg& l = legs_[leg];
        if (l.state != LegState::connected) continue;
        (l.role == Role::agent ? agent : customer) = true;
      }
      view.served = customer && agent;
      served_ += view.served;
    }
    if (!view.ended) continue;
    if (view.live_legs != 0) fail("I5: session " + number(id.value) + " ended with live legs");
    for (const LegId leg : view.legs) legs_.erase(leg);
    accepted_.erase(accepted_.lower_bound({id, {}}),
                    accepted_.lower_bound({SessionId{id.value + 1}, {}}));
    offered_.erase(offered_.lower_bound({id, {}}),
                   offered_.lower_bound({SessionId{id.value + 1}, {}}));
    sessions_.erase(it);
  }
  touched_sessions_.clear();
}

// What is said ------------------------------------------------------------------------------------------------------

void Checker::released(const Output& output) {
  if (const auto* answer = std::get_if<output::Answer>(&output)) answered(*answer);
  if (const auto* event = std::get_if<output::Publish>(&output)) published(*event);
}

void Checker::answered(const output::Answer& answer) {
  const auto it = waiting_.find(answer.request);
  if (it == waiting_.end()) return fail("a request was answered twice, or one that nobody asked");
  const Waiting asked = it->second;
  waiting_.erase(it);

  if (const auto* booked = std::get_if<output::Booked>(&answer.body)) {
    ++booked_;
    const auto stored = rendezvous_.find(booked->key);
    if (stored == rendezvous_.end())
      return fail("I1: a booking was acknowledged that is not stored");
    if (stored->second.expires != booked->expires)
      fail("I1: a booking was acknowledged otherwise than stored");
  }
  if (asked.kind != Asked::arrival) return;
  const auto stored = rendezvous_.find(asked.key);
  if (const auto* joined = std::get_if<output::Joined>(&answer.body)) {
    ++joined_;
    if (stored == rendezvous_.end())
      return fail("I6: somebody joined with an identifier that was never issued");
    const auto before = before_.find(asked.key);
    const RendezvousState state =
        before == before_.end() ? stored->second.state : before->second.first;
    const Time expires = before == before_.end() ? stored->second.expires : before->second.second;
    if (state == RendezvousState::ended)
      fail("I6: somebody joined with an identifier that had ended");
    const bool waited = state == RendezvousState::booked || state == RendezvousState::due;
    if (alone_ && waited && expires <= wall_)
      fail("I6: somebody joined with an identifier that had expired");
    const LegId leg = joined->details.leg;
    const auto leg_before = legs_before_.find(leg);
    const bool in_use =
        leg_before != legs_before_.end() && leg_before->second != LegState::degraded;
    if (alone_ && in_use && orphaned_.count(leg) == 0)
      fail("I6: an identifier was taken over from somebody who was using it");
  } else if (const auto* refused = std::get_if<output::Refused>(&answer.body)) {
    ++refused_;
    if (!alone_ || refused->code != "unknown_identifier" || stored == rendezvous_.end()) return;
    const Rendezvous& r = stored->second;
    const bool waits = r.state == RendezvousState::booked || r.state == RendezvousState::due;
    const auto session = sessions_.find(r.session);
    const bool taken = session != sessions_.end() && session->second.live_customers > 0;
    if (waits && r.expires > wall_ && !taken) fail("I1: an acknowledged booking was refused");
  }
}

void Checker::published(const output::Publish& event) {
  const bool of_session = event.topic.starts_with("session.");
  const bool of_leg = event.topic.starts_with("leg.");
  if (!of_session && !of_leg && !event.topic.starts_with("offer.")) return;
  const SessionId id{field(event.body, "\"session\":")};
  if (!id) return fail("I7: " + event.topic + " names no session");
  if (event.topic == "session.erased") return;  // long after its end
  if (event.topic == "session.created") {
    if (streams_.count(id) != 0 || ended_streams_.count(id) != 0)
      fail("I7: session " + number(id.value) + " was created twice");
    streams_[id];
    return;
  }
  const auto stream = streams_.find(id);
  if (stream == streams_.end()) {
    return fail("I7: " + event.topic + " before the creation or after the end of session " +
                number(id.value));
  }
  if (event.topic == "session.ended") {
    for (const auto& [leg, state] : stream->second.legs) {
      if (!is_final(state))
        fail("I7: session " + number(id.value) + " ended before its leg " + number(leg.value));
    }
    streams_.erase(stream);
    ended_streams_.insert(id);
    if (ended_streams_.size() > 4096) ended_streams_.erase(ended_streams_.begin());
    return;
  }
  if (!of_leg) return;
  static constexpr const char* kStates[] = {"invited",   "accepted", "connecting",
                                            "connected", "degraded", "left",
                                            "declined",  "expired",  "failed"};
  const LegId leg{field(event.body, "\"leg\":")};
  int state = 1;
  for (const char* name : kStates) {
    if (event.topic.compare(4, std::string::npos, name) == 0) break;
    ++state;
  }
  const LegState next = static_cast<LegState>(state);
  if (event.body.find("\"peer_gone\"") != std::string::npos) orphaned_.insert(leg);
  const auto known = stream->second.legs.find(leg);
  if (known == stream->second.legs.end()) {
    if (next != LegState::invited)
      fail("I7: leg " + number(leg.value) + " is " + event.topic + " before it was invited");
    stream->second.legs[leg] = next;
    return;
  }
  if (is_final(known->second) || next == LegState::invited || next == known->second) {
    fail("I7: leg " + number(leg.value) + ": " + event.topic + " does not follow");
  }
  if (next == LegState::degraded && !is_joined(known->second))
    fail("I7: a leg degraded that was not connected");
  known->second = next;
}

void Checker::resync() {
  streams_.clear();
  for (const auto& [id, view] : sessions_) {
    Stream& stream = streams_[id];
    for (const LegId leg : view.legs) stream.legs[leg] = legs_[leg].state;
  }
}

void Checker::expect_progress(Time before) {
  for (const auto& [id, since] : made_) {
    if (since < before) fail("offer " + number(id.value) + " stands for ever");
  }
  for (const auto& [id, pending] : pending_legs_) {
    if (pending.since < before)
      fail("leg " + number(id.value) + " is neither connected nor over, for ever");
  }
}

void Checker::expect_no_waiting(Time before) {
  for (const auto& [request, waiting] : waiting_) {
    if (waiting.since < before)
      fail("a request waits for its answer since " + std::to_string(to_ms(waiting.since)));
  }
}

}  // namespace convene::sim
