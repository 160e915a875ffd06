// core/app/serving_plugins.cpp - what consoles ask of a running node's plugins, and who hears of
// changes.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <memory>

#include "core/app/plugin_requests.hpp"
#include "core/app/serving.hpp"
#include "core/runtime/log.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::app {
namespace {

/// Writes the line of a change; its id is also the event's topic.
const char* write_log(const GenerationChange& change) {
  const auto say = [&](log::Level level, const char* id) {
    log::write(level, id,
               {{"plugin", change.plugin},
                {"generation", change.generation},
                {"version", change.version},
                {"sha256", change.sha256},
                {"canary", change.canary}});
    return id;
  };
  using Kind = GenerationChange::Kind;
  switch (change.kind) {
    case Kind::loaded:
      return say(log::Level::info, "plugin.loaded");
    case Kind::shadow:
      return say(log::Level::info, "plugin.shadow");
    case Kind::canary:
      return say(log::Level::info, "plugin.canary");
    case Kind::current:
      return say(log::Level::info, "plugin.reloaded");
    case Kind::back:
      return say(log::Level::info, "plugin.back");
    case Kind::retired:
      return say(log::Level::info, "plugin.retired");
    case Kind::refused:
      break;
  }
  log::error("plugin.refused",
             {{"plugin", change.plugin}, {"generation", change.generation}, {"why", change.why}});
  return "plugin.refused";
}

std::string event_of(const GenerationChange& change) {
  bus::JsonText text;
  text.open().key("plugin").text(change.plugin).key("generation").number(change.generation);
  text.key("version").text(change.version).key("sha256").text(change.sha256);
  text.key("canary").number(change.canary);
  if (!change.why.empty()) text.key("why").text(change.why);
  return text.close().take();
}

/// For a replay: only what changes who answers.
journal::PluginMark mark_of(const char* word, const GenerationChange& change) {
  journal::PluginMark mark;
  mark.id = change.plugin;
  mark.what = std::string(word).substr(std::string_view("plugin.").size());
  mark.generation = change.generation;
  mark.label = change.plugin + " " + change.version + " #" + std::to_string(change.generation);
  mark.file = change.origin.file;
  mark.sha256 = change.sha256;
  mark.config = change.origin.settings;
  mark.canary_ppm = change.canary * 100;
  return mark;
}

}  // namespace

void Serving::serve_plugins() {
  PluginSlots::Node node;
  node.quietly = [this](const PluginSlots::Work& work) { quietly(work); };
  node.each_session = [this](const PluginSlots::Visit& visit) {
    return node_->each_session(visit);
  };
  node.ask_anew = [this] { node_->ask_anew(); };
  node.changed = [this](const GenerationChange& change) { changed(change); };
  node.due = [this](const std::string& plugin) {
    node_->post([this, plugin] { slots_.settle(plugin); });
  };
  slots_.serve(std::move(node));
}

/// Waits until the node has done it between two batches. A node that has ended does nothing any more.
void Serving::quietly(const PluginSlots::Work& work) {
  if (!thread_.joinable() || ended_) return work();
  // The node has a share of it: it may still be in `set_value` when this thread has gone on.
  const auto promise = std::make_shared<std::promise<void>>();
  const std::future<void> done = promise->get_future();
  node_->post([&work, promise] {
    work();
    promise->set_value();
  });
  while (done.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
    if (!ended_) continue;
    if (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) work();
    return;
  }
}

void Serving::changed(const GenerationChange& change) {
  const char* word = write_log(change);
  node_->publish(word, event_of(change));
  if (journal_ && (change.current || change.kind == GenerationChange::Kind::canary))
    journal_->mark(mark_of(word, change));
}

/// On the node's thread. What takes its time is left to the main thread, which loads plugins.
void Serving::take(const ProgramRequest& request) {
  if (request.name == "plugins") return request.answer(slots_.view());
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({std::string(request.name), std::string(request.body), request.answer});
  }
  ::kill(::getpid(), SIGUSR1);
}

void Serving::work() {
  std::vector<Job> jobs;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(jobs_);
  }
  for (Job& job : jobs) {
    const Result<std::string> done = run(job.name, job.body);
    node_->post([answer = std::move(job.answer), done] { answer(done); });
  }
  if (!jobs.empty()) slots_.tidy();
}

Result<std::string> Serving::run(const std::string& name, const std::string& body) {
  const auto wish = read_reload_wish(body);
  if (!wish) return wish.error();
  if (name == "plugin_back") return slots_.back(wish->plugin);
  // The configuration says what is loaded; of a changed one only this plugin's table is taken.
  ConfigOutcome read = load_config(config_path_);
  if (!read) return Error{"bad_config", to_text(read.errors.front())};
  read.config.data = std::filesystem::absolute(read.config.data).lexically_normal();
  return slots_.reload(read.config, *wish);
}

void Serving::tidy() { slots_.tidy(); }

}  // namespace convene::app
