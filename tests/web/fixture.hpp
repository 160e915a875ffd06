// tests/web/fixture.hpp - one running site for all tests of a suite, and the checks that every response must pass.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/figure.hpp"
#include "tests/support/harness.hpp"

namespace convene::test {

/// What is wrong with the headers or cookies of a response; empty: nothing (F7, E6).
std::string header_faults(const Response& response);

/// Starts a site once per suite.
class RunningSite : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // Some tests miss on purpose, all from one address: how many misses are too many is WebGuessing's business.
    SiteOptions options;
    options.web_settings = "identifier_misses = 100000";
    site_ = std::make_unique<Site>(options);
    ASSERT_TRUE(site_->start()) << site_->log();
  }
  static void TearDownTestSuite() { site_.reset(); }
  Site& site() { return *site_; }
  Headers own() {
    return {
        {"Origin", site_->origin()}, {"Convene-Client", "1"}, {"Content-Type", "application/json"}};
  }
  static Headers with_id(Headers headers, const std::string& id) {
    headers.emplace_back("Authorization", "Rendezvous " + id);
    return headers;
  }

 private:
  static inline std::unique_ptr<Site> site_;
};

}  // namespace convene::test
