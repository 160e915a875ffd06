// sdk/host/generations.hpp - one plugin and its generations: exchanged while calls go on, with a
// way back.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/model/result.hpp"
#include "core/model/settings.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/past.hpp"
#include "sdk/host/shadow.hpp"

namespace convene {

/// How a new generation is tried before it gets everything.
struct Trial {
  /// So many questions are asked of both, those of the past included; only the old one's answers
  /// count.
  std::uint32_t shadow = 0;
  std::uint32_t canary = 0;  ///< Then it gets this share of the sessions, of 10,000.
  bool promote =
      false;  ///< After the shadow (and without a canary) everything is its own by itself.
};

enum class GenerationRole : std::uint8_t { current, previous, shadow, canary, retired };
const char* name_of(GenerationRole role);

/// What a generation was made from, in its user's words; what is equal, of the same bytes, is the same plugin.
struct GenerationOrigin {
  std::string file;             ///< Of the library, within the plugin folder.
  std::string settings = "{}";  ///< JSON.
  std::string hosting;          ///< In this process, or in which other.
  bool operator==(const GenerationOrigin&) const = default;
};

/// What came of an exchange, for log, event bus and journal. A replay that takes the same steps between
/// the same batches gives the same sessions to the same generations.
struct GenerationChange {
  enum class Kind : std::uint8_t { loaded, shadow, canary, current, back, refused, retired };
  std::string plugin;
  Kind kind = Kind::loaded;
  std::uint64_t generation = 0;  ///< 0: it was refused before it became one.
  std::string version;
  std::string sha256;
  std::uint32_t canary = 0;  ///< Share of the sessions, of 10,000.
  std::string why;           ///< Of a refusal.
  GenerationOrigin origin;
  bool current = false;  ///< It serves everybody from now on, but for a canary's share.
};
const char* name_of(GenerationChange::Kind kind);

/// One generation as people see it.
struct GenerationView {
  std::uint64_t number = 0;
  GenerationRole role = GenerationRole::current;
  const LoadedPlugin* plugin = nullptr;  ///< Until the next quiet point.
  GenerationOrigin origin;
  std::size_t sessions = 0;  ///< That only this generation can go on with.
};

/// A change that was not made, and why.
struct Refusal {
  std::uint64_t generation = 0;
  std::string what;  ///< "policy_skills.so", "canary", "shadow", ...
  std::string why;
};

/// A session that lives, as the engine holds it: what a service left of it.
struct LiveSession {
  std::uint64_t id = 0;
  std::string_view state;
};
/// Calls its argument with every session that lives of a service's flows.
using EachSession = std::function<void(const std::function<void(const LiveSession&)>&)>;

/// Whether `session` belongs to the `share` of 10,000 that generation `generation` gets: always the
/// same answer, spread evenly, and another one for another generation.
bool in_canary(std::uint64_t session, std::uint64_t generation, std::uint32_t share);

/// Stands between the engine and a plugin: its tables stay, what they call changes. Everything is
/// called on the lane; what changes who is called is called at a quiet point: between two batches,
/// no call under way. Nothing that fails here touches the generation that runs.
///
/// A routing policy owns no session: all of its sessions go with the current generation, but for the
/// canary's share. A service's state belongs to the core, and a new generation goes on with it. Where
/// it is of another state version, sessions that live stay with the generation that made their state,
/// until the current one takes a step with it without failing, or they end.
class PluginSlot {
 public:
  explicit PluginSlot(std::string id);
  ~PluginSlot();
  PluginSlot(const PluginSlot&) = delete;
  PluginSlot& operator=(const PluginSlot&) = delete;

  const std::string& id() const { return id_; }

  /// Tables that stay as long as the slot. [lane] all of their functions; CONVENE_E_UNSUPPORTED where
  /// the current generation does not offer that, or there is none.
  Extension<convene_routing> routing();
  Extension<convene_service> service();
  /// Who answered last, and how long it took.
  const RoutingNote& note() const { return note_; }

  /// Whether `plugin` offers whatever the current generation offers.
  Status accepts(const LoadedPlugin& plugin) const;
  /// The first generation, or one that takes everything over at once. Errors: "plugin.generation", and `plugin` ends with nobody having noticed.
  Status exchange(std::unique_ptr<LoadedPlugin> plugin, GenerationOrigin origin,
                  const EachSession& sessions);
  /// A generation that is tried first. Replaces one that is still being tried.
  /// `seen`: what it has said of the past already.
  Status try_out(std::unique_ptr<LoadedPlugin> plugin, GenerationOrigin origin, const Trial& trial,
                 Shadow seen = {});
  /// Gives everything to the generation that is being tried, or goes on with its trial as `trial` says.
  Status promote(const EachSession& sessions);
  Status begin_canary(std::uint32_t share);
  /// Ends a trial; without one, goes back to the previous generation.
  Status back(const EachSession& sessions);
  /// Notes that something was refused before it came here.
  void refuse(std::string what, std::string why);
  /// Does what has become due: a trial that failed is ended, a shadow that has seen enough goes on.
  /// `on_due` has asked for it.
  void settle(const EachSession& sessions);
  /// Retires whatever is held by no session that lives. For those that `holds_sessions`.
  void release(const EachSession& sessions);
  /// Retired instances, to be ended wherever that may take its time.
  std::vector<std::unique_ptr<LoadedPlugin>> take_retired();

  /// From now on what the current generation is asked is kept for those that shall follow it.
  void remember() { past_ = std::make_unique<Past>(); }
  /// The last `most` events that the current generation answered, in their order.
  PastEvents past(std::size_t most) const { return past_ ? past_->last(most) : PastEvents(); }

  /// Drops what is remembered of sessions that were erased.
  void forget(const std::set<std::uint64_t>& sessions);

  const LoadedPlugin* current() const { return current_ ? current_->plugin.get() : nullptr; }
  const GenerationOrigin& origin() const;
  std::uint64_t generation() const { return current_ ? current_->number : 0; }
  bool is_tried() const { return trial_ != nullptr; }
  bool holds_sessions() const { return !held_.empty() || !retiring_.empty(); }
  std::vector<GenerationView> view() const;
  const Shadow* shadow() const { return trial_ ? &trial_->shadow : nullptr; }
  const Trial* trial() const { return trial_ ? &trial_->wanted : nullptr; }
  const std::deque<Refusal>& refusals() const { return refusals_; }
  /// Sessions that a newer generation took over late.
  std::uint64_t moved() const { return moved_; }

  std::function<void(const GenerationChange&)> on_change;  ///< At a quiet point.
  std::function<void()> on_due;  ///< In a call: `settle` is due at the next quiet point.

 private:
  struct Generation {
    std::uint64_t number = 0;
    std::unique_ptr<LoadedPlugin> plugin;
    GenerationOrigin origin;
    Extension<convene_routing> routing;
    Extension<convene_service> service;
    std::string label;  ///< "policy_skills 1.2.0 #3".
    std::uint32_t state_version() const { return plugin->description().state_version; }
  };
  using GenerationPtr = std::shared_ptr<Generation>;
  struct Trying {
    GenerationPtr generation;
    Trial wanted;
    Shadow shadow;
    bool canary = false;  ///< Gets its share already.
    std::string broken;   ///< Why it must end; from then on it is not called.
    bool due = false;
  };
  struct Held {
    GenerationPtr by;
    std::uint64_t refused_by = 0;  ///< The newest generation that could not go on with it.
  };

  using HeldAt = std::unordered_map<std::uint64_t, Held>::iterator;

  // generations.cpp
  Result<GenerationPtr> admit(std::unique_ptr<LoadedPlugin> plugin, GenerationOrigin origin);
  void make_current(GenerationPtr fresh, GenerationChange::Kind kind, const EachSession& sessions);
  void end_trial(GenerationChange::Kind kind, std::string why);
  void retire(GenerationPtr old);
  void tell(GenerationChange::Kind kind, const Generation& generation, std::string why = {});
  std::size_t sessions_held(const Generation& generation) const;
  bool in_use(const Generation& generation) const;

  // generations_routing.cpp, generations_service.cpp
  convene_status decide(const convene_routing_request& request,
                        convene_routing_answer& answer) noexcept;
  void outcome(const convene_routing_outcome& outcome) noexcept;
  convene_status step(const convene_session& session, convene_text state,
                      const convene_service_event& event,
                      const convene_service_effects& effects) noexcept;
  convene_status step_held(HeldAt at, const convene_session& session, convene_text state,
                           const convene_service_event& event,
                           const convene_service_effects& effects);
  convene_status step_watched(const convene_session& session, convene_text state,
                              const convene_service_event& event,
                              const convene_service_effects& effects);
  void sign(const Generation& generation);
  bool is_canary(std::uint64_t session) const;
  bool is_shadowed() const {
    return trial_ && !trial_->canary && trial_->broken.empty() &&
           trial_->shadow.asked() < trial_->wanted.shadow;
  }
  void break_trial(std::string why);
  void trial_due();

  const std::string id_;
  RoutingNote note_;
  GenerationPtr current_, previous_;
  std::unique_ptr<Trying> trial_;
  std::unique_ptr<Past> past_;
  std::vector<GenerationPtr> retiring_;  ///< Still hold sessions.
  std::vector<std::unique_ptr<LoadedPlugin>> retired_;
  std::unordered_map<std::uint64_t, Held>
      held_;  ///< Sessions that the current generation may not know.
  std::deque<Refusal> refusals_;
  std::uint64_t numbers_ = 0, moved_ = 0;
  std::uint64_t noted_ = 0;  ///< Whose label `note_` holds.
};

}  // namespace convene
