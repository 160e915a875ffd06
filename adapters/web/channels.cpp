// adapters/web/channels.cpp - the C boundary of channel plugins, host side.
#include "adapters/web/channels.hpp"

namespace convene::web {
namespace {

std::string_view view(convene_text t) {
  return t.data == nullptr ? std::string_view{} : std::string_view(t.data, t.size);
}

ChannelOutcome& outcome(void* self) { return *static_cast<ChannelOutcome*>(self); }

// The guard before these has seen to it that bodies are JSON and all of it is within its bounds.

convene_status add(void* self, ChannelEffect::Kind kind, convene_text body) noexcept {
  outcome(self).effects.push_back({kind, std::string(view(body)), {}});
  return CONVENE_OK;
}

convene_status record(void* self, convene_text body) noexcept {
  return add(self, ChannelEffect::record, body);
}

convene_status deliver(void* self, int32_t to, convene_text body) noexcept {
  switch (to) {
    case CONVENE_TO_ALL:
      return add(self, ChannelEffect::to_all, body);
    case CONVENE_TO_OTHERS:
      return add(self, ChannelEffect::to_others, body);
    case CONVENE_TO_SENDER:
      return add(self, ChannelEffect::to_sender, body);
    default:
      return CONVENE_E_INVALID;
  }
}

convene_status refuse(void* self, convene_text code, convene_text text) noexcept {
  outcome(self).effects.push_back(
      {ChannelEffect::refuse, std::string(view(code)), std::string(view(text))});
  return CONVENE_OK;
}

convene_status save_state(void* self, convene_text state) noexcept {
  outcome(self).saved = true;
  outcome(self).state = view(state);
  return CONVENE_OK;
}

}  // namespace

void ChannelSet::add(const std::string& channel, const convene_channel* table, void* self) {
  auto lane = std::make_unique<ChannelLane>();
  lane->table = table;
  lane->self = self;
  lanes_[channel].push_back(std::move(lane));
}

ChannelLane* ChannelSet::lane(std::string_view channel, std::uint64_t session) const {
  const auto it = lanes_.find(channel);
  if (it == lanes_.end()) return nullptr;
  return it->second[session % it->second.size()].get();
}

ChannelOutcome call_channel(ChannelLane& lane, const convene_channel_input& input) {
  ChannelOutcome out;
  const convene_channel_effects effects{&out, record, deliver, refuse, save_state};
  {
    const std::lock_guard lock(lane.mutex);
    out.status = lane.table->frame(lane.self, &input, &effects);
  }
  if (out.status != CONVENE_OK) {
    out.effects.clear();
    out.saved = false;
  }
  return out;
}

}  // namespace convene::web
