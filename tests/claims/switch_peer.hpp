// tests/claims/switch_peer.hpp - a tiny ACD adapter on the real bus: it is told whom to connect, and its switch connects.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>

#include "sdk/bus/client.hpp"
#include "tests/support/site.hpp"

namespace convene::test {

/// Claim 15: there are no connection details to open, the switch connects the agent's telephone by itself.
class SwitchPeer {
 public:
  SwitchPeer(const Site& site, const std::string& name)
      : client_(options(site, name), handlers()) {}

  /// Speaks for `agent` from now on, who is ready.
  bool attach(const std::string& agent) {
    agent_ = agent;
    return ask("attach", {{"agent", agent}}) &&
           ask("agent_says", {{"agent", agent}, {"state", "ready"}});
  }
  bool takes_offer() {
    return until([this] { return offer_ != 0; }) &&
           ask("offer_answer", {{"agent", agent_}, {"offer", offer_}, {"accepts", true}});
  }
  /// Waits for the order to join and reports that the switch has connected the leg.
  bool connects_leg() {
    if (!until([this] { return order_.has_value(); })) return false;
    const std::int64_t epoch = order_->at("details").at("epoch").to_number<std::int64_t>();
    const boost::json::object report = {{"leg", order_->at("leg")},
                                        {"seq", 1},
                                        {"ack", order_->at("seq")},
                                        {"epoch", epoch},
                                        {"state", "connected"},
                                        {"channels", boost::json::array{}},
                                        {"reason", ""}};
    client_.leg(boost::json::serialize(report));
    for (int i = 0; i < 20; ++i) client_.wait(10);
    return true;
  }

  std::string endpoint;
  std::string trouble;

 private:
  static bus::ClientOptions options(const Site& site, const std::string& name) {
    bus::ClientOptions made;
    made.endpoint = "ipc://" + (site.data() / "command.sock").string();
    made.name = name;
    made.kind = "proxy";
    made.capabilities = {"connects_legs"};
    return made;
  }

  bus::ClientHandlers handlers() {
    bus::ClientHandlers made;
    made.refused = [this](const std::string& code, const std::string& text) {
      trouble = code + ": " + text;
    };
    made.notice = [this](std::string_view name, bus::Body body) {
      if (name == "offer") offer_ = body.json.at("offer").to_number<std::int64_t>();
    };
    made.leg = [this](bus::Body body) {
      // A message with the number 0 only acknowledges; what else it says does not count.
      const bool counts = body.json.at("seq").to_number<std::int64_t>() > 0;
      if (!counts || !body.json.at("join").as_bool()) return;
      order_ = body.json;
      endpoint = std::string(body.json.at("endpoint").as_string());
    };
    return made;
  }

  template <class Condition>
  bool until(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!holds() && std::chrono::steady_clock::now() < end) client_.wait(20);
    if (!holds() && trouble.empty()) trouble = "nothing came";
    return holds();
  }

  bool ask(std::string_view name, const boost::json::object& body) {
    std::optional<bus::Reply> reply;
    client_.request(name, boost::json::serialize(body),
                    [&](bus::Reply answer) { reply = std::move(answer); });
    if (!until([&] { return reply.has_value(); })) return false;
    if (!reply->ok) trouble = std::string(name) + ": " + reply->code;
    return reply->ok;
  }

  std::string agent_;
  std::int64_t offer_ = 0;
  std::optional<boost::json::object> order_;
  bus::Client client_;
};

}  // namespace convene::test
