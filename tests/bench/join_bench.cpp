// tests/bench/join_bench.cpp - the whole path: bookings over HTTP, coming back, twice the load, idle browsers.
//
// Runs the real `convene serve` and `convene-web` in a folder of their own under /tmp, with fsync as it is there.
// The load is made on the same machine by one thread of this program: on two cores it takes its share.
// Arguments choose parts: book join twice idle; none: all.
// Links: convene_harness convene_engine convene_store cppzmq PkgConfig::SQLITE3
#include <sys/resource.h>
#include <unistd.h>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>

#include "tests/bench/awake.hpp"
#include "tests/bench/engine_and_store.hpp"
#include "tests/bench/lines.hpp"
#include "tests/bench/processor_time.hpp"
#include "tests/bench/raw_trip.hpp"
#include "tests/bench/target.hpp"
#include "tests/support/harness.hpp"

namespace {

using namespace convene;
using Clock = std::chrono::steady_clock;
constexpr int kRounds = 5;
constexpr const char* kAwake = ", processors awake";
constexpr int kBookers[] = {1, 16, 64, 256};  ///< Connections that book at the same time.
/// Pending before they are timed, as in a store that is in use: the pages that a group touches, and so what a commit
/// takes, depend on it.
constexpr std::size_t kPending = 300'000;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

using bench::at;
using bench::Bound;
using bench::dial;
using bench::EngineAndStore;
using bench::Held;
using bench::kContext;
using bench::Line;
using bench::Poll;
using bench::put;
using bench::RawTrip;
using bench::report;
using bench::take;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "join_bench: %s\n", what.c_str());
  std::exit(1);
}

std::string text_frame(const std::string& text) {
  std::string frame("\x81");
  frame += static_cast<char>(0x80 | text.size());  // Ours are short.
  return frame + std::string(4, '\0') + text;
}

// Bookings --------------------------------------------------------------------------------------------------------

/// Books over `lines` connections for `seconds`; the identifiers go to `ids`. Bookings per second.
double book(int port, int lines_count, double seconds, std::vector<std::string>& ids) {
  const std::string body = std::string(R"({"flow":"later","context":)") + kContext + "}";
  const std::string request =
      "POST /api/v1/rendezvous HTTP/1.1\r\nHost: bench\r\nContent-Type: "
      "application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  Poll poll;
  std::vector<Line> lines(static_cast<std::size_t>(lines_count));
  for (auto& line : lines) {
    line.fd = dial(port);
    poll.add(line, EPOLLOUT);
  }
  const auto start = Clock::now();
  std::uint64_t booked = 0;
  while (since(start) < seconds)
    poll.wait(10, [&](Line& line, std::uint32_t events) {
      if (events & EPOLLOUT) {
        poll.change(line, EPOLLIN);
        if (!put(line.fd, request)) die("a booking could not be sent");
        return;
      }
      if (!take(line)) die("a booking connection was cut");
      const auto head = line.in.find("\r\n\r\n");
      if (head == line.in.npos || line.in.back() != '}') return;
      if (!line.in.starts_with("HTTP/1.1 201")) die("not booked: " + line.in.substr(0, 40));
      const auto id = line.in.find("\"id\":\"", head);
      ids.push_back(line.in.substr(id + 6, 22));
      line.in.clear();
      ++booked;
      put(line.fd, request);
    });
  const double rate = static_cast<double>(booked) / since(start);
  for (auto& line : lines) close(line.fd);
  return rate;
}

// Coming back -----------------------------------------------------------------------------------------------------

struct Came {
  int connected = 0, told_to_wait = 0, dropped = 0;
  double seconds = 0;
};

/// Customers return their identifiers on sockets of their own, `rate` a second (0: whenever one of `at_once` is done).
/// Sockets that are connected stay open in `kept`.
Came return_all(int port, const std::string& origin, std::vector<std::string> ids, double rate,
                std::size_t at_once, std::vector<std::unique_ptr<Line>>& kept, double patience) {
  const std::string hello = "GET /api/v1/leg HTTP/1.1\r\nHost: bench\r\nOrigin: " + origin +
                            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                            "AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                            "Sec-WebSocket-Version: 13\r\n\r\n";
  Poll poll;
  Came came;
  std::vector<std::unique_ptr<Line>> lines;
  std::size_t started = 0, ended = 0;
  const auto start = Clock::now();
  std::vector<double> ends;
  const auto end = [&](Line& line, int& count, bool keep) {
    ++count;
    ++ended;
    line.stage = 9;
    ends.push_back(since(start));
    poll.change(line, 0);
    if (!keep) close(line.fd), line.fd = -1;
  };
  while (ended < ids.size() && since(start) < patience) {
    const auto wanted = rate > 0 ? static_cast<std::size_t>(since(start) * rate) : ended + at_once;
    while (started < std::min(wanted, ids.size())) {
      auto line = std::make_unique<Line>();
      line->id = ids[started++];
      line->fd = dial(port);
      poll.add(*line, EPOLLOUT);
      lines.push_back(std::move(line));
    }
    poll.wait(1, [&](Line& line, std::uint32_t events) {
      if (line.stage == 9) return;
      if (line.stage == 0 && (events & EPOLLOUT)) {
        line.stage = 1;
        poll.change(line, EPOLLIN);
        if (!put(line.fd, hello)) return end(line, came.dropped, false);
        return;
      }
      const bool open = take(line);
      if (line.stage == 1 && line.in.find("\r\n\r\n") != line.in.npos) {
        if (!line.in.starts_with("HTTP/1.1 101")) return end(line, came.told_to_wait, false);
        line.stage = 2;
        line.in.clear();
        if (!put(line.fd, text_frame(R"({"t":"return","id":")" + line.id + "\"}")))
          return end(line, came.dropped, false);
        return;
      }
      if (line.in.find("\"t\":\"connected\"") != line.in.npos)
        return end(line, came.connected, true);
      if (line.in.find("\"t\":\"bye\"") != line.in.npos) return end(line, came.told_to_wait, false);
      if (!open) end(line, came.dropped, false);
    });
  }
  came.seconds = at(std::move(ends), 0.99);  // A straggler is not the rate.
  came.dropped += static_cast<int>(ids.size() - ended);
  for (auto& line : lines)
    if (line->fd >= 0) kept.push_back(std::move(line));
  return came;
}

void close_all(std::vector<std::unique_ptr<Line>>& lines) {
  for (auto& line : lines) close(line->fd);
  lines.clear();
}

double resident_kb(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6));
  return 0;
}

// Identifier returned -> both joined ------------------------------------------------------------------------------

/// What the disk takes for one small transaction of SQLite with the store's settings.
double raw_commit_us(const std::string& file) {
  sqlite3* db = nullptr;
  const auto run = [&db](const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) die(sqlite3_errmsg(db));
  };
  if (sqlite3_open(file.c_str(), &db) != SQLITE_OK) die("SQLite cannot open its file");
  run("pragma journal_mode = wal; pragma synchronous = full; create table t (body blob)");
  std::vector<double> times;
  for (int i = 0; i < 300; ++i) {
    const auto start = Clock::now();
    run("insert into t values (zeroblob(200))");
    times.push_back(since(start) * 1e6);
  }
  sqlite3_close(db);
  return at(times);
}

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

/// What came to each of the two, by `now_us`.
struct Met {
  std::int64_t returned = 0, offered = 0, desk_joined = 0, customer_joined = 0;
  std::int64_t joined() const { return std::max(desk_joined, customer_joined); }
};

/// A customer who comes back and an agent who takes whatever is offered, on one thread and without a parser: what they
/// take themselves is taken from those who are measured, and no browser of a user runs on the same machine.
class Meeting {
 public:
  explicit Meeting(int desk_fd) {
    desk_.fd = desk_fd;
    poll_.add(desk_, EPOLLIN);
  }

  Met meet(test::WebSocket& customer, const std::string& id) {
    Line line;
    line.fd = customer.fd();
    poll_.add(line, EPOLLIN);
    desk_.in.clear();
    Met met{now_us()};
    if (!put(line.fd, text_frame(R"({"t":"return","id":")" + id + "\"}")))
      die("the customer cannot return");
    until([&] { return met.desk_joined != 0 && met.customer_joined != 0; },
          [&](Line& heard) {
            if (met.offered == 0 && &heard == &desk_) met.offered = take_offer();
            std::int64_t& joined = &heard == &desk_ ? met.desk_joined : met.customer_joined;
            if (joined == 0 && heard.in.find(R"("t":"connected")") != heard.in.npos)
              joined = now_us();
          });
    const std::string leg = number_after(line.in, R"("t":"connected","leg":)");
    if (!put(line.fd, text_frame(R"({"t":"leave","leg":)" + leg + "}")))
      die("the customer cannot leave");
    until([&] { return line.in.find(R"("t":"left")") != line.in.npos; }, [](Line&) {});
    put(desk_.fd, text_frame(R"({"t":"ping"})"));  // Who says nothing for a minute is cut off.
    return met;
  }

 private:
  static std::string number_after(const std::string& text, const std::string& what) {
    const auto at = text.find(what);
    const auto from = at == text.npos ? at : at + what.size();
    const auto end = at == text.npos ? at : text.find_first_of(",}", from);
    return end == text.npos ? std::string() : text.substr(from, end - from);
  }

  std::int64_t take_offer() {
    const std::string offer = number_after(desk_.in, R"("t":"offer","offer":)");
    if (offer.empty()) return 0;
    const std::int64_t now = now_us();
    put(desk_.fd, text_frame(R"({"t":"answer","accepts":true,"offer":)" + offer + "}"));
    return now;
  }

  template <class Done, class Hear>
  void until(Done done, Hear hear) {
    const auto start = Clock::now();
    while (!done()) {
      if (since(start) > 2) die("customer and agent do not meet: " + desk_.in);
      poll_.wait(100, [&](Line& line, std::uint32_t) {
        if (!take(line)) die("a connection was cut");
        hear(line);
      });
    }
  }

  Poll poll_;
  Line desk_;
};

/// Microseconds; a value for each round.
struct Quantiles {
  std::vector<double> p50, p99;
  void add(std::vector<double> round) {
    p50.push_back(at(round, 0.5));
    p99.push_back(at(std::move(round), 0.99));
  }
};

/// With an agent who is joined unasked, as a queue of a switch connects, or with one who is asked: then the time until
/// the offer is at the desk and the time from its acceptance are ours, and what lies between them is the agent's.
bool measure_joining(test::Site& site, const std::string& agent, bool is_asked,
                     const std::string& where = "") {
  test::Desk desk(site, agent);
  desk.opens = true;
  if (!desk.open()) die("the desk does not open");
  Meeting meeting(desk.socket.fd());
  RawTrip raw("ipc://" + (site.folder() / "raw.sock").string());
  Quantiles whole, offered, accepted, trip;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> wholes, offers, acceptances, trips;
    for (int i = 0; i < 100; ++i) {
      test::Customer customer(site);
      if (customer.book("later").status != 201) die("not booked");
      auto socket = test::WebSocket::open(site.port(), "/api/v1/leg", {{"Origin", site.origin()}});
      const Met met = meeting.meet(socket, customer.id);
      wholes.push_back(static_cast<double>(met.joined() - met.returned));
      offers.push_back(static_cast<double>(met.offered - met.returned));
      acceptances.push_back(static_cast<double>(met.joined() - met.offered));
      trips.push_back(raw.us());
    }
    whole.add(wholes), offered.add(offers), accepted.add(acceptances), trip.add(trips);
  }
  desk.socket.send({{"t", "state"}, {"state", "paused"}});
  if (!desk.socket.wait("agent")) die("the desk does not pause");
  const auto show = [&trip, &where](const std::string& what, const Quantiles& ours) {
    const auto line = [&](const char* part, const std::vector<double>& us,
                          const std::vector<double>& raw_us, double reach) {
      return report({.what = what + where + ", " + part,
                     .ours = {at(us) / 1000, "ms"},
                     .baseline = {at(raw_us) / 1000, "ms"},
                     .baseline_is = "one raw WebSocket + ZeroMQ round trip",
                     .held = Held::figure,
                     .reach = reach});
    };
    const bool reached = line("p50", ours.p50, trip.p50, 1);
    return line("p99", ours.p99, trip.p99, 5) && reached;
  };
  if (!is_asked) return show("identifier returned -> both legs joined, auto answer", whole);
  bool reached = show("identifier returned -> both legs joined, offer accepted at once", whole);
  reached = show("of it: identifier returned -> offered at the desk", offered) && reached;
  return show("of it: accepted at the desk -> both legs joined", accepted) && reached;
}

/// Batches and inputs of the core so far.
std::array<double, 2> batches_and_inputs(test::Site& site) {
  const auto status = site.convene({"status", "convene.toml", "--json"});
  if (status.code != 0) die("the core does not say how it is: " + status.err);
  const test::json::value bus = test::json::parse(status.out).at("bus");
  return {bus.at("batches").to_number<double>(), bus.at("inputs").to_number<double>()};
}

/// One after the other, each waits for its commit and its way: no way can be shorter than a raw round trip.
void show_least_way(test::Site& site, double plain_per_second) {
  RawTrip raw("ipc://" + (site.folder() / "raw_way.sock").string());
  std::vector<double> trips;
  for (int i = 0; i < 500; ++i) trips.push_back(raw.us());
  const double trip_us = at(trips), commit_us = 1e6 / plain_per_second;
  std::printf(
      "  engine + store take %.0f us and a raw WebSocket + ZeroMQ round trip %.0f us: one after "
      "the other %.2f of engine + store\n",
      commit_us, trip_us, commit_us / (commit_us + trip_us));
}

/// HTTP bookings beside the same ones through engine and store alone, in groups of the size that the core had. A single
/// connection shares no commit with anybody: its figure is a latency, and the least there can be is shown with it.
bool measure_bookings(test::Site& site, int bookers, EngineAndStore& engine_and_store) {
  const pid_t core = site.process().pid(), self = getpid();
  const auto gateways = test::children(core, "convene-web");
  if (gateways.empty()) die("where is the gateway?");
  const auto taken = [&] {
    return std::array{bench::cpu_us(core), bench::cpu_us(gateways[0]), bench::cpu_us(self)};
  };
  std::array<double, 3> cpu{};
  std::vector<std::string> ids;
  std::vector<double> http, plain, groups;
  for (int round = 0; round < kRounds; ++round) {
    const auto batches_before = batches_and_inputs(site);
    const auto before = taken();
    http.push_back(book(site.port(), bookers, 1.5, ids));
    const auto after = taken();
    for (std::size_t i = 0; i < cpu.size(); ++i) cpu[i] += after[i] - before[i];
    const auto batches = batches_and_inputs(site);
    groups.push_back((batches[1] - batches_before[1]) / (batches[0] - batches_before[0]));
    engine_and_store.fill(static_cast<std::size_t>(batches_before[1]));
    plain.push_back(
        engine_and_store.book(static_cast<int>(std::lround(std::max(1.0, groups.back()))), 0.5));
  }
  const auto each = static_cast<double>(ids.size());
  std::printf(
      "  %d connections; the core committed %.0f at a time; processor time of a booking: core %.0f "
      "us, gateway %.0f us, "
      "this client %.0f us\n",
      bookers, at(groups), cpu[0] / each, cpu[1] / each, cpu[2] / each);
  if (bookers == 1) show_least_way(site, at(plain));
  return report({.what = "durable bookings over the whole HTTP path, " + std::to_string(bookers) +
                         (bookers == 1 ? " connection" : " connections"),
                 .ours = {at(http), "/s"},
                 .baseline = {at(plain), "/s"},
                 .baseline_is = "engine + store, same group",
                 .bound = Bound::at_least,
                 .reach = 0.5,
                 .ratio = bench::median_ratio(http, plain)});
}

/// The limit of sessions connected per second, and what is served when twice as many are offered.
bool measure_overload(test::Site& site) {
  std::vector<std::unique_ptr<Line>> kept;
  const auto some = [&](std::size_t n) {
    std::vector<std::string> ids;
    while (ids.size() < n) book(site.port(), 256, 1, ids);
    ids.resize(n);
    return ids;
  };
  std::vector<double> limits, served;
  int waited = 0, dropped = 0, offered = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Came closed = return_all(site.port(), site.origin(), some(6'000), 0, 1'000, kept, 60);
    const double most = closed.connected / closed.seconds;
    limits.push_back(most);
    close_all(kept);
    const auto many = std::min<std::size_t>(static_cast<std::size_t>(most * 2 * 3), 12'000);
    const Came twice = return_all(site.port(), site.origin(), some(many), most * 2, 0, kept, 60);
    served.push_back(twice.connected / twice.seconds / most);
    offered += static_cast<int>(many), waited += twice.told_to_wait, dropped += twice.dropped;
    close_all(kept);
  }
  bool reached = report({.what = "sessions connected, still served when twice as many are offered",
                         .ours = {at(limits) * at(served), "/s"},
                         .baseline = {at(limits), "/s"},
                         .baseline_is = "the limit",
                         .bound = Bound::at_least,
                         .reach = 0.9,
                         .ratio = at(served)});
  std::printf("  of %d offered %d were told to wait\n", offered, waited);
  return report({.what = "sessions dropped at twice the limit",
                 .ours = {static_cast<double>(dropped), ""},
                 .held = Held::figure}) &&
         reached;
}

/// In processes of their own: memory that a load left behind would hide what a browser takes.
bool measure_idle(const test::SiteOptions& options) {
  test::Site fresh(options);
  if (!fresh.start()) die("the site does not start: " + fresh.log());
  const auto gateways = test::children(fresh.process().pid(), "convene-web");
  if (gateways.empty()) die("where is the gateway?");
  std::vector<std::unique_ptr<Line>> kept;
  std::vector<std::string> browsers;
  while (browsers.size() < 6'000) book(fresh.port(), 64, 1, browsers);
  const auto middle = browsers.begin() + 1'000, end = browsers.begin() + 6'000;
  return_all(fresh.port(), fresh.origin(), {browsers.begin(), middle}, 0, 64, kept, 60);
  const double before = resident_kb(gateways[0]);
  const Came idle = return_all(fresh.port(), fresh.origin(), {middle, end}, 0, 64, kept, 60);
  const double each = (resident_kb(gateways[0]) - before) * 1.024 / idle.connected;
  close_all(kept);
  return report({.what = "memory of an idle browser in the gateway, with leg and session",
                 .ours = {each, "kB"},
                 .held = Held::figure,
                 .reach = 8});
}

}  // namespace

int main(int argc, char** argv) {
  const auto wanted = [argc, argv](std::string_view part) {
    return argc == 1 || std::find(argv + 1, argv + argc, part) != argv + argc;
  };
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  test::SiteOptions options;
  options.agents = {{"anna", "Anna Weber", "{ fr = 8 }", 100},
                    {"ben", "Ben Okafor", "{ fr = 8 }", 100, true}};
  options.web_settings =
      "identifier_misses = 1000000\nconnections_max = 100000\nagent_messages = 100000\nthreads = 2";
  options.more = "[limits]\nsessions = 200000\nsearches = 200000\n";
  test::Site site(options);
  if (!site.start()) die("the site does not start: " + site.log());
  bool reached = true;
  if (wanted("book")) {
    std::vector<std::string> ids;
    while (ids.size() < kPending) book(site.port(), 256, 1, ids);
    EngineAndStore engine_and_store((site.folder() / "engine_and_store.db").string());
    for (const int bookers : kBookers)
      reached = measure_bookings(site, bookers, engine_and_store) && reached;
  }
  if (wanted("join")) {
    reached = measure_joining(site, "ben", false) && reached;
    reached = measure_joining(site, "anna", true) && reached;
    {
      const bench::Awake awake(bench::processors());
      reached = measure_joining(site, "ben", false, kAwake) && reached;
      reached = measure_joining(site, "anna", true, kAwake) && reached;
    }
    std::printf(
        "  each has a commit in it that must reach the disk; a raw SQLite commit takes %.2f ms\n",
        raw_commit_us((site.folder() / "commits.db").string()) / 1000);
  }
  if (wanted("twice")) reached = measure_overload(site) && reached;
  if (wanted("idle")) reached = measure_idle(options) && reached;
  return reached ? 0 : 1;
}
