// tests/reload/copies.hpp - a plugin folder of a test's own, with libraries of new content.
#pragma once

#include <string>

#include "tests/support/site.hpp"

namespace convene::test {

/// A folder that plugins may be loaded from.
class Copies {
 public:
  Copies();
  /// Everything that was built; and policy_skills may be anything that is named here.
  void put_all();
  /// `source`, a path, as `name`; `marked`: with some bytes behind its end, so that it is another
  /// library to whoever compares content. The old file is replaced, not written into.
  void put(const std::string& source, const std::string& name, bool marked = false);
  /// Half of it.
  void put_truncated(const std::string& source, const std::string& name);
  std::string folder() const { return folder_.path().string(); }

 private:
  void write(const std::string& name, const std::string& bytes);
  TempFolder folder_;
  int marks_ = 0;
};

std::string built(const std::string& plugin);      ///< Path of a plugin of ours.
std::string candidate(const std::string& plugin);  ///< Path of one of candidates.cpp.

}  // namespace convene::test
