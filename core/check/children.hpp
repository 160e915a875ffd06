// core/check/children.hpp - runs cases in processes of their own, a few at once.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/check/cases.hpp"

namespace convene::check {

/// What one child came to.
struct ChildResult {
  std::uint64_t id = 0;
  Verdict verdict;
  std::int64_t took_ms = 0;
};

/// Forks, limits, watches and buries. The caller has one thread: its copy in the child is whole. A
/// crash, an abort, a call of exit, a hang or memory without end is a verdict that says where it was.
class Children {
 public:
  explicit Children(std::chrono::milliseconds deadline, bool bounds_memory = true)
      : deadline_(deadline), bounds_memory_(bounds_memory) {}
  ~Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  /// Runs `body` in a child; what it prints is kept, and shown only with a finding.
  std::uint64_t start(const std::function<Verdict()>& body);
  std::size_t running() const { return children_.size(); }
  /// Waits until one has ended. There must be one.
  ChildResult wait();

 private:
  struct Child {
    pid_t pid = 0;
    int pidfd = -1, result = -1, output = -1;
    char* progress = nullptr;
    std::int64_t began_ns = 0;
    bool killed = false;
  };
  ChildResult stillborn(std::uint64_t id);
  static Verdict autopsy(const Child& child, int status);
  [[noreturn]] void live(const Child& child, const std::function<Verdict()>& body);

  const std::chrono::milliseconds deadline_;
  const bool bounds_memory_;
  std::map<std::uint64_t, Child> children_;
  std::uint64_t next_ = 1;
};

}  // namespace convene::check
