// core/check/questions.cpp - an ordinary day: who waits, who comes, what is said.
#include "core/check/questions.hpp"

#include <algorithm>

#include "convene/adapter.h"
#include "convene/json.hpp"

namespace convene::check {
namespace {

const std::vector<Agent>& people() {
  static const std::vector<Agent> all = {
      {"anna", kNow - 600'000, {{"en", 5}, {"fr", 8}, {"loans", 7}}, 0, 2, 0},
      {"bert", kNow - 300'000, {{"en", 9}}, 1, 3, 0},
      {"chloe", kNow - 120'000, {{"de", 3}, {"fr", 4}}, 0, 1, 1},
      {"dag", kNow - 1'000, {}, 0, 1, 0},
  };
  return all;
}

void add_routing(Questions& to) {
  const auto add = [&](std::string label, auto change) {
    RoutingQuestion q;
    q.agents = people();
    change(q);
    to.push_back({"routing, " + std::move(label), std::move(q)});
  };
  add("four are free", [](RoutingQuestion&) {});
  add("one is free", [](RoutingQuestion& q) { q.agents.resize(1); });
  add("French loans", [](auto& q) { q.context = R"({"lang":"fr","product":"loans"})"; });
  add("nobody speaks it", [](auto& q) { q.context = R"({"lang":"ja"})"; });
  add("has waited an hour", [](auto& q) {
    q.context = R"({"lang":"ja","product":["loans","cards"]})";
    q.since = kNow - 3'600'000, q.attempt = 4;
  });
  add("wanted agent is here", [](auto& q) { q.wanted = "chloe"; });
  add("wanted agent is not here", [](auto& q) { q.wanted = "zoe"; });
  add("first page of two", [](auto& q) { q.more = 1, q.context = R"({"lang":"ja"})"; });
  add("second and last page", [](auto& q) { q.page = 1; });
  add("all have missed it", [](auto& q) {
    for (Agent& a : q.agents) a.missed = 2;
  });
  add("another pool",
      [](auto& q) { q.pool = "support", q.flow = "help_at_once", q.session = 4711; });
  add("a full page", [](auto& q) {
    for (int i = 4; i < 32; ++i) {
      q.agents.push_back(
          {"agent" + std::to_string(i), kNow - 900 + i, {{"en", i % 10 + 1}}, 0, 1, 0});
    }
  });
}

/// Tells stories: each `event` is one step, the legs are those of the moment.
class Stories {
 public:
  Stories(Questions& to, const std::string& settings) : to_(to), settings_(settings) {}

  void begin(std::string name) {
    name_ = std::move(name);
    now_ = {};
    now_.first = true, now_.settings = settings_;
  }
  ServiceQuestion& scene() { return now_; }
  void event(int kind, const char* label) {
    now_.kind = kind;
    to_.push_back({"service, " + name_ + ": " + label, now_});
    now_.first = false;
    now_.now += 1'000;
    now_.leg = 0, now_.leg_state = 0, now_.timer = 0;
    now_.agent.clear(), now_.name.clear(), now_.detail.clear();
  }
  void arrive() {
    event(CONVENE_EVENT_CREATED, "created");
    event(CONVENE_EVENT_ARRIVED, "arrived");
    now_.legs.push_back({CONVENE_ROLE_CUSTOMER, CONVENE_LEG_INVITED, 1, ""});
    now_.searching = 1;
  }
  void leg(std::size_t index, int state, const char* label) {
    now_.legs[index].state = state;
    now_.leg = now_.legs[index].id, now_.leg_state = state;
    event(CONVENE_EVENT_LEG, label);
  }
  void accept(const char* agent) {
    now_.searching = 0, now_.agent = agent;
    event(CONVENE_EVENT_ACCEPTED, "accepted");
    now_.legs.push_back({CONVENE_ROLE_AGENT, CONVENE_LEG_INVITED, 2, agent});
  }
  void request(const char* name, const char* detail, std::uint64_t leg) {
    now_.name = name, now_.detail = detail, now_.leg = leg;
    event(CONVENE_EVENT_REQUEST, name);
  }
  void timer(std::uint32_t number) {
    now_.timer = number;
    event(CONVENE_EVENT_TIMER, "timer");
  }
  void agent_event(int kind, const char* agent, const char* label) {
    now_.agent = agent;
    event(kind, label);
  }

 private:
  Questions& to_;
  std::string settings_, name_;
  ServiceQuestion now_;
};

void add_service(Questions& to, const std::string& settings) {
  Stories s(to, settings);
  s.begin("a talk");
  s.arrive();
  s.leg(0, CONVENE_LEG_CONNECTED, "customer connected");
  s.accept("anna");
  s.leg(1, CONVENE_LEG_CONNECTED, "agent connected");
  s.request("open_channel", R"({"channel":"page"})", 2);
  s.request("close_channel", R"({"channel":"page"})", 2);
  s.leg(0, CONVENE_LEG_DEGRADED, "customer reloads");
  s.leg(0, CONVENE_LEG_CONNECTED, "customer is back");
  s.request("leave", "{}", 1);
  s.leg(0, CONVENE_LEG_LEFT, "customer left");
  s.leg(1, CONVENE_LEG_LEFT, "agent left");

  s.begin("nobody comes");
  s.arrive();
  s.leg(0, CONVENE_LEG_CONNECTED, "customer connected");
  s.agent_event(CONVENE_EVENT_MISSED, "bert", "missed");
  s.scene().searching = 0;
  s.agent_event(CONVENE_EVENT_NO_AGENT, "", "no agent");
  for (std::uint32_t t = 0; t < 8; ++t) s.timer(t);
  s.request("escalate", "{}", 1);
  s.request("wait", "{}", 1);

  s.begin("the wanted agent");
  s.scene().wanted = "anna";
  s.arrive();
  s.agent_event(CONVENE_EVENT_MISSED, "anna", "missed");
  s.scene().searching = 0;
  s.agent_event(CONVENE_EVENT_NO_AGENT, "anna", "no agent");
  s.request("choose", R"({"choice":"anybody"})", 1);
  s.accept("anna");
  s.leg(1, CONVENE_LEG_FAILED, "agent's leg failed");

  s.begin("an agreed time");
  s.scene().due = kNow + 2'000;
  s.event(CONVENE_EVENT_CREATED, "created");
  s.event(CONVENE_EVENT_DUE, "due");
  s.accept("dag");
  s.leg(0, CONVENE_LEG_CONNECTED, "agent connected");
  s.event(CONVENE_EVENT_ARRIVED, "arrived");
  s.request("no_such_request", R"({"x":[1,2]})", 2);
  s.leg(0, CONVENE_LEG_LEFT, "agent left");
}

void add_channel(Questions& to, const std::string& settings) {
  const auto add = [&](std::string label, bool first, auto change) {
    ChannelQuestion q;
    q.first = first, q.settings = settings;
    q.now = kNow + static_cast<std::int64_t>(to.size()) * 400;
    change(q);
    to.push_back({"channel, " + std::move(label), std::move(q)});
  };
  const auto frame = [&](std::string label, const char* text, int role) {
    add(std::move(label), false,
        [&](auto& q) { q.frame = text, q.role = role, q.from = static_cast<std::uint64_t>(role); });
  };
  add("customer opens it", true, [](auto& q) { q.kind = CONVENE_CHANNEL_JOINED, q.legs = 1; });
  add("agent opens it", false,
      [](auto& q) { q.kind = CONVENE_CHANNEL_JOINED, q.from = 2, q.role = CONVENE_ROLE_AGENT; });
  frame("a text", R"({"text":"Hello, is there anybody?"})", CONVENE_ROLE_CUSTOMER);
  frame("typing", R"({"typing":true})", CONVENE_ROLE_AGENT);
  frame("a text back", R"({"text":"Good morning \u2013 how can I help?"})", CONVENE_ROLE_AGENT);
  frame("a page", R"({"url":"https://shop.example/loans","title":"Loans"})", CONVENE_ROLE_AGENT);
  frame("a page on this machine", R"({"url":"http://localhost/loans"})", CONVENE_ROLE_CUSTOMER);
  frame("following", R"({"following":true})", CONVENE_ROLE_CUSTOMER);
  frame("an empty text", R"({"text":""})", CONVENE_ROLE_CUSTOMER);
  frame("something else", R"({"offer":{"sdp":"v=0"}})", CONVENE_ROLE_CUSTOMER);
  for (int i = 0; i < 12; ++i) frame("quickly", R"({"text":"and"})", CONVENE_ROLE_CUSTOMER);
  add("customer closes it", false, [](auto& q) { q.kind = CONVENE_CHANNEL_LEFT; });
}

void add_adapter(Questions& to) {
  const auto add = [&](std::string label, AdapterQuestion q) {
    to.push_back({"adapter, " + std::move(label), std::move(q)});
  };
  add("look up", {false, "look_up", "k1", R"({"key":"c-17"})", 2'000});
  add("the same again", {false, "look_up", "k1", R"({"key":"c-17"})", 2'000});
  add("place a call", {false, "place_call", "k2", R"({"leg":4,"to":"+12025550100"})", 2'000});
  add("write an activity", {false, "write_activity", "k3", R"({"session":7})", 2'000});
  add("a leg joins",
      {true, "", "", R"({"leg":4,"seq":1,"ack":0,"join":false,"reason":"done"})", 0});
}

}  // namespace

const char* extension_of(const Question& question) {
  static constexpr const char* kIds[] = {CONVENE_ROUTING, CONVENE_SERVICE, CONVENE_CHANNEL,
                                         CONVENE_ADAPTER};
  return kIds[question.asked.index()];
}

Questions ordinary_questions(const std::vector<std::string>& offers, const FlowSettings& flows) {
  const auto offered = [&](const char* id) {
    return std::find(offers.begin(), offers.end(), id) != offers.end();
  };
  Questions all;
  if (offered(CONVENE_ROUTING)) add_routing(all);
  if (offered(CONVENE_SERVICE)) {
    for (const std::string& settings : flows.service) add_service(all, settings);
  }
  if (offered(CONVENE_CHANNEL)) {
    for (const std::string& settings : flows.channel) add_channel(all, settings);
  }
  if (offered(CONVENE_ADAPTER)) add_adapter(all);
  return all;
}

std::string describe(const Question& question) {
  json::Value v = json::object({{"question", question.label}});
  const auto cut = [](const std::string& s) { return json::Value(s.substr(0, 300)); };
  if (const auto* q = std::get_if<RoutingQuestion>(&question.asked)) {
    v.set("agents", q->agents.size()).set("page", q->page).set("more", q->more);
    v.set("context", cut(q->context)).set("wanted", cut(q->wanted)).set("now_ms", q->now);
  } else if (const auto* q2 = std::get_if<ServiceQuestion>(&question.asked)) {
    v.set("kind", q2->kind).set("leg", q2->leg).set("leg_state", q2->leg_state);
    v.set("name", cut(q2->name)).set("detail", cut(q2->detail)).set("state", cut(q2->state));
    v.set("timer", q2->timer).set("agent", cut(q2->agent)).set("legs", q2->legs.size());
  } else if (const auto* q3 = std::get_if<ChannelQuestion>(&question.asked)) {
    v.set("kind", q3->kind).set("role", q3->role).set("frame", cut(q3->frame));
    v.set("state", cut(q3->state)).set("settings", cut(q3->settings));
  } else if (const auto* q4 = std::get_if<AdapterQuestion>(&question.asked)) {
    v.set("name", cut(q4->name)).set("body", cut(q4->body));
  }
  return json::write(v);
}

}  // namespace convene::check
