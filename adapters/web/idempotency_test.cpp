// adapters/web/idempotency_test.cpp - keys that somebody else could send as well are told from those that nobody could.
#include "adapters/web/idempotency.hpp"

#include <gtest/gtest.h>

#include <string>

#include "adapters/web/seal.hpp"

namespace convene::web {
namespace {

TEST(Idempotency, TakesWhatIsMadeAtRandom) {
  for (const char* key :
       {"8e03978e-40d5-43dd-bc93-6894a57f9324", "8E03978E-40D5-43DD-BC93-6894A57F9324",
        "e4d909c290d0fb1ca068ffaddf22cbd0", "pG7bA2-xZq0Lr9_VtYc3Nw", "_ILGPKBSYPNbqqureamkmw",
        "kB0vYw2m+Jq5/9sZ1cR7Gg==", "e4d909c290d0fb1c-a068ffaddf22cbd0"})
    EXPECT_TRUE(is_unguessable(key)) << key;
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = random_name();
    EXPECT_TRUE(is_unguessable(key)) << key;
  }
}

TEST(Idempotency, RefusesWhatTwoClientsMayWellChooseAlike) {
  for (const char* key :
       {"", "1", "k1", "order-4711", "00000000-0000-4000-8000-000000000001",
        "0000000000000000000000000000000000000001", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "shop-order-2026-11-23-00000001", "my-idempotency-key-for-this-booking",
        "20261123000000000000000000000017", "e4d909c290d0fb1ca068ffaddf22cb",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",  // Of a clock and a network card.
        "01924bd0-8f3a-7c3e-9d2b-3f2a1b0c9d8e",  // Of a clock, and too little else.
        "pG7bA2-xZq0Lr9_VtYc3N", "pG7bA2 xZq0Lr9_VtYc3Nw", "pG7bA2\xC3\xA4xZq0Lr9_VtYc3Nw"})
    EXPECT_FALSE(is_unguessable(key)) << key;
  EXPECT_FALSE(is_unguessable(std::string(129, 'x')));
}

TEST(Idempotency, TakesTheQuotesOfAStructuredHeaderOff) {
  EXPECT_EQ(bare_idempotency_key("\"abc\""), "abc");
  EXPECT_EQ(bare_idempotency_key("abc"), "abc");
  EXPECT_EQ(bare_idempotency_key("\""), "\"");
  EXPECT_EQ(bare_idempotency_key("\"\""), "");
}

}  // namespace
}  // namespace convene::web
