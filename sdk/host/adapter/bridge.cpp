// sdk/host/adapter/bridge.cpp - the bus's words as calls of convene_adapter, and back.
#include "sdk/host/adapter/bridge.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

#include "convene/json.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::adapter {
namespace {

using bus::JsonText;

constexpr std::size_t kOpenMax = 4'000;  ///< Below what the guard lets in.
constexpr std::size_t kAgentsMax = 20'000;
constexpr Millis kDeadline{5'000}, kDeadlineMax{600'000};
constexpr const char* kBusy =
    R"({"code":"busy","text":"The adapter has too much to do; ask again later."})";
constexpr const char* kLate = R"({"code":"deadline","text":"The adapter did not answer in time."})";

Millis bounded(std::int64_t deadline_ms) {
  return deadline_ms > 0 ? std::min(Millis(deadline_ms), kDeadlineMax) : kDeadline;
}

}  // namespace

Bridge::Bridge(bus::ClientOptions options, Lane& lane, Outbox& outbox, Say say)
    : lane_(lane),
      outbox_(outbox),
      say_(std::move(say)),
      client_(
          [&] {
            options.texts_only = true;
            options.now_ms = [] { return now().count(); };
            return std::move(options);
          }(),
          handlers()) {}

bus::ClientHandlers Bridge::handlers() {
  bus::ClientHandlers h;
  h.welcome = [this](bus::Body config, const std::string&, bool new_instance) {
    welcome(config.text, new_instance || std::exchange(lost_, false));
  };
  h.lost = [this](std::string_view reason) {
    lost_ = true;
    say_("lost the bus: " + std::string(reason));
  };
  h.refused = [this](const std::string& code, const std::string& text) {
    say_("is refused by the core: " + code + ": " + text);
  };
  h.leg = [this](bus::Body leg) {
    const json::Parsed message = json::parse(leg.text);
    if (message && legs_.take(*message.value, now().count())) lane_.leg(std::string(leg.text));
  };
  h.notice = [this](std::string_view name, bus::Body body) { notice(name, body.text); };
  h.asked = [this](const bus::Asked& request) { asked(request); };
  return h;
}

void Bridge::welcome(std::string_view config, bool renewed) {
  std::string settings(bus::member_text(config, "settings"));
  if (settings.empty()) settings = "{}";
  if (!configured_ || settings != settings_) {
    configured_ = true;
    settings_ = std::move(settings);
    lane_.configure(settings_);
  }
  if (!renewed) return;
  attached_.clear();
  for (const auto& [agent, state] : agents_) tell(agent);
  legs_.repeat(now().count());
}

void Bridge::open(Open fresh, std::string name, std::string key, std::string body) {
  const std::uint64_t token = ++last_token_;
  const Millis deadline = fresh.deadline;
  deadlines_.emplace(deadline, token);
  if (fresh.offer != 0) offers_[fresh.offer] = token;
  open_.emplace(token, std::move(fresh));
  lane_.ask({token, std::move(name), std::move(key), std::move(body), deadline});
}

std::optional<Bridge::Open> Bridge::settle(std::uint64_t token) {
  auto found = open_.extract(token);
  if (!found) return std::nullopt;
  deadlines_.erase({found.mapped().deadline, token});
  offers_.erase(found.mapped().offer);
  return std::move(found.mapped());
}

void Bridge::asked(const bus::Asked& request) {
  if (open_.size() >= kOpenMax) return client_.answer(request.id, false, kBusy);
  open({request.id, 0, {}, now() + bounded(request.deadline_ms)}, request.name,
       request.idempotency_key, boost::json::serialize(request.body));
}

void Bridge::notice(std::string_view name, std::string_view body) {
  const json::Parsed read = json::parse(body);
  if (!read) return;
  if (name == "offer") return offer(*read.value);
  if (name == "offer_ended") {
    const auto known = offers_.find(read.value->integer("offer"));
    if (known != offers_.end()) settle(known->second);
  }
  note(std::string(name), std::string(body));
}

/// An offer is a question: does the agent take it? The core may make it again after a reconnect.
void Bridge::offer(const json::Value& made) {
  const std::int64_t number = made.integer("offer");
  if (number <= 0 || offers_.contains(number) || open_.size() >= kOpenMax) return;
  const Millis left = bounded(made.integer("deadline_ms") - made.integer("now_ms"));
  open({0, number, std::string(made.text("agent")), now() + left}, "offer", {}, json::write(made));
}

void Bridge::note(std::string name, std::string body) {
  lane_.ask({0, std::move(name), {}, std::move(body), {}});
}

void Bridge::drain() {
  for (const Said& said : outbox_.take()) {
    switch (said.what) {
      case Said::What::reply:
        reply(said);
        break;
      case Said::What::event:
        event(said);
        break;
      case Said::What::leg:
        if (!legs_.says(said.body, now().count()))
          say_("said something of a leg that is no report");
        break;
      case Said::What::over:
        over_ = said.body;
        break;
    }
  }
}

void Bridge::reply(const Said& said) {
  const auto owed = settle(said.token);
  if (!owed) return;  // its deadline has passed meanwhile, and it was answered for
  if (owed->offer == 0) return client_.answer(owed->id, said.good, said.body);
  const json::Parsed body = json::parse(said.body);
  JsonText answer;
  answer.open().key("agent").text(owed->agent).key("offer").number(owed->offer);
  answer.key("accepts").boolean(said.good && body && body.value->boolean("accepts")).close();
  client_.request("offer_answer", answer.take(),
                  [this](const bus::Reply& r) { expect("an answer to an offer", r); });
}

void Bridge::event(const Said& said) {
  if (said.name != "agent_state") return client_.event(said.name, said.body);
  const json::Parsed body = json::parse(said.body);
  const std::string agent(body ? body.value->text("agent") : "");
  if (agent.empty() || (agents_.size() >= kAgentsMax && !agents_.contains(agent)))
    return say_("said a state of an agent that is none");
  agents_[agent] = body.value->text("state");
  if (client_.connected()) tell(agent);
}

/// Attaches the agent, where this core does not know yet that we speak for him, and says how he is.
void Bridge::tell(const std::string& agent) {
  if (attached_.insert(agent).second) {
    client_.request("attach", JsonText().open().key("agent").text(agent).close().take(),
                    [this, agent](const bus::Reply& r) {
                      expect("an agent", r);
                      if (!r.ok) attached_.erase(agent);
                      const json::Parsed body = json::parse(r.text_of_body);
                      if (!r.ok || !body) return;
                      for (const json::Value& made : body.value->array("offers")) offer(made);
                    });
  }
  JsonText state;
  state.open().key("agent").text(agent).key("state").text(agents_.at(agent)).close();
  client_.request("agent_says", state.take(),
                  [this](const bus::Reply& r) { expect("an agent's state", r); });
}

void Bridge::expect(std::string_view what, const bus::Reply& reply) const {
  if (!reply.ok && reply.code != "closed")
    say_("is refused " + std::string(what) + ": " + reply.code + ": " + reply.text);
}

void Bridge::run_timers() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now()) {
    const auto owed = settle(deadlines_.begin()->second);
    if (owed->offer == 0) client_.answer(owed->id, false, kLate);  // an offer expires by itself
  }
  if (client_.connected())
    legs_.send_due(now().count(), [this](const std::string& message) { client_.leg(message); });
}

std::int64_t Bridge::next_wake_ms() const {
  std::int64_t at = client_.next_wake_ms();
  if (client_.connected()) at = std::min(at, legs_.next_ms());
  if (!deadlines_.empty()) at = std::min(at, deadlines_.begin()->first.count());
  return at;
}

}  // namespace convene::adapter
