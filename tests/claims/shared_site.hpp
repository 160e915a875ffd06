// tests/claims/shared_site.hpp - one running site for all tests of a suite, and people who meet on it.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/support/harness.hpp"

namespace convene::test {

/// Suites derive from this: the site is started once, and each test finds it without agents at their desks.
class OnSite : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    site_ = std::make_unique<Site>();
    ASSERT_TRUE(site_->start()) << site_->log();
  }
  static void TearDownTestSuite() { site_.reset(); }
  void TearDown() override {
    if (HasFailure()) ADD_FAILURE() << "what the node said:\n" << site_->log();
  }
  static Site& site() { return *site_; }

 private:
  static inline std::unique_ptr<Site> site_;
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

/// The agent leaves the session and goes off duty, so that the next test starts with nobody there.
inline void go_home(Desk& desk) {
  if (desk.leg() != 0) desk.socket.send({{"t", "leave"}, {"leg", desk.leg()}});
  desk.set_state("paused");
}

}  // namespace convene::test
