// core/runtime/bus_fixture.hpp - for tests: a bus server with a handler that answers by itself, and clients beside it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/bus_server.hpp"
#include "sdk/bus/client.hpp"
#include "sdk/bus/wire.hpp"

namespace convene::test {

/// A folder of its own for sockets, removed at the end.
class SocketFolder {
 public:
  SocketFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "convene-bus-XXXXXX").string();
    if (::mkdtemp(pattern.data())) path_ = pattern;
  }
  ~SocketFolder() { std::filesystem::remove_all(path_); }
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;
  std::string ipc(const std::string& name) const { return "ipc://" + path_ + "/" + name; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class SteadyClock final : public NodeClock {
 public:
  std::int64_t monotonic_ms() override { return ahead + (held_ ? *held_ : real_ms()); }
  std::int64_t wall_ms() override { return monotonic_ms(); }
  /// From now on time passes only by `ahead`.
  void hold() { held_ = real_ms(); }
  std::int64_t ahead = 0;  ///< Set by tests to let time pass.

 private:
  static std::int64_t real_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  std::optional<std::int64_t> held_;
};

/// Runs `turn` until `done`, for at most a minute of real time: a sanitizer, or a machine with much to do, is slow.
inline bool until(const std::function<bool()>& done, const std::function<void()>& turn) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    turn();
  }
  return true;
}

/// Admits "web" and "web2" as gateways and "cli" as a console; remembers what it is told, answers "echo" with its body.
class EchoHandler final : public BusHandler {
 public:
  Result<std::string> admit(const Hello& hello) override {
    if (hello.name == "web" || hello.name == "web2" || hello.name == "cli")
      return std::string(R"({"colour":"green"})");
    return Error{"unknown_adapter", "not configured"};
  }
  void peer_up(PeerId peer, const Hello& hello) override { up[peer] = hello.name; }
  void peer_down(PeerId peer, std::string_view, std::string_view reason) override {
    up.erase(peer);
    down.emplace_back(reason);
  }
  void request(const BusRequest& request) override {
    ++done[std::string(request.text)];
    if (request.name == "silence") return;
    server->answer(request.id, success(request.text));
  }
  void leg(PeerId, const boost::json::object&) override { ++legs; }
  void event(PeerId, PeerKind, std::string_view, const boost::json::object&) override { ++events; }
  void replied(PeerId, std::uint64_t token, bool ok, std::string_view text) override {
    replies.push_back({token, ok, std::string(text)});
  }

  struct Replied {
    std::uint64_t token;
    bool ok;
    std::string text;
  };
  BusServer* server = nullptr;
  std::map<PeerId, std::string> up;
  std::vector<std::string> down;
  std::map<std::string, int> done;
  std::vector<Replied> replies;
  int legs = 0, events = 0;
};

struct BusFixture : ::testing::Test {
  BusFixture() { start(); }

  void start(BusLimits limits = {}) {
    server.reset();
    context = std::make_unique<zmq::context_t>(1);
    server =
        std::make_unique<BusServer>(*context, limits, clock, handler, counters, BusServer::Log{});
    handler.server = server.get();
    server->set_instance("test-" + std::to_string(++lives));
    const Status status = server->open(folder.ipc("command"), {});
    ASSERT_TRUE(status) << status.error().text;
  }

  std::unique_ptr<bus::Client> client(const std::string& name, bus::ClientHandlers handlers = {}) {
    bus::ClientOptions options;
    options.endpoint = folder.ipc("command");
    options.name = name;
    options.kind = name == "cli" ? "console" : "gateway";
    options.capabilities = {"media"};
    return std::make_unique<bus::Client>(std::move(options), std::move(handlers));
  }

  void turn() {
    server->take(1'000);
    server->tick();
    for (bus::Client* each : clients) each->wait(1);
  }
  bool run_until(const std::function<bool()>& finished) {
    return until(finished, [this] { turn(); });
  }
  bool connect(bus::Client& one) {
    clients.push_back(&one);
    return run_until([&] { return one.connected(); });
  }

  SocketFolder folder;
  SteadyClock clock;
  NodeCounters counters;
  EchoHandler handler;
  std::unique_ptr<zmq::context_t> context;
  std::unique_ptr<BusServer> server;
  std::vector<bus::Client*> clients;
  int lives = 0;
};

}  // namespace convene::test
