// tests/bench/processor_time.hpp - what a process has taken of the processors.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace convene::bench {

/// Microseconds of all threads of `pid` that still live, from /proc/PID/task/*/schedstat; but of those that only wait in
/// the place of a processor (core/runtime/idle_poll.hpp).
inline double cpu_us(pid_t pid) {
  double total = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name == "idle-poll") continue;
    std::ifstream in(task.path() / "schedstat");
    double ns = 0;
    in >> ns;
    total += ns / 1000;
  }
  return total;
}

}  // namespace convene::bench
