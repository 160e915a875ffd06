// core/engine/service_instance.cpp - one step of a service: it is shown the session and an event, and asks for effects.
#include <algorithm>

#include "convene/json.hpp"
#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

namespace {

convene_text view(const std::string& s) { return {s.data(), s.size()}; }
std::string_view text(convene_text t) { return t.size == 0 ? std::string_view() : std::string_view(t.data, t.size); }

/// Records what a service asks for; it takes place after the step returned CONVENE_OK (law 6).
class Recorder {
 public:
  explicit Recorder(std::vector<Effect>& effects) : effects_(effects) { effects_.clear(); }

  convene_service_effects table() {
    return {this,         add_customer,  add_agent, remove, find_agent, stop_search, open_channel,
            close_channel, set_timer,    notify,    end,    save_state};
  }

 private:
  using Kind = Effect::Kind;

  static convene_status put(void* self, Effect e) noexcept {
    Recorder& r = *static_cast<Recorder*>(self);
    if (r.effects_.size() >= kEffectsMax) return CONVENE_E_LIMIT;
    r.effects_.push_back(std::move(e));
    return CONVENE_OK;
  }
  static convene_status put_code(void* self, Kind kind, convene_text code) noexcept {
    const std::string_view name = text(code);
    if (!is_code(name)) return CONVENE_E_INVALID;
    return put(self, {.kind = kind, .first = std::string(name)});
  }

  static convene_status add_customer(void* self) noexcept { return put(self, {.kind = Kind::add_customer}); }
  static convene_status add_agent(void* self, convene_text agent) noexcept {
    if (agent.size == 0) return CONVENE_E_INVALID;
    return put(self, {.kind = Kind::add_agent, .first = std::string(text(agent))});
  }
  static convene_status remove(void* self, std::uint64_t leg, convene_text reason) noexcept {
    return put(self, {.kind = Kind::remove, .leg = leg, .first = code_of(text(reason))});
  }
  static convene_status find_agent(void* self, convene_text pool, convene_text agent) noexcept {
    return put(self, {.kind = Kind::find_agent, .first = std::string(text(pool)), .second = std::string(text(agent))});
  }
  static convene_status stop_search(void* self) noexcept { return put(self, {.kind = Kind::stop_search}); }
  static convene_status open_channel(void* self, convene_text channel) noexcept {
    return put_code(self, Kind::open_channel, channel);
  }
  static convene_status close_channel(void* self, convene_text channel) noexcept {
    return put_code(self, Kind::close_channel, channel);
  }
  static convene_status set_timer(void* self, std::uint32_t timer, std::int64_t at_ms) noexcept {
    if (timer > 7 || at_ms < 0) return CONVENE_E_INVALID;
    return put(self, {.kind = Kind::set_timer, .number = static_cast<std::int32_t>(timer), .at_ms = at_ms});
  }
  static convene_status notify(void* self, std::int32_t role, convene_text notice, convene_text detail) noexcept {
    const std::string_view name = text(notice);
    const std::string_view body = detail.size == 0 ? std::string_view("{}") : text(detail);
    if (role < 0 || role > CONVENE_ROLE_AUTOMATON || !is_code(name)) return CONVENE_E_INVALID;
    if (const json::Parsed parsed = json::parse(body, {.bytes = kNoticeDetailMax}); !parsed) return CONVENE_E_INVALID;
    return put(self, {.kind = Kind::notify, .number = role, .first = std::string(name), .second = std::string(body)});
  }
  static convene_status end(void* self, std::int32_t end, convene_text reason) noexcept {
    if (end < CONVENE_END_COMPLETED || end > CONVENE_END_ESCALATED) return CONVENE_E_INVALID;
    return put(self, {.kind = Kind::end, .number = end, .first = code_of(text(reason))});
  }
  static convene_status save_state(void* self, convene_text state) noexcept {
    if (state.size > kStateMax) return CONVENE_E_LIMIT;
    return put(self, {.kind = Kind::save_state, .first = std::string(text(state))});
  }

  std::vector<Effect>& effects_;
};

}  // namespace

void Machine::happen(Happening h) {
  if (h.session->ended) return;
  happenings_.push_back(std::move(h));
}

void Machine::step(const Happening& h) {
  SessionEntry& s = *h.session;
  if (s.ended) return;
  if (s.stepped_in != applied_) {
    s.stepped_in = applied_;
    s.steps = 0;
  }
  if (++s.steps > kStepsMax) return end_session(s, End::escalated, "service_loop");

  leg_views_.clear();
  for (const LegEntry* leg : s.legs) {
    leg_views_.push_back({sizeof(convene_leg), static_cast<std::int32_t>(leg->record.role),
                          static_cast<std::int32_t>(leg->record.state), 0, leg->record.id.value,
                          view(leg->record.endpoint)});
  }
  convene_session session{};
  session.size = sizeof session;
  session.searching = s.record.pool.empty() ? 0 : 1;
  session.id = s.record.id.value;
  session.flow = view(s.record.flow);
  session.settings = view(s.flow->flow.settings);
  session.context = view(s.record.context);
  session.wanted_agent = view(s.record.wanted_agent);
  session.now_ms = to_ms(now_);
  session.due_ms = s.record.due ? to_ms(engine_time(*s.record.due)) : 0;
  session.legs = leg_views_.data();
  session.leg_count = leg_views_.size();
  session.leg_stride = sizeof(convene_leg);

  convene_service_event event{};
  event.size = sizeof event;
  event.kind = h.kind;
  event.leg = h.leg.value;
  event.leg_state = h.leg ? static_cast<std::int32_t>(h.leg_state) : 0;
  event.timer = h.timer;
  event.agent = view(h.agent);
  event.name = view(h.name);
  event.detail = view(h.detail);

  Recorder recorder(effects_);
  const convene_service_effects table = recorder.table();
  const BoundService& service = s.flow->service;
  const convene_status status =
      service.table == nullptr
          ? CONVENE_E_UNSUPPORTED
          : service.table->step(service.self, &session, view(s.record.state), &event, &table);
  if (status != CONVENE_OK) {
    effects_.clear();
    step_failed(s, h.kind);
  } else {
    if (h.kind == CONVENE_EVENT_CREATED && !s.tentative) announce(s);
    for (Effect& e : effects_) {
      if (s.ended) break;
      perform(s, e);
    }
  }
  if (h.kind == CONVENE_EVENT_ACCEPTED && s.reserved != nullptr) {  // told, and not added: the slot is free again
    AgentEntry& a = *s.reserved;
    s.reserved = nullptr;
    --a.reserved;
    relist(a);
  }
  if (!s.ended) watch_empty(s);
}

void Machine::perform(SessionEntry& s, Effect& e) {
  switch (e.kind) {
    case Effect::Kind::add_customer: return add_customer(s);
    case Effect::Kind::add_agent: return add_agent(s, e.first);
    case Effect::Kind::remove: {
      const auto it = legs_.find(LegId{e.leg});
      if (it != legs_.end() && it->second.session == &s) remove_leg(it->second, e.first);
      return;
    }
    case Effect::Kind::find_agent: return start_search(s, e.first, e.second);
    case Effect::Kind::stop_search: return stop_search(s);
    case Effect::Kind::open_channel: return open_channel(s, e.first, true);
    case Effect::Kind::close_channel: return open_channel(s, e.first, false);
    case Effect::Kind::set_timer: {
      const auto number = static_cast<std::uint32_t>(e.number);
      const TimerKey key{TimerKind::service, number, s.record.id.value};
      auto& timers = s.record.timers;
      const auto at = std::lower_bound(timers.begin(), timers.end(), number,
                                       [](const auto& t, std::uint32_t n) { return t.first < n; });
      const bool is_set = at != timers.end() && at->first == number;
      touch(s);
      if (e.at_ms == 0) {
        if (is_set) timers.erase(at);
        return timers_.clear(key);
      }
      const Time when = std::max(from_ms(e.at_ms), now_ + kShortest);
      if (is_set) {
        at->second = when;
      } else {
        timers.insert(at, {number, when});
      }
      return timers_.set(key, when);
    }
    case Effect::Kind::notify: return notify(s, e.number, e.first, e.second);
    case Effect::Kind::end: return end_session(s, static_cast<End>(e.number), e.first);
    case Effect::Kind::save_state:
      if (s.record.state == e.first) return;
      s.record.state = std::move(e.first);
      return touch(s);
  }
}

/// A failed step leaves no trace (law 6). Who was just coming is told to try again and the booking stays; a session
/// under way ends with a reason, since its service has missed something and may now wait for ever.
void Machine::step_failed(SessionEntry& s, int kind) {
  const bool coming = s.arrival.has_value();
  if (coming) {
    refuse_arrival(s, "busy", "The service cannot run at the moment.", std::chrono::seconds(30));
  }
  if (s.tentative && s.announced) return end_session(s, End::retimed, "service_failed");
  if (!s.announced) return undo_session(s);  // of an eager flow too: the return will try again
  if (coming && kind == CONVENE_EVENT_ARRIVED && s.rendezvous) return set_state(*s.rendezvous, s.before);
  if (kind == CONVENE_EVENT_DUE && s.legs.empty()) return;
  end_session(s, End::escalated, "service_failed");
}

}  // namespace convene
