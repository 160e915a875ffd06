// tests/fuzz/ws_message_fuzz.cpp - messages of browsers: our reader accepts what Boost.JSON accepts, less what it bounds.
// Links: Boost::json
#include <boost/json.hpp>

#include <cstdint>
#include <cstdlib>

#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.cpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene::web;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ours = JsonObject::parse(text);
  boost::system::error_code error;
  const auto theirs = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (!ours) return 0;
  if (error || !theirs.is_object()) std::abort();
  if (ours->size() != theirs.as_object().size()) {
    // Two spellings of one key are two members to us and one to Boost; neither is ever looked up by its escapes.
    if (text.find('\\') == text.npos) std::abort();
    return 0;
  }
  for (const auto& [key, value] : theirs.as_object()) {
    const auto mine = ours->text(std::string_view(key.data(), key.size()));
    if (!mine) continue;
    if (!value.is_string() || std::string_view(value.as_string()) != *mine) std::abort();
    const std::string again = JsonOut().put("a", *mine).done();
    const auto read = JsonObject::parse(again);
    if (!read || read->text("a") != *mine) std::abort();
  }
  return 0;
}
