// tests/claims/on_site.hpp - a running site for a test, and people who meet on it.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/harness.hpp"

namespace convene::test {

/// Suites derive from this: every test finds a site of its own, running, with nobody at any desk.
class OnSite : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(site_.start()) << site_.log(); }
  void TearDown() override {
    if (HasFailure()) ADD_FAILURE() << "what the node said:\n" << site_.log();
  }
  Site& site() { return site_; }

 private:
  Site site_;
};

/// How long a thing that must not happen is given to happen.
inline constexpr Millis kNothing{700};

/// Whether a message passes each way.
inline ::testing::AssertionResult they_talk(Customer& customer, Desk& desk) {
  if (!customer.say("hello from the customer"))
    return ::testing::AssertionFailure() << "customer cannot send";
  if (!desk.hears("hello from the customer"))
    return ::testing::AssertionFailure() << "agent does not hear";
  if (!desk.say("hello from the agent"))
    return ::testing::AssertionFailure() << "agent cannot send";
  if (!customer.hears("hello from the agent"))
    return ::testing::AssertionFailure() << "customer does not hear";
  return ::testing::AssertionSuccess();
}

}  // namespace convene::test
