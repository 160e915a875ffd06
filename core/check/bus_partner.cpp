// core/check/bus_partner.cpp - a ROUTER, an adapter's process, and the manners of a core.
#include "core/check/bus_partner.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/check/message_schema.hpp"
#include "sdk/bus/wire.hpp"

extern char** environ;

namespace convene::check {
namespace {

namespace fs = std::filesystem;
using bus::Kind;

std::string reply_ok(const std::string& body) { return R"({"ok":true,"body":)" + body + "}"; }

}  // namespace

struct BusPartner::Sockets {
  zmq::socket_t command{bus::wire::context(), zmq::socket_type::router};
  zmq::socket_t events{bus::wire::context(), zmq::socket_type::xpub};
};

std::int64_t BusPartner::now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

BusPartner::BusPartner(std::string config) : config_(std::move(config)) {
  std::string made = fs::temp_directory_path().string() + "/convene-check-XXXXXX";
  if (::mkdtemp(made.data())) folder_ = made;
}

BusPartner::~BusPartner() {
  if (pid_ > 0 && !code_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  unbind();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

void BusPartner::bind() {
  sockets_ = std::make_unique<Sockets>();
  for (zmq::socket_t* socket : {&sockets_->command, &sockets_->events})
    bus::wire::prepare(*socket, {});
  sockets_->command.bind("ipc://" + folder_ + "/bus");
  sockets_->events.bind("ipc://" + folder_ + "/events");
}

void BusPartner::unbind() {
  sockets_.reset();
  known_ = false;
}

void BusPartner::start(const std::vector<std::string>& command) {
  std::vector<std::string> environment;
  for (char** e = environ; *e; ++e) {
    if (std::string_view(*e).substr(0, 8) != "CONVENE_") environment.emplace_back(*e);
  }
  environment.push_back("CONVENE_BUS=ipc://" + folder_ + "/bus");
  environment.push_back("CONVENE_EVENTS=ipc://" + folder_ + "/events");
  environment.push_back("CONVENE_NAME=checked");
  std::vector<std::string> words = command;
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::string log = folder_ + "/output";
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (::posix_spawnp(&pid_, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                     pointers(environment).data()) != 0) {
    pid_ = 0;
    code_ = 127;
  }
  posix_spawn_file_actions_destroy(&actions);
}

void BusPartner::signal(int number) {
  if (runs()) ::kill(pid_, number);
}

bool BusPartner::runs() {
  int status = 0;
  if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return !code_;
}

std::optional<int> BusPartner::exit_within(std::int64_t ms) {
  until([this] { return !runs(); }, ms);
  return code_;
}

std::string BusPartner::output() const {
  std::ifstream in(folder_ + "/output", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void BusPartner::send_frames(const std::vector<std::string>& frames) {
  if (!sockets_ || route_.empty()) return;
  if (bus::wire::send_frame(sockets_->command, route_, !frames.empty()) != 0) return;
  for (std::size_t i = 0; i < frames.size(); ++i)
    bus::wire::send_frame(sockets_->command, frames[i], i + 1 < frames.size());
}

void BusPartner::send(Kind kind, std::uint64_t correlation, const std::string& body) {
  const bus::Head head = bus::head(kind, correlation);
  send_frames({std::string(head.kind.data(), head.kind.size()),
               std::string(head.correlation.data(), head.correlation.size()), body});
}

void BusPartner::welcome() {
  send(Kind::welcome, 0,
       R"({"instance":")" + instance + R"(","version":1,"heartbeat_ms":)" +
           std::to_string(kHeartbeatMs) +
           R"(,"limits":{"body_max":1048576,"requests_max":1000},"config":)" + config_ +
           more_welcome + "}");
}

std::uint64_t BusPartner::request(const std::string& name, const std::string& body,
                                  const std::string& key, std::uint64_t id,
                                  std::int64_t deadline_ms) {
  if (id == 0) id = next_id_++;
  std::string text =
      R"({"name":)" + json::quoted(name) + R"(,"deadline_ms":)" + std::to_string(deadline_ms);
  if (!key.empty()) text += R"(,"idempotency_key":)" + json::quoted(key);
  send(Kind::request, id, text + R"(,"body":)" + body + "}");
  return id;
}

bool BusPartner::until(const std::function<bool()>& holds, std::int64_t ms) {
  const std::int64_t end = now_ms() + ms;
  while (!holds()) {
    const std::int64_t now = now_ms();
    if (now >= end) return false;
    if (answers_pings && known_ && now >= next_ping_ms_) {  // a heartbeat of our own
      next_ping_ms_ = now + kHeartbeatMs;
      send(Kind::ping, 0, "{}");
    }
    if (!sockets_) {
      ::usleep(5'000);
      continue;
    }
    zmq_pollitem_t item{sockets_->command.handle(), 0, ZMQ_POLLIN, 0};
    zmq_poll(&item, 1, static_cast<long>(std::min<std::int64_t>(end - now, 20)));
    bus::wire::Frames frames;
    while (sockets_ && frames.receive(sockets_->command) == 0) {
      std::vector<std::string> parts;
      for (std::size_t i = 1; i < std::min<std::size_t>(frames.count(), 8); ++i)
        parts.emplace_back(frames[i]);
      take(std::string(frames[0]), parts);
    }
  }
  return true;
}

void BusPartner::take(const std::string& route, const std::vector<std::string>& frames) {
  route_ = route;
  Heard message;
  message.at_ms = now_ms();
  std::vector<std::string_view> views(frames.begin(), frames.end());
  const auto read = bus::decode(views);
  if (!read) {
    message.fault = "sent frames that are no message: " + read.error().text;
  } else {
    message.kind = read->kind;
    message.correlation = read->correlation;
    message.text = std::string(read->body);
    judge(message);
  }
  heard_.push_back(std::move(message));
  respond(Heard(heard_.back()));
}

void BusPartner::judge(Heard& message) const {
  static constexpr std::string_view kOfPeers = "HPOQRELG";
  const std::string name(bus::name_of(message.kind));
  if (kOfPeers.find(static_cast<char>(message.kind)) == kOfPeers.npos) {
    message.fault = "sent a " + name + ", which only a core may send";
    return;
  }
  json::Parsed body = json::parse(message.text, {.bytes = bus::kBodyMax});
  if (!body) {
    message.fault = "sent a " + name + " whose body is not JSON: " + body.error;
    return;
  }
  message.body = std::move(*body.value);
  std::string wrong = wrong_by_schema(name, message.body);
  const auto inner = [&](const std::string& prefix) {
    const std::string schema = prefix + std::string(message.body.text("name"));
    const json::Value* own = message.body.find("body");
    if (wrong.empty() && own) wrong = wrong_by_schema(schema, *own);
  };
  if (message.kind == Kind::request) inner("request.");
  if (message.kind == Kind::event) inner("event.");
  if (!wrong.empty()) message.fault = "sent a " + name + " against its schema: " + wrong;
}

void BusPartner::respond(const Heard& message) {
  if (message.kind != Kind::hello && !known_) {  // as a core does it: strangers say hello first
    return send(Kind::refused, message.correlation,
                R"({"code":"hello_first","text":"Say hello first."})");
  }
  switch (message.kind) {
    case Kind::hello:
      kind_ = std::string(message.body.text("kind"));
      known_ = welcomes;
      if (welcomes) welcome();
      return;
    case Kind::ping:
      if (answers_pings) send(Kind::pong, message.correlation, "{}");
      return;
    case Kind::request:
      if (answers_requests) answer(message);
      return;
    default:
      return;
  }
}

void BusPartner::answer(const Heard& request) {
  const std::string_view name = request.body.text("name");
  const auto accept = [&](const std::string& body) {
    send(Kind::reply, request.correlation, reply_ok(body));
  };
  if (name == "attach") {
    return accept(json::write(json::object({{"agent", request.body.text("body.agent")},
                                            {"name", "Anna"},
                                            {"state", "ready"},
                                            {"offers", json::array()},
                                            {"sessions", json::array()}})));
  }
  if (name == "detach" || name == "agent_says" || name == "offer_answer" || name == "leg_request" ||
      name == "cancel")
    return accept("{}");
  send(Kind::reply, request.correlation,
       R"({"ok":false,"code":"no_session","text":"This core is a checker: it has no sessions."})");
}

std::size_t BusPartner::count(Kind kind, std::size_t from) const {
  std::size_t n = 0;
  for (std::size_t i = from; i < heard_.size(); ++i) n += heard_[i].kind == kind;
  return n;
}

const Heard* BusPartner::wait_for(Kind kind, std::size_t from, std::int64_t ms,
                                  const std::function<bool(const Heard&)>& fits) {
  const Heard* found = nullptr;
  std::size_t at = from;
  until(
      [&] {
        for (; at < heard_.size() && !found; ++at) {
          if (heard_[at].kind == kind && (!fits || fits(heard_[at]))) found = &heard_[at];
        }
        return found != nullptr;
      },
      ms);
  return found;
}

bool BusPartner::greet() {
  const std::int64_t end = now_ms() + 10'000;
  until([&] { return !kind_.empty() || !runs(); }, end - now_ms());
  if (kind_.empty()) return false;
  until([] { return false; }, 50);  // the welcome arrives
  return true;
}

bool BusPartner::is_well(std::int64_t ms) {
  const std::size_t from = heard_.size();
  const std::uint64_t id = next_id_++;
  send(Kind::ping, id, "{}");
  return wait_for(Kind::pong, from, ms, [&](const Heard& h) { return h.correlation == id; });
}

}  // namespace convene::check
