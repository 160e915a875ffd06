// sdk/host/isolation/host_messages.cpp - hears a process that nobody trusts: what breaks a rule ends it.
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "sdk/host/isolation/hello.hpp"
#include "sdk/host/isolation/host_state.hpp"
#include "sdk/host/isolation/values.hpp"
#include "sdk/host/spawn.hpp"

namespace convene::isolation {
namespace {

constexpr std::size_t kWhyMax = 500;

/// {"code","text"} of a process that refuses to start.
std::string text_of(const Message& message) {
  const json::Parsed body = json::parse(message.body, {.bytes = kBodyMax});
  const std::string text = body ? std::string(body.value->text("text")) : std::string();
  return text.empty() ? "gave no reason" : text.substr(0, kWhyMax);
}

bool equal(const PluginDescription& a, const PluginDescription& b) {
  return a.id == b.id && a.version == b.version && a.offers == b.offers &&
         a.config_schema == b.config_schema && a.state_version == b.state_version;
}

}  // namespace

void HostProcess::Impl::close_door() {
  if (!socket_path.empty()) ::unlink(socket_path.c_str());
  socket_path.clear();
}

void HostProcess::Impl::disconnect() {
  close_door();
  line.reset();
  expected.clear();
  forgotten.clear();
  given_up.clear();
  pinged.reset();
  if (state == HostState::up || state == HostState::starting) state = HostState::waiting;
  start_at.reset();  // its end comes first
  notify();
}

bool HostProcess::Impl::condemn(const std::string& why) {
  if (pidfd >= 0) signal_process(pidfd, SIGKILL);
  end_reason = why;
  disconnect();
  return false;
}

bool HostProcess::Impl::pump() {
  Message message;
  std::string why;
  while (line) {
    const Line::Got got = line->receive(message, why);
    if (got == Line::Got::nothing) return true;
    heard = now();
    if (got == Line::Got::broken) return condemn("sent what is no message: " + why);
    if (!take(message)) return false;
  }
  return false;
}

bool HostProcess::Impl::take(const Message& message) {
  const bool starting = state == HostState::starting;
  switch (message.kind) {
    case Kind::ping:
      if (starting && !said_hello) return line->send(Kind::pong, message.correlation, "{}"), true;
      break;
    case Kind::hello:
      if (starting && !said_hello) return take_hello(message);
      break;
    case Kind::ready:
      if (!starting || !said_hello) break;
      state = HostState::up;
      was_up = true;
      close_door();
      changed.notify_all();
      return true;
    case Kind::refused:
      return condemn(text_of(message));
    case Kind::answer:
      return take_answer(message);
    case Kind::pong:
      if (!pinged) break;
      pinged.reset();
      return true;
    case Kind::log:
      return take_log(message);
    default:
      break;
  }
  return condemn(std::string("sent a message that is out of turn: ") +
                 static_cast<char>(message.kind));
}

bool HostProcess::Impl::take_hello(const Message& message) {
  if (const pid_t sender = line->sender(); sender != 0 && sender != pid) {
    return condemn("was spoken for by another process");
  }
  auto said = read_hello(message.body);
  if (!said) return condemn(said.error().text);
  if (said->id != launch.plugin) {
    return condemn("calls itself \"" + said->id + "\" where \"" + launch.plugin +
                   "\" was asked for");
  }
  if (description && !equal(*description, *said)) {
    return condemn("has changed since it was loaded; reload the plugin to use what it is now");
  }
  if (!description) {
    auto chosen = launch.settings(*said);
    if (!chosen) {
      line->send(Kind::refused, 0, R"({"code":"plugin.config","text":"the settings do not fit"})");
      return condemn(chosen.error().text);
    }
    settings = std::move(*chosen);
    description = std::move(*said);
  }
  said_hello = true;
  bus::JsonText welcome;
  welcome.open().key("version").number(kVersion).key("config").text(settings).close();
  return line->send(Kind::welcome, 0, welcome.view()) || condemn("does not read its welcome");
}

bool HostProcess::Impl::take_answer(const Message& message) {
  const std::uint64_t id = message.correlation;
  if (expected.erase(id) > 0) {
    replies[id] = message.body;
    return true;
  }
  if (forgotten.erase(id) > 0 || given_up.erase(id) > 0) return true;
  return condemn("answered a call that was not made, or twice");
}

bool HostProcess::Impl::take_log(const Message& message) {
  const json::Parsed body = json::parse(message.body);
  if (!body) return condemn("sent a log line that is no JSON");
  const auto level = std::clamp<std::int64_t>(body.value->integer("level", 1), 0, 3);
  const std::lock_guard talking(talk_mutex);
  return talk.say(now(), static_cast<int>(level), body.value->text("id"),
                  body.value->text("message")) ||
         condemn("floods the log");
}

}  // namespace convene::isolation
