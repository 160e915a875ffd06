// core/app/serving.cpp - brings up folder, store, plugins, node and adapters in that order, and
// down in the other.
#include "core/app/serving.hpp"

#include <unistd.h>

#include <cstdio>

#include "core/app/exit_codes.hpp"
#include "core/runtime/log.hpp"

namespace convene::app {
namespace {

constexpr std::chrono::milliseconds kChildrenEndWithin{2500};

int complain(const Error& error, int code) {
  log::error("serve.failed", {{"code", error.code}, {"why", error.text}});
  return code;
}

// What can only be chosen at the start, because sockets, files and threads hang on it.
std::vector<ConfigError> fixed_differences(const Config& old, const Config& fresh) {
  std::vector<ConfigError> errors;
  const auto compare = [&](bool same, const char* key) {
    if (!same) {
      errors.push_back({{},
                        std::string(key) + " cannot change while the node runs",
                        "stop it and start it again"});
    }
  };
  compare(old.name == fresh.name, "node.name");
  compare(old.data == fresh.data, "node.data");
  compare(old.idle_poll_us == fresh.idle_poll_us, "node.idle_poll_us");
  compare(old.store_url == fresh.store_url, "store.url");
  compare(old.journal == fresh.journal, "[journal]");
  compare(old.command_endpoint == fresh.command_endpoint &&
              old.event_endpoint == fresh.event_endpoint &&
              old.bus_public_key == fresh.bus_public_key &&
              old.bus_secret_key.value == fresh.bus_secret_key.value,
          "[bus]");
  return errors;
}

}  // namespace

Serving::~Serving() { stop(); }

std::optional<int> Serving::start() {
  ConfigOutcome outcome = load_config(config_path_);
  if (!outcome) {
    std::fputs(to_text(everything_wrong(outcome)).c_str(), stderr);
    return kBadConfig;
  }
  Config& config = outcome.config;
  config.data = std::filesystem::absolute(config.data).lexically_normal();
  if (auto opened = log::open(config.log); !opened) return complain(opened.error(), kFailed);
  auto folder = DataFolder::open(config.data);
  if (!folder)
    return complain(folder.error(), folder.error().code == "data.locked" ? kRefused : kFailed);
  folder_ = std::make_unique<DataFolder>(std::move(*folder));
  auto master = folder_->master_key();
  if (!master) return complain(master.error(), kFailed);
  master_ = *master;

  GenerationOutcome made = make_generation(config, master_, slots_);
  if (!made.generation) {
    std::fputs(to_text(made.errors).c_str(), stderr);
    return kBadConfig;
  }
  current_ = std::move(made.generation);
  slots_.apply(current_->plugins);
  auto store_options = parse_store_url(config.store_url, config.data);
  if (!store_options) return complain(store_options.error(), kBadConfig);
  store_options->reserve_log = true;
  auto store = open_sql_store(*store_options);
  if (!store) return complain(store.error(), kFailed);
  store_ = std::move(*store);
  // A store that has never had a session counts them from 1 again: what was said in others of these
  // numbers must not turn up in them.
  const Result<Snapshot> held = store_->restore();
  if (held && !held->last_session) {
    std::error_code ignored;
    std::filesystem::remove_all(transcript_folder(config), ignored);
  }
  return make_node(master_);
}

std::optional<int> Serving::make_node(const Key& master) {
  const Config& config = current_->config;
  NodeOptions options;
  options.name = config.name;
  options.settings = current_->settings;
  options.store = store_.get();
  options.command_endpoint = config.resolved_endpoint(config.command_endpoint);
  options.event_endpoint = config.resolved_endpoint(config.event_endpoint);
  options.adapters = current_->adapters;
  options.key = derive_key(master, "convnode");
  options.idle_poll = std::chrono::microseconds(config.idle_poll_us);
  options.curve = {config.bus_secret_key.value, config.insecure_loopback};
  options.log = [](int level, std::string_view id, std::string_view fields) {
    log::write_text(static_cast<log::Level>(std::clamp(level, 0, 3)), id, fields);
  };
  options.more_status = [this] { return more_status(); };
  options.erased = [this](std::span<const SessionId> sessions) { slots_.forget(sessions); };
  options.program = [this](const ProgramRequest& request) { take(request); };
  auto journal = open_journal(config);
  if (!journal) return complain(journal.error(), kFailed);
  journal_ = std::move(*journal);
  if (journal_) journal_->know(plugin_records(*current_));
  options.observer = journal_.get();
  node_ = std::make_unique<Node>(std::move(options));
  serve_plugins();
  if (auto opened = node_->open(); !opened) return complain(opened.error(), kFailed);
  revision_ = 1;
  const std::string self = (std::filesystem::read_symlink("/proc/self/exe")).string();
  supervisor_ = std::make_unique<Supervisor>(std::vector<std::string>{self, "run-child"});
  thread_ = std::thread([this] {
    node_->run();
    ended_ = true;
  });
  supervisor_->run(current_->children);
  log::info("serve.ready", {{"node", config.name},
                            {"flows", config.flows.size()},
                            {"agents", config.agents.size()},
                            {"adapters", config.adapters.size()}});
  std::printf("READY=1\n");
  std::fflush(stdout);
  return std::nullopt;
}

void Serving::reload() {
  ConfigOutcome outcome = load_config(config_path_);
  std::vector<ConfigError> errors = outcome.errors;
  if (errors.empty()) {
    outcome.config.data = std::filesystem::absolute(outcome.config.data).lexically_normal();
    errors = fixed_differences(current_->config, outcome.config);
  }
  std::shared_ptr<Generation> fresh;
  if (errors.empty()) {
    GenerationOutcome made = make_generation(outcome.config, master_, slots_);
    errors = std::move(made.errors);
    fresh = std::move(made.generation);
  }
  if (!fresh) {
    errors.resize(std::min(errors.size(), kErrorsShown));
    for (const ConfigError& error : errors) log::error("config.refused", {{"why", to_text(error)}});
    const std::lock_guard lock(mutex_);
    ++refused_;
    return;
  }
  if (journal_) {
    node_->post(
        [journal = journal_.get(), records = plugin_records(*fresh)] { journal->know(records); });
  }
  node_->reconfigure(fresh->settings, fresh->adapters,
                     [this, fresh] { slots_.apply(fresh->plugins); });
  supervisor_->run(fresh->children);
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
  ++revision_;
  log::info("config.applied", {{"revision", revision_}});
}

void Serving::stop() {
  if (node_) node_->stop();
  if (thread_.joinable()) thread_.join();
  if (supervisor_) {
    supervisor_->stop(kChildrenEndWithin);
    const std::lock_guard lock(mutex_);
    supervisor_.reset();
  }
  node_.reset();
  journal_.reset();
  store_.reset();
  if (folder_) log::info("serve.stopped");
  folder_.reset();
}

}  // namespace convene::app
