// core/engine/said.cpp - answers to requests and events for subscribers; events name nobody but agents by id.
#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

void Machine::answer(RequestId request, PeerId peer, output::Body body) {
  if (!request) return;
  out_->messages.emplace_back(output::Answer{request, peer, std::move(body)});
}

void Machine::refuse(RequestId request, PeerId peer, std::string code, std::string text, Duration retry_after) {
  answer(request, peer, output::Refused{std::move(code), std::move(text), retry_after});
}

void Machine::refuse_identifier(RequestId request, PeerId peer) {
  refuse(request, peer, "unknown_identifier", "This identifier opens nothing: it is unknown, used, or has expired.");
}

void Machine::publish(std::string topic, std::string body) {
  out_->messages.emplace_back(output::Publish{std::move(topic), std::move(body)});
}

void Machine::publish(const Leg& leg) {
  ObjectWriter w;
  w.add("leg", leg.id.value).add("session", leg.session.value).add("role", std::uint64_t(leg.role));
  w.add("state", name_of(leg.state));
  if (leg.role == Role::agent) w.add("agent", leg.endpoint);
  if (!leg.reason.empty()) w.add("reason", leg.reason);
  publish(std::string("leg.").append(name_of(leg.state)), w.take());
}

void Machine::publish(const Offer& offer) {
  ObjectWriter w;
  w.add("offer", offer.id.value).add("session", offer.session.value).add("agent", offer.agent);
  w.add("state", name_of(offer.state));
  publish(std::string("offer.").append(name_of(offer.state)), w.take());
}

void Machine::publish(const Agent& agent) {
  ObjectWriter w;
  w.add("agent", agent.id).add("state", name_of(agent.state));
  if (!agent.reason.empty()) w.add("reason", agent.reason);
  publish(std::string("agent.").append(name_of(agent.state)), w.take());
}

void Machine::publish(const Rendezvous& r) {
  ObjectWriter w;
  w.add("flow", r.flow).add("state", name_of(r.state));
  if (r.state == RendezvousState::ended) w.add("end", name_of(r.end)).add("cause", r.cause);
  publish(std::string("rendezvous.").append(name_of(r.state)), w.take());
}

}  // namespace convene
