// sdk/host/adapter/server.cpp - two threads: this one is the bus's, the lane is the adapter's.
#include "sdk/host/adapter/server.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

#include "sdk/bus/events.hpp"
#include "sdk/bus/json_text.hpp"
#include "sdk/bus/wire.hpp"
#include "sdk/host/adapter/bridge.hpp"

namespace convene::adapter {
namespace {

namespace fs = std::filesystem;

constexpr Millis kStopWithin{2'000};
constexpr std::int64_t kLookAgainMs = 1'000;  ///< At the clock of a call that may hang.

int stop_fd = -1;  // written by the handler of signals, and only there

void ask_to_stop(int) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_fd, &one, sizeof one);
}

void hear_signals() {
  stop_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action {};
  action.sa_handler = ask_to_stop;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

/// A line for whoever reads what adapters print; `convene serve` takes it into its log, at its level.
void say(int level, const std::string& sentence) {
  static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
  std::fprintf(stderr, "level=%s %s\n", kNames[std::clamp(level, 0, 3)], sentence.c_str());
  std::fflush(stderr);
}

HostOptions host_of(const ServerOptions& options) {
  HostOptions host;
  host.folder = fs::path(options.library).parent_path().string();
  if (host.folder.empty()) host.folder = ".";
  host.log = [](const PluginLog& line) {
    say(line.level, std::string(line.id) + ": " + std::string(line.message));
  };
  return host;
}

class Server {
 public:
  explicit Server(const ServerOptions& options)
      : options_(options),
        lane_(host_of(options),
              {options.plugin, fs::path(options.library).filename().string(), "{}", options.sha256},
              outbox_),
        bridge_(options.bus, lane_, outbox_, [this](const std::string& sentence) {
          say(CONVENE_LOG_WARNING, options_.plugin + " " + sentence);
        }) {
    bridge_.client().set_wake([this] { woken_ = true; });
  }

  Status run() {
    if (Status listening = listen(); !listening) return listening;
    for (;;) {
      bridge_.drain();
      bridge_.run_timers();
      bridge_.client().step();
      if (events_) events_->step();
      if (!bridge_.over().empty()) return leave(Error{"adapter.over", bridge_.over()});
      if (const auto busy = lane_.busy_for(); busy && *busy >= options_.hung_after)
        return leave(Error{"adapter.hung", options_.plugin + " did not come back from a call"});
      if (wait()) return leave(ok());
    }
  }

 private:
  Status listen() {
    if (options_.words.empty()) return ok();
    bus::EventOptions options;
    options.endpoint = options_.events_endpoint;
    options.words = options_.words;
    options.server_key = options_.bus.server_key;
    options.public_key = options_.bus.public_key;
    options.secret_key = options_.bus.secret_key;
    bus::EventHandlers handlers;
    handlers.event = [this](const bus::Event& event) {
      bridge_.note(std::string(event.topic), std::string(event.body));
    };
    handlers.gap = [this](const bus::Gap& gap) {
      bus::JsonText body;
      body.open().key("word").text(gap.word);
      body.key("missed").number(gap.number - gap.expected).close();
      bridge_.note("gap", body.take());
      events_->covered(std::string(gap.word), gap.number - 1);
    };
    events_ = std::make_unique<bus::EventReader>(std::move(options), std::move(handlers));
    return events_->open();
  }

  /// Until there is something to do. True: asked to stop.
  bool wait() {
    const std::int64_t left = std::min(bridge_.next_wake_ms() - now().count(), kLookAgainMs);
    const bool at_once = std::exchange(woken_, false);
    pollfd fds[] = {{bridge_.client().fd(), POLLIN, 0},
                    {outbox_.fd(), POLLIN, 0},
                    {events_ ? events_->fd() : -1, POLLIN, 0},
                    {stop_fd, POLLIN, 0}};
    ::poll(fds, std::size(fds), at_once ? 0 : static_cast<int>(std::max<std::int64_t>(0, left)));
    return (fds[3].revents & POLLIN) != 0;
  }

  /// The adapter's last words still go out.
  Status leave(Status why) {
    if (!lane_.finish(why ? kStopWithin : Millis{0}) && why)
      say(CONVENE_LOG_WARNING,
          options_.plugin + " did not stop within two seconds and is left behind");
    bridge_.drain();
    bridge_.run_timers();
    bridge_.client().close(why ? "ending" : "failed");
    events_.reset();
    bus::wire::context().close();  // waits, as long as sockets linger, until the goodbye is out
    return why;
  }

  const ServerOptions& options_;
  Outbox outbox_;
  Lane lane_;
  Bridge bridge_;
  std::unique_ptr<bus::EventReader> events_;
  bool woken_ = false;
};

}  // namespace

namespace {

Status confine(const ServerOptions& options) {
  isolation::SandboxOptions sandbox = options.sandbox;
  sandbox.reads.push_back(fs::path(options.library).parent_path().string());
  if (Status confined = confine_process(sandbox); !confined) return confined;
  return confine_calls(sandbox);
}

}  // namespace

Result<std::string> schema_of(const ServerOptions& options) {
  if (Status confined = confine(options); !confined) return confined.error();
  const auto all = Loader(host_of(options)).describe(fs::path(options.library).filename().string());
  if (!all) return all.error();
  for (const PluginDescription& plugin : *all)
    if (plugin.id == options.plugin) return plugin.config_schema;
  return Error{"plugin.unknown", options.library + " holds no plugin " + options.plugin};
}

Status serve_adapter(const ServerOptions& options) {
  hear_signals();
  if (Status confined = confine(options); !confined) return confined;
  // Never ended: a call that hangs still uses it, and the process ends anyway.
  return (*new Server(options)).run();
}

}  // namespace convene::adapter
