// sdk/bus/events.cpp - counts events per word, and holds back what follows a gap until a snapshot has come.
#include "sdk/bus/events.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include "sdk/bus/wire.hpp"

namespace convene::bus {
namespace {

constexpr std::string_view kBeat = "beat";
constexpr std::size_t kHeldMax = 20'000;  ///< Events kept per word while a snapshot is on its way.

std::string_view first_word(std::string_view topic) { return topic.substr(0, topic.find('.')); }

}  // namespace

EventOrder::Count& EventOrder::of(std::string_view word) {
  for (auto& count : counts_)
    if (count.word == word) return count;
  return counts_.emplace_back(Count{std::string(word), 0});
}

EventOrder::Verdict EventOrder::take(std::string_view word, std::uint64_t number, Gap& gap) {
  Count& count = of(word);
  if (number <= count.number) return Verdict::old;
  const std::uint64_t expected = count.number + 1;
  count.number = number;
  if (number == expected) return Verdict::next;
  gap = {count.word, expected, number};
  return Verdict::gap;
}

void EventOrder::covered(std::string_view word, std::uint64_t number) {
  Count& count = of(word);
  count.number = std::max(count.number, number);
}

EventOrder::Verdict EventOrder::newest(std::string_view word, std::uint64_t number, Gap& gap) {
  Count& count = of(word);
  if (number <= count.number) return number == count.number ? Verdict::next : Verdict::old;
  gap = {count.word, count.number + 1, number + 1};
  count.number = number;
  return Verdict::gap;
}

std::uint64_t EventOrder::number(std::string_view word) const {
  for (const auto& count : counts_)
    if (count.word == word) return count.number;
  return 0;
}

void EventOrder::restart() { counts_.clear(); }

struct EventReader::State {
  struct Held {
    std::string topic;
    std::uint64_t number;
    std::string body;
  };

  void take(std::string_view topic, std::uint64_t number, std::string_view body) {
    if (topic == kBeat) return take_beat(body);
    const std::string_view word = first_word(topic);
    Gap gap;
    switch (order.take(word, number, gap)) {
      case EventOrder::Verdict::old:
        return;
      case EventOrder::Verdict::gap:
        return open_gap(word, gap, {{std::string(topic), number, std::string(body)}});
      case EventOrder::Verdict::next:
        break;
    }
    const auto hold = held.find(word);
    if (hold == held.end()) return handlers.event ? handlers.event({topic, number, body}) : void();
    if (hold->second.size() < kHeldMax) {
      hold->second.push_back({std::string(topic), number, std::string(body)});
    } else {  // the snapshot takes too long: what was held is lost, and said to be
      open_gap(word, {word, number, number}, {});
    }
  }

  /// The event that showed the gap is the first that is held: a snapshot may well cover it.
  void open_gap(std::string_view word, const Gap& gap, std::deque<Held> since) {
    if (!handlers.gap) {  // somebody who only listens
      for (const Held& event : since)
        if (handlers.event) handlers.event({event.topic, event.number, event.body});
      return;
    }
    held.insert_or_assign(std::string(word), std::move(since));
    handlers.gap(gap);
  }

  /// The core says now and then which numbers are the newest: so a loss at the end of a burst is seen as well.
  void take_beat(std::string_view body) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(body, error);
    if (error || !value.is_object()) return;
    const boost::json::object& beat = value.get_object();
    const auto* core = beat.if_contains("instance");
    const auto* numbers = beat.if_contains("numbers");
    if (!core || !core->is_string() || !numbers || !numbers->is_object()) return;
    if (instance != std::string_view(core->get_string())) {
      if (!instance.empty()) order.restart();
      instance = std::string(core->get_string());
    }
    for (const auto& [word, newest] : numbers->get_object()) {
      const std::string_view name = word;
      if (!newest.is_int64() || !follows(name)) continue;
      Gap gap;
      if (order.newest(name, static_cast<std::uint64_t>(newest.get_int64()), gap) ==
          EventOrder::Verdict::gap)
        open_gap(name, gap, {});
    }
  }

  bool follows(std::string_view word) const {
    return std::any_of(options.words.begin(), options.words.end(),
                       [&](const std::string& mine) { return mine.empty() || mine == word; });
  }

  EventOptions options;
  EventHandlers handlers;
  std::optional<zmq::socket_t> socket;
  wire::Frames frames;
  EventOrder order;
  std::string instance;
  std::map<std::string, std::deque<Held>, std::less<>> held;
};

EventReader::EventReader(EventOptions options, EventHandlers handlers)
    : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  state_->handlers = std::move(handlers);
}

EventReader::~EventReader() = default;

Status EventReader::open() {
  State& s = *state_;
  try {
    s.socket.emplace(wire::context(), zmq::socket_type::sub);
    wire::prepare(*s.socket, {s.options.events_waiting, kBodyMax, 0, s.options.server_key,
                              s.options.public_key, s.options.secret_key});
    for (const auto& word : s.options.words)
      s.socket->set(zmq::sockopt::subscribe, word.empty() ? word : word + ".");
    s.socket->set(zmq::sockopt::subscribe, std::string(kBeat));
    s.socket->connect(s.options.endpoint);
  } catch (const zmq::error_t& error) {
    s.socket.reset();
    return Error{"bus.connect", std::string("cannot connect to the event bus: ") + error.what()};
  }
  return ok();
}

std::size_t EventReader::step(std::size_t limit) {
  State& s = *state_;
  std::size_t taken = 0;
  while (s.socket && taken < limit && s.frames.receive(*s.socket) == 0) {
    ++taken;
    if (s.frames.count() == kFrames && s.frames[1].size() == sizeof(std::uint64_t))
      s.take(s.frames[0], from_bytes(s.frames[1]), s.frames[2]);
  }
  return taken;
}

void EventReader::wait(std::int64_t timeout_ms) {
  if (!state_->socket) return;
  zmq_pollitem_t item{state_->socket->handle(), 0, ZMQ_POLLIN, 0};
  zmq_poll(&item, 1, static_cast<long>(timeout_ms));
  step();
}

int EventReader::fd() const { return state_->socket ? state_->socket->get(zmq::sockopt::fd) : -1; }

void EventReader::covered(std::string_view word, std::uint64_t number) {
  State& s = *state_;
  s.order.covered(word, number);
  const auto hold = s.held.find(word);
  if (hold == s.held.end()) return;
  const std::deque<State::Held> events = std::move(hold->second);
  s.held.erase(hold);
  for (const auto& event : events)
    if (event.number > number && s.handlers.event)
      s.handlers.event({event.topic, event.number, event.body});
}

const EventOrder& EventReader::order() const { return state_->order; }

}  // namespace convene::bus
