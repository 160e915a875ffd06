// tests/fuzz/contacts_csv_fuzz.cpp - CSV tables of contacts and durations: what is read can be played.
// Links: convene_sim
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/sim/contacts_csv.hpp"

using namespace convene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto within_two_days = [](Duration d) {
    if (d < Duration{0} || d >= std::chrono::hours(48)) std::abort();
  };
  const sim::ContactsCsv contacts = sim::read_contacts_csv(text);
  for (const sim::DayContact& c : contacts.contacts) {
    within_two_days(c.arrival);
    if (c.booked) within_two_days(*c.booked);
    if (c.due) within_two_days(*c.due);
    if (c.due && !c.booked) std::abort();
    if (c.flow.empty() || c.context.empty() || c.context[0] == '[') std::abort();
    if (c.handle < Duration{0} || c.patience < Duration{0}) std::abort();
    if (c.handle > sim::kEndless || c.patience > sim::kEndless) std::abort();
  }
  const sim::DurationsCsv durations = sim::read_durations_csv(text);
  if (!durations.error && durations.durations.empty()) std::abort();
  const auto law = sim::Law::parse(text);
  if (law) {
    sim::Random dice(size);
    const Duration drawn = law->draw(dice);
    if (drawn < Duration{0} || drawn > sim::kEndless) std::abort();
  }
  return 0;
}
