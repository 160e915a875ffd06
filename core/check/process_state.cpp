// core/check/process_state.cpp - reads threads, descriptors and settings of this very process.
#include "core/check/process_state.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cfenv>
#include <clocale>
#include <cstring>
#include <filesystem>

extern char** environ;

namespace convene::check {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> read_settings() {
  std::map<std::string, std::string> all;
  const char* locale = std::setlocale(LC_ALL, nullptr);
  all["the locale"] = locale ? locale : "";
  std::error_code failed;
  all["the current folder"] = fs::current_path(failed).string();
  const mode_t mask = ::umask(0);
  ::umask(mask);
  all["the umask"] = std::to_string(mask);
  all["the rounding mode"] = std::to_string(std::fegetround());
  for (char** e = environ; e && *e; ++e) all["the environment"] += std::string(*e) + "\n";
  for (int number = 1; number < 32; ++number) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) != 0) continue;
    all["the handler of signal " + std::to_string(number)] =
        std::to_string(reinterpret_cast<std::uintptr_t>(action.sa_handler));
  }
  return all;
}

}  // namespace

ProcessState ProcessState::now() {
  ProcessState state;
  std::error_code failed;
  for (const auto& task : fs::directory_iterator("/proc/self/task", failed)) {
    (void)task;
    ++state.threads;
  }
  for (const auto& fd : fs::directory_iterator("/proc/self/fd", failed)) {
    const std::string target = fs::read_symlink(fd.path(), failed).string();
    // The folder that is being read, and private copies of libraries, which stay open by design.
    if (target.starts_with("/proc/") || target.find("convene:") != target.npos) continue;
    state.descriptors.insert(fd.path().filename().string() + " (" + target + ")");
  }
  state.settings = read_settings();
  return state;
}

std::string ProcessState::thread_difference(const ProcessState& later) const {
  if (later.threads <= threads) return {};
  return "has left " + std::to_string(later.threads - threads) + " thread(s) running";
}

std::string ProcessState::descriptor_difference(const ProcessState& later) const {
  for (const std::string& fd : later.descriptors) {
    if (!descriptors.contains(fd)) return "has left descriptor " + fd + " open";
  }
  return {};
}

std::string ProcessState::setting_difference(const ProcessState& later) const {
  for (const auto& [name, value] : later.settings) {
    const auto before = settings.find(name);
    if (before == settings.end() || before->second != value) return "has changed " + name;
  }
  return {};
}

std::string ProcessState::difference_to(const ProcessState& later) const {
  for (const auto& one :
       {thread_difference(later), descriptor_difference(later), setting_difference(later)}) {
    if (!one.empty()) return one;
  }
  return {};
}

}  // namespace convene::check
