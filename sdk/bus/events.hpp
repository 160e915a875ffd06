// sdk/bus/events.hpp - a subscriber's end of the event bus: numbered events, and gaps that are noticed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"

namespace convene::bus {

struct Event {
  std::string_view topic;    ///< "leg.connected"
  std::uint64_t number = 0;  ///< Of the topic's first word, from 1.
  std::string_view body;     ///< JSON object.
};

/// Events with the numbers after `expected - 1` and before `number` did not come: the state that was built from events
/// is stale for this word until a snapshot has been taken.
struct Gap {
  std::string_view word;  ///< "leg"
  std::uint64_t expected = 0;
  std::uint64_t number = 0;
};

/// Follows numbers per first word. Pure: no socket, no time.
class EventOrder {
 public:
  enum class Verdict { next, gap, old };
  /// An event arrived. `gap`: something is missing before it; the numbers go on from here. `old`: already covered.
  Verdict take(std::string_view word, std::uint64_t number, Gap& gap);
  /// A snapshot holds everything up to `number` of `word`.
  void covered(std::string_view word, std::uint64_t number);
  /// The core says that `number` is the newest of `word`: `gap` where we have not seen it.
  Verdict newest(std::string_view word, std::uint64_t number, Gap& gap);
  std::uint64_t number(std::string_view word) const;
  /// The core was restarted: it counts anew.
  void restart();

 private:
  struct Count {
    std::string word;
    std::uint64_t number;
  };
  Count& of(std::string_view word);
  std::vector<Count> counts_;
};

struct EventHandlers {
  std::function<void(const Event&)> event;  ///< In order, none twice.
  /// Ask the command bus for a snapshot, then call `covered`, here or later. Until then events of this word are held
  /// back, the one that showed the gap included.
  std::function<void(const Gap&)> gap;
};

struct EventOptions {
  std::string endpoint;                   ///< CONVENE_EVENTS.
  std::vector<std::string> words = {""};  ///< First words to follow ("leg", "agent"); "" is all.
  int events_waiting = 1'000;             ///< High-water mark on this side.
  std::string server_key, public_key, secret_key;  ///< CURVE; empty: none.
};

/// Reads the event bus. Not thread-safe; `step` never blocks. A late joiner sees a gap first: it has missed whatever
/// was before, and a snapshot repairs that.
class EventReader {
 public:
  EventReader(EventOptions options, EventHandlers handlers);
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  Status open();
  /// Takes up to `limit` events that have arrived; how many it took.
  std::size_t step(std::size_t limit = 1'000);
  void wait(std::int64_t timeout_ms);  ///< Waits for events, then steps.
  int fd() const;                      ///< Readable (edge) when `step` has work.
  /// A snapshot that holds everything up to `number` of `word` has been taken: what was held back since the gap and
  /// is newer follows now.
  void covered(std::string_view word, std::uint64_t number);
  const EventOrder& order() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene::bus
