// core/runtime/secrets_test.cpp - promise E1: identifiers cannot be guessed, and the test can tell when they could.
#include "core/runtime/secrets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

#include "tests/support/figure.hpp"

namespace convene {
namespace {

/// What the statistics say of a generator's identifiers. Bounds: five standard deviations, as in NIST SP 800-22
/// (monobit, runs) and Knuth's serial test on pairs of nibbles; a good generator fails once in a million runs.
struct Verdict {
  std::uint64_t duplicates = 0;
  double monobit = 0;  ///< Standard deviations from as many ones as zeros.
  double runs = 0;     ///< From the expected number of changes between neighbouring bits.
  double serial = 0;   ///< Of chi squared over all pairs of neighbouring nibbles.
  bool good() const { return duplicates == 0 && monobit < 5 && runs < 5 && serial < 5; }
};

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

std::array<std::uint64_t, 2> bits_of(const std::string& id) {
  std::array<std::uint64_t, 2> words{};
  int have = 0;
  for (const char c : id)
    for (int bit = 5; bit >= 0 && have < 128; --bit, ++have)
      words[have / 64] = words[have / 64] << 1 | (value_of(c) >> bit & 1);
  return words;
}

Verdict judge(RandomSource& random, std::size_t count) {
  Secrets secrets({}, random);
  std::vector<std::array<std::uint64_t, 2>> all(count);
  for (auto& words : all) words = bits_of(secrets.fresh());

  double ones = 0, changes = 0;
  std::array<std::uint64_t, 256> pairs{};
  for (const auto& words : all)
    for (const std::uint64_t word : words) {
      ones += std::popcount(word);
      changes += std::popcount((word ^ word >> 1) & ~(std::uint64_t{1} << 63));
      for (int shift = 0; shift < 64; shift += 8) ++pairs[word >> shift & 0xff];
    }
  const double bits = 128.0 * static_cast<double>(count), gaps = 126.0 * static_cast<double>(count);
  const double expected = bits / 8 / 256;
  double chi = 0;
  for (const std::uint64_t seen : pairs) chi += (seen - expected) * (seen - expected) / expected;

  Verdict verdict;
  verdict.monobit = std::abs(ones - bits / 2) / std::sqrt(bits / 4);
  verdict.runs = std::abs(changes - gaps / 2) / std::sqrt(gaps / 4);
  verdict.serial = std::abs(chi - 255) / std::sqrt(2.0 * 255);
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i < all.size(); ++i) verdict.duplicates += all[i] == all[i - 1];
  return verdict;
}

/// As broken as generators are found: a counter, a constant byte, 32 bits of seed, a bias of one in a hundred.
class Broken final : public RandomSource {
 public:
  enum class Kind { counter, stuck_byte, small_seed, biased };
  explicit Broken(Kind kind) : kind_(kind) {}
  void fill(std::span<std::uint8_t> bytes) override {
    machine_random().fill(bytes);
    ++count_;
    switch (kind_) {
      case Kind::counter:
        std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
        std::memcpy(bytes.data(), &count_, sizeof count_);
        return;
      case Kind::stuck_byte:
        bytes[5] = 0x55;
        return;
      case Kind::small_seed: {
        std::uint64_t x =
            count_ % 1'000 + 1;  // a seed from few values: the stream itself looks good
        for (auto& byte : bytes) {
          x ^= x << 13, x ^= x >> 7, x ^= x << 17;
          byte = static_cast<std::uint8_t>((x * 0x2545F4914F6CDD1Du) >> 56);
        }
        return;
      }
      case Kind::biased:
        for (auto& byte : bytes)
          if (count_ % 100 == 0) byte |= 1;
        return;
    }
  }

 private:
  Kind kind_;
  std::uint64_t count_ = 0;
};

TEST(Secrets, E1IdentifiersCannotBeGuessed) {
  const char* scale = std::getenv("CONVENE_E1_IDS");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr std::size_t kUsual = 1'000'000;  // the sanitizers look at the code, not at the odds
#else
  constexpr std::size_t kUsual = 10'000'000;
#endif
  const std::size_t count = scale ? std::strtoull(scale, nullptr, 10) : kUsual;
  const Verdict verdict = judge(machine_random(), count);
  test::figure("E1", "identifiers made", std::to_string(count), "10000000");
  test::figure("E1", "duplicates", std::to_string(verdict.duplicates), "0");
  test::figure("E1", "monobit, runs, serial (standard deviations)",
               std::to_string(verdict.monobit) + ", " + std::to_string(verdict.runs) + ", " +
                   std::to_string(verdict.serial),
               "below 5 each");
  EXPECT_TRUE(verdict.good());
}

TEST(Secrets, E1ABrokenGeneratorIsFound) {
  for (const auto kind : {Broken::Kind::counter, Broken::Kind::stuck_byte, Broken::Kind::small_seed,
                          Broken::Kind::biased}) {
    Broken broken(kind);
    EXPECT_FALSE(judge(broken, 1'000'000).good()) << static_cast<int>(kind);
  }
}

TEST(Secrets, AreTwentyTwoCharactersOfBase64url) {
  Secrets secrets({});
  for (int i = 0; i < 100; ++i) {
    const std::string id = secrets.fresh();
    ASSERT_EQ(id.size(), Secrets::kLength);
    for (const char c : id) ASSERT_GE(value_of(c), 0) << id;
  }
}

TEST(Secrets, ADerivedOneDependsOnKeyPurposeAndEveryPart) {
  SecretKey key{}, other{};
  other[31] = 1;
  const std::string_view parts[] = {"ab", "c"}, moved[] = {"a", "bc"}, fewer[] = {"ab"};
  const Secrets secrets(key);
  std::set<std::string> all = {secrets.derived("x", parts), secrets.derived("y", parts),
                               secrets.derived("x", moved), secrets.derived("x", fewer),
                               Secrets(other).derived("x", parts)};
  EXPECT_EQ(all.size(), 5u);
  EXPECT_EQ(secrets.derived("x", parts), Secrets(key).derived("x", parts))
      << "the same again, also after a restart";
}

TEST(Secrets, ATicketIsForOneLegAndOneEpoch) {
  const Secrets secrets({});
  const output::Ticket first{LegId{1}, 1};
  EXPECT_EQ(secrets.ticket(first), secrets.ticket(first)) << "two messages about it carry the same";
  EXPECT_NE(secrets.ticket(first), secrets.ticket({LegId{1}, 2}));
  EXPECT_NE(secrets.ticket(first), secrets.ticket({LegId{2}, 1}));
}

TEST(Secrets, AreKnownInsideAsSha256) {
  // SHA-256("abc"), FIPS 180-4
  const Hash hash = hash_of("abc");
  EXPECT_EQ(hash.bytes[0], 0xba);
  EXPECT_EQ(hash.bytes[31], 0xad);
}

}  // namespace
}  // namespace convene
