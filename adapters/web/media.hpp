// adapters/web/media.hpp - the media of one session: its channels, their logs, and who receives them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/web/channels.hpp"
#include "adapters/web/entry_log.hpp"
#include "adapters/web/outlet.hpp"
#include "adapters/web/transcript.hpp"

namespace convene::web {

/// A leg whose browser is here.
struct Member {
  std::uint64_t leg = 0;
  std::int32_t role = 0;
  std::string name;  ///< Of an agent, as customers see it; empty for a customer.
  OutletPtr outlet;
  std::vector<std::string> channels;  ///< Open at this endpoint.
};

/// What became of a frame. An empty code: done.
struct FrameAnswer {
  std::string code;
  std::string text;
};

/// Newest entry that a browser holds, per channel.
using Have = std::map<std::string, std::uint64_t, std::less<>>;

/// Entries of one session that are kept for those who come back; the oldest go first, visibly (a `gap` message).
inline constexpr std::size_t kEntriesMax = 10'000;
inline constexpr std::size_t kEntryBytesMax = 4u << 20;

/// Thread-safe: each call holds the session's lock for as long as it runs, and messages reach every outlet in the order
/// in which they were decided. Time comes from outside.
class Media {
 public:
  /// `settings`: the flow's, by channel. `plugins` outlives this object. Goes on from what `transcript` holds and adds
  /// to it; null: nothing outlives this object.
  Media(std::uint64_t session, std::map<std::string, std::string> settings,
        const ChannelSet& plugins, std::unique_ptr<Transcript> transcript = nullptr);
  /// The session is over: its transcript goes.
  void forget();

  /// The leg is here from now on: sends `hello`, then what it missed after `have`, then everything new. A member of the
  /// same leg that was here before is replaced. Channels without a plugin are left out; returns those that are open.
  std::vector<std::string> join(
      Member member, const Have& have, std::int64_t now_ms,
      const std::function<std::string(const std::vector<std::string>&)>& hello);
  /// The leg opens and closes channels; returns those that are open now.
  std::vector<std::string> set_channels(std::uint64_t leg, const std::vector<std::string>& channels,
                                        std::int64_t now_ms);
  /// Its browser is gone. Where `outlet` is not null: only if that is still the leg's.
  void leave(std::uint64_t leg, const Outlet* outlet, std::int64_t now_ms);

  /// A frame of this leg; `body` is JSON that has been checked.
  FrameAnswer frame(std::uint64_t leg, std::string_view channel, std::string_view body,
                    std::int64_t now_ms);

  std::size_t members() const;
  std::uint64_t entries(std::string_view channel) const;  ///< Number of the newest one.
  std::size_t kept_bytes() const;

 private:
  struct Channel {
    std::string name;
    std::string settings = "{}";
    std::string state;
    std::uint64_t last = 0;  ///< Number of the newest entry.
    EntryLog log;            ///< Ends with `last`.
    ChannelLane* lane = nullptr;
  };

  Channel* channel(std::string_view name);
  Member* member(std::uint64_t leg);
  std::uint32_t open_legs(std::string_view channel) const;
  FrameAnswer call(Channel& c, std::int32_t kind, const Member& from, std::string_view body,
                   std::int64_t now_ms);
  void keep(Channel& c, std::uint64_t leg, std::shared_ptr<const std::string> tail);
  void compact();
  void record(Channel& c, const Member& from, const std::string& body, std::int64_t now_ms);
  void signal(Channel& c, const Member& from, const ChannelEffect& effect);
  void open(Channel& c, Member& m, std::uint64_t have, std::int64_t now_ms);

  const std::uint64_t session_;
  const std::map<std::string, std::string> settings_;
  const ChannelSet& plugins_;
  const std::unique_ptr<Transcript> transcript_;
  mutable std::mutex mutex_;
  std::vector<Member> members_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::size_t kept_ = 0;
  std::size_t kept_bytes_ = 0;
};

/// "customer", "agent", "supervisor", "automaton".
std::string_view role_name(std::int32_t role);

}  // namespace convene::web
