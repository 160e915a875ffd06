// core/runtime/translate_in.cpp - bodies of peers' messages as inputs of the engine.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include "core/runtime/body_reader.hpp"
#include "core/runtime/translate.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

constexpr std::size_t kSecretMax =
    128;  ///< Longer than any secret: what is longer is just unknown.
constexpr std::size_t kDetailMax = 16u << 10;

struct Right {
  std::string_view request;
  bool gateway, proxy, records, console;
};
// clang-format off
constexpr Right kRights[] = {
    // request         gateway proxy  records console
    {"book",           true,   true,  false,  false},
    {"return",         true,   true,  false,  false},
    {"start",          true,   true,  false,  false},
    {"resume",         true,   false, false,  false},
    {"look",           true,   true,  false,  false},
    {"retime",         true,   true,  false,  false},
    {"cancel",         true,   true,  false,  false},
    {"leg_request",    true,   true,  false,  false},
    {"attach",         true,   true,  false,  false},
    {"detach",         true,   true,  false,  false},
    {"agent_says",     true,   true,  false,  false},
    {"offer_answer",   true,   true,  false,  false},
    {"snapshot",       true,   true,  true,   true},
    {"availability",   true,   true,  false,  true},
    {"status",         false,  false, false,  true},
    {"explain",        false,  false, false,  true},
    {"erase",          false,  false, false,  true},
    {"plugins",        false,  false, false,  true},
    {"plugin_reload",  false,  false, false,  true},
    {"plugin_back",    false,  false, false,  true},
};
// clang-format on

const Right* find_right(std::string_view request) {
  const auto found = std::find_if(std::begin(kRights), std::end(kRights),
                                  [&](const Right& right) { return right.request == request; });
  return found == std::end(kRights) ? nullptr : found;
}

std::optional<Time> time_of(std::optional<std::uint64_t> ms) {
  if (!ms) return std::nullopt;
  return from_ms(static_cast<std::int64_t>(*ms));
}

template <class Enum, std::size_t N>
Enum word_of(BodyReader& reader, std::string_view key,
             const std::array<std::pair<std::string_view, Enum>, N>& words,
             std::string_view found) {
  for (const auto& [word, value] : words)
    if (word == found) return value;
  reader.fail(key, "not one of the words that are known here");
  return words.front().second;
}

constexpr std::array<std::pair<std::string_view, Carriage>, 3> kCarriages = {
    {{"query", Carriage::query}, {"cookie", Carriage::cookie}, {"api", Carriage::api}}};
constexpr std::array<std::pair<std::string_view, AgentState>, 3> kAgentStates = {
    {{"ready", AgentState::ready},
     {"paused", AgentState::paused},
     {"signed_out", AgentState::signed_out}}};
constexpr std::array<std::pair<std::string_view, LegState>, 7> kLegStates = {
    {{"accepted", LegState::accepted},
     {"connecting", LegState::connecting},
     {"connected", LegState::connected},
     {"degraded", LegState::degraded},
     {"left", LegState::left},
     {"declined", LegState::declined},
     {"failed", LegState::failed}}};

/// The object in field `key` as it was written, to the byte (claim 2).
std::string object_text(BodyReader& reader, const Asking& asking, std::string_view key, bool must) {
  if (reader.object(key)) return std::string(bus::member_text(asking.text, key));
  if (must) reader.fail(key, "missing");
  return "{}";
}

Hash secret_field(BodyReader& reader, std::string_view key) {
  return hash_of(reader.must_text(key, kSecretMax));
}

void read_book(BodyReader& reader, const Asking& asking, Secrets& secrets, Translated& out) {
  input::Book book;
  book.request = asking.request;
  book.peer = asking.peer;
  book.flow = reader.text("flow", 64);
  book.context = object_text(reader, asking, "context", false);
  book.due = time_of(reader.number("due_ms"));
  book.agent = reader.text("agent", 64);
  const std::string carriage = reader.text("carriage", 16);
  if (!carriage.empty()) book.carriage = word_of(reader, "carriage", kCarriages, carriage);
  const std::string continues = reader.text("continues", kSecretMax);
  if (!continues.empty()) book.continues = hash_of(continues);
  book.continues_leg = LegId{reader.number("continues_leg").value_or(0)};
  std::string key = reader.text("idempotency_key", 128);
  if (key.empty()) key = asking.idempotency_key;
  if (book.flow.empty() && continues.empty() && !book.continues_leg)
    reader.fail("flow", "missing (only a continuation takes it from its session)");
  if (key.empty()) {
    out.secret = secrets.fresh();
  } else {
    // The same key with the same body is the same booking, before and after a crash: its identifier is derived, so
    // the record that may be in the store already is found under it. Another body gives another identifier: nobody
    // gets somebody else's by guessing a key.
    const std::string_view parts[] = {key, asking.text};
    out.secret = secrets.derived("rendezvous", parts);
    out.repeatable = true;
    book.idempotency = hash_of("idempotency " + key);
  }
  book.key = hash_of(out.secret);
  out.input = std::move(book);
}

void read_leg_request(BodyReader& reader, const Asking& asking, Translated& out) {
  input::LegRequest request{asking.request, asking.peer, LegId{reader.must_number("leg")},
                            reader.must_text("name", 64),
                            object_text(reader, asking, "detail", false)};
  if (request.detail.size() > kDetailMax) reader.fail("detail", "larger than 16 KiB");
  out.input = std::move(request);
}

}  // namespace

bool is_for_program(std::string_view request) {
  return request == "plugins" || request == "plugin_reload" || request == "plugin_back";
}

bool may_ask(PeerKind kind, std::string_view request) {
  const Right* right = find_right(request);
  if (!right) return true;  // unknown to everybody: the answer says so
  switch (kind) {
    case PeerKind::gateway:
      return right->gateway;
    case PeerKind::proxy:
      return right->proxy;
    case PeerKind::records:
      return right->records;
    case PeerKind::console:
      return right->console;
  }
  return false;
}

Result<Translated> to_input(const Asking& asking, Secrets& secrets) {
  const std::string_view name = asking.name;
  const PeerId peer = asking.peer;
  const RequestId request = asking.request;
  BodyReader reader(asking.body);
  Translated out;
  if (name == "book") {
    read_book(reader, asking, secrets, out);
  } else if (name == "return") {
    out.secret = secrets.fresh();
    out.input = input::Return{request, peer, secret_field(reader, "id"), hash_of(out.secret)};
  } else if (name == "start") {
    out.secret = secrets.fresh();
    const std::string flow = reader.must_text("flow", 64);
    out.input = input::Start{request, peer, flow, object_text(reader, asking, "context", false),
                             hash_of(out.secret)};
  } else if (name == "resume") {
    out.secret = reader.must_text("token", kSecretMax);
    out.input = input::Resume{request, peer, hash_of(out.secret)};
  } else if (name == "look") {
    out.input = input::Look{request, peer, secret_field(reader, "id")};
  } else if (name == "retime") {
    const Hash key = secret_field(reader, "id");
    out.input = input::Retime{request, peer, key, time_of(reader.number("due_ms"))};
  } else if (name == "cancel") {
    out.input = input::Cancel{request, peer, secret_field(reader, "id")};
  } else if (name == "leg_request") {
    read_leg_request(reader, asking, out);
  } else if (name == "attach") {
    out.input = input::Attach{request, peer, reader.must_text("agent", 64)};
  } else if (name == "detach") {
    out.input = input::Detach{peer, reader.must_text("agent", 64)};
  } else if (name == "agent_says") {
    const std::string agent = reader.must_text("agent", 64);
    const auto state = word_of(reader, "state", kAgentStates, reader.must_text("state", 16));
    reader.know("told");  // node_bus.cpp: the other gateways have heard of it
    out.input = input::AgentSays{request, peer, agent, state};
  } else if (name == "offer_answer") {
    const std::string agent = reader.must_text("agent", 64);
    const OfferId offer{reader.must_number("offer")};
    out.input = input::OfferAnswer{request, peer, agent, offer, reader.must_boolean("accepts")};
  } else {
    return Error{"unknown_request",
                 "the core answers no request of this name; see sdk/bus/README.md"};
  }
  if (const Status status = reader.finish(); !status) return status.error();
  return out;
}

Result<Input> leg_to_input(PeerId peer, const boost::json::object& body) {
  BodyReader reader(body);
  input::LegReport report;
  report.peer = peer;
  report.leg = LegId{reader.must_number("leg")};
  report.seq = reader.must_number("seq");
  report.ack = reader.must_number("ack");
  const std::uint64_t epoch = reader.number("epoch").value_or(0);
  if (epoch > UINT32_MAX) reader.fail("epoch", "too large");
  report.epoch = static_cast<std::uint32_t>(epoch);
  const std::string state = reader.text("state", 16);
  if (!state.empty() || report.seq != 0) report.state = word_of(reader, "state", kLegStates, state);
  report.channels = reader.texts("channels", 16);
  std::sort(report.channels.begin(), report.channels.end());
  report.channels.erase(std::unique(report.channels.begin(), report.channels.end()),
                        report.channels.end());
  report.reason = reader.text("reason", 64);
  if (const Status status = reader.finish_for_log(); !status) return status.error();
  return Input{std::move(report)};
}

Result<Input> event_to_input(PeerId peer, std::string_view name, const boost::json::object& body) {
  if (name != "agent_state") return Error{"unknown_event", "the core takes no event of this name"};
  BodyReader reader(body);
  const std::string agent = reader.must_text("agent", 64);
  const auto state = word_of(reader, "state", kAgentStates, reader.must_text("state", 16));
  if (const Status status = reader.finish_for_log(); !status) return status.error();
  return Input{input::AgentSays{{}, peer, agent, state}};
}

}  // namespace convene
