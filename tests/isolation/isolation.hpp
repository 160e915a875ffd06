// tests/isolation/isolation.hpp - what the tests of isolation share: options, a question, a step, recorded effects.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/model/scores.hpp"
#include "sdk/host/isolated.hpp"
#include "tests/support/figure.hpp"

namespace convene::apart {

using namespace std::chrono_literals;
using Millis = std::chrono::milliseconds;

inline convene_text text(std::string_view s) { return {s.data(), s.size()}; }
inline std::string string(convene_text t) { return {t.data ? t.data : "", t.size}; }

/// Deadlines that a busy machine keeps; tests of deadlines choose their own.
inline IsolationOptions patient() {
  IsolationOptions o;
  o.program = std::string(CONVENE_BIN_DIR) + "/convene-host";
  o.deadline = o.step_deadline = 5s;
  o.pong_within = 20s;
  o.start_within = 20s;
  return o;
}

inline const std::string kHostileFolder = std::string(CONVENE_BUILD_DIR) + "/isolation";

/// What plugins and their processes said.
class Diary {
 public:
  HostOptions options(const std::string& folder) {
    HostOptions o;
    o.folder = folder;
    o.budget = std::chrono::hours(1);
    o.log = [this](const PluginLog& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::string(line.id) + ": " + std::string(line.message));
    };
    return o;
  }
  bool has(std::string_view part) const { return count(part) > 0; }
  std::size_t count(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    for (const std::string& line : lines_) n += line.find(part) != std::string::npos;
    return n;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// What a policy answered, every byte of it.
struct Said {
  convene_status status = 0;
  std::int32_t action = 0;
  std::size_t index = 0;
  std::int64_t until_ms = 0;
  std::string pool, reason;
  ScoreList scores;
  bool operator==(const Said&) const = default;
};

inline convene_status append(void* to, convene_text piece) noexcept {
  static_cast<std::string*>(to)->append(piece.data, piece.size);
  return CONVENE_OK;
}

inline Said decide(const Extension<convene_routing>& routing,
                   const convene_routing_request& request) {
  Said said;
  const convene_sink pool{&said.pool, &append}, reason{&said.reason, &append};
  ScoreTable scores;
  scores.begin(request.candidate_count);
  convene_routing_answer answer{sizeof answer, 0, 0, 0, &pool, &reason, scores.table()};
  said.status = routing.table->decide(routing.self, &request, &answer);
  said.action = answer.action, said.index = answer.index, said.until_ms = answer.until_ms;
  said.scores = scores.list();
  return said;
}

/// Asks about a session with this context and one free agent.
inline Said decide(const LoadedPlugin& plugin, std::string_view context) {
  convene_candidate anna{};
  anna.size = sizeof anna, anna.capacity = 1, anna.agent = text("anna");
  convene_routing_request request{};
  request.size = sizeof request, request.context = text(context);
  request.candidates = &anna, request.candidate_count = 1, request.candidate_stride = sizeof anna;
  return decide(plugin.extension<convene_routing>(), request);
}

/// Writes every effect down, as a line each.
struct Effects {
  std::vector<std::string> lines;
  convene_service_effects table;

  Effects() {
    using std::to_string;
    table.self = this;
    table.add_customer = [](void* s) noexcept { return put(s, "add_customer"); };
    table.add_agent = [](void* s, convene_text a) noexcept {
      return put(s, "add_agent " + string(a));
    };
    table.remove = [](void* s, std::uint64_t leg, convene_text why) noexcept {
      return put(s, "remove " + to_string(leg) + " " + string(why));
    };
    table.find_agent = [](void* s, convene_text pool, convene_text agent) noexcept {
      return put(s, "find_agent " + string(pool) + " " + string(agent));
    };
    table.stop_search = [](void* s) noexcept { return put(s, "stop_search"); };
    table.open_channel = [](void* s, convene_text c) noexcept {
      return put(s, "open " + string(c));
    };
    table.close_channel = [](void* s, convene_text c) noexcept {
      return put(s, "close " + string(c));
    };
    table.set_timer = [](void* s, std::uint32_t timer, std::int64_t at) noexcept {
      return put(s, "set_timer " + to_string(timer) + " " + to_string(at));
    };
    table.notify = [](void* s, std::int32_t role, convene_text notice,
                      convene_text detail) noexcept {
      return put(s, "notify " + to_string(role) + " " + string(notice) + " " + string(detail));
    };
    table.end = [](void* s, std::int32_t end, convene_text why) noexcept {
      return put(s, "end " + to_string(end) + " " + string(why));
    };
    table.save_state = [](void* s, convene_text state) noexcept {
      return put(s, "save " + string(state));
    };
  }
  Effects(const Effects&) = delete;
  Effects& operator=(const Effects&) = delete;

  static convene_status put(void* self, std::string line) noexcept {
    return static_cast<Effects*>(self)->lines.push_back(std::move(line)), CONVENE_OK;
  }
};

inline convene_status step(const LoadedPlugin& plugin, std::string_view context,
                           std::string_view state, Effects& effects) {
  const auto service = plugin.extension<convene_service>();
  convene_session session{};
  session.size = sizeof session, session.id = 7, session.context = text(context);
  session.leg_stride = sizeof(convene_leg);
  convene_service_event event{};
  event.size = sizeof event, event.kind = CONVENE_EVENT_ARRIVED;
  return service.table->step(service.self, &session, text(state), &event, &effects.table);
}

inline std::string doing(std::string_view deed) { return "{\"do\":\"" + std::string(deed) + "\"}"; }

inline std::unique_ptr<LoadedPlugin> must_load(const HostOptions& options, const PluginWish& wish,
                                               const IsolationOptions& isolation) {
  auto loaded = load_isolated(options, wish, isolation);
  if (loaded) return std::move(*loaded);
  ADD_FAILURE() << loaded.error().text;
  return nullptr;
}

}  // namespace convene::apart
