// core/check/process_state.hpp - what a plugin shares with everybody else in its process, and must
// leave as it was.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace convene::check {

/// A picture of the process.
struct ProcessState {
  std::size_t threads = 0;
  std::set<std::string> descriptors;  ///< Numbers and what they are open on.
  std::map<std::string, std::string>
      settings;  ///< Locale, folder, umask, environment, signals, rounding.

  static ProcessState now();
  /// "has left 1 thread", "has changed the locale": what is different in `later`; empty: nothing.
  std::string difference_to(const ProcessState& later) const;
  std::string thread_difference(const ProcessState& later) const;
  std::string descriptor_difference(const ProcessState& later) const;
  std::string setting_difference(const ProcessState& later) const;
};

}  // namespace convene::check
