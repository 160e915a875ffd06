// core/app/plugin_slots.cpp - looks at files, loads what is new, proves it, and has it exchanged.
#include "core/app/plugin_slots.hpp"

#include <algorithm>

#include "convene/json.hpp"
#include "core/app/generation.hpp"
#include "core/runtime/config_document.hpp"
#include "core/runtime/log.hpp"
#include "sdk/host/config_schema.hpp"
#include "sdk/host/settings.hpp"
#include "sdk/host/vetting.hpp"

namespace convene::app {
namespace {

constexpr std::size_t kStatesProven = 1'000;
constexpr unsigned kReleaseEvery = 10;  // tidies, which come twice a second

using config::quote_json;

std::string change_json(const PluginSlot& slot, const GenerationView& about) {
  return "{\"plugin\":" + quote_json(slot.id()) +
         ",\"generation\":" + std::to_string(about.number) +
         ",\"version\":" + quote_json(about.plugin->version()) +
         ",\"sha256\":" + quote_json(about.plugin->sha256()) + ",\"role\":\"" +
         name_of(about.role) + "\",\"current\":" + std::to_string(slot.generation()) +
         (slot.is_tried() ? ",\"trial\":" + trial_json(slot) : "") + "}";
}

/// The generation that is being tried, or else the current one.
std::string newest_json(const PluginSlot& slot) {
  const std::vector<GenerationView> all = slot.view();
  const bool tried = slot.is_tried() && all.size() > 1;
  return change_json(slot, all.at(tried ? 1 : 0));
}

}  // namespace

PluginSlot* PluginSlots::find(const std::string& id) const {
  const auto it = slots_.find(id);
  return it == slots_.end() ? nullptr : it->second.get();
}

PluginSlot& PluginSlots::slot(const std::string& id) {
  if (PluginSlot* known = find(id)) return *known;
  auto fresh = std::make_unique<PluginSlot>(id);
  fresh->on_change = [this](const GenerationChange& change) {
    untidy_ = true;
    node_.changed(change);
  };
  fresh->on_due = [this, id] { node_.due(id); };
  fresh->remember();
  PluginSlot& made = *fresh;
  node_.quietly([&] { slots_.emplace(id, std::move(fresh)); });
  return made;
}

EachSession PluginSlots::sessions_of(const PluginSlot& slot) const {
  return [this, id = slot.id()](const std::function<void(const LiveSession&)>& visit) {
    node_.each_session([&](const Session& session, const std::string& service) {
      if (service == id) visit({session.id.value, session.state});
    });
  };
}

bool PluginSlots::sessions_known() const {
  return node_.each_session([](const Session&, const std::string&) {});
}

/// Looks at the file, so that it can be told whether anything is new.
Result<PluginSlots::Prepared> PluginSlots::prepare(const Config& config,
                                                   PluginConfig wanted) const {
  Prepared prepared{std::move(wanted), {}, {}};
  const PluginConfig& plugin = prepared.wanted;
  prepared.origin = {plugin.path, plugin.settings, hosting_of(config, plugin)};
  if (!plugin.command.empty()) return prepared;  // a program of its own: there is no library
  auto signatures = signatures_of(config);
  if (!signatures) return signatures.error();
  const auto vetted = vet_library(resolve_plugin_folder(config.plugin_folder).string(), plugin.path,
                                  plugin.sha256, *signatures);
  if (!vetted) return vetted.error();
  prepared.sha256 = vetted->sha256;
  return prepared;
}

std::vector<PluginOutcome> PluginSlots::plan(const Config& config) {
  std::vector<PluginOutcome> plan;
  for (const auto& [id, wanted] : config.plugins) {
    PluginOutcome outcome;
    outcome.id = id;
    outcome.slot = &slot(id);
    Status status = ok();
    auto prepared = prepare(config, wanted);
    if (!prepared) status = prepared.error();
    if (status) {
      outcome.origin = prepared->origin;
      node_.quietly([&] {
        const LoadedPlugin* runs = outcome.slot->current();
        const bool same = runs && !runs->parked() && outcome.slot->origin() == prepared->origin &&
                          runs->sha256() == prepared->sha256;
        if (same) outcome.plugin = runs;
      });
    }
    if (status && !outcome.plugin) {
      auto loaded = load_plugin(config, prepared->wanted, prepared->sha256);
      status = loaded ? prove(*outcome.slot, **loaded) : Status(loaded.error());
      if (status) {
        outcome.fresh = std::move(*loaded);
        outcome.plugin = outcome.fresh.get();
        log::info("plugin.loaded", {{"plugin", id},
                                    {"version", outcome.plugin->version()},
                                    {"sha256", outcome.plugin->sha256()}});
      }
    }
    if (!status) {
      outcome.refusal = status.error().text;
      // Wrong settings are wrong configuration: whoever reads that says so, key by key.
      if (wrong_settings_in(outcome.refusal).empty())
        log::error("plugin.refused",
                   {{"plugin", id}, {"code", status.error().code}, {"why", outcome.refusal}});
    }
    plan.push_back(std::move(outcome));
  }
  return plan;
}

void PluginSlots::apply(std::vector<PluginOutcome>& plan) {
  configured_.clear();
  refused_.clear();
  for (PluginOutcome& outcome : plan) {
    configured_.insert(outcome.id);
    if (!outcome.refusal.empty()) {
      refused_[outcome.id] = outcome.refusal;
      outcome.slot->refuse(outcome.origin.file.empty() ? outcome.id : outcome.origin.file,
                           outcome.refusal);
    }
    if (!outcome.fresh) continue;
    const Status done = outcome.slot->exchange(std::move(outcome.fresh), outcome.origin,
                                               sessions_of(*outcome.slot));
    if (!done) log::error("plugin.refused", {{"plugin", outcome.id}, {"why", done.error().text}});
  }
}

/// What can be proven before anything is exchanged: that it offers enough, and, where it says that it
/// reads the states of sessions that live, that those are what it says they are.
Status PluginSlots::prove(const PluginSlot& slot, const LoadedPlugin& fresh) {
  Status accepted = ok();
  bool known = true;
  std::vector<std::string> states;
  node_.quietly([&] {
    accepted = slot.accepts(fresh);
    if (!accepted || !slot.current()) return;
    known = sessions_known();
    const PluginDescription& old = slot.current()->description();
    if (old.state_version != fresh.description().state_version) return;
    sessions_of(slot)([&](const LiveSession& live) {
      if (states.size() < kStatesProven && !live.state.empty()) states.emplace_back(live.state);
    });
  });
  if (!accepted) return accepted;
  if (!known) {
    return Error{"plugin.busy",
                 slot.id() + " is not exchanged while the store cannot be read; try again"};
  }
  const json::Parsed schema = json::parse(fresh.description().state_schema);
  if (fresh.description().state_schema.empty() || !schema) return ok();
  for (const std::string& state : states) {
    const json::Parsed parsed = json::parse(state);
    if (parsed && check_config(*schema.value, *parsed.value)) continue;
    return Error{
        "plugin.state",
        slot.id() + " " + fresh.version() +
            " has the state version of the running generation, and sessions that live have "
            "states that its state schema does not know; give it another state version"};
  }
  return ok();
}

/// Asks `fresh` what the running generation was asked last; nobody waits for it but whoever wants to
/// exchange it.
Result<Shadow> PluginSlots::rehearse(const PluginSlot& slot, const LoadedPlugin& fresh,
                                     std::uint32_t most) {
  PastEvents past;
  bool alike = true;
  node_.quietly([&] {
    past = slot.past(most);
    alike = !slot.current() ||
            slot.current()->description().state_version == fresh.description().state_version;
  });
  return convene::rehearse(fresh, past, alike);
}

Result<std::string> PluginSlots::refuse(const std::string& id, const std::string& what,
                                        const Error& why) {
  node_.quietly([&] {
    if (PluginSlot* known = find(id)) known->refuse(what, why.text);
  });
  return why;
}

Result<std::string> PluginSlots::reload(const Config& config, const ReloadWish& wish) {
  const auto configured = config.plugins.find(wish.plugin);
  PluginSlot* slot = find(wish.plugin);
  if (configured == config.plugins.end() || !slot) {
    std::vector<std::string> ids;
    for (const auto& [id, plugin] : config.plugins) ids.push_back(id);
    const std::string asked = wish.plugin.substr(0, 64);
    return Error{"plugin.unknown",
                 "no plugin '" + asked + "' runs here; " + config::suggest(asked, ids)};
  }
  Result<std::string> done = std::string();
  const auto finish = [&](const Status& status) {
    if (status) {
      done = newest_json(*slot);
    } else {
      done = status.error();
    }
  };
  if (wish.promote && wish.file.empty()) {
    bool tried = false;  // asked quietly as well: a trial may end by itself at any time
    node_.quietly([&] {
      tried = slot->is_tried();
      if (!tried) return;
      finish(slot->promote(sessions_of(*slot)));
      node_.ask_anew();
    });
    if (tried) return done;
  }
  if (wish.promote && wish.trial.shadow == 0) {
    return Error{"plugin.generation", wish.plugin + " has no generation that is being tried"};
  }
  PluginConfig wanted = configured->second;
  if (!wish.file.empty()) wanted.path = wish.file;
  auto prepared = prepare(config, wanted);
  if (!prepared) return refuse(wish.plugin, wanted.path, prepared.error());
  auto loaded = load_plugin(config, prepared->wanted, prepared->sha256);
  if (!loaded) return refuse(wish.plugin, wanted.path, loaded.error());
  const std::vector<std::string>& offers = (*loaded)->description().offers;
  const auto offered = [&](const char* what) {
    return std::find(offers.begin(), offers.end(), what) != offers.end();
  };
  if (!offered(CONVENE_ROUTING) && !offered(CONVENE_SERVICE)) {
    return refuse(
        wish.plugin, wanted.path,
        {"plugin.generation", wish.plugin + " works in the gateways and adapters, not in the core; "
                                            "restart those that use it"});
  }
  if (const Status proven = prove(*slot, **loaded); !proven)
    return refuse(wish.plugin, wanted.path, proven.error());
  auto seen = rehearse(*slot, **loaded, wish.trial.shadow);
  if (!seen) return refuse(wish.plugin, wanted.path, seen.error());
  node_.quietly([&] {
    if (wish.trial.shadow > 0 || wish.trial.canary > 0) {
      finish(slot->try_out(std::move(*loaded), prepared->origin, wish.trial, std::move(*seen)));
    } else {
      finish(slot->exchange(std::move(*loaded), prepared->origin, sessions_of(*slot)));
      if (done) refused_.erase(wish.plugin);
      node_.ask_anew();
    }
  });
  if (!done) return refuse(wish.plugin, wanted.path, done.error());
  return done;
}

Result<std::string> PluginSlots::back(const std::string& plugin) {
  PluginSlot* slot = find(plugin);
  if (!slot) return Error{"plugin.unknown", "no plugin \"" + plugin.substr(0, 64) + "\" runs here"};
  Result<std::string> done = std::string();
  node_.quietly([&] {
    if (!sessions_known()) {
      done = Error{"plugin.busy",
                   plugin + " cannot go back while the store cannot be read; try again"};
      return;
    }
    const Status status = slot->back(sessions_of(*slot));
    done = status ? Result<std::string>(newest_json(*slot)) : Result<std::string>(status.error());
    if (status) node_.ask_anew();
  });
  return done;
}

void PluginSlots::settle(const std::string& plugin) {
  PluginSlot* slot = find(plugin);
  if (!slot) return;
  const std::uint64_t before = slot->generation();
  slot->settle(sessions_of(*slot));
  if (slot->generation() != before) node_.ask_anew();
}

void PluginSlots::forget(std::span<const SessionId> sessions) {
  std::set<std::uint64_t> numbers;
  for (const SessionId session : sessions) numbers.insert(session.value);
  for (auto& [id, slot] : slots_) slot->forget(numbers);
}

void PluginSlots::tidy() {
  if (!untidy_.exchange(false)) return;
  // A look at all sessions is cheap, and still not done more often than anybody needs.
  const bool release = ++ticks_ % kReleaseEvery == 0;
  std::vector<std::unique_ptr<LoadedPlugin>> gone;
  node_.quietly([&] {
    const bool known = release && sessions_known();
    for (auto& [id, slot] : slots_) {
      if (known && slot->holds_sessions()) slot->release(sessions_of(*slot));
      for (auto& plugin : slot->take_retired()) gone.push_back(std::move(plugin));
      if (slot->holds_sessions()) untidy_ = true;
    }
  });
}

}  // namespace convene::app
