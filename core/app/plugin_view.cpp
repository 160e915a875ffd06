// core/app/plugin_view.cpp - what is told of plugins: `convene plugins` in full, `convene status` in
// short.
#include "core/app/plugin_slots.hpp"
#include "sdk/bus/json_text.hpp"
#include "sdk/host/isolated.hpp"

namespace convene::app {
namespace {

using bus::JsonText;

void write_process(JsonText& text, const IsolationStatus& process) {
  text.key("pid").number(process.pid).key("restarts").number(process.restarts);
  text.key("breaker").text(to_text(process.breaker));
  text.key("deadlines_missed").number(process.deadlines_missed);
  text.key("memory_kib").number(process.memory_kib).key("last_end").text(process.last_end);
}

void write_generation(JsonText& text, const GenerationView& view) {
  const LoadedPlugin& plugin = *view.plugin;
  const PluginCounters counters = plugin.counters();
  const std::optional<IsolationStatus> process = plugin.isolation();
  text.open().key("generation").number(view.number).key("role").text(name_of(view.role));
  text.key("version").text(plugin.version()).key("sha256").text(plugin.sha256());
  text.key("isolation").text(process ? "process" : "core");
  text.key("sessions").number(view.sessions).key("calls").number(counters.calls);
  text.key("failures").number(counters.failures).key("throws").number(counters.throws);
  text.key("overruns").number(counters.overruns);
  text.key("p50_ns").number(counters.p50_ns).key("p99_ns").number(counters.p99_ns);
  text.key("parked").boolean(plugin.parked()).key("last_failure").text(plugin.last_failure());
  if (process) {
    text.key("process").open().key("state").text(to_text(process->host));
    write_process(text, *process);
    text.close();
  }
  text.close();
}

}  // namespace

std::string trial_json(const PluginSlot& slot) {
  JsonText text;
  const Trial& trial = *slot.trial();
  const Shadow& shadow = *slot.shadow();
  text.open().key("generation").number(slot.view().at(1).number);
  text.key("shadow").number(trial.shadow).key("asked").number(shadow.asked());
  text.key("recorded").number(shadow.recorded()).key("differing").number(shadow.differing());
  text.key("unknown_states").number(shadow.unknown_states());
  text.key("canary").number(trial.canary).key("promote").boolean(trial.promote);
  text.key("differences").open_array();
  for (const Difference& one : shadow.differences()) {
    text.open().key("session").number(one.session).key("question").text(one.question);
    text.key("current").text(one.current).key("candidate").text(one.candidate).close();
  }
  return text.close_array().close().take();
}

std::string PluginSlots::view() const {
  JsonText text;
  text.open().key("plugins").open_array();
  for (const auto& [id, slot] : slots_) {
    if (!configured_.contains(id)) continue;
    text.open().key("id").text(id).key("offers");
    text.texts(slot->current() ? slot->current()->description().offers
                               : std::vector<std::string>{});
    text.key("moved").number(slot->moved()).key("generations").open_array();
    for (const GenerationView& view : slot->view()) write_generation(text, view);
    text.close_array();
    if (slot->is_tried()) text.key("trial").raw(trial_json(*slot));
    text.key("refusals").open_array();
    for (const Refusal& refusal : slot->refusals()) {
      text.open().key("generation").number(refusal.generation).key("what").text(refusal.what);
      text.key("why").text(refusal.why).close();
    }
    text.close_array().close();
  }
  return text.close_array().close().take();
}

std::string PluginSlots::short_view() const {
  JsonText text;
  text.open_array();
  for (const auto& [id, slot] : slots_) {
    if (!configured_.contains(id)) continue;
    text.open().key("id").text(id);
    const LoadedPlugin* plugin = slot->current();
    if (!plugin) {
      const auto why = refused_.find(id);
      text.key("state").text("refused").key("reason");
      text.text(why == refused_.end() ? "" : why->second).close();
      continue;
    }
    const PluginCounters counters = plugin->counters();
    const std::optional<IsolationStatus> apart = plugin->isolation();
    text.key("version").text(plugin->version()).key("generation").number(slot->generation());
    text.key("state").text(plugin->parked() ? "parked" : apart ? to_text(apart->host) : "running");
    text.key("runs").text(apart ? "process" : "core");
    if (apart) write_process(text, *apart);
    text.key("calls").number(counters.calls).key("failures").number(counters.failures);
    text.key("overruns").number(counters.overruns).key("reason").text(plugin->last_failure());
    text.close();
  }
  return text.close_array().take();
}

}  // namespace convene::app
