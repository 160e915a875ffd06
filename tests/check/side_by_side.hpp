// tests/check/side_by_side.hpp - checks that mostly wait, several at once, each in a process of its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/check/check.hpp"
#include "core/check/children.hpp"

namespace convene::check {

/// What each of `bodies` came to, in words. The first `waiting` of them do little but wait, and run all
/// at once; of the others there are `at_once`.
inline std::vector<std::string> side_by_side(
    const std::vector<std::function<std::string()>>& bodies, std::size_t waiting,
    std::size_t at_once) {
  Children children(std::chrono::minutes(5), false);
  std::vector<std::string> texts(bodies.size());
  std::map<std::uint64_t, std::size_t> running;
  std::size_t busy = 0;
  for (std::size_t next = 0; next < bodies.size() || !running.empty();) {
    if (next < bodies.size() && (next < waiting || busy < at_once)) {
      busy += next >= waiting;
      running[children.start([&, next] { return passed(bodies[next]()); })] = next;
      ++next;
      continue;
    }
    const ChildResult ended = children.wait();
    busy -= running.at(ended.id) >= waiting;
    texts[running.at(ended.id)] = ended.verdict.text;
    running.erase(ended.id);
  }
  return texts;
}

/// The names of the cases that failed, one after the other; with `reasons`, what was seen as well.
inline std::string failures_of(const Report& report, bool reasons = false) {
  std::string out;
  for (const CaseResult& r : report.results) {
    if (r.verdict.outcome != Outcome::failed) continue;
    out += (out.empty() ? "" : ", ") + r.name + (reasons ? ": " + r.verdict.text : "");
  }
  return out;
}

}  // namespace convene::check
