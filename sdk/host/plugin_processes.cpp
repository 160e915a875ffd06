// sdk/host/plugin_processes.cpp - the numbers of all plugins' processes that were started and not yet buried.
#include "sdk/host/plugin_processes.hpp"

#include <signal.h>

#include <cerrno>
#include <mutex>
#include <set>

namespace convene {
namespace {

struct Running {
  std::mutex mutex;
  std::set<pid_t> numbers;
};

Running& running() {
  static Running all;
  return all;
}

}  // namespace

int spawn_plugin(const SpawnRequest& request, pid_t& pid) {
  Running& all = running();
  const std::lock_guard lock(all.mutex);  // Nobody asks between its start and the note of it.
  const int failed = spawn_process(request, pid);
  if (failed == 0) all.numbers.insert(pid);
  return failed;
}

void plugin_is_buried(pid_t pid) {
  Running& all = running();
  const std::lock_guard lock(all.mutex);
  all.numbers.erase(pid);
}

bool is_plugin_process(std::int64_t pid) {
  if (pid <= 0) return false;
  const auto number = static_cast<pid_t>(pid);
  Running& all = running();
  const std::lock_guard lock(all.mutex);
  return all.numbers.count(number) > 0 || (::kill(number, 0) != 0 && errno == ESRCH);
}

}  // namespace convene
