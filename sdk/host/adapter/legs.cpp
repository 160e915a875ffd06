// sdk/host/adapter/legs.cpp - leg_link.hpp for every leg of one adapter.
#include "sdk/host/adapter/legs.hpp"

#include <algorithm>
#include <array>

#include "sdk/bus/json_text.hpp"

namespace convene::adapter {
namespace {

constexpr std::size_t kLegsMax = 100'000;
constexpr std::size_t kTextMax = 64, kChannelsMax = 16;
constexpr std::int64_t kRememberedMs = 60'000;  ///< A leg that is over, for words that come late.
constexpr std::array<std::string_view, 7> kStates = {
    "accepted", "connecting", "connected", "degraded", "left", "declined", "failed"};

bool is_final(std::string_view state) {
  return state == "left" || state == "declined" || state == "failed";
}

}  // namespace

Legs::Leg* Legs::leg(std::int64_t number) {
  if (number <= 0) return nullptr;
  if (const auto known = legs_.find(number); known != legs_.end()) return &known->second;
  return legs_.size() < kLegsMax ? &legs_[number] : nullptr;
}

bool Legs::take(const json::Value& message, std::int64_t now_ms) {
  Leg* mine = leg(message.integer("leg"));
  const std::int64_t seq = message.integer("seq", -1), ack = message.integer("ack", -1);
  if (!mine || seq < 0 || ack < 0) return false;
  const bool fresh =
      mine->link.take({static_cast<std::uint64_t>(seq), static_cast<std::uint64_t>(ack)}, now_ms);
  if (fresh) mine->epoch = message.integer("details.epoch", mine->epoch);
  next_ms_ = std::min(next_ms_, mine->link.next_ms());
  return fresh;
}

bool Legs::says(std::string_view body, std::int64_t now_ms) {
  const json::Parsed parsed = json::parse(body, {.bytes = 64 * 1024, .depth = 4, .values = 200});
  if (!parsed) return false;
  const std::string_view state = parsed.value->text("state"), reason = parsed.value->text("reason");
  if (std::find(kStates.begin(), kStates.end(), state) == kStates.end()) return false;
  const json::Array& channels = parsed.value->array("channels");
  const bool bounded = std::all_of(channels.begin(), channels.end(), [](const json::Value& c) {
    return c.as_text() && !c.as_text()->empty() && c.as_text()->size() <= kTextMax;
  });
  if (reason.size() > kTextMax || channels.size() > kChannelsMax || !bounded) return false;
  Leg* mine = leg(parsed.value->integer("leg"));
  if (!mine) return false;
  bus::JsonText report;
  report.open().key("epoch").number(
      std::max<std::int64_t>(0, parsed.value->integer("epoch", mine->epoch)));
  report.key("state").text(state).key("channels").open_array();
  for (const json::Value& channel : channels) report.text(*channel.as_text());
  report.close_array().key("reason").text(reason).close();
  mine->report = report.take().substr(1);
  mine->over_since = is_final(state) ? now_ms : -1;
  mine->link.post(now_ms);
  next_ms_ = std::min(next_ms_, now_ms);
  return true;
}

void Legs::send_due(std::int64_t now_ms, const std::function<void(const std::string&)>& send) {
  if (now_ms < next_ms_) return;
  next_ms_ = LegLink::kNever;
  for (auto it = legs_.begin(); it != legs_.end();) {
    Leg& mine = it->second;
    if (mine.link.due(now_ms)) {
      const LegStamp stamp = mine.link.stamp(now_ms);
      const std::string head = R"({"leg":)" + std::to_string(it->first) + R"(,"seq":)" +
                               std::to_string(stamp.seq) + R"(,"ack":)" + std::to_string(stamp.ack);
      send(head + (stamp.seq > 0 ? "," + mine.report : "}"));
    }
    next_ms_ = std::min(next_ms_, mine.link.next_ms());
    const bool forgotten =
        mine.over_since >= 0 && mine.link.settled() && now_ms - mine.over_since >= kRememberedMs;
    it = forgotten ? legs_.erase(it) : std::next(it);
  }
}

void Legs::repeat(std::int64_t now_ms) {
  for (auto& [number, mine] : legs_) mine.link.repeat(now_ms);
  next_ms_ = now_ms;
}

}  // namespace convene::adapter
