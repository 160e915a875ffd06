// sdk/include/convene/leg_link.hpp - one end of a leg's signalling: which message counts, which one
// is repeated.
//
// The two leg controllers of a leg tell each other state, not steps (sdk/bus/README.md, "Leg
// messages"): each message carries the whole of what its sender wants or sees. So only the newest
// message counts, and it is enough to repeat that one until the other end has it. Both ends
// converge under loss, duplication and reordering.
//
// Pure: no clock and no I/O; times are milliseconds from outside. What a message says is the
// owner's business: it asks the link when to send, puts the link's stamp on whatever is true then,
// and applies what `take` calls new.
//
//   link.post(now);                                     what I want has changed
//   if (link.due(now)) send(state, link.stamp(now));    at once, and again at link.next_ms()
//   if (link.take(stamp, now)) apply(message);          whenever a message comes in
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace convene {

/// The two numbers on every leg message.
struct LegStamp {
  std::uint64_t seq = 0;  ///< Of this message; 0: it only acknowledges, its content says nothing
                          ///< and is not answered.
  std::uint64_t ack = 0;  ///< Newest message taken from the other end.
  bool operator==(const LegStamp&) const = default;
};

/// Which end this is. The core's numbers are kept in the store. A proxy may have been restarted: it
/// starts from what the core says it has already taken, and hears nothing meant for its former life.
enum class LegEnd : std::uint8_t { core, proxy };

class LegLink {
 public:
  static constexpr std::int64_t kFirstRepeatMs = 250;
  static constexpr std::int64_t kLastRepeatMs = 4000;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  /// Numbers beyond are ignored: JSON readers lose precision there, and nobody gets so far.
  static constexpr std::uint64_t kLastNumber = (std::uint64_t{1} << 53) - 1;

  /// A link whose end has sent `sent` messages and taken `received` ones. What was sent counts as
  /// not acknowledged: it is due at once, and the other end, which may have it, just acknowledges
  /// again.
  explicit LegLink(LegEnd end = LegEnd::core, std::uint64_t sent = 0, std::uint64_t received = 0)
      : sent_(sent), received_(received), repeat_at_(sent > 0 ? 0 : kNever), end_(end) {}

  /// What this end wants or sees has changed: a new number, due at once.
  void post(std::int64_t now_ms) {
    ++sent_;
    send_at(now_ms);
  }

  /// The same again, at once: the other end is another process now, or has been restarted.
  void repeat(std::int64_t now_ms) {
    if (sent_ > 0) acked_ = std::min(acked_, sent_ - 1), send_at(now_ms);
  }

  /// Notes the stamp of a message that has come in. True: it is newer than all before, apply its
  /// content.
  bool take(LegStamp stamp, std::int64_t now_ms) {
    if (stamp.seq > kLastNumber || stamp.ack > kLastNumber) return false;
    if (stamp.ack > sent_ &&
        end_ == LegEnd::proxy) {  // a former life of this end got further than it knows
      const bool has_something = sent_ > 0;
      sent_ = acked_ = stamp.ack;
      if (has_something) post(now_ms);
    }
    acked_ = std::max(acked_, std::min(stamp.ack, sent_));
    if (acked_ == sent_) repeat_at_ = kNever;
    if (stamp.seq == 0) return false;
    owes_ack_ = true;
    ack_at_ = now_ms;
    if (stamp.seq <= received_) return false;
    received_ = stamp.seq;
    return true;
  }

  /// When something has to be sent; kNever: nothing before `post` or `take`.
  std::int64_t next_ms() const { return owes_ack_ ? std::min(ack_at_, repeat_at_) : repeat_at_; }
  bool due(std::int64_t now_ms) const { return next_ms() <= now_ms; }

  /// The stamp for a message that is being sent now. Counts as sent: the next repetition is set.
  LegStamp stamp(std::int64_t now_ms) {
    owes_ack_ = false;
    if (repeat_at_ > now_ms) return {0, received_};
    repeat_at_ = now_ms + delay_ms_;
    delay_ms_ = std::min(delay_ms_ * 2, kLastRepeatMs);
    return {sent_, received_};
  }

  /// Nothing is on its way: the other end has the newest, and knows that this end has its.
  bool settled() const { return acked_ == sent_ && !owes_ack_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t acked() const { return acked_; }
  std::uint64_t received() const { return received_; }

 private:
  void send_at(std::int64_t now_ms) {
    repeat_at_ = now_ms;
    delay_ms_ = kFirstRepeatMs;
  }

  std::uint64_t sent_ = 0;
  std::uint64_t acked_ = 0;
  std::uint64_t received_ = 0;
  std::int64_t repeat_at_ =
      kNever;  ///< Of the newest message of this end, while it is not acknowledged.
  std::int64_t delay_ms_ = kFirstRepeatMs;
  std::int64_t ack_at_ = 0;
  bool owes_ack_ = false;
  LegEnd end_ = LegEnd::core;
};

}  // namespace convene
