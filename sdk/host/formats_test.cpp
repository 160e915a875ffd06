// sdk/host/formats_test.cpp - origins and addresses are what they say, and the sentence says what is wrong.
#include "sdk/host/formats.hpp"

#include <gtest/gtest.h>

namespace convene {
namespace {

TEST(Formats, AnOriginIsWhatBrowsersSendAndIsSafeToAllow) {
  for (const char* good :
       {"https://shop.example", "https://talk.shop.example:8443", "http://localhost:8080",
        "http://127.0.0.1", "http://[::1]:80", "https://[2001:db8::1]"})
    EXPECT_TRUE(is_origin(good)) << good;
  const auto said = [](const char* text) {
    return wrong_format("convene-origin", json::Value(text));
  };
  for (const auto& [bad, why] :
       {std::pair{"*", "a wildcard lets every site speak for your customers"},
        {"https://*.example", "a wildcard"},
        {"http://shop.example", "browsers keep no secure cookies over plain http"},
        {"http://localhost.evil.example", "over plain http"},
        {"https://shop.example/", "without a path"},
        {"https://user@shop.example", "without a path"},
        {"https://shop.example; script-src *", "a wildcard"},
        {"https://shop.example;", "without a path"},
        {"https://:80", "without a path"},
        {"https://", "without a path"},
        {"https://Shop.example", "lower case"},
        {"ftp://shop.example", "it begins with https://"},
        {"", "it begins with https://"}}) {
    EXPECT_FALSE(is_origin(bad)) << bad;
    EXPECT_NE(said(bad).find(why), std::string::npos) << bad << ": " << said(bad);
  }
  EXPECT_NE(wrong_format("convene-origin", json::Value(7)), "");
}

TEST(Formats, AnAddressHasAHostAndAPort) {
  for (const auto& [good, host] : {std::pair{"127.0.0.1:8080", "127.0.0.1"},
                                   {"[::1]:8080", "::1"},
                                   {"localhost:8080", "localhost"}}) {
    const auto address = parse_address(good);
    ASSERT_TRUE(address) << good;
    EXPECT_EQ(address->host, host);
    EXPECT_EQ(address->port, 8080);
    EXPECT_EQ(wrong_format("convene-address", json::Value(good)), "");
  }
  for (const char* bad :
       {"", "8080", ":8080", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x", "a:-1"}) {
    EXPECT_FALSE(parse_address(bad)) << bad;
    EXPECT_NE(wrong_format("convene-address", json::Value(bad)), "") << bad;
  }
}

TEST(Formats, AreKnownByName) {
  for (const char* name : {"convene-duration", "convene-origin", "convene-address"})
    EXPECT_TRUE(is_format(name)) << name;
  EXPECT_FALSE(is_format("date"));
}

}  // namespace
}  // namespace convene
