// tests/zoo/mutants_test.cpp - 10,000 entries and descriptors with damaged fields: each loads or is refused (promise H2).
#include <cstring>
#include <random>
#include <set>

#include "tests/support/figure.hpp"
#include "tests/zoo/zoo.hpp"

namespace convene::zoo {
namespace {

/// An entry whose every field can be damaged. The functions read what stands here.
struct Specimen {
  convene_entry entry;
  convene_descriptor descriptors[2];
  convene_plugin plugin;
  convene_routing routing;
} specimen;

convene_status decide(void*, const convene_routing_request*,
                      convene_routing_answer* answer) noexcept {
  answer->action = CONVENE_ROUTING_WAIT;
  return CONVENE_OK;
}
const convene_descriptor* describe(std::uint32_t index) noexcept {
  return index < 64 ? &specimen.descriptors[index % 2] : nullptr;
}
const convene_plugin* create(std::uint32_t, const convene_host*, convene_text) noexcept {
  return &specimen.plugin;
}
convene_status start(void*) noexcept { return CONVENE_OK; }
const void* extension(void*, convene_text) noexcept { return &specimen.routing; }
void nothing(void*) noexcept {}

void heal() {
  const convene_descriptor d{sizeof(convene_descriptor),
                             1,
                             0,
                             0,
                             text("first"),
                             text("1.0.0"),
                             text("Fine."),
                             text(CONVENE_ROUTING),
                             text(R"({"type":"object"})"),
                             {}};
  specimen = {{sizeof(convene_entry), 1, 0, 2, &describe, &create},
              {d, d},
              {nullptr, &start, &extension, &nothing, &nothing},
              {&decide, nullptr}};
  specimen.descriptors[1].id = text("second");
}

/// Damages one to three of the specimen's 8-byte words or 4-byte halves; functions become null, never wild: no host can
/// tell a wild function from a good one.
void damage(std::mt19937& dice) {
  const std::uint64_t values[] = {0,          1,
                                  7,          8,
                                  63,         64,
                                  65,         4096,
                                  0x7FFFFFFF, 0x80000000,
                                  0xFFFFFFFF, ~0ull,
                                  1ull << 63, reinterpret_cast<std::uint64_t>(&specimen),
                                  dice()};
  for (unsigned n = 1 + dice() % 3; n > 0; --n) {
    const std::uint64_t value = values[dice() % std::size(values)];
    auto& d = specimen.descriptors[dice() % 2];
    convene_text* const texts[] = {&d.id,     &d.version,       &d.summary,
                                   &d.offers, &d.config_schema, &d.state_schema};
    std::uint32_t* const numbers[] = {&specimen.entry.size,
                                      &specimen.entry.abi_major,
                                      &specimen.entry.abi_minor,
                                      &specimen.entry.plugin_count,
                                      &d.size,
                                      &d.abi_major,
                                      &d.abi_minor};
    switch (dice() % 8) {
      case 0:
      case 1:
        *numbers[dice() % std::size(numbers)] = static_cast<std::uint32_t>(value);
        break;
      case 2:
      case 3:
        texts[dice() % std::size(texts)]->size = value;
        break;
      case 4:
      case 5:
        texts[dice() % std::size(texts)]->data = reinterpret_cast<const char*>(value);
        break;
      case 6: {
        switch (dice() % 8) {
          case 0:
            specimen.entry.descriptor = nullptr;
            break;
          case 1:
            specimen.entry.create = nullptr;
            break;
          case 2:
            specimen.plugin.start = nullptr;
            break;
          case 3:
            specimen.plugin.extension = nullptr;
            break;
          case 4:
            specimen.plugin.stop = nullptr;
            break;
          case 5:
            specimen.plugin.destroy = nullptr;
            break;
          default:
            specimen.routing.decide = nullptr;
            break;
        }
        break;
      }
      default: {  // any byte of what the host reads as data
        auto* bytes = reinterpret_cast<unsigned char*>(specimen.descriptors);
        bytes[dice() % sizeof specimen.descriptors] ^= static_cast<unsigned char>(1u << dice() % 8);
      }
    }
  }
}

TEST_F(Zoo, SurvivesTenThousandMutants) {
  std::mt19937 dice(20260601);
  int loaded = 0, refused = 0;
  std::set<std::string> sentences;
  for (int i = 0; i < 10'000; ++i) {
    heal();
    damage(dice);
    const auto plugin =
        loader_.adopt(specimen.entry, {.id = "first", .file = {}, .config = {}, .sha256 = {}});
    if (plugin) {
      ++loaded;
      EXPECT_EQ(ask(**plugin).action, CONVENE_ROUTING_WAIT);
    } else {
      ++refused;
      EXPECT_FALSE(plugin.error().text.empty());
      sentences.insert(plugin.error().text.substr(0, 60));
    }
  }
  heal();
  EXPECT_TRUE(
      loader_.adopt(specimen.entry, {.id = "first", .file = {}, .config = {}, .sha256 = {}}));
  EXPECT_GT(refused, 5000);
  EXPECT_GT(sentences.size(), 20u);
  test::figure("H2", "mutated descriptors and entries: refused, loaded, crashed",
               std::to_string(refused) + ", " + std::to_string(loaded) + ", 0",
               "10000 in all, 0 crashed");
}

}  // namespace
}  // namespace convene::zoo
