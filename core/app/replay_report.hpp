// core/app/replay_report.hpp - what came of a replay, for a terminal, for programs, and as a page.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/journal/reader.hpp"
#include "core/replay/player.hpp"
#include "core/sim/study.hpp"

namespace convene::app {

struct ReplayReport {
  journal::Run run;
  journal::Head head;
  bool cut = false;
  replay::Counts counts;
  std::string first_divergence;  ///< Empty: the day went as it went.
  bool midway = false;
  std::string tried;                  ///< Label of the policy that was tried; empty: none was.
  std::vector<std::string> replaced;  ///< In whose place.
  std::vector<replay::Difference> differences;  ///< The first kDifferencesKept.
  std::vector<std::string> remarks;
  double seconds = 0;               ///< That playing took.
  std::optional<sim::Study> study;  ///< With a tried policy: the day's figures in both houses.

  static constexpr std::size_t kDifferencesKept = 10'000;
};

/// At most `differences` of them are listed.
std::string to_text(const ReplayReport& report, std::size_t differences);
std::string to_json(const ReplayReport& report);
/// The study with the differences as a table of its page.
std::string to_page(const ReplayReport& report);

}  // namespace convene::app
