// tests/kill/booker.hpp - books over the real bus as fast as it can, and writes down every identifier it was given.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "sdk/bus/client.hpp"

namespace convene::test {

/// Runs on a thread of its own, through all deaths of the core: a request without an answer is repeated with the same
/// idempotency key until it has one. An acknowledged identifier is in the file, and the file on the disk, before the
/// next one is asked for.
class Booker {
 public:
  Booker(std::string endpoint, std::string flow, const std::filesystem::path& file);
  ~Booker();

  /// Books no more, and waits until everything that was asked for has been answered.
  void finish();
  std::uint64_t asked() const { return asked_; }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  /// Every identifier in the file.
  std::vector<std::string> identifiers() const;

 private:
  void work();
  void ask(bus::Client& client);

  std::string endpoint_;
  std::string flow_;
  std::filesystem::path path_;
  int file_;
  std::string unwritten_;
  std::uint64_t waiting_ = 0;
  std::vector<std::uint64_t> again_;  ///< What was refused.
  std::atomic<std::uint64_t> asked_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<std::uint64_t> acknowledged_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// How many of `identifiers` the core does not know as booked, asked by `look` over the bus.
std::uint64_t count_lost(const std::string& endpoint, const std::vector<std::string>& identifiers);

/// `rendezvous.booked` of the core's status.
std::int64_t count_booked(const std::string& endpoint);

}  // namespace convene::test
