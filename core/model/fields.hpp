// core/model/fields.hpp - every field of inputs, outputs, records and settings by name: to write, read, hash and show them.
#pragma once

#include <concepts>
#include <type_traits>
#include <variant>

#include "core/model/input.hpp"
#include "core/model/output.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"

namespace convene {

/// `X` is `T`, const or not.
template <class X, class T>
concept Of = std::same_as<std::remove_const_t<X>, T>;

// One line per type: its name, then each field with its own. `f(name, value)` takes numbers, texts, hashes, times, and
// lists and optional values of them; of what is read into, `x` is not const.
// clang-format off
template <Of<input::Book> X, class F> void fields(X& x, F&& f) { f.type("book"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("idempotency", x.idempotency); f("flow", x.flow); f("context", x.context); f("due", x.due); f("agent", x.agent); f("continues", x.continues); f("continues_leg", x.continues_leg); f("carriage", x.carriage); }
template <Of<input::Return> X, class F> void fields(X& x, F&& f) { f.type("return"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("token", x.token); }
template <Of<input::Start> X, class F> void fields(X& x, F&& f) { f.type("start"); f("request", x.request); f("peer", x.peer); f("flow", x.flow); f("context", x.context); f("token", x.token); }
template <Of<input::Resume> X, class F> void fields(X& x, F&& f) { f.type("resume"); f("request", x.request); f("peer", x.peer); f("token", x.token); }
template <Of<input::Look> X, class F> void fields(X& x, F&& f) { f.type("look"); f("request", x.request); f("peer", x.peer); f("key", x.key); }
template <Of<input::Retime> X, class F> void fields(X& x, F&& f) { f.type("retime"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("due", x.due); }
template <Of<input::Cancel> X, class F> void fields(X& x, F&& f) { f.type("cancel"); f("request", x.request); f("peer", x.peer); f("key", x.key); }
template <Of<input::LegReport> X, class F> void fields(X& x, F&& f) { f.type("leg_report"); f("peer", x.peer); f("leg", x.leg); f("seq", x.seq); f("ack", x.ack); f("epoch", x.epoch); f("state", x.state); f("channels", x.channels); f("reason", x.reason); }
template <Of<input::LegRequest> X, class F> void fields(X& x, F&& f) { f.type("leg_request"); f("request", x.request); f("peer", x.peer); f("leg", x.leg); f("name", x.name); f("detail", x.detail); }
template <Of<input::Attach> X, class F> void fields(X& x, F&& f) { f.type("attach"); f("request", x.request); f("peer", x.peer); f("agent", x.agent); }
template <Of<input::Detach> X, class F> void fields(X& x, F&& f) { f.type("detach"); f("peer", x.peer); f("agent", x.agent); }
template <Of<input::AgentSays> X, class F> void fields(X& x, F&& f) { f.type("agent_says"); f("request", x.request); f("peer", x.peer); f("agent", x.agent); f("state", x.state); }
template <Of<input::OfferAnswer> X, class F> void fields(X& x, F&& f) { f.type("offer_answer"); f("request", x.request); f("peer", x.peer); f("agent", x.agent); f("offer", x.offer); f("accepts", x.accepts); }
template <Of<input::PeerUp> X, class F> void fields(X& x, F&& f) { f.type("peer_up"); f("peer", x.peer); f("name", x.name); f("gateway", x.gateway); f("switch", x.switch_connects); }
template <Of<input::PeerDown> X, class F> void fields(X& x, F&& f) { f.type("peer_down"); f("peer", x.peer); }
template <Of<input::AdapterReply> X, class F> void fields(X& x, F&& f) { f.type("adapter_reply"); f("peer", x.peer); f("token", x.token); f("ok", x.ok); f("body", x.body); }
template <Of<input::Loaded> X, class F> void fields(X& x, F&& f) { f.type("loaded"); f("token", x.token); f("record", x.record); }
template <Of<input::LoadedDue> X, class F> void fields(X& x, F&& f) { f.type("loaded_due"); f("records", x.records); f("next", x.next); }
template <Of<input::ClockStep> X, class F> void fields(X& x, F&& f) { f.type("clock_step"); f("offset", x.offset); }
template <Of<input::Tick> X, class F> void fields(X&, F&& f) { f.type("tick"); }
template <Of<input::LoadedEnded> X, class F> void fields(X& x, F&& f) { f.type("loaded_ended"); f("rendezvous", x.rendezvous); f("sessions", x.sessions); f("next", x.next); }
template <Of<input::Forget> X, class F> void fields(X& x, F&& f) { f.type("forget"); f("request", x.request); f("peer", x.peer); f("key", x.key); f("sessions", x.sessions); }

template <Of<output::Details> X, class F> void fields(X& x, F&& f) { f("session", x.session); f("leg", x.leg); f("role", x.role); f("gateway", x.gateway); f("ticket", x.ticket.leg); f("epoch", x.ticket.epoch); f("expires", x.expires); f("channels", x.channels); f("flow", x.flow); }
template <Of<output::Booked> X, class F> void fields(X& x, F&& f) { f.type("booked"); f("key", x.key); f("flow", x.flow); f("due", x.due); f("expires", x.expires); f("agent", x.agent); f("carriage", x.carriage); }
template <Of<output::Joined> X, class F> void fields(X& x, F&& f) { f.type("joined"); fields(x.details, f); f("resumed", x.resumed); f("state", x.state); }
template <Of<output::Found> X, class F> void fields(X& x, F&& f) { f.type("found"); fields(x.booking, f); f("state", x.state); f("end", x.end); }
template <Of<output::OfferView> X, class F> void fields(X& x, F&& f) { f("offer", x.offer); f("session", x.session); f("flow", x.flow); f("context", x.context); f("deadline", x.deadline); f("waiting_since", x.waiting_since); }
template <Of<output::Attached> X, class F> void fields(X& x, F&& f) { f.type("attached"); f("agent", x.agent); f("name", x.name); f("state", x.state); f("reason", x.reason); for (auto& o : x.offers) fields(o, f); for (auto& s : x.sessions) { fields(s.details, f); f("context", s.context); for (auto& r : s.roster) { f("leg", r.leg); f("state", r.state); } } }
template <Of<output::Accepted> X, class F> void fields(X&, F&& f) { f.type("accepted"); }
template <Of<output::Refused> X, class F> void fields(X& x, F&& f) { f.type("refused"); f("code", x.code); f("retry_after", x.retry_after); }
template <Of<output::Answer> X, class F> void fields(X& x, F&& f) { f.type("answer"); f("request", x.request); f("peer", x.peer); std::visit([&](auto& body) { fields(body, f); }, x.body); }
template <Of<output::LegOrder> X, class F> void fields(X& x, F&& f) { f.type("leg_order"); f("peer", x.peer); f("leg", x.leg); f("seq", x.seq); f("ack", x.ack); f("join", x.join); f("endpoint", x.endpoint); f("reason", x.reason); fields(x.details, f); }
template <Of<output::Notice> X, class F> void fields(X& x, F&& f) { f.type("notice"); f("peer", x.peer); f("session", x.session); f("leg", x.leg); f("name", x.name); f("detail", x.detail); }
template <Of<output::OfferMade> X, class F> void fields(X& x, F&& f) { f.type("offer_made"); f("peer", x.peer); f("agent", x.agent); f("answered", x.answered); fields(x.offer, f); }
template <Of<output::OfferEnded> X, class F> void fields(X& x, F&& f) { f.type("offer_ended"); f("peer", x.peer); f("agent", x.agent); f("offer", x.offer); f("state", x.state); }
template <Of<output::AgentChanged> X, class F> void fields(X& x, F&& f) { f.type("agent_changed"); f("peer", x.peer); f("agent", x.agent); f("state", x.state); f("reason", x.reason); }
template <Of<output::Ask> X, class F> void fields(X& x, F&& f) { f.type("ask"); f("peer", x.peer); f("token", x.token); f("name", x.name); f("body", x.body); f("deadline", x.deadline); }
template <Of<output::Publish> X, class F> void fields(X& x, F&& f) { f.type("publish"); f("topic", x.topic); f("body", x.body); }

// Records. What is derived from others is not named.
template <Of<Rendezvous> X, class F> void fields(X& x, F&& f) { f.type("rendezvous"); f("key", x.key); f("flow", x.flow); f("state", x.state); f("end", x.end); f("cause", x.cause); f("booked_at", x.booked_at); f("expires", x.expires); f("due", x.due); f("agent", x.agent); f("carriage", x.carriage); f("session", x.session); f("context", x.context); f("ended_at", x.ended_at); }
template <Of<Leg> X, class F> void fields(X& x, F&& f) { f.type("leg"); f("id", x.id); f("session", x.session); f("role", x.role); f("state", x.state); f("endpoint", x.endpoint); f("proxy", x.proxy); f("token", x.token); f("epoch", x.epoch); f("sent", x.sent); f("received", x.received); f("channels", x.channels); f("reason", x.reason); f("since", x.since); }
template <Of<Session> X, class F> void fields(X& x, F&& f) { f.type("session"); f("id", x.id); f("flow", x.flow); f("rendezvous", x.rendezvous); f("gateway", x.gateway); f("context", x.context); f("wanted_agent", x.wanted_agent); f("first_agent", x.first_agent); f("state", x.state); f("channels", x.channels); f("timers", x.timers); f("pool", x.pool); f("only_agent", x.only_agent); f("search_since", x.search_since); f("attempts", x.attempts); f("decisions", x.decisions); f("due", x.due); f("created_at", x.created_at); f("ended_at", x.ended_at); f("end", x.end); f("cause", x.cause); }
template <Of<Offer> X, class F> void fields(X& x, F&& f) { f.type("offer"); f("id", x.id); f("session", x.session); f("agent", x.agent); f("state", x.state); f("made_at", x.made_at); f("deadline", x.deadline); }
template <Of<Agent> X, class F> void fields(X& x, F&& f) { f.type("agent"); f("id", x.id); f("state", x.state); f("since", x.since); f("idle_since", x.idle_since); f("reason", x.reason); f("missed", x.missed); }
/// Of what was decided: by whom, under which configuration and how fast are not what was decided.
template <Of<Decision> X, class F> void fields(X& x, F&& f) { f.type("decision"); f("session", x.session); f("number", x.number); f("at", x.at); f("outcome", x.outcome); f("agent", x.agent); f("reason", x.reason); f("candidates", x.candidates); f("pool", x.pool); f("excluded", x.excluded); f("excluded_more", x.excluded_more); }
template <Of<Snapshot> X, class F> void fields(X& x, F&& f) { f.type("snapshot"); f("sessions", x.sessions); f("legs", x.legs); f("offers", x.offers); f("agents", x.agents); f("rendezvous", x.rendezvous); f("last_session", x.last_session); f("last_leg", x.last_leg); f("last_offer", x.last_offer); }

// Settings, but for the plugins bound.
template <Of<Flow> X, class F> void fields(X& x, F&& f) { f.type("flow"); f("id", x.id); f("service", x.service); f("routing", x.routing); f("fallback", x.fallback); f("pool", x.pool); f("channels", x.channels); f("channel_settings", x.channel_settings); f("settings", x.settings); f("eager", x.eager); f("carriage", x.carriage); f("expires", x.expires); f("grace", x.grace); f("offer_timeout", x.offer_timeout); f("connect_timeout", x.connect_timeout); f("resume_timeout", x.resume_timeout); f("wait_max", x.wait_max); f("context_max", x.context_max); }
template <Of<Skill> X, class F> void fields(X& x, F&& f) { f.type("skill"); f("name", x.name); f("level", x.level); }
template <Of<AgentSettings> X, class F> void fields(X& x, F&& f) { f.type("agent_settings"); f("id", x.id); f("name", x.name); f("capacity", x.capacity); f("auto_answer", x.auto_answer); f("pools", x.pools); f("skills", x.skills); f("wrap_up", x.wrap_up); f("max_no_answer", x.max_no_answer); }
template <Of<Limits> X, class F> void fields(X& x, F&& f) { f.type("limits"); f("sessions", x.sessions); f("searches", x.searches); f("legs_per_session", x.legs_per_session); f("page", x.page); }
// clang-format on

}  // namespace convene
