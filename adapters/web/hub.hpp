// adapters/web/hub.hpp - which leg is whose: the gateway's side of leg signalling, offers and desks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "adapters/web/core.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/leg.hpp"
#include "adapters/web/metrics.hpp"
#include "adapters/web/settings.hpp"
#include "adapters/web/tickets.hpp"

namespace convene::web {

/// Two clocks, given from outside.
struct Clocks {
  std::function<std::int64_t()> steady_ms;
  std::function<std::int64_t()> wall_ms;
};

/// How a socket asks for something: `ref` of the browser's message goes back with the answer; empty: none was given.
struct From {
  OutletPtr outlet;
  std::string agent;  ///< Of a desk; empty for a customer.
  std::string ref;    ///< JSON number, as it came.
};

/// Everything here happens on the lane: one thread, no locks. Media have locks of their own, so frames never come here.
class Hub {
 public:
  Hub(const Settings& settings, Core& core, const ChannelSet& channels, Metrics& metrics,
      Clocks clocks);

  // Of browsers ---------------------------------------------------------------------------------------------------
  void connect(From from, const std::string& ticket, std::vector<std::string> channels, Have have);
  /// Opens the leg of a `joined` answer right on this socket (`return` and `resume` on the socket).
  void join(From from, const std::string& joined_body, const std::vector<std::string>* channels,
            Have have);
  void set_channels(From from, std::uint64_t leg, std::vector<std::string> channels);
  void leave(From from, std::uint64_t leg);
  void ask(From from, std::uint64_t leg, const std::string& name, const std::string& detail);
  void continue_later(From from, std::uint64_t leg);
  /// `opens`: a conversation that comes is opened on this socket without a `connect`, with all its channels.
  void desk(From from, bool opens);
  void agent_state(From from, const std::string& state);
  void answer_offer(From from, std::uint64_t offer, bool accepts);
  /// The socket is gone, without a word: its legs are degraded.
  void closed(const OutletPtr& outlet);
  /// The agent has signed out: its desk's socket closes, and the core is told, which tells the other gateways.
  /// `elsewhere`: the core has said so; it hears no more than that a desk that was here is closed.
  void signed_out(const std::string& agent, bool elsewhere = false);

  // Of the core ---------------------------------------------------------------------------------------------------
  /// Connection details, wherever they came from. Returns the leg.
  std::uint64_t note_details(std::string_view details, const std::string& endpoint = "");
  void order(std::string_view body);
  void notice(std::string_view name, std::string_view body);
  /// The core is back as another one than before: everything that it must know is repeated.
  void core_is_new();
  void reconfigured(const Settings& settings);

  /// Repeats what is due; returns the milliseconds until it wants to be called again.
  std::int64_t tick();

  /// The process ends: everything that was said is in its files.
  void close() const { transcripts_.close(); }

  std::size_t legs() const { return legs_.size(); }

 private:
  struct AgentDesk {
    OutletPtr outlet;
    bool opens = false;  ///< New conversations are opened here; else the desk connects itself.
    bool attaching = false;
    bool shown = false;              ///< This outlet has had its `attached`.
    std::int64_t gone_ms = 0;        ///< Since when there is no outlet.
    std::int64_t retry_ms = 0;       ///< Attach again then; 0: attached or under way.
    std::set<std::uint64_t> offers;  ///< Shown and not ended.
    std::string state;
    std::string reason;  ///< Why the core has paused the agent; empty: it has not.

    void takes_state(const JsonObject& body);
    void tell_state() const;
  };
  struct Session {
    std::shared_ptr<Media> media;
    std::string context = "{}";
    std::size_t legs = 0;
  };

  Leg* own(const From& from, std::uint64_t leg);
  void refuse(const From& from, std::string_view code, std::string_view text);
  void done(const From& from);
  void pass_on(const From& from, const CoreReply& reply);
  void open(const From& from, Leg& leg, std::vector<std::string> channels, const Have& have);
  void report(Leg& leg, std::string_view state, std::string reason = "");
  void flush(Leg& leg);
  void tell_more();
  bool elsewhere(std::string_view details, const std::string& agent, std::string_view roster);
  void release(Leg& leg, std::string_view state, const std::string& reason);
  void invite(Leg& leg, bool is_new);
  void use_ticket(Leg& leg);
  Session& session_of(const Leg& leg);
  void forget(std::uint64_t leg);
  void attach(const std::string& agent);
  void attached(const std::string& agent, const CoreReply& reply);
  void show_attached(AgentDesk& desk, const JsonObject& body);
  void bring_up_to_date(AgentDesk& desk, const JsonObject& body);
  void service_notice(Leg& leg, std::string_view name, const JsonObject& body);
  void note_context(std::uint64_t session, std::string_view context);
  std::string context_of(std::uint64_t session) const;
  void show_booking(const From& from, std::uint64_t session, const CoreReply& reply);

  const Settings* settings_;
  Core& core_;
  const ChannelSet& channels_;
  Metrics& metrics_;
  const Clocks clocks_;
  const Transcripts transcripts_;
  std::int64_t swept_ms_ = 0;  ///< When files that were left behind were looked for.
  TicketBook tickets_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Leg>> legs_;
  std::unordered_map<std::uint64_t, Session> sessions_;
  std::unordered_map<std::uint64_t, std::string>
      offered_contexts_;  ///< Of sessions without a leg here yet.
  std::unordered_map<std::string, AgentDesk> desks_;
  std::unordered_map<const Outlet*, std::vector<std::uint64_t>> held_;  ///< Legs by socket.
  std::unordered_set<std::uint64_t> unsettled_;  ///< Legs whose link wants something.
  std::vector<std::uint64_t> untold_;            ///< Legs that a new core is still to be told.
};

/// Connection details as browsers are told them: with the `address` of the gateway that carries the session, where that
/// is another one.
std::string with_address(const Settings& settings, const JsonObject& details,
                         std::string_view text);

/// An offer of the core as the desk is told it: with "t" as a message, without as an element of `attached`.
std::string offer_json(const Settings& settings, const JsonObject& offer, std::int64_t now_ms,
                       bool as_message);

/// The core's booking as browsers are told it (pages/README.md): page, link, times. `with_id` for the customer only.
std::string booking_json(const Settings& settings, const JsonObject& booked,
                         std::string_view page_name, bool with_id);

}  // namespace convene::web
