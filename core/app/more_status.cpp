// core/app/more_status.cpp - what the program adds to a node's status: its children, its plugins,
// its configuration.
#include <unistd.h>

#include "core/app/serving.hpp"
#include "core/app/version.hpp"
#include "core/runtime/config_document.hpp"
#include "sdk/host/isolated.hpp"

namespace convene::app {
namespace {

using config::quote_json;

std::string child_json(const ChildStatus& child) {
  return "{\"name\":" + quote_json(child.name) + ",\"state\":\"" + to_text(child.state) +
         "\",\"pid\":" + std::to_string(child.pid) + ",\"deaths\":" + std::to_string(child.deaths) +
         ",\"last_exit\":" + quote_json(child.last_exit) + "}";
}

std::string process_json(const IsolationStatus& apart) {
  return R"(,"runs":"process","pid":)" + std::to_string(apart.pid) +
         ",\"restarts\":" + std::to_string(apart.restarts) + ",\"breaker\":\"" +
         to_text(apart.breaker) + "\",\"deadlines_missed\":" +
         std::to_string(apart.deadlines_missed) + ",\"memory_kib\":" +
         std::to_string(apart.memory_kib) + ",\"last_end\":" + quote_json(apart.last_end);
}

std::string plugin_json(const PluginOutcome& outcome) {
  std::string out = "{\"id\":" + quote_json(outcome.id);
  if (!outcome.plugin)
    return out + ",\"state\":\"refused\",\"reason\":" + quote_json(outcome.refusal) + "}";
  const PluginCounters counters = outcome.plugin->counters();
  const std::optional<IsolationStatus> apart = outcome.plugin->isolation();
  return out + ",\"version\":" + quote_json(outcome.plugin->version()) + ",\"state\":\"" +
         (outcome.plugin->parked() ? "parked" : apart ? to_text(apart->host) : "running") + "\"" +
         (apart ? process_json(*apart) : R"(,"runs":"core")") +
         ",\"calls\":" + std::to_string(counters.calls) +
         ",\"failures\":" + std::to_string(counters.failures) +
         ",\"overruns\":" + std::to_string(counters.overruns) +
         ",\"reason\":" + quote_json(outcome.plugin->last_failure()) + "}";
}

template <class List, class Write>
std::string list_of(const List& list, Write write) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

}  // namespace

std::string Serving::more_status() const {
  const std::lock_guard lock(mutex_);
  const auto children = supervisor_ ? supervisor_->status() : std::vector<ChildStatus>{};
  return "{\"version\":\"" + std::string(kVersion) + "\",\"pid\":" + std::to_string(::getpid()) +
         ",\"config\":{\"revision\":" + std::to_string(revision_) +
         ",\"refused\":" + std::to_string(refused_) +
         "},\"adapters\":" + list_of(children, child_json) +
         ",\"plugins\":" + list_of(current_->plugins, plugin_json) + "}";
}

}  // namespace convene::app
