// tests/kill/booker.cpp - asks, repeats, writes down.
#include "tests/kill/booker.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <optional>

#include "tests/support/process.hpp"

namespace convene::test {
namespace {

namespace json = boost::json;
constexpr std::uint64_t kInFlight = 32;
constexpr std::int64_t kAsLongAsItTakesMs = 120'000;

bus::ClientOptions options_for(const std::string& endpoint, const char* name, const char* kind) {
  bus::ClientOptions options;
  options.endpoint = endpoint;
  options.name = name;
  options.kind = kind;
  options.repeat_ms = 200;
  options.reconnect_min_ms = 10;
  options.reconnect_max_ms = 100;
  return options;
}

}  // namespace

Booker::Booker(std::string endpoint, std::string flow, const std::filesystem::path& file)
    : endpoint_(std::move(endpoint)),
      flow_(std::move(flow)),
      path_(file),
      file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
      thread_([this] { work(); }) {}

Booker::~Booker() {
  finish();
  ::close(file_);
}

void Booker::finish() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Booker::ask(bus::Client& client) {
  std::uint64_t which = 0;
  if (again_.empty()) {
    which = ++asked_;
  } else {
    which = again_.back();
    again_.pop_back();
  }
  const std::string number = std::to_string(which);
  ++waiting_;
  const json::object body = {
      {"flow", flow_}, {"context", {{"number", number}}}, {"idempotency_key", "booker-" + number}};
  const auto done = [this, which](bus::Reply reply) {
    --waiting_;
    if (!reply.ok) {
      // While the core recovers it says so; the customer's browser would ask again with the same key, and so do we. It
      // may have been booked: a deadline that has passed only says that nobody waits any more.
      ++refused_;
      again_.push_back(which);
      return;
    }
    unwritten_ += std::string(reply.body.at("id").as_string()) + "\n";
    ++acknowledged_;
  };
  client.request("book", json::serialize(body), done, kAsLongAsItTakesMs, "booker-" + number);
}

void Booker::work() {
  bus::Client client(options_for(endpoint_, "booker", "gateway"), {});
  while (!stop_ || waiting_ > 0 || !again_.empty()) {
    while ((!stop_ || !again_.empty()) && waiting_ < kInFlight) ask(client);
    client.wait(20);
    if (unwritten_.empty()) continue;
    const bool kept = ::write(file_, unwritten_.data(), unwritten_.size()) ==
                          static_cast<ssize_t>(unwritten_.size()) &&
                      ::fdatasync(file_) == 0;
    if (!kept) std::abort();
    unwritten_.clear();
  }
  client.close();
}

std::vector<std::string> Booker::identifiers() const {
  std::vector<std::string> out;
  std::ifstream in(path_);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::uint64_t count_lost(const std::string& endpoint, const std::vector<std::string>& identifiers) {
  bus::Client client(options_for(endpoint, "checker", "gateway"), {});
  std::uint64_t waiting = 0;
  std::uint64_t lost = 0;
  for (std::size_t next = 0; next < identifiers.size() || waiting > 0;) {
    for (; next < identifiers.size() && waiting < 256; ++next, ++waiting) {
      client.request(
          "look", json::serialize(json::object{{"id", identifiers[next]}}),
          [&](bus::Reply reply) {
            --waiting;
            const bool booked = reply.ok && reply.body.at("state").as_string() == "booked";
            lost += booked ? 0 : 1;
          },
          kAsLongAsItTakesMs);
    }
    client.wait(20);
  }
  client.close();
  return lost;
}

std::int64_t count_booked(const std::string& endpoint) {
  bus::Client client(options_for(endpoint, "cli", "console"), {});
  std::optional<bus::Reply> reply;
  client.request(
      "status", "{}", [&](bus::Reply answer) { reply = std::move(answer); }, kAsLongAsItTakesMs);
  while (!reply) client.wait(20);
  client.close();
  return reply->ok ? reply->body.at("rendezvous").at("booked").to_number<std::int64_t>() : -1;
}

}  // namespace convene::test
