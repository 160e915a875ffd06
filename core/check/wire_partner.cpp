// core/check/wire_partner.cpp - a PAIR, a confined process, and the manners of a node.
#include "core/check/wire_partner.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "convene/json.hpp"
#include "core/check/checking_host.hpp"
#include "sdk/bus/json_text.hpp"
#include "sdk/bus/wire.hpp"
#include "sdk/host/isolation/hello.hpp"
#include "sdk/host/spawn.hpp"

namespace convene::check {
namespace {

using isolation::Kind;

constexpr std::int64_t kEndMs = 2'000;  // a node gives 250 ms: a busy machine proves nothing

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// `body` with a member that only a newer node knows in each of its objects, but those that are bytes.
std::string with_newer_members(const std::string& body) {
  std::string out;
  bool in_text = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    out += c;
    if (in_text && c == '\\') {
      out += body[++i];
    } else if (c == '"') {
      in_text = !in_text;
    } else if (c == '{' && !in_text && body.compare(i, 9, "{\"base64\"") != 0) {
      out += R"("of_a_newer_node":{"x":[1]})";
      if (body[i + 1] != '}') out += ',';
    }
  }
  return out;
}

/// What a node gives its plugins' processes.
std::vector<std::string> environment_of(const Program& program, const std::string& endpoint) {
  std::vector<std::string> out = {"CONVENE_HOST_ENDPOINT=" + endpoint,
                                  "CONVENE_PLUGIN=" + program.id,
                                  "PATH=/usr/local/bin:/usr/bin:/bin",
                                  "TMPDIR=" + program.folder,
                                  "HOME=" + program.folder,
                                  "LANG=C.UTF-8",
                                  "MALLOC_ARENA_MAX=2",
                                  "PYTHONDONTWRITEBYTECODE=1"};
  if (const char* zone = std::getenv("TZ")) out.push_back(std::string("TZ=") + zone);
  return out;
}

}  // namespace

struct WirePartner::Socket {
  zmq::socket_t pair{bus::wire::context(), zmq::socket_type::pair};
  bus::wire::Frames frames;
};

WirePartner::WirePartner(Program program) : program_(std::move(program)) {}

WirePartner::~WirePartner() {
  kill();
  socket_.reset();
  if (!path_.empty()) ::unlink(path_.c_str());
  for (const int fd : {pidfd_, output_}) {
    if (fd >= 0) ::close(fd);
  }
}

void WirePartner::kill() {
  if (pidfd_ < 0 || !end_.empty()) return;
  signal_process(pidfd_, SIGKILL);
  pollfd gone{pidfd_, POLLIN, 0};
  ::poll(&gone, 1, static_cast<int>(kEndMs));
  (void)reap(pidfd_);
}

bool WirePartner::has_ended() {
  if (end_.empty() && pidfd_ >= 0) end_ = reap(pidfd_);
  return !end_.empty();
}

void WirePartner::wait_for_end(std::int64_t ms) {
  const std::int64_t until = now_ms() + ms;
  while (!has_ended() && now_ms() < until) {
    pollfd gone{pidfd_, POLLIN, 0};
    ::poll(&gone, 1, static_cast<int>(std::max<std::int64_t>(until - now_ms(), 0)));
  }
}

std::string WirePartner::how_it_ended() const {
  char bytes[300];
  const off_t size = ::lseek(output_, 0, SEEK_END);
  const off_t from = std::max<off_t>(size - static_cast<off_t>(sizeof bytes), 0);
  const ssize_t n = ::pread(output_, bytes, sizeof bytes, from);
  const std::string how = "ended (" + end_ + ")";
  if (n <= 0) return how;
  return how + "; its last words: \"" + shown({bytes, static_cast<std::size_t>(n)}, sizeof bytes) +
         "\"";
}

void WirePartner::fail(const std::string& why) {
  if (fault_.empty()) fault_ = why;
}

std::string WirePartner::spawn() {
  static unsigned number = 0;
  path_ = program_.folder + "/" + std::to_string(::getpid()) + "." + std::to_string(++number);
  const std::string endpoint = "ipc://" + path_;
  socket_ = std::make_unique<Socket>();
  bus::wire::prepare(socket_->pair, {.messages_waiting = 1'000, .body_max = isolation::kBodyMax});
  try {
    socket_->pair.bind(endpoint);
  } catch (const zmq::error_t& error) {
    return endpoint + " cannot be bound: " + error.what();
  }
  output_ = ::memfd_create("output", MFD_CLOEXEC);
  std::vector<std::string> command = {program_.convene_host,
                                      "--parent",
                                      std::to_string(::getpid()),
                                      "--work",
                                      program_.folder,
                                      "--memory-mib",
                                      "256",
                                      "--"};
  command.insert(command.end(), program_.command.begin(), program_.command.end());
  const int failed =
      spawn_process({std::move(command), environment_of(program_, endpoint), output_}, pid_);
  if (failed != 0) return program_.convene_host + " cannot be started: " + std::strerror(failed);
  pidfd_ = open_pidfd(pid_);
  return {};
}

void WirePartner::send_frames(const std::vector<std::string>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (bus::wire::send_frame(socket_->pair, frames[i], i + 1 < frames.size()) != 0)
      return fail(has_ended() ? how_it_ended() : "does not read what it is asked");
  }
}

void WirePartner::send(Kind kind, std::uint64_t correlation, std::string_view body) {
  const isolation::Head head = isolation::head(kind, correlation);
  send_frames({std::string(head.kind.data(), head.kind.size()),
               std::string(head.correlation.data(), head.correlation.size()), std::string(body)});
}

std::optional<WirePartner::Heard> WirePartner::hear(std::int64_t ms) {
  const std::int64_t until = now_ms() + ms;
  while (fault_.empty()) {
    bus::wire::Frames& frames = socket_->frames;
    if (frames.receive(socket_->pair) == 0) {
      std::string_view views[isolation::kFrames];
      for (std::size_t i = 0; i < std::min(frames.count(), isolation::kFrames); ++i)
        views[i] = frames[i];
      const auto read =
          isolation::decode({views, frames.count() == isolation::kFrames ? frames.count() : 0});
      if (read) return Heard{read->kind, read->correlation, std::string(read->body)};
      fail("sent what is no message: " + read.error().text);
      break;
    }
    if (has_ended() && drained_) {
      fail(how_it_ended());
      break;
    }
    if (has_ended()) {  // its last words are on their way through the socket's thread
      drained_ = true;
      ::usleep(20'000);
      continue;
    }
    const std::int64_t left = until - now_ms();
    if (left <= 0) break;
    zmq_pollitem_t items[] = {{socket_->pair.handle(), 0, ZMQ_POLLIN, 0},
                              {nullptr, pidfd_, ZMQ_POLLIN, 0}};
    zmq_poll(items, 2, static_cast<long>(left));
  }
  return std::nullopt;
}

bool WirePartner::log(const std::string& body) {
  const json::Parsed read = json::parse(body);
  if (!read || !read.value->as_object()) return false;
  const auto view = [](std::string_view text) { return convene_text{text.data(), text.size()}; };
  if (host_) {
    host_->log(host_->self, static_cast<std::int32_t>(read.value->integer("level", 1)),
               view(read.value->text("id")), view(read.value->text("message")));
  }
  return true;
}

std::optional<WirePartner::Heard> WirePartner::next(std::int64_t ms, const char* awaited) {
  const std::int64_t until = now_ms() + ms;
  for (;;) {
    auto heard = hear(std::max<std::int64_t>(until - now_ms(), 0));
    if (!heard && fault_.empty())
      fail(std::string("gave no ") + awaited + " within " + std::to_string(ms) + " ms");
    if (!heard) return std::nullopt;
    if (heard->kind != Kind::log) return heard;
    if (log(heard->body)) continue;
    fail("sent a log line that is no JSON object");
    return std::nullopt;
  }
}

Result<PluginDescription> WirePartner::greet() {
  if (const std::string failed = spawn(); !failed.empty()) return Error{"program.starts", failed};
  auto heard = next(program_.patience_ms, "hello");
  if (heard && heard->kind == Kind::ping) {
    send(Kind::pong, heard->correlation, "{}");
    heard = next(program_.patience_ms, "hello");
  }
  if (!heard) return Error{"program.hello", fault_};
  if (heard->kind != Kind::hello)
    return Error{"program.hello", std::string("says ") + static_cast<char>(heard->kind) +
                                      " before it has said hello"};
  auto said = isolation::read_hello(heard->body);
  if (!said) return said.error();
  offers_ = said->offers;
  return said;
}

Status WirePartner::welcome(const std::string& config) {
  bus::JsonText body;
  body.open().key("version").number(isolation::kVersion).key("config").text(config).close();
  send(Kind::welcome, 0, body.view());
  const auto heard = next(program_.patience_ms, "ready");
  if (heard && heard->kind == Kind::refused) {
    const json::Parsed why = json::parse(heard->body);
    return Error{"program.refused", why ? std::string(why.value->text("text")) : std::string()};
  }
  if (!heard) {
    not_ready_ = fault_;
  } else if (heard->kind != Kind::ready) {
    not_ready_ = std::string("says ") + static_cast<char>(heard->kind) + " where ready is awaited";
  }
  return ok();
}

std::uint64_t WirePartner::submit(const std::string& body) {
  owed_.emplace_back(Kind::answer, ++last_id_);
  send(Kind::call, last_id_, newer_members ? with_newer_members(body) : body);
  return last_id_;
}

Result<std::string> WirePartner::await() {
  const auto heard = next(program_.patience_ms, "answer");
  if (!heard) return Error{"program.fault", fault_};
  if (owed_.empty() || heard->kind != owed_.front().first ||
      heard->correlation != owed_.front().second) {
    const bool lies = heard->kind == Kind::answer || heard->kind == Kind::pong;
    fail(std::string("sent a message that is out of turn: ") + static_cast<char>(heard->kind) +
         (lies ? " to what was not asked, was answered before, or has to wait its turn" : ""));
    return Error{"program.fault", fault_};
  }
  owed_.pop_front();
  return heard->body;
}

Result<std::string> WirePartner::call(const std::string& body) {
  submit(body);
  return await();
}

bool WirePartner::ping() {
  owed_.emplace_back(Kind::pong, ++last_id_);
  send(Kind::ping, last_id_, "{}");
  return static_cast<bool>(await());
}

std::string WirePartner::listen(std::int64_t ms, bool until_pong) {
  const std::int64_t until = now_ms() + ms;
  std::string kinds;
  while (now_ms() < until) {
    const auto heard = hear(until - now_ms());
    if (!heard) break;
    kinds += static_cast<char>(heard->kind);
    if (heard->kind == Kind::refused) wait_for_end(1'000);
    if (until_pong && heard->kind == Kind::pong) break;
  }
  return kinds;
}

std::int64_t WirePartner::queued_ns() const {
  std::int64_t sum = 0;
  for (const std::string& whose : {std::to_string(pid_), std::string("thread-self")}) {
    std::ifstream in("/proc/" + whose + "/schedstat");
    std::int64_t ran = 0, queued = 0;
    in >> ran >> queued;
    sum += queued;
  }
  return sum;
}

std::size_t WirePartner::memory_kib() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4;
}

}  // namespace convene::check
