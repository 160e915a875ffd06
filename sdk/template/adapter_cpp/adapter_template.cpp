// adapter_template.cpp - speaks for agents whose telephones are somebody else's: a small ACD, kept in a text file.
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "convene/adapter.hpp"

using convene::sdk::AdapterBus;
using convene::sdk::AdapterRequest;
namespace json = convene::json;

/// The foreign system. This one is a file, and its telephones answer at once: put your switch's API
/// here.
class Switch {
 public:
  explicit Switch(std::string path) : path_(std::move(path)) {}

  /// Agent to state: every line is an agent and one of ready, paused, signed_out. Nothing while it
  /// cannot be read.
  std::optional<std::map<std::string, std::string>> states() const {
    std::ifstream file(path_);
    if (!file) return std::nullopt;
    std::map<std::string, std::string> read;
    for (std::string agent, state; file >> agent >> state;) {
      if (state == "ready" || state == "paused" || state == "signed_out") read[agent] = state;
    }
    return read;
  }
  /// Whether the agent takes the call.
  bool rings(std::string_view agent) const { return !agent.empty(); }
  /// Whether the agent's telephone has been put through.
  bool connects(std::string_view agent) const { return !agent.empty(); }
  /// The session, or the agent's part in it, is over.
  void hangs_up(std::int64_t) {}

 private:
  const std::string path_;
};

class AdapterTemplate {
 public:
  static constexpr std::string_view kConfigSchema = R"({
    "type": "object",
    "properties": {
      "states": {"type": "string", "minLength": 1, "description": "File of agents and their states",
                 "default": "agents.txt"}
    },
    "additionalProperties": false
  })";

  explicit AdapterTemplate(const json::Value& config)
      : switch_(std::string(config.text("states", "agents.txt"))) {}
  ~AdapterTemplate() { stop(); }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    if (watch_.joinable()) watch_.join();
  }

  /// From here on the adapter may speak, on any thread.
  void connect(AdapterBus bus) {
    bus_ = bus;
    look();
    watch_ = std::thread([this] { watch(); });
  }

  /// What the core asks. An offer is a question as well: does the agent take it? Notices want no
  /// answer.
  void request(const AdapterRequest& asked) {
    if (asked.is_notice()) return;
    if (asked.name() != "offer") {
      bus_.refuse(asked.token(), "unknown_request", "This adapter does not answer that request.");
      return;
    }
    const json::Parsed offer = json::parse(asked.body());
    const bool accepts = offer && switch_.rings(offer.value->text("agent"));
    bus_.reply(asked.token(), json::write(json::object({{"accepts", accepts}})));
  }

  /// The core wants a leg joined, or left. What becomes of it is said once: the host repeats it until
  /// the core knows.
  void leg(std::string_view body) {
    const json::Parsed order = json::parse(body);
    if (!order) return;
    const std::int64_t number = order.value->integer("leg");
    json::Value report = json::object({{"leg", number}});
    if (!order.value->boolean("join")) {
      switch_.hangs_up(number);
      report.set("state", "left").set("reason", "hung_up");
    } else if (switch_.connects(order.value->text("endpoint"))) {
      report.set("state", "connected").set("channels", order.value->array("details.channels"));
    } else {
      report.set("state", "failed").set("reason", "no_answer");
    }
    bus_.leg(json::write(report));
  }

 private:
  /// Tells the core what has changed; whoever is gone from the file is gone.
  void look() {
    const auto fresh = switch_.states();
    if (!fresh) return;
    auto told = *fresh;
    for (const auto& known : said_) told.emplace(known.first, "signed_out");
    for (const auto& [agent, state] : told) {
      if (said_[agent] == state) continue;
      said_[agent] = state;
      bus_.event("agent_state", json::write(json::object({{"agent", agent}, {"state", state}})));
    }
  }

  void watch() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::milliseconds(500), [this] { return ending_; }))
      look();
  }

  Switch switch_;
  AdapterBus bus_;
  std::map<std::string, std::string> said_;  ///< Of the watching thread, once it runs.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  ///< Guarded by mutex_.
  std::thread watch_;
};

CONVENE_PLUGIN(AdapterTemplate, "adapter_template", "0.1.0",
               "Speaks for agents whose states stand in a file.")
