// tests/check/zoo.hpp - who was bred for which case: libraries, programs and adapters.
#pragma once

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

namespace convene::check {

using Names = std::set<std::string>;

struct Animal {
  const char* file;
  Names fails;
  const char* plugin = "";  ///< Of a library with several.
  /// Where only these are asked, and why not all.
  std::vector<std::string> only = {};
  const char* why_only = "";
  const char* config = "";  ///< Settings given to it.
  bool isolated = false;    ///< Asked at the level "isolated", too.
  unsigned runs = 150;      ///< Random questions.
};
const std::vector<Animal>& animals();

struct Breed {
  const char* breed;
  const char* fails;      ///< Empty: nothing.
  bool only_all = false;  ///< Its case has a library as well: asked where everything is.
};
const std::vector<Breed>& bad_programs();
const std::vector<Breed>& bad_adapters();

/// CONVENE_CHECK_ALL: every bad program, in every case, and not only in its own and what that needs.
inline bool all_cases_wanted() { return std::getenv("CONVENE_CHECK_ALL") != nullptr; }

// The names of the cases that fail.
std::string check_bad_program(const Breed& bad);
std::string check_bad_adapter(const Breed& bad);
/// How many cases it passes, or what is wrong.
std::string check_shipped_program(const std::string& program);

}  // namespace convene::check
