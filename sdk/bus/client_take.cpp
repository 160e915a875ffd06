// sdk/bus/client_take.cpp - what a bus client does with each kind of message of the core.
#include <boost/json.hpp>

#include "sdk/bus/client_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::bus {
namespace {

namespace json = boost::json;

/// The core is trusted to speak JSON; should it not, the message counts as not received.
json::object parse(std::string_view body) {
  boost::system::error_code error;
  json::value value = json::parse(body, error);
  return error || !value.is_object() ? json::object{} : std::move(value.get_object());
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string member_string(std::string_view object, std::string_view key) {
  boost::system::error_code error;
  const json::value value = json::parse(member_text(object, key), error);
  return !error && value.is_string() ? std::string(value.get_string()) : std::string();
}

std::int64_t number(const json::object& object, std::string_view key, std::int64_t otherwise) {
  const json::value* value = object.if_contains(key);
  return value && value->is_int64() ? value->get_int64() : otherwise;
}

const json::object& member(const json::object& object, std::string_view key) {
  static const json::object none;
  const json::value* value = object.if_contains(key);
  return value && value->is_object() ? value->get_object() : none;
}

}  // namespace

void Client::State::take(const Message& message) {
  switch (message.kind) {
    case Kind::welcome:
      return take_welcome(message.body);
    case Kind::ping:
      return send(Kind::pong, message.correlation, "{}");
    case Kind::pong:
      return;
    case Kind::reply:
      return take_reply(message.correlation, message.body);
    case Kind::request:
      return take_asked(message.correlation, message.body);
    case Kind::refused:
      return take_refused(message.correlation, message.body);
    case Kind::leg:
      if (handlers.leg) handlers.leg({read(message.body), message.body});
      return;
    case Kind::notice: {
      const std::string_view body = member_text(message.body, "body");
      if (handlers.notice) handlers.notice(member_string(message.body, "name"), {read(body), body});
      return;
    }
    case Kind::goodbye:
      return lose("goodbye", false);
    case Kind::hello:
    case Kind::event:
      return;  // never sent by a core
  }
}

void Client::State::take_welcome(std::string_view body) {
  const json::object welcome = parse(body);
  const std::string now_instance = text(welcome, "instance");
  const bool new_instance = now_instance != instance;
  const bool was_up = phase == Phase::up;
  // Restored from its store behind a connection that held: to the adapter that is the same as a lost one.
  if (was_up && new_instance && handlers.lost) handlers.lost("core_restored");
  heartbeat = std::max<std::int64_t>(number(welcome, "heartbeat_ms", 1'000), 10);
  instance = now_instance;
  phase = Phase::up;
  attempts = 0;
  ping_at = options.now_ms() + heartbeat;
  wake_by(ping_at);
  if (!was_up || new_instance)
    for (const auto& [id, entry] : waiting) send(Kind::request, id, entry.message);
  if (handlers.welcome)
    handlers.welcome({member(welcome, "config"), member_text(body, "config")}, instance,
                     new_instance);
}

/// What is made of a body for the handlers.
boost::json::object Client::State::read(std::string_view body) const {
  return options.texts_only ? json::object{} : parse(body);
}

void Client::State::take_reply(std::uint64_t id, std::string_view body) {
  Reply reply;
  reply.ok = member_text(body, "ok") == "true";
  if (reply.ok) {
    reply.text_of_body = member_text(body, "body");
    reply.body = read(reply.text_of_body);
  } else {
    const json::object parsed = parse(body);
    reply.code = text(parsed, "code");
    reply.text = text(parsed, "text");
    reply.retry_after_ms = number(parsed, "retry_after_ms", 0);
  }
  finish(id, std::move(reply));
}

void Client::State::take_asked(std::uint64_t id, std::string_view body) {
  if (const auto known = answered.find(id); known != answered.end()) {
    if (!known->second.empty()) send(Kind::reply, id, known->second);
    return;
  }
  constexpr std::size_t kRemembered = 1'024, kInWorkMost = 8'192;
  answered.emplace(id, std::string());
  answered_order.push_back(id);
  // What is still in work is not forgotten for what came later: its answer would be nobody's.
  while (answered_order.size() > kRemembered) {
    const auto oldest = answered.find(answered_order.front());
    if (oldest->second.empty() && answered_order.size() <= kInWorkMost) break;
    answered.erase(oldest);
    answered_order.pop_front();
  }
  json::object parsed = parse(body);
  if (!handlers.asked) {
    JsonText refusal;
    refusal.open().key("ok").boolean(false).key("code").text("unknown_request");
    refusal.key("text").text("This adapter answers no requests.").close();
    answered[id] = refusal.view();
    return send(Kind::reply, id, refusal.view());
  }
  Asked asked{id, text(parsed, "name"), text(parsed, "idempotency_key"), member(parsed, "body"),
              number(parsed, "deadline_ms", 0)};
  handlers.asked(std::move(asked));
}

void Client::State::take_refused(std::uint64_t id, std::string_view body) {
  const json::object parsed = parse(body);
  const std::string code = text(parsed, "code");
  if (code == "hello_first") {  // the core was restarted behind our connection
    if (phase == Phase::up) {
      phase = Phase::greeting;
      if (handlers.lost) handlers.lost("core_restarted");
      greet();
    }
    return;
  }
  if (id != 0) {
    Reply reply;
    reply.code = code;
    reply.text = text(parsed, "text");
    return finish(id, std::move(reply));
  }
  if (phase == Phase::greeting) {
    if (handlers.refused) handlers.refused(code, text(parsed, "text"));
    lose(code, true);
  }
}

}  // namespace convene::bus
