// core/check/cases_adapter.cpp - what the bus expects of an adapter, in any language: one process for
// each case.
#include <signal.h>

#include <algorithm>
#include <set>

#include "core/check/bus_partner.hpp"
#include "core/check/check.hpp"
#include "core/check/children.hpp"

namespace convene::check {
namespace {

using bus::Kind;

std::string how_it_ended(BusPartner& core) {
  const auto code = core.exit_within(0);
  std::string text = code ? "it ended with code " + std::to_string(*code) : "it runs and is silent";
  if (const std::string output = core.output(); !output.empty())
    text += "; its last words: \"" +
            shown(output.substr(output.size() > 300 ? output.size() - 300 : 0), 300) + "\"";
  return text;
}

/// Starts the adapter with a core that `prepare` has changed; fails when no hello comes.
Verdict with_adapter(const Subject& subject, const std::function<Verdict(BusPartner&)>& body,
                     const std::function<void(BusPartner&)>& prepare = {}) {
  BusPartner core(subject.config);
  core.bind();
  if (prepare) prepare(core);
  core.start(subject.command);
  if (!core.greet()) return failed("said no hello within 10 s: " + how_it_ended(core));
  return body(core);
}

Case on_bus(const char* name, const char* proves, const char* remedy,
            std::function<Verdict(BusPartner&)> body,
            std::function<void(BusPartner&)> prepare = {}) {
  return {name,
          proves,
          remedy,
          kAny,
          "adapter.says_hello",
          [body = std::move(body), prepare = std::move(prepare)](const Subject& s) {
            return with_adapter(s, body, prepare);
          }};
}

bool is_reply_to(const Heard& h, std::uint64_t id) {
  return h.kind == Kind::reply && h.correlation == id;
}

std::size_t replies_to(const BusPartner& core, std::uint64_t id) {
  return static_cast<std::size_t>(
      std::count_if(core.heard().begin(), core.heard().end(),
                    [&](const Heard& h) { return is_reply_to(h, id); }));
}

const Heard* reply_to(const BusPartner& core, std::uint64_t id) {
  for (const Heard& h : core.heard()) {
    if (is_reply_to(h, id)) return &h;
  }
  return nullptr;
}

void rest(BusPartner& core, std::int64_t ms) {
  core.until([] { return false; }, ms);
}

const Heard& hello_of(const BusPartner& core) {
  return *std::find_if(core.heard().begin(), core.heard().end(),
                       [](const Heard& h) { return h.kind == Kind::hello; });
}

Verdict names_itself(BusPartner& core) {
  const Heard& hello = hello_of(core);
  if (!hello.fault.empty()) return failed(hello.fault);
  if (hello.body.text("name") != "checked")
    return failed("calls itself \"" + std::string(hello.body.text("name")) +
                  "\" where CONVENE_NAME is \"checked\"");
  for (const json::Value& version : hello.body.array("versions")) {
    if (version.as_int() && *version.as_int() == bus::kVersion) return passed();
  }
  return failed("speaks no version 1 of the bus");
}

Verdict waits_for_welcome(BusPartner& core) {
  rest(core, 600);
  for (const Heard& h : core.heard()) {
    if (h.kind != Kind::hello && h.kind != Kind::pong)
      return failed("sent a " + std::string(bus::name_of(h.kind)) + " before it was welcome");
  }
  return passed();
}

Verdict asks_again(BusPartner& core) {
  const bool again = core.until([&] { return core.count(Kind::hello) > 1; }, 12'000);
  return again ? passed() : failed("said hello once and waits for ever: " + how_it_ended(core));
}

Verdict answers_pings(BusPartner& core) {
  for (int i = 0; i < 5; ++i) {
    if (!core.is_well(2'000))
      return failed("did not answer a ping with its correlation within 2 s");
  }
  return passed();
}

Verdict sends_heartbeats(BusPartner& core) {
  const std::size_t from = core.heard().size();
  const bool beats =
      core.until([&] { return core.count(Kind::ping, from) >= 3; }, BusPartner::kHeartbeatMs * 15);
  if (beats) return passed();
  return failed("sent " + std::to_string(core.count(Kind::ping, from)) + " pings in " +
                std::to_string(BusPartner::kHeartbeatMs * 15) +
                " ms where welcome.heartbeat_ms is " + std::to_string(BusPartner::kHeartbeatMs));
}

/// Asks `count` things that nobody knows at once: one answer each, in time.
Verdict answers_each_once(BusPartner& core, int count, std::int64_t deadline_ms) {
  std::set<std::uint64_t> ids;
  for (int i = 0; i < count; ++i)
    ids.insert(core.request("convene_check_probe", R"({"number":)" + std::to_string(i) + "}",
                            "probe-" + std::to_string(i), 0, deadline_ms));
  const auto all_answered = [&] {
    return std::all_of(ids.begin(), ids.end(), [&](auto id) { return replies_to(core, id) > 0; });
  };
  core.until(all_answered, deadline_ms);
  rest(core, 300);
  for (const std::uint64_t id : ids) {
    const std::size_t n = replies_to(core, id);
    if (n != 1)
      return failed("answered a request " + std::to_string(n) + " times within its deadline of " +
                    std::to_string(deadline_ms) + " ms");
  }
  return passed(std::to_string(ids.size()) + " requests");
}

Verdict refuses_unknown(BusPartner& core) {
  const std::uint64_t id = core.request("convene_check_probe");
  core.until([&] { return reply_to(core, id); }, 2'000);
  const Heard* reply = reply_to(core, id);
  if (!reply) return failed("left a request that it does not know without an answer");
  if (reply->body.boolean("ok", true)) return failed("answered ok to a request that nobody knows");
  if (reply->body.text("code").empty()) return failed("refused without a code");
  return passed("refused with " + std::string(reply->body.text("code")));
}

Verdict repeats(BusPartner& core) {
  const std::uint64_t id = core.request("convene_check_probe", "{}", "same");
  core.until([&] { return reply_to(core, id); }, 2'000);
  core.request("convene_check_probe", "{}", "same", id);
  core.request("convene_check_probe", "{}", "same", id);
  rest(core, 500);
  std::set<std::string> answers;
  for (const Heard& h : core.heard()) {
    if (is_reply_to(h, id)) answers.insert(h.text);
  }
  if (answers.empty()) return failed("did not answer");
  return answers.size() == 1 ? passed() : failed("answered a repeated request in two ways");
}

Verdict honours_keys(BusPartner& core) {
  const std::uint64_t a = core.request("convene_check_probe", R"({"x":1})", "one-key");
  core.until([&] { return reply_to(core, a); }, 2'000);
  const std::uint64_t b = core.request("convene_check_probe", R"({"x":1})", "one-key");
  core.until([&] { return reply_to(core, b); }, 2'000);
  const Heard *first = reply_to(core, a), *second = reply_to(core, b);
  if (!first || !second) return failed("left a request without an answer");
  return first->text == second->text
             ? passed()
             : failed("answered one key in two ways: " + shown(first->text) + " and " +
                      shown(second->text));
}

Verdict survives(BusPartner& core, const std::function<void(BusPartner&)>& trouble) {
  trouble(core);
  rest(core, 200);
  if (core.is_well()) return passed();
  // It may have given up the connection: then it says hello again.
  if (core.wait_for(Kind::hello, 1, 8'000) && core.is_well()) return passed("by a new connection");
  return failed("does not answer a ping any more: " + how_it_ended(core));
}

void malformed(BusPartner& core) {
  const std::string kind("CV1Q"), zero(8, '\0');
  core.send_frames({"CV1Q"});
  core.send_frames({"CV9Q", zero, "{}"});
  core.send_frames({kind, "short", "{}"});
  core.send_frames({"CV1?", zero, "{}"});
  core.send_frames({kind, zero, "{}", "more"});
  core.send_frames({"", "", ""});
  for (const char* body :
       {"", "{", "[]", "null", "{\"name\":7,\"body\":[]}", "{\"name\":\"x\"}", "\xff"})
    core.send_frames({kind, std::string("\0\0\0\0\0\0\1\1", 8), body});
  std::string deep =
      "{\"name\":\"x\",\"body\":{\"a\":" + std::string(5'000, '[') + std::string(5'000, ']') + "}}";
  core.send_frames({kind, std::string("\0\0\0\0\0\0\1\2", 8), deep});
  core.send_frames({"CV1L", zero, "{\"leg\":\"x\"}"});
  core.send_frames({"CV1W", zero, "{}"});
}

void unknown_things(BusPartner& core) {
  core.send(Kind::notice, 0, R"({"name":"of_a_newer_core","body":{"x":1}})");
  core.send(Kind::leg, 0, R"({"leg":99,"seq":0,"ack":7,"join":true})");
  core.send(Kind::leg, 0, R"({"leg":98,"seq":1,"ack":0,"join":false,"reason":"done"})");
  core.send(Kind::reply, 424'242, R"({"ok":true,"body":{}})");
  core.send(Kind::refused, 0, R"({"code":"malformed","text":"A test."})");
  core.send(Kind::refused, 77, R"({"code":"of_a_newer_core","text":"A test."})");
  core.send(Kind::event, 0, R"({"name":"x","body":{}})");
}

Verdict takes_new_fields(BusPartner& core) {
  core.more_welcome = R"(,"of_a_newer_core":{"x":[1]})";
  core.welcome();
  core.send(Kind::request, 5'001,
            R"({"name":"convene_check_probe","deadline_ms":2000,"body":{},"of_a_newer_core":1})");
  core.until([&] { return reply_to(core, 5'001); }, 2'000);
  if (!reply_to(core, 5'001)) return failed("left a request with a new member without an answer");
  return core.is_well() ? passed() : failed("does not answer a ping any more");
}

Verdict takes_new_configuration(BusPartner& core) {
  for (int i = 0; i < 3; ++i) core.welcome();
  rest(core, 300);
  if (!core.is_well()) return failed("does not answer a ping any more: " + how_it_ended(core));
  return answers_each_once(core, 3, 2'000);
}

Verdict back_after_restart(BusPartner& core) {
  core.unbind();
  rest(core, 300);
  core.instance = "second";
  const std::size_t from = core.heard().size();
  core.bind();
  if (!core.wait_for(Kind::hello, from, 20'000))
    return failed("did not come back within 20 s of the core's restart: " + how_it_ended(core));
  rest(core, 100);
  return core.is_well() ? passed() : failed("came back and does not answer a ping");
}

/// Agents that the adapter attached, in the messages from `from` on.
std::set<std::string> attached(const BusPartner& core, std::size_t from) {
  std::set<std::string> agents;
  for (std::size_t i = from; i < core.heard().size(); ++i) {
    const Heard& h = core.heard()[i];
    if (h.kind == Kind::request && h.body.text("name") == "attach")
      agents.emplace(h.body.text("body.agent"));
  }
  return agents;
}

Verdict repeats_its_state(BusPartner& core) {
  rest(core, 1'500);
  const std::set<std::string> before = attached(core, 0);
  if (before.empty()) return skipped("it has attached no agent within 1.5 s");
  core.unbind();
  core.instance = "second";
  const std::size_t from = core.heard().size();
  core.bind();
  const bool all = core.until(
      [&] {
        const auto again = attached(core, from);
        return std::includes(again.begin(), again.end(), before.begin(), before.end());
      },
      20'000);
  return all ? passed(std::to_string(before.size()) + " agents")
             : failed("attached " + std::to_string(attached(core, from).size()) + " of " +
                      std::to_string(before.size()) + " agents again to a new instance");
}

Verdict notices_silence(BusPartner& core) {
  core.answers_pings = core.welcomes = false;
  const std::size_t from = core.heard().size();
  if (core.wait_for(Kind::hello, from, BusPartner::kHeartbeatMs * 10 + 8'000)) return passed();
  return failed("goes on as if nothing were, " +
                std::to_string((BusPartner::kHeartbeatMs * 10 + 8'000) / 1000) +
                " s after the core's last word");
}

Verdict back_after_goodbye(BusPartner& core) {
  const std::size_t from = core.heard().size();
  core.send(Kind::goodbye, 0, R"({"reason":"reconfigured"})");
  if (!core.wait_for(Kind::hello, from, 15'000))
    return failed("did not come back within 15 s of the core's goodbye: " + how_it_ended(core));
  return passed();
}

Verdict says_goodbye(BusPartner& core) {
  core.signal(SIGTERM);
  const auto code = core.exit_within(5'000);
  rest(core, 100);
  if (!code) return failed("still runs 5 s after SIGTERM");
  if (core.count(Kind::goodbye) == 0) return failed("left without a goodbye after SIGTERM");
  if (*code != 0) return failed("ended with code " + std::to_string(*code) + " after SIGTERM");
  return passed();
}

Verdict ends_without_core(BusPartner& core) {
  core.unbind();
  rest(core, 500);
  core.signal(SIGTERM);
  return core.exit_within(5'000) ? passed()
                                 : failed("still runs 5 s after SIGTERM when the core is gone");
}

/// A conversation with everything in it.
void talk(BusPartner& core) {
  answers_each_once(core, 5, 2'000);
  unknown_things(core);
  core.welcome();
  rest(core, 800);
}

Verdict sends_good_messages(BusPartner& core) {
  talk(core);
  core.signal(SIGTERM);
  core.exit_within(3'000);
  rest(core, 100);
  for (const Heard& h : core.heard()) {
    if (!h.fault.empty()) return failed(h.fault);
  }
  return passed(std::to_string(core.heard().size()) + " messages");
}

constexpr const char* kTicket = "SECRETticket0000000000";

std::string join(std::uint64_t leg, std::uint64_t seq) {
  return R"({"leg":)" + std::to_string(leg) + R"(,"seq":)" + std::to_string(seq) +
         R"(,"ack":0,"join":true,"endpoint":"anna","details":{"session":7,"leg":)" +
         std::to_string(leg) + R"(,"role":2,"gateway":"checked","epoch":1,"ticket":")" + kTicket +
         R"(","expires_ms":9000000000000,"channels":["chat"],"flow":"talk_later","protocol":1}})";
}

Verdict keeps_secrets(BusPartner& core) {
  core.send(Kind::leg, 0, join(31, 1));
  core.send(Kind::notice, 0,
            R"({"name":"offer","body":{"agent":"anna","offer":1,"session":7,"flow":"talk_later",)"
            R"("context":{"phone":"+12025550147"},"deadline_ms":9000000000000,)"
            R"("waiting_since_ms":1,"now_ms":1}})");
  core.send(Kind::request, 6'001,
            R"({"name":"convene_check_probe","deadline_ms":2000,"body":{"phone":"+12025550147"}})");
  rest(core, 600);
  core.signal(SIGTERM);
  core.exit_within(3'000);
  const std::string output = core.output();
  for (const char* secret : {kTicket, "12025550147"}) {
    if (output.find(secret) != output.npos)
      return failed(std::string("printed ") + (secret == kTicket ? "a ticket" : "a phone number"));
  }
  return passed();
}

Verdict acknowledges_legs(BusPartner& core) {
  if (core.kind() != "proxy" && core.kind() != "gateway")
    return skipped("it is of the kind " + core.kind() + ", which has no legs");
  const std::size_t from = core.heard().size();
  core.send(Kind::leg, 0, join(31, 1));
  const Heard* ack = core.wait_for(Kind::leg, from, 3'000, [](const Heard& h) {
    return h.body.integer("leg") == 31 && h.body.integer("ack") >= 1;
  });
  return ack ? passed() : failed("did not acknowledge a leg message within 3 s");
}

Verdict is_calm(BusPartner& core) {
  rest(core, 500);
  const std::size_t from = core.heard().size();
  rest(core, 2'000);
  const std::size_t n =
      core.heard().size() - from - core.count(Kind::ping, from) - core.count(Kind::pong, from);
  if (n > 40)
    return failed("sent " + std::to_string(n) + " messages in 2 s in which nothing happened");
  return passed(std::to_string(n) + " messages in 2 s");
}

Verdict waits_for_core(const Subject& subject) {
  BusPartner core(subject.config);
  core.start(subject.command);
  rest(core, 1'000);
  if (!core.runs()) return failed("ended because no core was there yet: " + how_it_ended(core));
  core.bind();
  return core.greet() ? passed() : failed("did not find the core that came a second later");
}

}  // namespace

const std::vector<Case>& adapter_cases() {
  static const std::vector<Case> all = {
      {"adapter.says_hello", "It connects to CONVENE_BUS and says hello within 10 s.",
       "Read CONVENE_BUS and CONVENE_NAME, connect a DEALER, send hello first.", kAny, "",
       [](const Subject& s) { return with_adapter(s, [](BusPartner&) { return passed(); }); }},
      on_bus("adapter.names_itself",
             "Its hello is whole, bears CONVENE_NAME, and speaks version 1.",
             "Send {\"name\",\"kind\",\"versions\":[1],\"capabilities\"}: schema/hello.json.",
             names_itself),
      on_bus("adapter.waits_for_welcome", "Before it is welcome it says nothing but hello.",
             "Hold everything back until welcome has come.", waits_for_welcome,
             [](BusPartner& core) { core.welcomes = false; }),
      on_bus("adapter.asks_again", "Without a welcome it says hello again within 12 s.",
             "Give a hello 2 s, then connect anew, with back-off and jitter.", asks_again,
             [](BusPartner& core) { core.welcomes = false; }),
      {"adapter.waits_for_its_core", "Started before its core it finds it later.",
       "Connect again until it works; ZeroMQ does it by itself.", kAny, "adapter.says_hello",
       waits_for_core},
      on_bus("adapter.answers_pings", "It answers every ping with a pong of the same correlation.",
             "Answer pings from the loop that reads; never block it.", answers_pings),
      on_bus("adapter.sends_heartbeats", "It pings as often as welcome says.",
             "Send a ping every welcome.heartbeat_ms: the core counts three missed ones.",
             sends_heartbeats),
      on_bus("adapter.answers_once",
             "It answers a request exactly once, within its deadline (law 5).",
             "Reply to every request, also to those that you do not know.",
             [](BusPartner& core) { return answers_each_once(core, 1, 2'000); }),
      on_bus("adapter.answers_many", "It answers a hundred requests at once, each exactly once.",
             "Keep requests by their correlation; answer each with its own.",
             [](BusPartner& core) { return answers_each_once(core, 100, 5'000); }),
      on_bus("adapter.refuses_what_it_does_not_know", "It refuses an unknown request with a code.",
             "Reply {\"ok\":false,\"code\":\"unknown_request\",\"text\":\"...\"}.",
             refuses_unknown),
      on_bus("adapter.answers_repetitions_alike",
             "A request repeated under its id gets the same answer.",
             "Remember the last replies by id and send them again; do nothing twice.", repeats),
      on_bus("adapter.honours_keys", "Two requests with one idempotency key get one answer.",
             "Remember what was done by idempotency_key, and answer the same again.", honours_keys),
      on_bus("adapter.survives_malformed", "Malformed frames and bodies do it no harm.",
             "Check count, magic, kind and length of frames, parse bounded, drop what is wrong.",
             [](BusPartner& core) { return survives(core, malformed); }),
      on_bus("adapter.survives_the_unknown",
             "Notices, legs, replies and refusals that it does not know do it no harm.",
             "Ignore what you do not know: a newer core says more.",
             [](BusPartner& core) { return survives(core, unknown_things); }),
      on_bus("adapter.takes_new_members", "It takes messages with members of a newer core.",
             "Read the members that you know and leave the others alone.", takes_new_fields),
      on_bus("adapter.takes_a_new_configuration", "A welcome that comes again disturbs nothing.",
             "Apply the new configuration and go on.", takes_new_configuration),
      on_bus("adapter.returns_after_restart", "It comes back to a core that was restarted.",
             "When three heartbeats are missed connect anew and say hello.", back_after_restart),
      on_bus("adapter.repeats_its_state",
             "To a new instance of the core it attaches its agents again.",
             "When welcome.instance has changed repeat attach and every leg report.",
             repeats_its_state),
      on_bus("adapter.notices_a_silent_core", "It notices a core that says nothing any more.",
             "Count heartbeats: after three missed ones connect anew.", notices_silence),
      on_bus("adapter.returns_after_goodbye", "After the core's goodbye it comes back.",
             "Treat goodbye like a lost connection; only SIGTERM ends you.", back_after_goodbye),
      on_bus("adapter.says_goodbye", "On SIGTERM it says goodbye and ends with code 0 within 5 s.",
             "Catch SIGTERM, send goodbye, close the socket with a linger, return 0.",
             says_goodbye),
      on_bus("adapter.ends_without_its_core", "On SIGTERM it ends within 5 s also without a core.",
             "Set ZMQ_LINGER to a few hundred milliseconds.", ends_without_core),
      on_bus("adapter.sends_good_messages", "Everything that it sends satisfies its JSON Schema.",
             "Compare with sdk/bus/MESSAGES.md.", sends_good_messages),
      on_bus("adapter.keeps_secrets", "It prints no ticket and no phone number.",
             "Log ids of your own, never bodies.", keeps_secrets),
      on_bus(
          "adapter.acknowledges_legs", "Whoever speaks for legs acknowledges leg messages.",
          "Answer each with {\"leg\",\"seq\",\"ack\",\"state\"}: sdk/bus/README.md, Leg messages.",
          acknowledges_legs),
      on_bus("adapter.is_calm", "While nothing happens it sends nothing but heartbeats.",
             "Send what has changed, when it has changed.", is_calm),
  };
  return all;
}

Report check_adapter(const std::vector<std::string>& command, const CheckOptions& options,
                     const std::function<void(const CaseResult&)>& told) {
  Report report;
  report.subject = "adapter --";
  for (const std::string& word : command) report.subject += " " + word;
  Subject subject;
  subject.command = command;
  subject.config = R"({"settings":{}})";
  if (const auto config = options.configs.find(""); config != options.configs.end()) {
    const json::Parsed read = json::parse(config->second);
    const bool whole = read && read.value->find("settings");
    subject.config = whole ? config->second : R"({"settings":)" + config->second + "}";
  }
  run_cases(adapter_cases(), subject, options, report, told);
  return report;
}

}  // namespace convene::check
