// core/model/settings.hpp - the configuration as the engine sees it: checked, complete, in plain values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/records.hpp"

struct convene_routing;
struct convene_service;

namespace convene {

/// A named configuration of a conversation. `id` is the TOML table's name.
struct Flow {
  std::string id;
  std::string service;    ///< Plugin id.
  std::string routing;    ///< Plugin id.
  std::string fallback;   ///< Plugin id of the policy that runs when `routing` fails.
  std::string pool;
  std::vector<std::string> channels;   ///< That a new session has open, sorted.
  std::map<std::string, std::string> channel_settings;  ///< Channel -> JSON object, handed to the gateway.
  std::string settings = "{}";         ///< JSON object, handed to the service.
  bool eager = false;                  ///< Session instance at booking (claim 23), not before the first join (24).
  Carriage carriage = Carriage::query;
  Duration expires = std::chrono::hours(24 * 30);  ///< Of a rendezvous without a time, from its booking.
  Duration grace = std::chrono::hours(24);         ///< Of a rendezvous with a time, after it.
  Duration offer_timeout = std::chrono::seconds(20);
  Duration connect_timeout = std::chrono::seconds(30);  ///< From invited to connected.
  Duration resume_timeout = std::chrono::minutes(2);    ///< A degraded leg is given up after this.
  Duration wait_max = std::chrono::minutes(30);         ///< A search without success ends as NO_AGENT.
  std::uint32_t context_max = 8192;    ///< Bytes of context accepted.

  bool operator==(const Flow&) const = default;
};

struct Skill {
  std::string name;
  int level = 1;  ///< 1 to 10.
  bool operator==(const Skill&) const = default;
};

struct AgentSettings {
  std::string id;      ///< Stable; not an extension, which may be re-let (claim 28).
  std::string name;    ///< Shown to customers.
  std::uint32_t capacity = 1;
  bool auto_answer = false;        ///< Joined to a session without being asked.
  std::vector<std::string> pools;  ///< Sorted.
  std::vector<Skill> skills;       ///< Sorted by name.
  Duration wrap_up{0};             ///< Pause after each session.
  std::uint32_t max_no_answer = 2; ///< Not answered in a row, and the agent is paused; 0: never.
  bool operator==(const AgentSettings&) const = default;
};

/// What the host says of a policy's newest call, for the decision log. Changed by each call, read right after it; it
/// never changes what the engine does.
struct RoutingNote {
  std::string label;          ///< Plugin id and version, and its generation where there were several.
  std::int64_t took_ns = 0;   ///< 0: not measured.
};

/// A plugin's extension, bound: the table and the instance. Both outlive the engine. The host has put its guard
/// around them: no call throws, and a plugin that is parked answers CONVENE_E_PARKED.
struct BoundRouting {
  const convene_routing* table = nullptr;
  void* self = nullptr;
  std::string label;   ///< Plugin id and version, for the decision log where there is no note.
  const RoutingNote* note = nullptr;  ///< As long-lived as `self`; null: the host says nothing.
};
struct BoundService {
  const convene_service* table = nullptr;
  void* self = nullptr;
};

/// Bounds; reaching one is a refusal with a reason, never silence.
struct Limits {
  std::uint32_t sessions = 100'000;       ///< Live at once: then "busy" with retry_after.
  std::uint32_t searches = 50'000;        ///< Sessions that wait for an agent at once.
  std::uint32_t legs_per_session = 64;
  std::uint32_t page = 32;                ///< Candidates shown to a policy at a time.
};

struct EngineSettings {
  std::map<std::string, Flow> flows;
  std::map<std::string, AgentSettings> agents;
  std::map<std::string, BoundRouting> routing;   ///< By plugin id.
  std::map<std::string, BoundService> services;  ///< By plugin id.
  Limits limits;
  Duration keep = std::chrono::hours(24 * 30);  ///< What has ended is erased before it is older than this.
  std::string config_hash;   ///< Of all this as configured, a few hexadecimal digits: for the decision log.
};

}  // namespace convene
