// adapters/web/media.cpp - fan-out and logs; what is let through is the channel plugins' business.
#include "adapters/web/media.hpp"

#include <algorithm>

#include "adapters/web/json_text.hpp"
#include "convene/service.h"

namespace convene::web {
namespace {

/// A browser's word moves the numbers no further, so that all that follow are exact in JSON (below 2^53).
constexpr std::uint64_t kNumbersMax = std::uint64_t{1} << 52;

convene_text text_of(std::string_view s) { return {s.data(), s.size()}; }

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

Head entry_head(std::uint64_t leg, bool mine) {
  Head head;
  head << "{\"t\":\"entry\",\"leg\":" << leg << (mine ? ",\"mine\":true," : ",\"mine\":false,");
  return head;
}

}  // namespace

std::string_view role_name(std::int32_t role) {
  switch (role) {
    case CONVENE_ROLE_AGENT:
      return "agent";
    case CONVENE_ROLE_SUPERVISOR:
      return "supervisor";
    case CONVENE_ROLE_AUTOMATON:
      return "automaton";
    default:
      return "customer";
  }
}

Media::Media(std::uint64_t session, std::map<std::string, std::string> settings,
             const ChannelSet& plugins, std::unique_ptr<Transcript> transcript)
    : session_(session),
      settings_(std::move(settings)),
      plugins_(plugins),
      transcript_(std::move(transcript)) {
  if (!transcript_) return;
  for (TranscriptLine& line : transcript_->read()) {
    Channel* c = channel(line.channel);
    if (c == nullptr) continue;
    c->last = line.number;
    keep(*c, line.leg, std::make_shared<const std::string>(std::move(line.tail)));
  }
}

void Media::forget() {
  const std::lock_guard lock(mutex_);
  if (transcript_) transcript_->remove();
}

Media::Channel* Media::channel(std::string_view name) {
  for (const auto& c : channels_)
    if (c->name == name) return c.get();
  ChannelLane* lane = plugins_.lane(name, session_);
  if (lane == nullptr) return nullptr;
  auto c = std::make_unique<Channel>();
  c->name = name;
  c->lane = lane;
  if (const auto it = settings_.find(c->name); it != settings_.end()) c->settings = it->second;
  return channels_.emplace_back(std::move(c)).get();
}

Member* Media::member(std::uint64_t leg) {
  for (auto& m : members_)
    if (m.leg == leg) return &m;
  return nullptr;
}

std::uint32_t Media::open_legs(std::string_view channel) const {
  return static_cast<std::uint32_t>(std::count_if(
      members_.begin(), members_.end(), [&](const Member& m) { return has(m.channels, channel); }));
}

std::vector<std::string> Media::join(
    Member m, const Have& have, std::int64_t now_ms,
    const std::function<std::string(const std::vector<std::string>&)>& hello) {
  const std::lock_guard lock(mutex_);
  std::erase_if(members_, [&m](const Member& old) { return old.leg == m.leg; });
  std::vector<std::string> wanted = std::move(m.channels);
  m.channels.clear();
  std::erase_if(wanted, [this](const std::string& name) { return channel(name) == nullptr; });
  m.outlet->send(hello(wanted));
  Member& here = members_.emplace_back(std::move(m));
  for (const auto& name : wanted) {
    const auto it = have.find(name);
    open(*channel(name), here, it == have.end() ? 0 : it->second, now_ms);
  }
  return here.channels;
}

void Media::open(Channel& c, Member& m, std::uint64_t have, std::int64_t now_ms) {
  m.channels.push_back(c.name);
  const auto gap = [&c](const Member& to) {
    to.outlet->send(JsonOut()
                        .put("t", "gap")
                        .put("leg", to.leg)
                        .put("ch", c.name)
                        .put("to", c.last - c.log.size())
                        .done());
  };
  if (have > c.last && c.log.size() == 0 && have < kNumbersMax) {
    // This gateway was restarted and the browser knows more than it does: the numbers go on from there.
    c.last = have;
    for (const auto& other : members_)
      if (other.leg != m.leg && has(other.channels, c.name)) gap(other);
  }
  // Whoever still claims more holds nothing of ours. He gets what is kept, and his word costs nobody an entry.
  if (have > c.last) have = 0;
  const std::uint64_t before_first = c.last - c.log.size();
  if (have < before_first) gap(m);
  for (std::uint64_t n = std::max(have, before_first); n < c.last; ++n) {
    const Entry& e = c.log[static_cast<std::size_t>(n - before_first)];
    m.outlet->send(Parcel(entry_head(m.leg, e.leg == m.leg), e.tail));
  }
  call(c, CONVENE_CHANNEL_JOINED, m, "", now_ms);
}

std::vector<std::string> Media::set_channels(std::uint64_t leg,
                                             const std::vector<std::string>& wanted,
                                             std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Member* m = member(leg);
  if (m == nullptr) return {};
  const std::vector<std::string> before = m->channels;
  for (const auto& name : before) {
    if (has(wanted, name)) continue;
    std::erase(m->channels, name);
    call(*channel(name), CONVENE_CHANNEL_LEFT, *m, "", now_ms);
  }
  for (const auto& name : wanted)
    if (!has(m->channels, name))
      if (Channel* c = channel(name)) open(*c, *m, c->last, now_ms);
  return m->channels;
}

void Media::leave(std::uint64_t leg, const Outlet* outlet, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Member* m = member(leg);
  if (m == nullptr || (outlet != nullptr && m->outlet.get() != outlet)) return;
  const Member gone = std::move(*m);
  members_.erase(members_.begin() + (m - members_.data()));
  for (const auto& name : gone.channels)
    call(*channel(name), CONVENE_CHANNEL_LEFT, gone, "", now_ms);
}

FrameAnswer Media::frame(std::uint64_t leg, std::string_view name, std::string_view body,
                         std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const Member* m = member(leg);
  if (m == nullptr) return {"no_session", "This leg is not connected."};
  if (!has(m->channels, name)) return {"channel_closed", "This channel is not open."};
  return call(*channel(name), CONVENE_CHANNEL_FRAME, *m, body, now_ms);
}

FrameAnswer Media::call(Channel& c, std::int32_t kind, const Member& from, std::string_view body,
                        std::int64_t now_ms) {
  convene_channel_input input{};
  input.size = sizeof input;
  input.kind = kind;
  input.from = from.leg;
  input.role = from.role;
  input.legs = open_legs(c.name);
  input.now_ms = now_ms;
  input.entries = c.last;
  input.settings = text_of(c.settings);
  input.state = text_of(c.state);
  input.frame = text_of(body);
  ChannelOutcome o = call_channel(*c.lane, input);
  if (o.status == CONVENE_E_PARKED) return {"channel_down", "This channel is out of order."};
  if (o.status != CONVENE_OK) return {"malformed", "The channel could not take this."};
  if (o.saved) c.state = std::move(o.state);
  FrameAnswer answer;
  for (const auto& e : o.effects) {
    if (e.kind == ChannelEffect::record)
      record(c, from, e.body, now_ms);
    else if (e.kind == ChannelEffect::refuse)
      answer = {e.body, e.text};
    else
      signal(c, from, e);
  }
  return answer;
}

void Media::record(Channel& c, const Member& from, const std::string& body, std::int64_t now_ms) {
  JsonOut out = JsonOut::tail(body.size() + from.name.size() + 128);
  out.put("ch", c.name).put("n", ++c.last).put("from", role_name(from.role));
  if (!from.name.empty()) out.put("name", from.name);
  auto tail = std::make_shared<const std::string>(out.put("at", now_ms).raw("body", body).done());
  // First where a kill does not reach it: nobody has read what was not said after a restart.
  if (transcript_) transcript_->append(c.name, c.last, from.leg, *tail);
  for (const bool mine : {false, true})  // Who waits for it comes before who has said it.
    for (const auto& m : members_)
      if ((m.leg == from.leg) == mine && has(m.channels, c.name))
        m.outlet->send(Parcel(entry_head(m.leg, mine), tail));
  keep(c, from.leg, std::move(tail));
  if (transcript_ && transcript_->bytes() > 2 * kEntryBytesMax + 100 * kEntriesMax) compact();
}

/// The file holds what was dropped long ago: it is written anew with what is kept.
void Media::compact() {
  std::vector<TranscriptLine> lines;
  for (const auto& c : channels_) {
    std::uint64_t number = c->last - c->log.size();
    for (const auto& e : c->log) lines.push_back({c->name, ++number, e.leg, *e.tail});
  }
  transcript_->rewrite(lines);
}

void Media::keep(Channel& c, std::uint64_t leg, std::shared_ptr<const std::string> tail) {
  ++kept_;
  kept_bytes_ += tail->size();
  c.log.push_back({leg, std::move(tail)});
  while ((kept_ > kEntriesMax || kept_bytes_ > kEntryBytesMax) && c.log.size() > 1) {
    kept_bytes_ -= c.log.front().tail->size();
    --kept_;
    c.log.pop_front();
  }
}

void Media::signal(Channel& c, const Member& from, const ChannelEffect& effect) {
  auto tail = std::make_shared<const std::string>(JsonOut::tail(effect.body.size() + 64)
                                                      .put("ch", c.name)
                                                      .put("from", role_name(from.role))
                                                      .raw("body", effect.body)
                                                      .done());
  for (const auto& m : members_) {
    const bool sender = m.leg == from.leg;
    if (!has(m.channels, c.name) || (sender && effect.kind == ChannelEffect::to_others) ||
        (!sender && effect.kind == ChannelEffect::to_sender))
      continue;
    Head head;
    head << "{\"t\":\"signal\",\"leg\":" << m.leg << ",";
    m.outlet->send(Parcel(head, tail));
  }
}

std::size_t Media::members() const {
  const std::lock_guard lock(mutex_);
  return members_.size();
}

std::uint64_t Media::entries(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const auto& c : channels_)
    if (c->name == name) return c->last;
  return 0;
}

std::size_t Media::kept_bytes() const {
  const std::lock_guard lock(mutex_);
  return kept_bytes_;
}

}  // namespace convene::web
