// core/engine/booking.cpp - what customers ask about a rendezvous outside a session: book, look, another time, cancel.
#include <algorithm>

#include "convene/json.hpp"
#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

namespace {

bool is_object(const std::string& text, std::size_t bytes) {
  json::Limits limits;
  limits.bytes = bytes;
  const json::Parsed parsed = json::parse(text, limits);
  return parsed && parsed.value->as_object() != nullptr;
}

/// FNV-1a (Fowler, Noll, Vo) over what was asked: the same key for something else is a mistake worth telling.
std::uint64_t print_of(const input::Book& in) {
  std::uint64_t h = 14695981039346656037u;
  const auto mix = [&h](std::string_view bytes) {
    for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
    h = (h ^ 0xFF) * 1099511628211u;
  };
  const auto mix_number = [&](std::uint64_t n) {
    for (int i = 0; i < 8; ++i) h = (h ^ ((n >> (8 * i)) & 0xFF)) * 1099511628211u;
  };
  mix(in.flow);
  mix(in.context);
  mix(in.agent);
  mix_number(in.due ? static_cast<std::uint64_t>(to_ms(*in.due)) : 0);
  mix_number(in.carriage ? static_cast<std::uint64_t>(*in.carriage) : 0);
  for (const std::uint8_t byte : in.continues.bytes) mix_number(byte);
  mix_number(in.continues_leg.value);
  return h;
}

}  // namespace

output::Booked Machine::booked(const Rendezvous& r) const {
  output::Booked b{r.key, r.flow, r.due, r.expires, {}, r.carriage};
  const auto it = settings_.agents.find(r.agent);
  if (it != settings_.agents.end()) b.agent = it->second.name;
  return b;
}

void Machine::on(const input::Book& in) {
  const auto no = [&](const char* code, const char* text) { refuse(in.request, in.peer, code, text); };
  const std::uint64_t print = in.idempotency ? print_of(in) : 0;
  while (!repeatable_order_.empty() &&
         (repeatable_order_.front().first <= now_ || repeatable_.size() >= kRepeatableMax)) {
    repeatable_.erase(repeatable_order_.front().second);
    repeatable_order_.pop_front();
  }
  if (in.idempotency) {
    if (const auto it = repeatable_.find(in.idempotency); it != repeatable_.end()) {
      if (it->second.print != print) {
        return no("idempotency_conflict", "This idempotency key was used for another booking.");
      }
      return answer(in.request, in.peer, it->second.answer);
    }
  }

  Rendezvous record;
  record.key = in.key;
  record.flow = in.flow;
  record.context = in.context;
  record.agent = in.agent;
  record.due = in.due;
  const bool continues = in.continues || in.continues_leg;
  if (continues && !book_continuation(in, record)) return;

  const FlowRef* flow = find_flow(record.flow);
  if (flow == nullptr) return no("unknown_flow", "There is no flow of this name; see `convene config check`.");
  const Flow& f = (*flow)->flow;
  if (!continues) {
    if (record.context.size() > f.context_max) return no("context_too_large", "The context is larger than allowed.");
    if (!is_object(record.context, f.context_max)) return no("context_invalid", "The context is not a JSON object.");
  }
  if (!record.agent.empty() && settings_.agents.find(record.agent) == settings_.agents.end()) {
    return no("unknown_agent", "There is no agent of this id.");
  }
  if (record.due && *record.due <= wall()) return no("due_in_past", "The agreed time has passed already.");
  if (record.due && *record.due > wall() + kFarthest) return no("due_too_far", "The agreed time is too far ahead.");
  if (!in.key || rendezvous_.count(in.key) != 0) return no("malformed", "A booking needs a fresh identifier.");
  if (f.eager && full()) {
    return refuse(in.request, in.peer, "busy", "Too many sessions are open.", std::chrono::seconds(5));
  }

  record.carriage = in.carriage.value_or(f.carriage);
  record.booked_at = wall();
  record.expires = record.due ? *record.due + f.grace : wall() + f.expires;
  RendezvousEntry& r = resident(record);
  touch(r);
  if (f.eager) {
    std::string gateway, proxy;
    place(in.peer, gateway, proxy);  // nobody joins yet: a gateway is chosen at the return when none is there now
    SessionEntry& s = create_session(*flow, record.context, &r, gateway);
    happen({.session = &s, .kind = CONVENE_EVENT_CREATED});
  }
  watch(r);
  publish(r.record);
  output::Booked b = booked(r.record);
  if (in.idempotency) {
    repeatable_.emplace(in.idempotency, Repeatable{b, print, now_ + kRepeatable});
    repeatable_order_.emplace_back(now_ + kRepeatable, in.idempotency);
  }
  answer(in.request, in.peer, std::move(b));
}

/// Claim 4: the system extracts what it knows of the session at hand; nothing that the client says about it counts.
bool Machine::book_continuation(const input::Book& in, Rendezvous& record) {
  LegEntry* leg = nullptr;
  if (in.continues) {
    const auto it = tokens_.find(in.continues);
    if (it != tokens_.end()) leg = it->second;
  } else if (const auto it = legs_.find(in.continues_leg); it != legs_.end()) {
    if (!peers_.is(in.peer, it->second.record.proxy)) {
      refuse(in.request, in.peer, "not_allowed", "This leg belongs to another peer.");
      return false;
    }
    leg = &it->second;
  }
  if (leg == nullptr || !is_live(leg->record.state) || leg->session->ended) {
    refuse(in.request, in.peer, "no_session", "There is no session to be continued.");
    return false;
  }
  const SessionEntry& s = *leg->session;
  std::string agent = leg->record.role == Role::agent ? leg->record.endpoint : std::string();
  std::string roles;
  for (const LegEntry* other : s.legs) {  // by id: who has been there longest comes first
    if (!is_joined(other->record.state)) continue;
    if (agent.empty() && other->record.role == Role::agent) agent = other->record.endpoint;
    roles += roles.empty() ? "" : ",";
    roles += std::to_string(static_cast<int>(other->record.role));
  }
  if (agent.empty()) agent = s.record.first_agent;
  if (settings_.agents.find(agent) == settings_.agents.end()) agent.clear();

  const std::size_t most = std::size_t{2} * s.flow->flow.context_max;
  ObjectWriter w;
  w.add("agent", agent).add("flow", s.record.flow).add("service", s.flow->flow.service);
  w.add("session", s.record.id.value);
  w.raw("transcript", "{\"session\":" + std::to_string(s.record.id.value) + "}");
  w.raw("roster", "[" + roles + "]");
  w.raw("context", s.record.context.size() + 1024 <= most ? s.record.context : std::string("{}"));
  record.context = w.take();
  record.agent = agent;
  if (record.flow.empty()) record.flow = s.record.flow;
  return true;
}

template <class Request>
void Machine::dispatch(const Request& in, RendezvousEntry& r) {
  if constexpr (std::is_same_v<Request, input::Forget>) return erase(in, &r);
  if (r.record.state == RendezvousState::ended || expire_if_late(r)) return refuse_identifier(in.request, in.peer);
  if constexpr (std::is_same_v<Request, input::Return>) {
    arrive(in, r);
  } else if constexpr (std::is_same_v<Request, input::Look>) {
    look(in, r);
  } else if constexpr (std::is_same_v<Request, input::Retime>) {
    retime(in, r);
  } else if constexpr (std::is_same_v<Request, input::Cancel>) {
    cancel(in, r);
  }
}

template <class Request>
void Machine::with_rendezvous(const Request& in) {
  if (!in.key) return refuse_identifier(in.request, in.peer);
  if (const auto it = rendezvous_.find(in.key); it != rendezvous_.end()) return dispatch(in, it->second);
  loading_.emplace(++last_load_, in);
  out_->queries.emplace_back(output::Load{last_load_, in.key});
}

void Machine::on(const input::Return& in) { with_rendezvous(in); }
void Machine::on(const input::Look& in) { with_rendezvous(in); }
void Machine::on(const input::Retime& in) { with_rendezvous(in); }
void Machine::on(const input::Cancel& in) { with_rendezvous(in); }

void Machine::on(const input::Forget& in) {
  if (in.key) return with_rendezvous(in);
  erase(in, nullptr);
}

void Machine::on(const input::Loaded& in) {
  const auto it = loading_.find(in.token);
  if (it == loading_.end()) return;
  const auto request = std::move(it->second);
  loading_.erase(it);
  std::visit(
      [&](const auto& asked) {
        const auto here = rendezvous_.find(asked.key);
        if (here != rendezvous_.end()) return dispatch(asked, here->second);
        if (!in.record || in.record->key != asked.key) {
          if constexpr (std::is_same_v<std::decay_t<decltype(asked)>, input::Forget>) return erase(asked, nullptr);
          return refuse_identifier(asked.request, asked.peer);
        }
        RendezvousEntry& r = resident(*in.record);
        if (!r.touched) {  // it leaves memory again with this input, unless something comes of it
          r.touched = true;
          touched_rendezvous_.push_back(&r);
        }
        dispatch(asked, r);
      },
      request);
}

void Machine::look(const input::Look& in, RendezvousEntry& r) {
  answer(in.request, in.peer, output::Found{booked(r.record), r.record.state, r.record.end});
}

void Machine::retime(const input::Retime& in, RendezvousEntry& r) {
  const auto no = [&](const char* code, const char* text) { refuse(in.request, in.peer, code, text); };
  if (r.record.state != RendezvousState::booked && r.record.state != RendezvousState::due) {
    return no("not_allowed", "The conversation has begun.");
  }
  if (in.due && *in.due <= wall()) return no("due_in_past", "The agreed time has passed already.");
  if (in.due && *in.due > wall() + kFarthest) return no("due_too_far", "The agreed time is too far ahead.");
  const FlowRef* flow = find_flow(r.record.flow);
  const Flow limits = flow ? (*flow)->flow : Flow{};
  if (r.record.state == RendezvousState::due && r.session != nullptr) {
    end_session(*r.session, End::retimed, "customer_retimed");
  }
  r.record.due = in.due;
  r.record.expires = in.due ? *in.due + limits.grace : std::max(r.record.expires, wall() + limits.expires);
  if (r.session != nullptr) {
    r.session->record.due = in.due;
    touch(*r.session);
  }
  if (r.record.state == RendezvousState::due) r.record.state = RendezvousState::booked;
  publish(r.record);
  touch(r);
  watch(r);
  answer(in.request, in.peer, booked(r.record));
}

void Machine::cancel(const input::Cancel& in, RendezvousEntry& r) {
  if (r.record.state != RendezvousState::booked && r.record.state != RendezvousState::due) {
    return refuse(in.request, in.peer, "not_allowed", "The conversation has begun: leave it instead.");
  }
  if (r.session != nullptr) {
    end_session(*r.session, End::cancelled, "customer_cancelled");
  } else {
    end_rendezvous(r, End::cancelled, "customer_cancelled");
  }
  answer(in.request, in.peer, output::Accepted{});
}

}  // namespace convene
