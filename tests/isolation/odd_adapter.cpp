// tests/isolation/odd_adapter.cpp - an adapter that does what a test asks of it, good or bad.
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "convene/adapter.hpp"

using convene::sdk::AdapterBus;
using convene::sdk::AdapterRequest;
namespace json = convene::json;

class OddAdapter {
 public:
  static constexpr std::string_view kConfigSchema = R"({
    "type": "object",
    "properties": {"mood": {"type": "string"}, "read": {"type": "string"}},
    "additionalProperties": false
  })";

  explicit OddAdapter(const json::Value& config) : settings_(config) {}
  ~OddAdapter() { stop(); }

  void stop() {
    for (std::thread& t : threads_) t.join();
    threads_.clear();
  }

  void connect(AdapterBus bus) { bus_ = bus; }

  void request(const AdapterRequest& r) {
    const std::uint64_t token = r.token();
    const std::string_view name = r.name();
    if (r.is_notice()) {
      notices_.push(json::Value(name));
    } else if (name == "echo") {
      bus_.reply(token, r.body());
    } else if (name == "settings") {
      bus_.reply(token, json::write(settings_));
    } else if (name == "notices") {
      bus_.reply(token, json::write(json::object({{"names", notices_}})));
    } else if (name == "later") {
      after(30, [this, token] { bus_.reply(token, "{}"); });
    } else if (name == "late") {
      after(r.deadline_ms() + 150, [this, token] { late_taken_ = bus_.reply(token, "{}"); });
    } else if (name == "twice") {
      bus_.reply(token, R"({"first":true})");
      twice_taken_ = bus_.reply(token, R"({"first":false})");
    } else if (name == "what_was_taken") {
      bus_.reply(token, json::write(json::object(
                            {{"late", late_taken_.load()}, {"twice", twice_taken_.load()}})));
    } else if (name == "slow") {
      std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
      bus_.reply(token, "{}");
    } else if (name == "hang") {
      for (;;) ::pause();
    } else if (name == "crash") {
      std::abort();
    } else if (name == "fail") {
      throw convene::sdk::Failure("the foreign system is away; start it");
    } else if (name == "escape") {
      bus_.reply(token, json::write(ways_out()));
    } else if (name != "never") {
      bus_.refuse(token, "unknown_request", "This adapter does not answer that request.");
    }
  }

 private:
  template <class Deed>
  void after(std::int64_t ms, Deed deed) {
    threads_.emplace_back([ms, deed] {
      std::this_thread::sleep_for(std::chrono::milliseconds(ms));
      deed();
    });
  }

  static bool opens(const std::string& path, int how) {
    const int fd = ::open(path.c_str(), how, 0600);
    if (fd >= 0) ::close(fd);
    return fd >= 0;
  }
  static bool forks() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return child > 0;
  }
  static bool runs() {  // in vain, or this program is another one
    char* const words[] = {const_cast<char*>("/bin/true"), nullptr};
    return ::execv("/bin/true", words) == 0 || errno != EPERM;
  }
  static bool has_internet() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) ::close(fd);
    return fd >= 0;
  }

  /// What it may do, and what it should not be able to.
  json::Value ways_out() const {
    const std::string mine = std::getenv("CONVENE_WORK");
    const std::string given(settings_.text("read"));
    return json::object({{"write_own", opens(mine + "/kept", O_WRONLY | O_CREAT)},
                         {"read_given", opens(given, O_RDONLY)},
                         {"internet", has_internet()},
                         {"write_given", opens(given, O_WRONLY)},
                         {"write_elsewhere", opens("/tmp/odd_adapter", O_WRONLY | O_CREAT)},
                         {"read_elsewhere", opens(given + ".secret", O_RDONLY)},
                         {"fork", forks()},
                         {"exec", runs()},
                         {"kill", ::kill(::getppid(), 0) == 0},
                         {"chmod", ::chmod(mine.c_str(), 0777) == 0}});
  }

  const json::Value settings_;
  AdapterBus bus_;
  json::Value notices_ = json::array();
  std::atomic<bool> late_taken_{true}, twice_taken_{true};
  std::vector<std::thread> threads_;
};

CONVENE_PLUGIN(OddAdapter, "odd_adapter", "1.0.0", "Does what a test asks of it.")
