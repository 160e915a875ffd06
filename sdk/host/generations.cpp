// sdk/host/generations.cpp - who is the current generation, who is tried, who may go.
#include "sdk/host/generations.hpp"

#include <algorithm>
#include <utility>

namespace convene {
namespace {

constexpr std::size_t kRefusalsKept = 8;
constexpr std::uint32_t kAll = 10'000;

Error refusal(const std::string& id, const std::string& why) {
  return {"plugin.generation", id + " " + why};
}

}  // namespace

const char* name_of(GenerationRole role) {
  static constexpr const char* kNames[] = {"current", "previous", "shadow", "canary", "retired"};
  return kNames[static_cast<std::size_t>(role)];
}

const char* name_of(GenerationChange::Kind kind) {
  static constexpr const char* kNames[] = {"loaded", "shadow",  "canary", "current",
                                           "back",   "refused", "retired"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool in_canary(std::uint64_t session, std::uint64_t generation, std::uint32_t share) {
  // splitmix64 (Steele, Lea, Flood 2014): neighbours in both numbers come out far from each other.
  std::uint64_t x = session + 0x9e3779b97f4a7c15 * (generation + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  x ^= x >> 31;
  return x % kAll < share;
}

PluginSlot::PluginSlot(std::string id) : id_(std::move(id)) {}

PluginSlot::~PluginSlot() = default;

const GenerationOrigin& PluginSlot::origin() const {
  static const GenerationOrigin none;
  return current_ ? current_->origin : none;
}

Status PluginSlot::accepts(const LoadedPlugin& plugin) const {
  if (!current_) return ok();
  const std::vector<std::string>& offers = plugin.description().offers;
  for (const std::string& needed : current_->plugin->description().offers) {
    if (std::find(offers.begin(), offers.end(), needed) == offers.end()) {
      return refusal(id_, plugin.version() + " does not offer " + needed +
                              ", which the running generation offers; build it with that, or "
                              "restart the node with flows that need it no longer");
    }
  }
  return ok();
}

Result<PluginSlot::GenerationPtr> PluginSlot::admit(std::unique_ptr<LoadedPlugin> plugin,
                                                    GenerationOrigin origin) {
  if (const Status fine = accepts(*plugin); !fine) return fine.error();
  auto fresh = std::make_shared<Generation>();
  fresh->number = ++numbers_;
  fresh->routing = plugin->extension<convene_routing>();
  fresh->service = plugin->extension<convene_service>();
  fresh->label = plugin->label() + " #" + std::to_string(fresh->number);
  fresh->origin = std::move(origin);
  fresh->plugin = std::move(plugin);
  return fresh;
}

Status PluginSlot::exchange(std::unique_ptr<LoadedPlugin> plugin, GenerationOrigin origin,
                            const EachSession& sessions) {
  auto fresh = admit(std::move(plugin), std::move(origin));
  if (!fresh) return fresh.error();
  if (trial_) end_trial(GenerationChange::Kind::back, {});
  const auto kind = current_ ? GenerationChange::Kind::current : GenerationChange::Kind::loaded;
  make_current(std::move(*fresh), kind, sessions);
  return ok();
}

Status PluginSlot::try_out(std::unique_ptr<LoadedPlugin> plugin, GenerationOrigin origin,
                           const Trial& trial, Shadow seen) {
  if (!current_) return refusal(id_, "does not run, so there is nothing to compare with");
  if (trial.canary > kAll) return refusal(id_, "cannot give a canary more than all sessions");
  auto fresh = admit(std::move(plugin), std::move(origin));
  if (!fresh) return fresh.error();
  if (trial_) end_trial(GenerationChange::Kind::back, {});
  trial_ = std::make_unique<Trying>();
  trial_->generation = std::move(*fresh);
  trial_->wanted = trial;
  trial_->shadow = std::move(seen);
  if (trial.shadow == 0) return begin_canary(trial.canary);
  tell(GenerationChange::Kind::shadow, *trial_->generation);
  if (!is_shadowed()) trial_due();
  return ok();
}

Status PluginSlot::begin_canary(std::uint32_t share) {
  if (!trial_) return refusal(id_, "has no generation that is being tried");
  if (share > kAll) return refusal(id_, "cannot give a canary more than all sessions");
  trial_->wanted.canary = share;
  trial_->canary = true;
  trial_->due = false;
  tell(GenerationChange::Kind::canary, *trial_->generation);
  return ok();
}

Status PluginSlot::promote(const EachSession& sessions) {
  if (!trial_) return refusal(id_, "has no generation that is being tried");
  if (!trial_->broken.empty()) {
    const Error error = refusal(id_, "is not exchanged: " + trial_->broken);
    settle(sessions);
    return error;
  }
  GenerationPtr fresh = std::move(trial_->generation);
  trial_.reset();
  make_current(std::move(fresh), GenerationChange::Kind::current, sessions);
  return ok();
}

Status PluginSlot::back(const EachSession& sessions) {
  if (trial_) {
    end_trial(GenerationChange::Kind::back, {});
    return ok();
  }
  if (!previous_) return refusal(id_, "has no previous generation to go back to");
  if (previous_->plugin->parked()) {
    return refusal(id_, "cannot go back: generation " + std::to_string(previous_->number) +
                            " is parked; reload the plugin from its file instead");
  }
  GenerationPtr previous = std::move(previous_);
  make_current(std::move(previous), GenerationChange::Kind::back, sessions);
  return ok();
}

void PluginSlot::refuse(std::string what, std::string why) {
  GenerationChange change;
  change.plugin = id_;
  change.kind = GenerationChange::Kind::refused;
  change.why = why;
  refusals_.push_back({0, std::move(what), std::move(why)});
  if (refusals_.size() > kRefusalsKept) refusals_.pop_front();
  if (on_change) on_change(change);
}

void PluginSlot::settle(const EachSession& sessions) {
  if (!trial_) return;
  trial_->due = false;
  if (!trial_->broken.empty()) {
    const std::string why = trial_->broken;
    refusals_.push_back({trial_->generation->number, trial_->canary ? "canary" : "shadow", why});
    if (refusals_.size() > kRefusalsKept) refusals_.pop_front();
    return end_trial(GenerationChange::Kind::refused, why);
  }
  if (trial_->canary || trial_->shadow.asked() < trial_->wanted.shadow) return;
  [[maybe_unused]] Status gone_on =
      ok();  // Neither can fail here: there is a trial, and it is whole.
  if (trial_->wanted.canary > 0) {
    gone_on = begin_canary(trial_->wanted.canary);
  } else if (trial_->wanted.promote) {
    gone_on = promote(sessions);
  }
}

/// The one place where the generation changes that everybody is served by.
void PluginSlot::make_current(GenerationPtr fresh, GenerationChange::Kind kind,
                              const EachSession& sessions) {
  GenerationPtr old = std::move(current_);
  std::erase_if(held_, [&](const auto& held) { return held.second.by == fresh; });
  for (auto& [session, held] : held_) held.refused_by = 0;
  if (old && old->service && old->state_version() != fresh->state_version() && sessions) {
    sessions([&](const LiveSession& live) {
      if (!live.state.empty()) held_.try_emplace(live.id, Held{old, 0});
    });
  }
  current_ = std::move(fresh);
  if (past_) past_->clear();  // others' answers
  GenerationPtr before = std::move(previous_);
  previous_ = std::move(old);
  tell(kind, *current_);
  if (before) retire(std::move(before));
}

void PluginSlot::end_trial(GenerationChange::Kind kind, std::string why) {
  GenerationPtr tried = std::move(trial_->generation);
  trial_.reset();
  tell(kind, *tried, std::move(why));
  retire(std::move(tried));
}

bool PluginSlot::in_use(const Generation& generation) const {
  return sessions_held(generation) > 0;
}

std::size_t PluginSlot::sessions_held(const Generation& generation) const {
  return static_cast<std::size_t>(std::count_if(held_.begin(), held_.end(), [&](const auto& held) {
    return held.second.by.get() == &generation;
  }));
}

/// The library stays mapped for ever; the instance ends once no session needs it.
void PluginSlot::retire(GenerationPtr old) {
  if (in_use(*old)) {
    retiring_.push_back(std::move(old));
    return;
  }
  tell(GenerationChange::Kind::retired, *old);
  retired_.push_back(std::move(old->plugin));
}

void PluginSlot::release(const EachSession& sessions) {
  if (!holds_sessions()) return;
  std::unordered_map<std::uint64_t, Held> living;
  sessions([&](const LiveSession& live) {
    if (auto node = held_.extract(live.id)) living.insert(std::move(node));
  });
  held_ = std::move(living);
  std::vector<GenerationPtr> waiting = std::exchange(retiring_, {});
  for (GenerationPtr& old : waiting) retire(std::move(old));
}

void PluginSlot::forget(const std::set<std::uint64_t>& sessions) {
  if (past_) past_->forget(sessions);
  if (trial_) trial_->shadow.forget(sessions);
}

std::vector<std::unique_ptr<LoadedPlugin>> PluginSlot::take_retired() {
  return std::exchange(retired_, {});
}

std::vector<GenerationView> PluginSlot::view() const {
  std::vector<GenerationView> out;
  const auto add = [&](const GenerationPtr& g, GenerationRole role) {
    if (g) out.push_back({g->number, role, g->plugin.get(), g->origin, sessions_held(*g)});
  };
  add(current_, GenerationRole::current);
  if (trial_) {
    add(trial_->generation, trial_->canary ? GenerationRole::canary : GenerationRole::shadow);
  }
  add(previous_, GenerationRole::previous);
  for (const GenerationPtr& old : retiring_) add(old, GenerationRole::retired);
  return out;
}

void PluginSlot::tell(GenerationChange::Kind kind, const Generation& generation, std::string why) {
  if (!on_change) return;
  GenerationChange change{id_,
                          kind,
                          generation.number,
                          generation.plugin->version(),
                          generation.plugin->sha256(),
                          0,
                          std::move(why),
                          generation.origin};
  change.current = current_.get() == &generation;
  if (kind == GenerationChange::Kind::canary) change.canary = trial_->wanted.canary;
  on_change(change);
}

bool PluginSlot::is_canary(std::uint64_t session) const {
  return trial_ && trial_->canary && trial_->broken.empty() &&
         in_canary(session, trial_->generation->number, trial_->wanted.canary);
}

/// It has failed where the running one did not: nobody asks it any more, and at the next quiet point
/// it goes.
void PluginSlot::break_trial(std::string why) {
  if (trial_->broken.empty()) trial_->broken = std::move(why);
  trial_due();
}

void PluginSlot::trial_due() {
  if (std::exchange(trial_->due, true)) return;
  if (on_due) on_due();
}

}  // namespace convene
