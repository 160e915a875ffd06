// tests/fuzz/chat_frame_fuzz.cpp - chat frames: whatever is passed on is a bounded text or a signal, and nothing else.
#include "plugins/channel_chat/channel_chat.cpp"
#include "tests/fuzz/channel_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene;
  static fuzz::ChannelTarget chat(convene_entry_v1);
  chat.fresh();
  std::int64_t now_ms = 1'000'000;
  for (const std::string_view frame : fuzz::frames_of(data, size)) {
    const auto outcome =
        chat.frame(R"({"characters":100,"burst":5})", frame, CONVENE_ROLE_CUSTOMER, 1, now_ms);
    for (const std::string& body : outcome.passed_on) {
      const json::Parsed read = json::parse(body);
      if (!read || read.value->object().size() != 1) std::abort();
      const json::Value* text = read.value->find("text");
      const bool is_text = text && text->as_text() &&
                           check_text(*text->as_text(), {.characters = 100}) == TextFault::none;
      const json::Value* typing = read.value->find("typing");
      if (!is_text && !(typing && typing->as_bool())) std::abort();
    }
    now_ms += 100;
  }
  // What a host gives as a state is its own; a damaged one must still not stop the conversation.
  chat.fresh(std::string(reinterpret_cast<const char*>(data), size));
  if (chat.frame("{}", R"({"text":"x"})", CONVENE_ROLE_AGENT, 2, now_ms).passed_on.size() > 1)
    std::abort();
  return 0;
}
