// adapters/web/main.cpp - convene-web: the web gateway's program. `convene serve` starts it and tells it where the bus is.
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>

#include "adapters/web/bus_core.hpp"
#include "adapters/web/channel_plugins.hpp"
#include "adapters/web/log.hpp"
#include "adapters/web/server.hpp"

namespace convene::web {
namespace {

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// As many descriptors as this user may have: one is needed for every browser.
void raise_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string beside_the_program() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto up = program.parent_path().parent_path();
  for (const char* folder : {"share/web", "share/convene/web"})
    if (std::filesystem::is_directory(up / folder, error)) return (up / folder).string();
  return (up / "share/web").string();
}

/// The parts in the order in which they depend on each other; the later ones come with the core's first welcome.
class Program {
 public:
  explicit Program(const BusAddress& address)
      : tick_(lane_),
        signals_(lane_, SIGTERM, SIGINT),
        core_(lane_, address,
              {[this](std::string_view config, bool reconnected) {
                 welcome(std::string(config), reconnected);
               },
               [this](std::string_view leg) {
                 if (gateway_) gateway_->hub.order(leg);
               },
               [this](std::string_view notice, std::string_view body) {
                 if (gateway_) gateway_->notice(notice, body);
               }}) {}

  int run() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) stop(0);
    });
    lane_.run();
    if (server_) server_->stop();
    if (gateway_) gateway_->hub.close();
    return code_;
  }

 private:
  void welcome(std::string config, bool reconnected) {
    if (gateway_ && config == config_) {
      if (reconnected) gateway_->hub.core_is_new();
      return;
    }
    auto settings = parse_settings(config);
    if (!settings) {
      log::error(settings.error().code, {{"text", settings.error().text}});
      if (!gateway_) stop(2);
      return;  // A bad configuration changes nothing.
    }
    config_ = std::move(config);
    if (gateway_) {
      gateway_->reconfigure(*std::move(settings));
      if (reconnected) gateway_->hub.core_is_new();
      log::info("web.reconfigured");
    } else {
      start(*std::move(settings));
    }
  }

  void start(Settings settings) {
    if (settings.threads == 0)
      settings.threads = std::min(4u, std::max(1u, std::thread::hardware_concurrency()));
    if (settings.static_folder.empty()) settings.static_folder = beside_the_program();
    const std::uint32_t threads = settings.threads;
    plugins_ = load_channels(settings.plugins, threads, channels_);
    files_.emplace(settings.static_folder);
    if (files_->size() == 0) log::warning("web.no_pages", {{"folder", settings.static_folder}});
    gateway_ = std::make_unique<Gateway>(
        std::move(settings), *files_, core_, channels_, Clocks{steady_ms, wall_ms},
        [this](std::function<void()> work) { boost::asio::dispatch(lane_, std::move(work)); });
    gateway_->metrics.core_up.store(1);
    server_ = std::make_unique<Server>(lane_, threads);
    if (const auto listening = server_->listen(*gateway_); !listening) {
      log::error(listening.error().code, {{"text", listening.error().text}});
      return stop(3);
    }
    log::info("web.listening", {{"port", std::to_string(server_->port())},
                                {"threads", std::to_string(threads)},
                                {"channels", std::to_string(channels_.size())},
                                {"files", std::to_string(files_->size())}});
    tick();
  }

  void tick() {
    gateway_->metrics.core_up.store(core_.up() ? 1 : 0);
    const std::int64_t next = gateway_->hub.tick();
    tick_.expires_after(std::chrono::milliseconds(std::min<std::int64_t>(next, 100)));
    tick_.async_wait([this](boost::system::error_code error) {
      if (!error) tick();
    });
  }

  void stop(int code) {
    code_ = code;
    core_.close();
    log::info("web.stopping");
    boost::asio::post(lane_, [this] { lane_.stop(); });
  }

  boost::asio::io_context lane_{1};
  boost::asio::steady_timer tick_;
  boost::asio::signal_set signals_;
  BusCore core_;
  std::string config_;
  ChannelSet channels_;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins_;
  std::optional<StaticFiles> files_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Server> server_;
  int code_ = 0;
};

}  // namespace
}  // namespace convene::web

int main(int argc, char** argv) {
  const auto environment = [](const char* name, const char* otherwise = "") {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? otherwise : value);
  };
  const convene::web::BusAddress address{
      environment("CONVENE_BUS"), environment("CONVENE_NAME", "web"),
      environment("CONVENE_SERVER_KEY"), environment("CONVENE_PUBLIC_KEY"),
      environment("CONVENE_SECRET_KEY")};
  if (argc > 1 || address.endpoint.empty()) {
    std::fprintf(stderr,
                 "convene-web is the web gateway of Convene. `convene serve` starts it, as "
                 "[adapter.NAME] with\n"
                 "command = [\"convene-web\"]; by hand it needs CONVENE_BUS (the core's command "
                 "bus) and CONVENE_NAME\n"
                 "(its name in the configuration, \"web\" by default). Everything else comes over "
                 "the bus.\n");
    return argc == 2 && std::strcmp(argv[1], "--help") == 0 ? 0 : 64;
  }
  convene::web::raise_descriptors();
  convene::web::Program program(address);
  // Nothing is left to be saved, and connections would outlive what they use: the process ends as it is.
  std::_Exit(program.run());
}
