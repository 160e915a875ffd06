// tests/check/coverage_test.cpp - every case has an animal that was bred for it, or stands here with the reason.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "core/check/check.hpp"
#include "tests/check/zoo.hpp"
#include "tests/support/figure.hpp"

namespace convene::check {
namespace {

const std::map<std::string, std::string>& without_an_animal() {
  static const std::map<std::string, std::string> all = {
      {"life.schema_forbids",
       "the host refuses by the schema from which the case makes its settings: only a flaw of ours "
       "could fail it"},
      {"isolated.ends_with_its_host", "the host kills what does not end: only a flaw of ours"},
      {"isolated.is_confined", "the sandbox is closed around it: only a flaw of ours"},
      {"load.starts", "convene-host itself is missing then: there is no animal to be started"},
  };
  return all;
}

TEST(CheckZoo, HasAnAnimalForEveryCaseOrAReason) {
  Names covered;
  std::size_t bred = 0;
  for (const Animal& animal : animals()) {
    covered.insert(animal.fails.begin(), animal.fails.end());
    bred += !animal.fails.empty();
    EXPECT_EQ(animal.only.empty(), *animal.why_only == '\0') << animal.file;
  }
  for (const Breed& bad : bad_programs()) {
    if (*bad.fails) covered.insert(bad.fails), ++bred;
  }
  for (const Breed& bad : bad_adapters()) covered.insert(bad.fails), ++bred;
  std::vector<Case> cases = all_cases();
  cases.insert(cases.end(), adapter_cases().begin(), adapter_cases().end());
  std::size_t have = 0;
  for (const Case& c : cases) {
    const bool excused = without_an_animal().contains(c.name);
    have += covered.contains(c.name);
    EXPECT_TRUE(covered.contains(c.name) || excused) << "no animal was bred for " << c.name;
    EXPECT_FALSE(covered.contains(c.name) && excused) << c.name << " has an animal by now";
  }
  test::figure("checker", "named cases", std::to_string(cases.size()), "60 or more");
  test::figure("checker", "cases with an animal bred for them",
               std::to_string(have) + " of " + std::to_string(cases.size()) + ", " +
                   std::to_string(bred) + " animals",
               "all but " + std::to_string(without_an_animal().size()));
}

}  // namespace
}  // namespace convene::check
