// core/runtime/node_bus.cpp - between the command bus and the engine: who may come in, what becomes an input, what an
// output turns into.
#include <boost/json/object.hpp>

#include <algorithm>

#include "core/runtime/body_reader.hpp"
#include "core/runtime/node_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

constexpr std::string_view kConsole = "cli";
constexpr std::int64_t kAskAgainMs = 1'000;

bool has(const Hello& hello, std::string_view capability) {
  return std::find(hello.capabilities.begin(), hello.capabilities.end(), capability) !=
         hello.capabilities.end();
}

}  // namespace

Result<std::string> Node::State::admit(const Hello& hello) {
  const bool by_key = !options.curve.secret_key.empty();
  if (by_key && options.command_endpoint.starts_with("tcp://") && hello.key_name != hello.name)
    return Error{"not_allowed", "the key of this connection belongs to another adapter"};
  if (hello.name == kConsole) {
    if (hello.kind != PeerKind::console) return Error{"not_allowed", "\"cli\" is a console"};
    return std::string("{}");
  }
  const auto found = options.adapters.find(hello.name);
  if (found == options.adapters.end())
    return Error{"unknown_adapter",
                 "no adapter of this name is configured: add [adapter.NAME] and reload"};
  if (found->second.kind != hello.kind)
    return Error{"not_allowed", "this adapter is configured as another kind of peer"};
  return found->second.config;
}

void Node::State::peer_up(PeerId peer, const Hello& hello) {
  peers[peer] = hello;
  if (hello.kind == PeerKind::console) return;
  const bool gateway = hello.kind == PeerKind::gateway && has(hello, "media");
  const bool switch_connects = hello.kind == PeerKind::proxy && has(hello, "connects_legs");
  inbox.emplace_back(input::PeerUp{peer, hello.name, gateway, switch_connects});
}

void Node::State::peer_down(PeerId peer, std::string_view, std::string_view) {
  peers.erase(peer);
  pages.erase(peer);
  std::erase_if(asked, [&](const auto& entry) { return entry.first.first == peer; });
  inbox.emplace_back(input::PeerDown{peer});
}

void Node::State::request(const BusRequest& request) {
  if (!may_ask(request.peer_kind, request.name))
    return server.answer(request.id, refusal("not_allowed", "this kind of peer may not ask this"));
  if (request.name == "explain") return explain(request);
  if (request.name == "erase") return erase(request);
  using Of = Viewing::Of;
  const Of of = request.name == "status"         ? Of::status
                : request.name == "availability" ? Of::availability
                                                 : Of::snapshot;
  if (of != Of::snapshot || request.name == "snapshot") {
    BodyReader reader(request.body);
    Viewing viewing{request.id, request.peer, of};
    if (of == Of::snapshot) {
      viewing.after = reader.number("after").value_or(0);
      viewing.topics = reader.texts("topics");
    }
    if (const Status status = reader.finish(); !status)
      return server.answer(request.id, refusal(status.error().code, status.error().text));
    viewings.push_back(std::move(viewing));
    return;
  }
  if (is_for_program(request.name)) return hand_to_program(request);
  auto translated = to_input(
      {request.peer, request.id, request.name, request.idempotency_key, request.body, request.text},
      secrets);
  if (!translated)
    return server.answer(request.id, refusal(translated.error().code, translated.error().text));
  if (request.peer_kind == PeerKind::gateway && !request.body.contains("told"))
    tell_sign_out(request.peer, translated->input);
  if (translated->repeatable && answer_from_store(*translated, request.id)) return;
  const bool is_answered = !std::holds_alternative<input::Detach>(translated->input);
  if (is_answered && !translated->secret.empty())
    secrets_of.emplace(request.id.value, std::move(translated->secret));
  inbox.push_back(std::move(translated->input));
  if (!is_answered) server.answer(request.id, success("{}"));
}

/// An agent's sign-in counts at every gateway, so its end is told to every other one: at once, because what a stolen
/// sign-in could do must not wait for a disk, and whether or not the engine lets the asker speak for the agent's desk.
void Node::State::tell_sign_out(PeerId asker, const Input& input) {
  const auto* says = std::get_if<input::AgentSays>(&input);
  if (says == nullptr || says->state != AgentState::signed_out ||
      !options.settings.agents.contains(says->agent))
    return;
  bus::JsonText text;
  text.open().key("agent").text(says->agent).key("state").text("signed_out");
  text.key("signed_out_everywhere").boolean(true).close();
  for (const auto& [peer, hello] : peers)
    if (peer != asker && hello.kind == PeerKind::gateway) server.notice(peer, "agent", text.view());
}

/// Only what changes nothing may be answered anew when it is repeated.
void Node::State::hand_to_program(const BusRequest& request) {
  if (!options.program) {
    return server.answer(request.id,
                         refusal("unknown_request", "nobody answers that at this node"));
  }
  const bool remember = request.name != "plugins";
  options.program({request.name, request.text,
                   [this, id = request.id, remember](const Result<std::string>& reply) {
                     server.answer(
                         id,
                         reply ? success(*reply) : refusal(reply.error().code, reply.error().text),
                         remember);
                   }});
}

/// A booking that is repeated after a restart: the engine has forgotten its key, the store has not.
bool Node::State::answer_from_store(const Translated& translated, RequestId request) {
  const auto& book = std::get<input::Book>(translated.input);
  const auto record = options.store->load(book.key);
  if (!record) return false;
  output::Booked booked{record->key,     record->flow, record->due,
                        record->expires, {},           record->carriage};
  const auto agent = options.settings.agents.find(record->agent);
  if (agent != options.settings.agents.end()) booked.agent = agent->second.name;
  server.answer(request,
                success(Outgoing(secrets, now(), wall_offset).booked(booked, translated.secret)));
  return true;
}

void Node::State::leg(PeerId peer, const boost::json::object& body) {
  if (auto report = leg_to_input(peer, body)) {
    inbox.push_back(std::move(*report));
  } else {
    ++counters.malformed;
    log(2, "bus.leg_malformed", "reason=\"" + report.error().text + "\"");
  }
}

void Node::State::event(PeerId peer, PeerKind kind, std::string_view name,
                        const boost::json::object& body) {
  auto input = kind == PeerKind::proxy
                   ? event_to_input(peer, name, body)
                   : Result<Input>(Error{"not_allowed", "only a proxy reports events"});
  if (input) {
    inbox.push_back(std::move(*input));
  } else {
    ++counters.malformed;
    log(2, "bus.event_refused", "reason=\"" + input.error().text + "\"");
  }
}

void Node::State::replied(PeerId peer, std::uint64_t token, bool ok, std::string_view text) {
  if (asked.erase({peer, token}) == 0) return;  // the answer to a repetition, or too late
  inbox.emplace_back(input::AdapterReply{peer, token, ok, std::string(text)});
}

void Node::State::release(const Output& output) {
  struct Visitor {
    State& s;
    Outgoing out;

    void operator()(const output::Answer& answer) {
      const auto secret = s.secrets_of.extract(answer.request.value);
      const bool same = std::holds_alternative<output::Found>(
          answer.body);  // asking again is as good as remembering
      s.server.answer(answer.request,
                      out.reply(answer.body, secret ? secret.mapped() : std::string()), !same);
    }
    void operator()(const output::LegOrder& order) { s.server.leg(order.peer, out.leg(order)); }
    void operator()(const output::Notice& notice) {
      s.server.notice(notice.peer, notice.name, out.notice(notice));
    }
    void operator()(const output::OfferMade& made) {
      s.server.notice(made.peer, "offer", out.offer(made));
    }
    void operator()(const output::OfferEnded& ended) {
      s.server.notice(ended.peer, "offer_ended", out.offer_ended(ended));
    }
    void operator()(const output::AgentChanged& changed) {
      s.server.notice(changed.peer, "agent", out.agent(changed));
    }
    void operator()(const output::Ask& ask) {
      s.asked.insert_or_assign({ask.peer, ask.token}, Asked{ask, 0});
    }
    void operator()(const output::Publish& publish) {
      s.events.publish(publish.topic, publish.body);
    }
  };
  std::visit(Visitor{*this, Outgoing(secrets, now(), wall_offset)}, output);
}

/// Sends what was asked of adapters, and again every second until it is answered or its deadline has passed.
void Node::State::ask_again(std::int64_t now_ms) {
  for (auto it = asked.begin(); it != asked.end();) {
    Asked& waiting = it->second;
    const Duration left = waiting.ask.deadline - now();
    if (left <= Duration{0}) {
      inbox.emplace_back(input::AdapterReply{
          waiting.ask.peer, waiting.ask.token, false,
          R"({"code":"deadline","text":"The adapter did not answer in time."})"});
      it = asked.erase(it);
      continue;
    }
    if (now_ms >= waiting.repeat_at) {
      waiting.repeat_at = now_ms + kAskAgainMs;
      server.ask(waiting.ask.peer, waiting.ask.token, waiting.ask.name, waiting.ask.idempotency_key,
                 waiting.ask.body.empty() ? "{}" : waiting.ask.body, left.count());
    }
    ++it;
  }
}

}  // namespace convene
