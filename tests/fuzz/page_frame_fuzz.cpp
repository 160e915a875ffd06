// tests/fuzz/page_frame_fuzz.cpp - page frames: whatever is passed on leads to a listed host, and holds nothing else.
#include "plugins/channel_page/channel_page.cpp"
#include "tests/fuzz/channel_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene;
  static fuzz::ChannelTarget channel(convene_entry_v1);
  channel.fresh();
  std::int64_t now_ms = 1'000'000;
  for (const std::string_view frame : fuzz::frames_of(data, size)) {
    const auto outcome =
        channel.frame(R"({"hosts":["localhost","*.example.org"],"both_ways":true})", frame,
                      CONVENE_ROLE_CUSTOMER, 1, now_ms);
    for (const std::string& body : outcome.passed_on) {
      const json::Parsed read = json::parse(body);
      if (!read) std::abort();
      if (const json::Value* url = read.value->find("url")) {
        if (page::check(url->text(""), {"localhost", "*.example.org"}) != page::Refusal::none)
          std::abort();
        if (read.value->object().size() != (read.value->find("title") ? 2u : 1u)) std::abort();
      } else if (!read.value->find("following") || read.value->object().size() != 1) {
        std::abort();
      }
    }
    now_ms += 100;
  }
  // One way: a customer pushes nothing, whatever the frame.
  channel.fresh(std::string(reinterpret_cast<const char*>(data), size));
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto one_way =
      channel.frame(R"({"hosts":["localhost"]})", all, CONVENE_ROLE_CUSTOMER, 2, now_ms);
  for (const std::string& body : one_way.passed_on) {
    if (body.find("url") != std::string::npos) std::abort();
  }
  return 0;
}
