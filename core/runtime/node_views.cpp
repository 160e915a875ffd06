// core/runtime/node_views.cpp - what is live, for late joiners (`snapshot`) and for people (`status`).
#include <algorithm>
#include <array>

#include "core/engine/words.hpp"
#include "core/runtime/node_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

constexpr std::size_t kPageSessions = 1'000;
constexpr std::size_t kPageBytes = 700u << 10;  ///< Well below what one message may hold.
constexpr std::int64_t kPageMs = 30'000;        ///< How long a peer may take for the next page.

void write_session(bus::JsonText& text, const Session& session) {
  text.open().key("session").number(session.id.value).key("flow").text(session.flow);
  text.key("channels").texts(session.channels).key("created_ms").number(to_ms(session.created_at));
  text.key("searching").boolean(!session.pool.empty()).close();
}

void write_leg(bus::JsonText& text, const Leg& leg) {
  text.open().key("leg").number(leg.id.value).key("session").number(leg.session.value);
  text.key("role").number(static_cast<int>(leg.role)).key("state").text(name_of(leg.state));
  if (!leg.endpoint.empty()) text.key("agent").text(leg.endpoint);
  text.key("channels").texts(leg.channels).close();
}

void write_offer(bus::JsonText& text, const Offer& offer) {
  text.open().key("offer").number(offer.id.value).key("session").number(offer.session.value);
  text.key("agent").text(offer.agent).key("state").text(name_of(offer.state)).close();
}

void write_agent(bus::JsonText& text, const Agent& agent) {
  text.open().key("agent").text(agent.id).key("state").text(name_of(agent.state));
  if (!agent.reason.empty()) text.key("reason").text(agent.reason);
  text.close();
}

/// The records that belong to the sessions from `first` to `last`, told with those.
template <class T, class Write>
void write_of_sessions(bus::JsonText& text, std::string_view key, const std::vector<T>& records,
                       bool wanted, std::uint64_t first, std::uint64_t last, Write write) {
  text.key(key).open_array();
  for (const T& record : records)
    if (wanted && record.session.value >= first && record.session.value <= last)
      write(text, record);
  text.close_array();
}

}  // namespace

void Node::State::answer_views() {
  const std::vector<Viewing> due = std::exchange(viewings, {});
  const std::int64_t now_ms = clock.monotonic_ms();
  std::erase_if(pages, [&](const auto& entry) { return now_ms - entry.second.taken_ms > kPageMs; });
  for (const Viewing& viewing : due) {
    if (viewing.of == Viewing::Of::status) {
      server.answer(viewing.request, success(status_text()), false);
      continue;
    }
    if (!loop.available()) {
      server.answer(viewing.request,
                    refusal("store_unavailable", "The store is being waited for.", 1'000), false);
      continue;
    }
    if (viewing.of == Viewing::Of::availability) {
      server.answer(viewing.request, success(availability_text()), false);
      continue;
    }
    auto page = pages.find(viewing.peer);
    if (viewing.after == 0) {
      page = pages
                 .insert_or_assign(viewing.peer,
                                   Page{loop.engine().snapshot(), events.numbers(), now_ms})
                 .first;
    } else if (page == pages.end()) {
      server.answer(viewing.request, refusal("too_late", "Begin the snapshot anew: after 0.", 1),
                    false);
      continue;
    }
    server.answer(viewing.request, success(snapshot_text(page->second, viewing)), false);
  }
}

/// One page: so many sessions with what hangs on them; the first one also holds the numbers and the agents. `next` is
/// what to ask for after it, where there is more.
std::string Node::State::snapshot_text(Page& page, const Viewing& viewing) const {
  const Snapshot& snapshot = page.snapshot;
  const auto first =
      std::upper_bound(snapshot.sessions.begin(), snapshot.sessions.end(), viewing.after,
                       [](std::uint64_t after, const Session& s) { return after < s.id.value; });
  bus::JsonText text;
  text.open().key("instance").text(run_name).key("numbers").open();
  for (const auto& [word, number] : page.numbers) text.key(word).number(number);
  text.close().key("sessions").open_array();
  auto it = first;
  std::uint64_t last = viewing.after;
  std::size_t bytes = 0;
  for (std::size_t n = 0;
       it != snapshot.sessions.end() && n < kPageSessions && bytes < kPageBytes / 4; ++it, ++n) {
    const std::size_t before = text.view().size();
    if (viewing.wants("session")) write_session(text, *it);
    bytes += text.view().size() - before;
    last = it->id.value;
  }
  text.close_array();
  const std::uint64_t from = first == snapshot.sessions.end() ? 1 : first->id.value;
  const std::uint64_t to = first == snapshot.sessions.end() ? 0 : last;
  write_of_sessions(text, "legs", snapshot.legs, viewing.wants("leg"), from, to, write_leg);
  write_of_sessions(text, "offers", snapshot.offers, viewing.wants("offer"), from, to, write_offer);
  text.key("agents").open_array();
  if (viewing.after == 0 && viewing.wants("agent"))
    for (const Agent& agent : snapshot.agents) write_agent(text, agent);
  text.close_array();
  if (it != snapshot.sessions.end()) text.key("next").number(last);
  return text.close().take();
}

/// For each flow how its pool stands: for pages that say whether somebody is there.
std::string Node::State::availability_text() const {
  const std::vector<PoolLoad> loads = loop.engine().pools();
  bus::JsonText text;
  text.open().key("flows").open();
  for (const auto& [id, flow] : options.settings.flows) {
    PoolLoad of_flow;
    for (const PoolLoad& load : loads)
      if (load.pool == flow.pool) of_flow = load;
    text.key(id).open().key("agents").number(of_flow.agents).key("free").number(of_flow.free);
    text.key("waiting").number(of_flow.waiting).close();
  }
  return text.close().close().take();
}

std::string Node::State::status_text() {
  constexpr std::array<std::string_view, 5> kKinds = {"", "gateway", "proxy", "records", "console"};
  bus::JsonText text;
  const std::int64_t now_ms = clock.monotonic_ms();
  text.open()
      .key("name")
      .text(options.name)
      .key("instance")
      .text(run_name + "-" + std::to_string(generation));
  text.key("uptime_ms").number(now_ms - started_ms).key("available").boolean(loop.available());
  if (loop.available()) {
    const Snapshot live = loop.engine().snapshot();
    const auto searching = std::count_if(live.sessions.begin(), live.sessions.end(),
                                         [](const Session& s) { return !s.pool.empty(); });
    text.key("sessions")
        .open()
        .key("live")
        .number(live.sessions.size())
        .key("searching")
        .number(searching)
        .close();
    std::array<std::uint64_t, 10> legs{};
    for (const Leg& leg : live.legs) ++legs[static_cast<std::size_t>(leg.state)];
    text.key("legs").open();
    for (std::size_t i = 1; i < legs.size(); ++i)
      if (legs[i] > 0) text.key(name_of(static_cast<LegState>(i))).number(legs[i]);
    text.close().key("offers").number(live.offers.size()).key("agents").open_array();
    for (const Agent& agent : live.agents) write_agent(text, agent);
    text.close_array();
  }
  if (const auto counts = options.store->counts()) {
    text.key("rendezvous").open();
    for (std::size_t i = 1;
         i < counts->size() && i <= static_cast<std::size_t>(RendezvousState::ended); ++i)
      text.key(name_of(static_cast<RendezvousState>(i))).number((*counts)[i]);
    text.close();
  }
  text.key("peers").open_array();
  for (const PeerView& peer : server.peers()) {
    text.open().key("name").text(peer.name).key("kind").text(
        kKinds[static_cast<std::size_t>(peer.kind)]);
    text.key("connected_ms").number(now_ms - peer.since_ms).close();
  }
  text.close_array().key("bus").open();
  const std::pair<std::string_view, std::uint64_t> figures[] = {
      {"batches", counters.batches},
      {"inputs", counters.inputs},
      {"requests", counters.requests},
      {"repeated", counters.repeated},
      {"refused", counters.refused},
      {"malformed", counters.malformed},
      {"unsent", counters.unsent},
      {"peers_lost", counters.peers_lost},
      {"events", counters.events},
      {"slow_events", counters.slow_events},
      {"subscribers_gone", counters.subscribers_gone},
      {"waiting", server.waiting()}};
  for (const auto& [key, value] : figures) text.key(key).number(value);
  text.close();
  if (options.more_status) text.key("supervisor").raw(options.more_status());
  return text.close().take();
}

}  // namespace convene
