// adapters/web/channels.hpp - the channel plugins of this gateway, and one call of them with its effects collected.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "convene/channel.h"

namespace convene::web {

/// One plugin instance, bound and guarded. One call at a time (tag [lane]).
struct ChannelLane {
  const convene_channel* table = nullptr;
  void* self = nullptr;
  std::mutex mutex;
};

/// The instances by channel name ("chat"). Filled at start, then only read.
class ChannelSet {
 public:
  void add(const std::string& channel, const convene_channel* table, void* self);
  /// Null when no plugin serves the channel. Several instances of one channel are spread over the sessions.
  ChannelLane* lane(std::string_view channel, std::uint64_t session) const;
  std::size_t size() const { return lanes_.size(); }

 private:
  std::map<std::string, std::vector<std::unique_ptr<ChannelLane>>, std::less<>> lanes_;
};

struct ChannelEffect {
  enum Kind { record, to_all, to_others, to_sender, refuse } kind;
  std::string body;  ///< JSON; with `refuse` the code.
  std::string text;  ///< With `refuse`.
};

struct ChannelOutcome {
  convene_status status = CONVENE_OK;
  std::vector<ChannelEffect> effects;
  bool saved = false;
  std::string state;  ///< With `saved`.
};

/// Calls the plugin; whatever it recorded counts only with CONVENE_OK (law 6).
ChannelOutcome call_channel(ChannelLane& lane, const convene_channel_input& input);

}  // namespace convene::web
