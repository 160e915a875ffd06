// tests/bench/isolation_bench.cpp - what a process of its own costs: against a raw ipc round trip of the same size.
// Links: convene_isolation convene_host
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "convene/routing.hpp"
#include "sdk/host/isolated.hpp"
#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/isolation/calls.hpp"
#include "sdk/host/isolation/host_process.hpp"
#include "sdk/host/isolation/line.hpp"
#include "sdk/host/mapping.hpp"
#include "sdk/host/settings.hpp"
#include "sdk/host/vetting.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;
using namespace std::chrono_literals;
using isolation::Kind;
using isolation::Line;

constexpr int kRounds = 5, kOneByOne = 4000, kInFlight = 64, kTogether = 20'000;
const std::string kPlugins = CONVENE_PLUGIN_DIR;

/// 16 agents with three skills: what a page of a busy pool looks like.
struct Page {
  std::vector<convene_candidate> agents{16};
  std::vector<std::vector<convene_skill>> skills{16};
  std::vector<std::string> names{16};
  convene_routing_request request{};

  Page() {
    for (std::size_t i = 0; i < agents.size(); ++i) {
      names[i] = "agent_" + std::to_string(i);
      skills[i] = {{sdk::text("de"), 7, 0}, {sdk::text("fr"), 2, 0}, {sdk::text("loans"), 5, 0}};
      agents[i].size = sizeof(convene_candidate), agents[i].capacity = 1;
      agents[i].agent = sdk::text(names[i]), agents[i].idle_since_ms = 1'795'391'000'000;
      agents[i].skills = skills[i].data(), agents[i].skill_count = skills[i].size();
    }
    request.size = sizeof request, request.session = 7;
    request.flow = sdk::text("talk_later"), request.pool = sdk::text("sales");
    request.context = sdk::text(R"({"product":"loans","language":"de"})");
    request.now_ms = request.waiting_since_ms = 1'795'392'000'000;
    request.candidates = agents.data(), request.candidate_count = agents.size();
    request.candidate_stride = sizeof(convene_candidate);
  }
};

double seconds(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "isolation_bench: %s\n", why.c_str());
  std::exit(1);
}

/// Another process that sends `size` bytes back for whatever it gets: ZeroMQ over ipc and nothing else.
class Echo {
 public:
  explicit Echo(std::size_t size) {
    char folder[] = "/tmp/convene-bench-XXXXXX";
    endpoint_ = "ipc://" + std::string(::mkdtemp(folder)) + "/echo";
    int ready[2];
    if (::pipe(ready) != 0) give_up("no pipe");
    child_ = ::fork();  // before ZeroMQ has any thread
    char byte = 0;
    if (child_ == 0 && ::read(ready[0], &byte, 1) == 1) serve(size);
    auto line = Line::bind(endpoint_);
    if (!line) give_up(line.error().text);
    line_ = std::move(*line);
    if (::write(ready[1], &byte, 1) != 1) give_up("no pipe");
    if (!line_->wait(-1, 5s)) give_up("the echo does not come up");
    take();
  }
  ~Echo() {
    line_->send(Kind::goodbye, 0, "{}");
    ::waitpid(child_, nullptr, 0);
  }
  void ask(std::string_view body) { line_->send(Kind::call, 1, body); }
  void take() {
    isolation::Message message;
    std::string why;
    while (line_->receive(message, why) != Line::Got::message) line_->wait(-1, 1s);
  }

 private:
  [[noreturn]] void serve(std::size_t size) {
    auto line = Line::connect(endpoint_);
    const std::string answer(size, 'x');
    (*line)->send(Kind::ready, 0, "{}");
    isolation::Message message;
    std::string why;
    for (;;) {
      if ((*line)->receive(message, why) != Line::Got::message) {
        (*line)->wait(-1, Line::Millis{-1});
        continue;
      }
      if (message.kind == Kind::goodbye) ::_exit(0);
      (*line)->send(Kind::answer, message.correlation, answer);
    }
  }
  std::string endpoint_;
  pid_t child_ = 0;
  std::unique_ptr<Line> line_;
};

IsolationOptions options() {
  IsolationOptions o;
  o.program = std::string(CONVENE_BIN_DIR) + "/convene-host";
  o.deadline = o.step_deadline = 10s;
  return o;
}

/// The plugin's process by its lower face: several calls at once.
std::unique_ptr<isolation::HostProcess> lower_face(const std::string& id) {
  auto vetted = vet_library(kPlugins, id + ".so", "", {});
  if (!vetted) give_up(vetted.error().text);
  char folder[] = "/tmp/convene-bench-XXXXXX";
  isolation::HostLaunch launch;
  launch.plugin = id;
  launch.options = options();
  launch.program = launch.options.program;
  launch.library = sealed_copy(vetted->bytes, id);
  launch.library_name = id;
  launch.folder = ::mkdtemp(folder);
  launch.settings = [](const PluginDescription& d) { return check_settings(d, "{}"); };
  launch.log = [](int, std::string_view, std::string_view) {};
  auto process = std::make_unique<isolation::HostProcess>(std::move(launch));
  if (auto started = process->start(); !started) give_up(started.error().text);
  return process;
}

struct Figures {
  std::vector<double> here, raw, apart, raw_many, apart_many;
};

void measure_one_by_one(const std::string& id, const Page& page, Echo& echo,
                        const std::string& body, Figures& to) {
  HostOptions host;
  host.folder = kPlugins;
  Loader loader(host);
  auto here = loader.load({id, "", "{}", ""});
  auto apart = load_isolated(host, {id, "", "{}", ""}, options());
  if (!here || !apart) give_up((here ? apart : here).error().text);
  static std::string reason, pool;
  const auto write = [](void* to_text, convene_text piece) noexcept -> convene_status {
    return static_cast<std::string*>(to_text)->assign(piece.data, piece.size), CONVENE_OK;
  };
  const convene_sink to_reason{&reason, write}, to_pool{&pool, write};
  const auto ask = [&](const LoadedPlugin& plugin) {
    const auto routing = plugin.extension<convene_routing>();
    convene_routing_answer answer{sizeof answer, 0, 0, 0, &to_pool, &to_reason, nullptr};
    if (routing.table->decide(routing.self, &page.request, &answer) != CONVENE_OK)
      give_up(plugin.last_failure());
  };
  for (int i = 0; i < 200; ++i) ask(**apart), echo.ask(body), echo.take();
  const auto each = [](std::vector<double>& to_these, const auto& call) {
    for (int i = 0; i < kOneByOne; ++i) to_these.push_back(seconds(call));
  };
  to.here.push_back(seconds([&] {
                      for (int i = 0; i < kOneByOne; ++i) ask(**here);
                    }) /
                    kOneByOne);
  each(to.raw, [&] { echo.ask(body), echo.take(); });
  each(to.apart, [&] { ask(**apart); });
}

void measure_together(isolation::HostProcess& process, const Page& page, Echo& echo,
                      const std::string& body, Figures& to) {
  to.raw_many.push_back(seconds([&] {
                          for (int i = 0; i < kTogether + kInFlight; ++i) {
                            if (i < kTogether) echo.ask(body);
                            if (i >= kInFlight) echo.take();
                          }
                        }) /
                        kTogether);
  std::deque<std::uint64_t> calls;
  to.apart_many.push_back(seconds([&] {
                            for (int i = 0; i < kTogether + kInFlight; ++i) {
                              if (i < kTogether) {
                                auto call =
                                    process.submit(isolation::write_decide(page.request, 20));
                                if (!call) give_up(call.error().text);
                                calls.push_back(*call);
                              }
                              if (i < kInFlight) continue;
                              const auto answer = process.await(calls.front(), 10s);
                              if (!answer || !isolation::read_answer(*answer))
                                give_up("an answer is missing");
                              calls.pop_front();
                            }
                          }) /
                          kTogether);
}

}  // namespace

int main() {
  const std::string id = "policy_longest_idle";
  const Page page;
  const std::string body = isolation::write_decide(page.request, 20);
  Echo echo(90);  // about the size of an answer
  auto process = lower_face(id);
  Figures f;
  for (int round = 0; round < kRounds; ++round) {
    measure_one_by_one(id, page, echo, body, f);
    measure_together(*process, page, echo, body, f);
  }
  const auto us = [](double seconds) { return bench::Figure{seconds * 1e6, "us"}; };
  const bool reached = bench::report({.what = "a decision of an isolated policy, one at a time",
                                      .ours = us(bench::at(f.apart)),
                                      .baseline = us(bench::at(f.raw)),
                                      .baseline_is = "raw ZeroMQ ipc round trip, same size",
                                      .reach = 2});
  bench::report({.what = "the same, 64 in flight",
                 .ours = us(bench::at(f.apart_many, 0)),
                 .baseline = us(bench::at(f.raw_many, 0)),
                 .baseline_is = "raw ZeroMQ ipc",
                 .bound = bench::Bound::none});
  std::printf("  16 candidates, %zu bytes asked; in the core, guarded: %.2f us\n", body.size(),
              bench::at(f.here) * 1e6);
  return reached ? 0 : 1;
}
