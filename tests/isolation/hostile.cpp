// tests/isolation/hostile.cpp - a plugin that does to its process whatever the context of a session names.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "convene/channel.hpp"
#include "convene/routing.hpp"
#include "convene/service.hpp"

namespace {

using namespace convene;
using sdk::Host;

void write_all(int fd, const std::string& bytes) {
  [[maybe_unused]] const ssize_t n =
      ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// One ZMTP 3 frame: flags (1: more follow), size, bytes (RFC 23).
std::string zmtp(const std::string& bytes, bool more) {
  return std::string{static_cast<char>(more), static_cast<char>(bytes.size())} + bytes;
}

/// A whole message of WIRE.md, on whatever socket this process has.
void forge(const std::string& head, char id, const std::string& body) {
  const std::string correlation = std::string(7, '\0') + id;
  for (int fd = 3; fd < 64; ++fd) {
    write_all(fd, zmtp(head, true) + zmtp(correlation, true) + zmtp(body, false));
  }
}

[[noreturn]] void spin() {
  volatile bool for_ever = true;
  while (for_ever) {
  }
  std::abort();
}

std::string tried(const char* what, bool done) {
  return std::string(what) + (done ? " ALLOWED" : std::string(": ") + std::strerror(errno)) + "; ";
}

/// Everything that the sandbox forbids, and what came of it.
std::string escape() {
  std::string out;
  errno = 0;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  if (child > 0) ::waitpid(child, nullptr, 0);
  out += tried("fork", child > 0);
  char program[] = "/bin/true";
  char* const arguments[] = {program, nullptr};
  out += tried("exec", ::execv(program, arguments) == 0);
  out += tried("inet", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  out += tried("unix", ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  out += tried("write", ::open("/tmp/convene-hostile", O_WRONLY | O_CREAT, 0600) >= 0);
  out += tried("read", ::open("/etc/shadow", O_RDONLY) >= 0);
  out += tried("parent", ::open(("/proc/" + std::to_string(::getppid()) + "/environ").c_str(),
                                O_RDONLY) >= 0);
  out += tried("kill", ::kill(::getppid(), 0) == 0);
  out += tried("orphan", ::prctl(PR_SET_PDEATHSIG, 0) == 0);
  // What the parent has is asked for and set again: nobody is harmed where it works.
  rlimit limits{};
  out += tried("limits", ::prlimit(::getppid(), RLIMIT_NPROC, nullptr, &limits) == 0);
  const int priority = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::getppid()));
  out +=
      tried("priority", ::setpriority(PRIO_PROCESS, static_cast<id_t>(::getppid()), priority) == 0);
  cpu_set_t processors{};
  ::sched_getaffinity(::getppid(), sizeof processors, &processors);
  out += tried("processors", ::sched_setaffinity(::getppid(), sizeof processors, &processors) == 0);
  const sched_param idle{};
  out += tried("idle", ::sched_setscheduler(::getppid(), SCHED_BATCH, &idle) == 0);
  out += tried("owner", ::fcntl(0, F_SETOWN, ::getppid()) == 0);  // a signal at the next byte
  out += tried("mode", ::chmod(".", 0777) == 0);
  std::thread([] {}).join();  // threads are fine
  return out;
}

/// Does what `deed` names. Returns where that is something one survives.
std::string misbehave(const Host& host, std::string_view deed) {
  if (deed == "segfault") *static_cast<volatile int*>(nullptr) = 1;
  if (deed == "abort") std::abort();
  if (deed == "exit") ::_exit(3);
  if (deed == "exit_well") std::exit(0);
  if (deed == "spin") spin();
  if (deed == "sleep") std::this_thread::sleep_for(std::chrono::hours(1));
  if (deed == "stop") ::raise(SIGSTOP);
  if (deed == "late") std::this_thread::sleep_for(std::chrono::milliseconds(60));
  if (deed == "memory") {
    for (std::vector<char*> all;;) {
      char* more = static_cast<char*>(std::malloc(1 << 20));
      if (!more) std::abort();
      std::memset(more, 1, 1 << 20);
      all.push_back(more);
    }
  }
  if (deed == "flood") {
    for (int i = 0; i < 100'000; ++i) host.log(1, "hostile.flood", "again and again");
  }
  if (deed == "print") {
    for (int i = 0; i < 20'000; ++i) {
      [[maybe_unused]] const ssize_t n = ::write(1, "again and again\n", 16);
    }
  }
  if (deed == "close") {
    for (int fd = 0; fd < 64; ++fd) ::close(fd);
    spin();
  }
  if (deed == "garbage") {
    for (int fd = 3; fd < 64; ++fd) write_all(fd, std::string(300, '\xAA'));
    spin();
  }
  if (deed == "forge_answer")
    forge("CH1R", '\x7f', R"({"status":0,"effects":[["end",1,"forged"]]})");
  if (deed == "forge_kind") forge("CH1Z", '\0', "{}");
  if (deed == "forge_magic") forge("XXXR", '\1', "{}");
  if (deed == "forge_hello") forge("CH1H", '\0', R"({"versions":[1]})");
  if (deed == "forge_pong") forge("CH1O", '\1', "{}");
  if (deed == "forge_body") {
    for (int id = 1; id < 127; ++id) forge("CH1R", static_cast<char>(id), "no json");
  }
  if (deed == "first_only" &&
      std::string_view(std::getenv("CONVENE_HOST_ENDPOINT")).ends_with(".1")) {
    host.log(1, "hostile.dies", "for the first time");
    std::abort();
  }
  if (deed == "escape") return escape();
  return "free longest";
}

class Hostile {
 public:
  explicit Hostile(Host host) : host_(host) {}

  sdk::Decision decide(const sdk::RoutingRequest& r) {
    const std::string reason = misbehave(host_, deed_of(r.context()));
    return r.empty() ? sdk::Decision::wait(reason) : sdk::Decision::assign(0, reason);
  }

  void step(const sdk::Session& session, std::string_view state, const sdk::Event& event,
            sdk::Effects& effects) {
    misbehave(host_, deed_of(session.context()));
    if (event.kind() == CONVENE_EVENT_ARRIVED) {
      effects.add_customer();
      effects.find_agent();
    }
    effects.save_state(std::string(state) + "+");
  }

 private:
  static std::string deed_of(std::string_view context) {
    const json::Parsed parsed = json::parse(context);
    return parsed ? std::string(parsed.value->text("do")) : std::string();
  }
  sdk::Host host_;
};

}  // namespace

CONVENE_PLUGIN(Hostile, "hostile", "1.0.0", "Does to its process what a session's context names.")
