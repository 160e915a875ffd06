// tests/fuzz/adapter_legs_fuzz.cpp - whatever an adapter says of a leg, and the core asks of it, becomes good messages.
// Links: convene_adapter_host convene_bus
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "convene/json.hpp"
#include "sdk/host/adapter/legs.cpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(input.find('\n'), size);
  adapter::Legs legs;
  if (const json::Parsed order = json::parse(input.substr(0, cut))) legs.take(*order.value, 1);
  legs.says(input.substr(std::min(cut + 1, size)), 2);
  for (const std::int64_t now : {3, 1'000, 100'000}) {
    legs.send_due(now, [](const std::string& message) {
      const json::Parsed said = json::parse(message);
      if (!said || said.value->integer("leg") <= 0 || said.value->integer("ack", -1) < 0)
        std::abort();
      if (said.value->integer("seq") > 0 && said.value->text("state").empty()) std::abort();
    });
  }
  return 0;
}
