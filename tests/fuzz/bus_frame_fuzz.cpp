// tests/fuzz/bus_frame_fuzz.cpp - whatever arrives on the command bus is an input of the engine or an error, and a
// context that gets through is exactly what was sent.
// Links: convene_runtime
#include <boost/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/runtime/body_reader.cpp"
#include "core/runtime/translate_in.cpp"
#include "sdk/bus/frame.cpp"
#include "sdk/bus/json_text.cpp"

namespace {

using namespace convene;

void check(bool holds) {
  if (!holds) std::abort();
}

boost::json::value parse(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  return error ? boost::json::value() : value;
}

void take_request(const boost::json::object& envelope, std::string_view text) {
  static Secrets secrets(SecretKey{});
  BodyReader reader(envelope);
  const std::string name = reader.must_text("name", 64), key = reader.text("idempotency_key", 128);
  const boost::json::object* body = reader.object("body");
  if (!body || !reader.finish()) return;
  const std::string_view inner = bus::member_text(text, "body");
  check(parse(inner).is_object());
  const auto translated = to_input({PeerId{1}, RequestId{1}, name, key, *body, inner}, secrets);
  if (!translated)
    return check(!translated.error().code.empty() && translated.error().text.size() < 512);
  if (const auto* book = std::get_if<input::Book>(&translated->input)) {
    check(book->context == "{}" || inner.find(book->context) != std::string_view::npos);
    check(parse(book->context).is_object());
  }
}

}  // namespace

/// The input is the message's frames, separated by line feeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> frames;
  while (frames.size() < 2) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    frames.push_back(rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
    if (frames.size() == 2) frames.push_back(rest);
  }
  const auto message = bus::decode(frames, 2'048);
  if (!message) {
    check(!message.error().code.empty());
    return 0;
  }
  check(!bus::name_of(message->kind).empty() && message->body.size() <= 2'048);
  const bus::Head again = bus::head(message->kind, message->correlation);
  check(frames[0] == std::string_view(again.kind.data(), again.kind.size()));
  check(frames[1] == std::string_view(again.correlation.data(), again.correlation.size()));

  for (const std::string_view key : {"", "body", "context"})
    check(bus::member_text(message->body, key).size() <= size);
  const boost::json::value value = parse(message->body);
  if (!value.is_object()) return 0;
  const boost::json::object& body = value.get_object();
  if (message->kind == bus::Kind::request) take_request(body, message->body);
  if (message->kind == bus::Kind::leg) [[maybe_unused]]
    const auto report = leg_to_input(PeerId{1}, body);
  if (message->kind == bus::Kind::event) [[maybe_unused]]
    const auto said = event_to_input(PeerId{1}, "agent_state", body);
  return 0;
}
