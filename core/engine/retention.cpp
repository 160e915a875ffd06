// core/engine/retention.cpp - what has ended does not stay: erased by its age, and when an operator says so.
#include <algorithm>
#include <set>

#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

/// Asks for what is older than allowed, or would be within the hour: then nothing ever is, and the store is seldom
/// asked. A few at a time, with pauses: a backlog of years holds nobody up.
void Machine::ask_for_ended() {
  if (ended_asked_ || next_sweep_ > now_) return;
  ended_asked_ = true;
  out_->queries.emplace_back(output::LoadEnded{now_ - settings_.keep + kSweepSpan});
}

void Machine::on(const input::LoadedEnded& in) {
  ended_asked_ = false;
  for (const Hash& key : in.rendezvous) erased_.push_back({key});
  for (const SessionId session : in.sessions) erased_.push_back({session});
  const bool is_more = in.next <= now_ - settings_.keep + kSweepSpan;
  next_sweep_ = in.next == kNever ? kNever
                : is_more         ? now_ + kSweepPause
                                  : in.next + settings_.keep;
}

/// Something ends at this moment, and is erased in time.
void Machine::has_ended() { next_sweep_ = std::min(next_sweep_, now_ + settings_.keep); }

/// What lives of it ends first, so that nothing of it can be saved again: who is in the conversation is told to leave.
/// Gateways are told, and everybody who listens to events: what they have kept of it has to go as well.
void Machine::erase(const input::Forget& in, RendezvousEntry* r) {
  std::set<SessionId> sessions(in.sessions.begin(), in.sessions.end());
  if (r != nullptr && r->session != nullptr) sessions.insert(r->session->record.id);
  if (r == nullptr && sessions.empty()) return refuse_identifier(in.request, in.peer);
  for (const SessionId id : sessions) {
    const auto live = sessions_.find(id);
    if (live != sessions_.end()) end_session(live->second, End::cancelled, "erased");
  }
  if (r != nullptr && r->record.state != RendezvousState::ended)
    end_rendezvous(*r, End::cancelled, "erased");
  if (in.key) {
    std::erase_if(repeatable_,
                  [&](const auto& booking) { return booking.second.answer.key == in.key; });
    erased_.push_back({in.key});
  }
  for (const SessionId id : sessions) {
    erased_.push_back({id});
    publish("session.erased", ObjectWriter().add("session", id.value).take());
    peers_.each_gateway([&](PeerId peer) {
      out_->messages.emplace_back(output::Notice{peer, id, {}, "erased", "{}"});
    });
  }
  answer(in.request, in.peer, output::Accepted{});
}

}  // namespace convene
