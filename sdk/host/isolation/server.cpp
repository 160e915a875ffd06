// sdk/host/isolation/server.cpp - one library, one lane: hello, then a call after the other.
#include "sdk/host/isolation/server.hpp"

#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>

#include "sdk/host/bounded.hpp"
#include "sdk/host/entry_check.hpp"
#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/isolation/calls.hpp"
#include "sdk/host/isolation/hello.hpp"
#include "sdk/host/isolation/line.hpp"
#include "sdk/host/loader.hpp"
#include "sdk/host/mapping.hpp"

namespace convene::isolation {
namespace {

using Millis = std::chrono::milliseconds;
constexpr Millis kPatience{5000};

/// What the plugin wants to be read by people. It may say so on any thread; the lane sends it.
class Said {
 public:
  Said() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Said() { ::close(fd_); }
  Said(const Said&) = delete;
  Said& operator=(const Said&) = delete;

  int fd() const { return fd_; }
  void add(const PluginLog& line) {
    constexpr std::size_t kWaitingMax = 1000;
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kWaitingMax) return;
    bus::JsonText body;
    body.open().key("level").number(line.level).key("id").text(line.id);
    body.key("message").text(line.message).close();
    lines_.push_back(body.take());
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
  }
  void send(Line& line) {
    std::uint64_t count = 0;
    if (::read(fd_, &count, sizeof count) < 0) return;  // nothing was added
    std::deque<std::string> lines;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(lines_);
    }
    for (const std::string& one : lines) line.send(Kind::log, 0, one);
  }

 private:
  const int fd_;
  std::mutex mutex_;
  std::deque<std::string> lines_;  // guarded by mutex_
};

Result<std::string> content_of(int fd) {
  struct stat s {};
  if (::fstat(fd, &s) != 0) return Error{"host.library", "no library was handed over"};
  std::string bytes(static_cast<std::size_t>(s.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n =
        ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Error{"host.library", "the library handed over cannot be read"};
    have += static_cast<std::size_t>(n);
  }
  return bytes;
}

class Server {
 public:
  explicit Server(const ServerOptions& options) : options_(options) {}

  Status run() {
    if (Status connected = connect(); !connected) return connected;
    if (Status confined = confine_calls(options_.sandbox); !confined)
      return refuse(confined.error());
    if (Status loaded = load(); !loaded) return refuse(loaded.error());
    line_->send(Kind::ready, 0, "{}");
    return lane();
  }

 private:
  /// Waits for a message of `kind`; the view lives until the next one.
  Result<Message> expect(Kind kind) {
    Message message;
    std::string why;
    if (line_->wait(-1, kPatience) && line_->receive(message, why) == Line::Got::message &&
        message.kind == kind) {
      return message;
    }
    return Error{"host.line", "the node does not answer as WIRE.md says"};
  }

  /// Connected means: a ping came back. Only then can new sockets be forbidden.
  Status connect() {
    auto line = Line::connect(options_.endpoint);
    if (!line) return line.error();
    line_ = std::move(*line);
    line_->send(Kind::ping, 1, "{}");
    const auto pong = expect(Kind::pong);
    return pong ? ok() : Status(pong.error());
  }

  Status refuse(const Error& error) {
    bus::JsonText body;
    body.open().key("code").text(error.code).key("text").text(error.text).close();
    line_->send(Kind::refused, 0, body.view());
    line_->wait(-1, Millis{1000});  // until it is read, and we are ended
    return error;
  }

  Status load() {
    auto bytes = content_of(options_.library);
    ::close(options_.library);
    if (!bytes) return bytes.error();
    auto entry = map_library({std::move(*bytes), options_.plugin}, options_.library_name);
    if (!entry) return entry.error();
    auto checked = check_entry(*entry, options_.library_name);
    if (!checked) return checked.error();
    HostOptions host;
    host.budget = std::chrono::hours(1);  // deadlines are the node's business
    host.log = [this](const PluginLog& line) { said_.add(line); };
    Loader loader(std::move(host));
    std::string config = "{}";
    for (const PluginDescription& d : checked->plugins) {
      if (d.id != options_.plugin) continue;
      line_->send(Kind::hello, 0, write_hello(d));
      const auto welcome = expect(Kind::welcome);
      if (!welcome) return welcome.error();
      const json::Parsed body = json::parse(welcome->body, {.bytes = kBodyMax});
      config = body ? std::string(body.value->text("config", "{}")) : "{}";
    }
    auto plugin = loader.adopt(**entry, {options_.plugin, options_.library_name, config, ""});
    if (!plugin) return plugin.error();
    plugin_ = std::move(*plugin);
    said_.send(*line_);
    return ok();
  }

  Status lane() {
    Message message;
    std::string why;
    for (;;) {
      const Line::Got got = line_->receive(message, why);
      if (got == Line::Got::broken) return Error{"host.line", why};
      if (got == Line::Got::nothing) {
        line_->wait(said_.fd(), Millis{-1});
        said_.send(*line_);
        continue;
      }
      switch (message.kind) {
        case Kind::call: {
          const std::string answer = perform(message.body);
          said_.send(*line_);
          line_->send(Kind::answer, message.correlation, answer);
          break;
        }
        case Kind::ping:
          line_->send(Kind::pong, message.correlation, "{}");
          break;
        case Kind::goodbye:
          plugin_.reset();
          return ok();
        default:
          return Error{"host.line", "the node sent a message that is out of turn"};
      }
    }
  }

  std::string failure(convene_status status) const {
    return write_failure(status, plugin_->last_failure());
  }
  static std::string not_offered() {
    return write_failure(CONVENE_E_UNSUPPORTED, "it does not offer what was asked");
  }

  std::string perform(std::string_view body) {
    const auto call = read_call(body);
    if (!call) return write_failure(CONVENE_E_INVALID, call.error().text);
    switch ((*call)->function) {
      case Function::decide:
        return decide(**call);
      case Function::outcome: {
        const auto routing = plugin_->extension<convene_routing>();
        if (!routing) return not_offered();
        routing.table->outcome(routing.self, &(*call)->outcome);
        return write_done();
      }
      case Function::step: {
        const auto service = plugin_->extension<convene_service>();
        if (!service) return not_offered();
        ServiceRecorder recorder;
        const convene_status status = service.table->step(
            service.self, &(*call)->session, (*call)->state, &(*call)->event, recorder.table());
        return status == CONVENE_OK ? recorder.take() : failure(status);
      }
      case Function::frame: {
        const auto channel = plugin_->extension<convene_channel>();
        if (!channel) return not_offered();
        ChannelRecorder recorder;
        const convene_status status =
            channel.table->frame(channel.self, &(*call)->input, recorder.table());
        return status == CONVENE_OK ? recorder.take() : failure(status);
      }
    }
    return not_offered();
  }

  std::string decide(const Call& call) {
    const auto routing = plugin_->extension<convene_routing>();
    if (!routing) return not_offered();
    pool_.open(), reason_.open(), scores_.begin(call.request.candidate_count);
    convene_routing_answer answer{sizeof answer,  0, 0, 0, pool_.sink(), reason_.sink(),
                                  scores_.table()};
    const convene_status status = routing.table->decide(routing.self, &call.request, &answer);
    if (status != CONVENE_OK) return failure(status);
    return write_decision(answer, pool_.text(), reason_.text(), scores_.list());
  }

  const ServerOptions& options_;
  std::unique_ptr<Line> line_;
  Said said_;
  std::unique_ptr<LoadedPlugin> plugin_;  // speaks to said_ until its end
  BoundedSink pool_{64}, reason_{1024};
  ScoreTable scores_;
};

}  // namespace

Status serve_plugin(const ServerOptions& options) {
  if (Status confined = confine_process(options.sandbox); !confined) return confined;
  return Server(options).run();
}

}  // namespace convene::isolation
