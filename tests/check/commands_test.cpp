// tests/check/commands_test.cpp - plugins and adapters that are commands, side by side: the bad ones mostly
// make the checker wait, and others are asked meanwhile.
#include <gtest/gtest.h>

#include "tests/check/side_by_side.hpp"
#include "tests/check/zoo.hpp"
#include "tests/support/figure.hpp"

namespace convene::check {
namespace {

TEST(CheckCommands, PassIfWeShipThemAndFailTheCaseThatTheyWereBredFor) {
  std::vector<std::function<std::string()>> bodies;
  for (const Breed& bad : bad_adapters())
    bodies.emplace_back([&bad] { return check_bad_adapter(bad); });
  const std::vector<std::string> shipped = {"examples/policy_in_python/policy_weighted.py",
                                            "sdk/template/policy_python/policy_template.py",
                                            "sdk/template/service_python/service_template.py"};
  for (const std::string& program : shipped)
    bodies.emplace_back([&program] { return check_shipped_program(program); });
  std::vector<const Breed*> programs;
  for (const Breed& bad : bad_programs()) {
    if (bad.only_all && !all_cases_wanted()) continue;
    programs.push_back(&bad);
    bodies.emplace_back([&bad] { return check_bad_program(bad); });
  }
  const auto said = side_by_side(bodies, bad_adapters().size(), 2);
  std::size_t at = 0;
  for (const Breed& bad : bad_adapters())
    EXPECT_EQ(said[at++], bad.fails) << "the adapter " << bad.breed;
  for (const std::string& program : shipped) {
    EXPECT_TRUE(std::isdigit(static_cast<unsigned char>(said[at][0])) != 0 && said[at].size() < 4)
        << program << ": " << said[at];
    test::figure("checker", "cases that " + program + ", a command, passes", said[at++],
                 "60 or more");
  }
  for (const Breed* bad : programs)
    EXPECT_EQ(said[at++], bad->fails) << "the program " << bad->breed;
  test::figure("checker", "bad programs and adapters that fail their case",
               std::to_string(programs.size() + bad_adapters().size()), "each");
}

}  // namespace
}  // namespace convene::check
