// core/journal/items.hpp - what a journal consists of: one item for everything that an engine is
// made of or is told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/journal/codec.hpp"
#include "core/model/input.hpp"
#include "core/model/scores.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"

namespace convene::journal {

/// A plugin as the configuration asked for it and as it was loaded.
struct PluginRecord {
  std::string id;
  std::string label;          ///< Id and version.
  std::string file;           ///< Of the library, within the plugin folder; empty: it has none.
  std::string sha256;         ///< Of the library, hexadecimal; empty: not known.
  std::string config = "{}";  ///< JSON.
};

/// Engine settings without the plugins' tables; these are known by id.
struct Settings {
  std::map<std::string, Flow> flows;
  std::map<std::string, AgentSettings> agents;
  Limits limits;
  Duration keep{0};  ///< What has ended.
  std::string config_hash;
  /// Ids of policies, sorted. An item Asked names one by its place here.
  std::vector<std::string> routing;
  std::vector<std::string> services;  ///< Ids of services, sorted.
  std::vector<PluginRecord> plugins;
};

/// What a journal's file begins with.
struct Head {
  std::string program;       ///< Version of the program that wrote it.
  std::string node;          ///< node.name.
  std::string run;           ///< Name of the run, which may go over several files.
  std::uint32_t number = 1;  ///< Of the file within the run, from 1.
  Time at{};                 ///< Engine time.
};
/// A new engine.
struct Made {
  Time now{};
  Settings settings;
  Snapshot snapshot;
};
/// The engine as it was when a further file of a run was begun, for whoever has not got the files
/// before: what its snapshot does not hold (timers, who rests from whom) is missing. `primers` are
/// who was connected, who sat where, and what was last said of each leg.
struct Middle {
  Made engine;
  std::vector<Input> primers;
};
struct Applied {
  Time now{};
  Input input;
};
/// A policy was asked, and what it said.
struct Asked {
  std::uint32_t policy = 0;    ///< Place in Settings::routing.
  std::uint64_t question = 0;  ///< Digest of what was asked.
  /// convene_status; nothing else is meant where it is not CONVENE_OK.
  std::int32_t status = 0;
  std::int32_t action = 0;
  std::uint64_t index = 0;
  std::int64_t until_ms = 0;
  std::string pool;
  std::string reason;
  ScoreList scores;
  std::string label;  ///< Where it is not the policy's last one.
  std::int64_t took_ns = 0;
};
/// A service was asked for a step. What it wants follows from what it is: only failures must be
/// known.
struct Stepped {
  std::int32_t status = 0;
};
/// A batch is over and durable.
struct Committed {
  std::uint64_t digest = 0;  ///< Of all changes and messages.
};
struct Dropped {
  Time now{};
  std::string code;
};
struct Reconfigured {
  Settings settings;
};
/// Another generation of a plugin answers from here on, or some of the sessions' questions.
struct PluginMark {
  std::string id;
  std::string what;  ///< "reloaded", "canary", "promoted", "back", "refused".
  std::uint64_t generation = 0;
  std::string label;
  std::string file;
  std::string sha256;
  std::string config = "{}";
  std::uint32_t canary_ppm = 0;  ///< Share of sessions, in a million; 0: all of them.
};

using Item = std::variant<Head, Made, Middle, Applied, Asked, Stepped, Committed, Dropped,
                          Reconfigured, PluginMark>;

// clang-format off
template <Of<PluginRecord> X, class F> void fields(X& x, F&& f) { f("id", x.id); f("label", x.label); f("file", x.file); f("sha256", x.sha256); f("config", x.config); }
template <Of<Settings> X, class F> void fields(X& x, F&& f) { f("flows", x.flows); f("agents", x.agents); f("limits", x.limits); f("keep", x.keep); f("config_hash", x.config_hash); f("routing", x.routing); f("services", x.services); f("plugins", x.plugins); }
template <Of<Head> X, class F> void fields(X& x, F&& f) { f("program", x.program); f("node", x.node); f("run", x.run); f("number", x.number); f("at", x.at); }
template <Of<Made> X, class F> void fields(X& x, F&& f) { f("now", x.now); f("settings", x.settings); f("snapshot", x.snapshot); }
template <Of<Middle> X, class F> void fields(X& x, F&& f) { f("engine", x.engine); f("primers", x.primers); }
template <Of<Applied> X, class F> void fields(X& x, F&& f) { f("now", x.now); f("input", x.input); }
template <Of<Asked> X, class F> void fields(X& x, F&& f) { f("policy", x.policy); f("question", x.question); f("status", x.status); f("action", x.action); f("index", x.index); f("until_ms", x.until_ms); f("pool", x.pool); f("reason", x.reason); f("scores", x.scores); f("label", x.label); f("took_ns", x.took_ns); }
template <Of<Stepped> X, class F> void fields(X& x, F&& f) { f("status", x.status); }
template <Of<Committed> X, class F> void fields(X& x, F&& f) { f("digest", x.digest); }
template <Of<Dropped> X, class F> void fields(X& x, F&& f) { f("now", x.now); f("code", x.code); }
template <Of<Reconfigured> X, class F> void fields(X& x, F&& f) { f("settings", x.settings); }
template <Of<PluginMark> X, class F> void fields(X& x, F&& f) { f("id", x.id); f("what", x.what); f("generation", x.generation); f("label", x.label); f("file", x.file); f("sha256", x.sha256); f("config", x.config); f("canary_ppm", x.canary_ppm); }
// clang-format on

/// Appends one item: its kind, its size, its fields.
void append(const Item& item, std::string& out);
/// The same for what is written most, without a copy of it.
void append_applied(Time now, const Input& input, std::string& out);

/// Takes the first item from `in`. False: what is there is none, or of a kind that this program
/// does not know.
bool take(std::string_view& in, Item& item);

/// Has `plugins` name what serves everybody after `mark`. False: it is what they name already.
bool note(const PluginMark& mark, std::vector<PluginRecord>& plugins);

/// The settings as they are written down; `plugins` is what the configuration knows of them.
Settings settings_of(const EngineSettings& settings, std::vector<PluginRecord> plugins);
/// And back, without any plugin bound.
EngineSettings engine_settings(const Settings& settings);
/// Twelve hexadecimal digits that name this configuration in decisions.
std::string config_hash(const EngineSettings& settings, const std::vector<PluginRecord>& plugins);

}  // namespace convene::journal
