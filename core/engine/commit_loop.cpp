// core/engine/commit_loop.cpp - batches, queries, commits, and what happens when the store refuses.
#include "core/engine/commit_loop.hpp"

#include <algorithm>

namespace convene {
namespace {

/// Whether nothing in this batch is a promise: reports about legs, of which nothing followed but records of legs that
/// were reported before and go on. Whoever speaks for a leg repeats what it said when the core comes back as another
/// instance, so half of a conversation's beginning need not wait for the disk. Where a crash takes the gateway along,
/// nobody repeats anything: the leg is then one whose endpoint has not come yet, and its browser resumes it.
bool is_repeated(std::span<const Input> batch, const std::vector<Change>& changes) {
  const auto reported = [](const Input& input) { return std::holds_alternative<input::LegReport>(input); };
  const auto goes_on = [](const Change& change) {
    const auto* record = std::get_if<Record>(&change);
    const Leg* leg = record != nullptr ? std::get_if<Leg>(record) : nullptr;
    return leg != nullptr && is_live(leg->state) && leg->received != 0;
  };
  return !batch.empty() && std::all_of(batch.begin(), batch.end(), reported) &&
         std::all_of(changes.begin(), changes.end(), goes_on);
}

/// 0: what brings an agent in, for whom somebody waits, and all that agents' desks hear of offers and of themselves, in
/// its order. 2: nobody waits for it.
struct RankOf {
  std::uint8_t operator()(const output::Answer& a) const { return std::holds_alternative<output::Attached>(a.body) ? 0 : 1; }
  std::uint8_t operator()(const output::LegOrder& o) const { return o.join && !o.endpoint.empty() ? 0 : 1; }
  std::uint8_t operator()(const output::Notice&) const { return 1; }
  std::uint8_t operator()(const output::OfferMade&) const { return 0; }
  std::uint8_t operator()(const output::OfferEnded&) const { return 0; }
  std::uint8_t operator()(const output::AgentChanged&) const { return 0; }
  std::uint8_t operator()(const output::Ask&) const { return 1; }
  std::uint8_t operator()(const output::Publish&) const { return 2; }
};

}  // namespace

CommitLoop::CommitLoop(EngineSettings settings, SessionStore& store, LoopObserver* observer)
    : settings_(observer != nullptr ? observer->tapped(std::move(settings)) : std::move(settings)),
      store_(store),
      observer_(observer) {}

Status CommitLoop::recover(Time now) {
  Result<Snapshot> snapshot = store_.restore();
  if (!snapshot) {
    drop_engine(now, snapshot.error());
    return snapshot.error();
  }
  engine_.emplace(settings_, *snapshot, now);
  ++generation_;
  outputs_ = {};
  changes_.clear();
  if (observer_ != nullptr) observer_->made(now, settings_, *snapshot);
  Status status = ok();
  if (offset_ != Duration{0}) status = apply(now, input::ClockStep{offset_});
  for (const auto& [id, peer] : peers_) {
    if (status) status = apply(now, peer);
  }
  if (!status) drop_engine(now, status.error());
  return status;
}

void CommitLoop::remember(const Input& input) {
  if (const auto* up = std::get_if<input::PeerUp>(&input)) {
    std::erase_if(peers_, [&](const auto& known) { return known.second.name == up->name; });
    peers_[up->peer] = *up;
  } else if (const auto* down = std::get_if<input::PeerDown>(&input)) {
    peers_.erase(down->peer);
  } else if (const auto* step = std::get_if<input::ClockStep>(&input)) {
    offset_ = step->offset;
  }
}

void CommitLoop::run(Time now, std::span<const Input> batch, std::vector<Output>& released) {
  erased_.clear();
  if (!engine_ && now >= retry_at_) {
    [[maybe_unused]] const Status recovered = recover(now);
  }
  for (const Input& input : batch) remember(input);
  if (!engine_) {
    for (const Input& input : batch) {
      if (const auto asker = asker_of(input)) refuse(*asker, now, released);
    }
    return;
  }
  Status status = ok();
  for (const Input& input : batch) {
    if (const auto asker = asker_of(input)) waiting_.insert(*asker);
  }
  if (batch.empty()) status = apply(now, input::Tick{});
  for (const Input& input : batch) {
    if (!status) break;
    status = apply(now, input);
  }
  if (status) status = write(now, batch);
  if (status && observer_ != nullptr) observer_->committed(*engine_, changes_.changes(), outputs_.messages);
  if (status) note_erasures(batch);
  changes_.clear();
  if (status) scrub(now);
  if (!status) {
    drop_engine(now, status.error());
    for (const Asker& asker : waiting_) refuse(asker, now, released);
    waiting_.clear();
    return;
  }
  release(released);
}

void CommitLoop::release(std::vector<Output>& released) {
  std::vector<Output>& messages = outputs_.messages;
  ranks_.clear();
  for (const Output& message : messages) {
    if (const auto* answer = std::get_if<output::Answer>(&message)) waiting_.erase({answer->request, answer->peer});
    ranks_.push_back(std::visit(RankOf{}, message));
  }
  for (const std::uint8_t rank : {0, 1, 2}) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (ranks_[i] == rank) released.push_back(std::move(messages[i]));
    }
  }
  messages.clear();
}

/// What is only repeated waits for the next commit, but not for long and not in any number.
Status CommitLoop::write(Time now, std::span<const Input> batch) {
  const std::vector<Change>& changes = changes_.changes();
  const bool waits = !changes.empty() && is_repeated(batch, changes);
  if (!waits && kept_.changes().empty()) return commit(changes);
  if (waits && kept_.changes().empty()) keep_until_ = now + kKeep;
  for (const Change& change : changes) kept_.add(change);
  const bool is_due = now >= keep_until_ || kept_.changes().size() >= kKeptMost;
  return (waits || changes.empty()) && !is_due ? ok() : flush();
}

Status CommitLoop::flush() {
  const Status status = commit(kept_.changes());
  kept_.clear();
  return status;
}

Status CommitLoop::commit(const std::vector<Change>& changes) {
  if (changes.empty()) return ok();
  const Status status = store_.commit(changes);
  if (status) retry_delay_ = kFirstRetry;
  return status;
}

Status CommitLoop::apply(Time now, const Input& input) {
  feed(now, input);
  return serve_queries(now);
}

void CommitLoop::feed(Time now, const Input& input) {
  if (observer_ != nullptr) observer_->applies(now, input);
  engine_->apply(now, input, outputs_);
}

/// Answers what the engine asked of the store, within the batch, until it asks no more.
Status CommitLoop::serve_queries(Time now) {
  const auto take_changes = [this] {
    for (Change& change : outputs_.changes) changes_.add(std::move(change));
    outputs_.changes.clear();
  };
  take_changes();
  while (!outputs_.queries.empty()) {
    std::vector<Query> queries;
    queries.swap(outputs_.queries);
    for (const Query& query : queries) {
      if (const auto* one = std::get_if<output::Load>(&query)) {
        Result<input::Loaded> loaded = load(*one);
        if (!loaded) return loaded.error();
        feed(now, std::move(*loaded));
      } else if (const auto* due_by = std::get_if<output::LoadDue>(&query)) {
        Result<input::LoadedDue> due = load_due(*due_by);
        if (!due) return due.error();
        feed(now, std::move(*due));
      } else {
        Result<input::LoadedEnded> ended = load_ended(std::get<output::LoadEnded>(query));
        if (!ended) return ended.error();
        feed(now, std::move(*ended));
      }
      take_changes();
    }
  }
  return ok();
}

/// What the batch itself has changed counts before what the store holds.
Result<input::Loaded> CommitLoop::load(const output::Load& query) {
  if (changes_.touches(query.key)) {
    const Rendezvous* changed = changes_.find(query.key);
    return input::Loaded{query.token, changed != nullptr ? std::optional(*changed) : std::nullopt};
  }
  Result<Rendezvous> stored = store_.load(query.key);
  if (stored) return input::Loaded{query.token, std::move(*stored)};
  if (stored.error().code == "store.none") return input::Loaded{query.token, std::nullopt};
  return stored.error();
}

Result<input::LoadedDue> CommitLoop::load_due(const output::LoadDue& query) {
  const auto moment = [](const Rendezvous& r) { return std::min(r.due.value_or(kNever), r.expires); };
  input::LoadedDue out;
  // One more than asked for tells when the next is due; those that the batch has changed are left out below.
  const std::size_t most = query.limit + changes_.rendezvous_count() + 1;
  Result<std::vector<Rendezvous>> stored = store_.load_due(query.until, most);
  if (!stored) return stored.error();
  for (Rendezvous& r : *stored) {
    if (changes_.touches(r.key)) continue;
    if (out.records.size() == query.limit) {
      out.next = std::min(out.next, moment(r));
    } else {
      out.records.push_back(std::move(r));
    }
  }
  if (out.next == kNever) {
    Result<std::vector<Rendezvous>> later =
        store_.load_due(kNever - Duration{1}, stored->size() + changes_.rendezvous_count() + 1);
    if (!later) return later.error();
    for (const Rendezvous& r : *later) {
      const bool taken = changes_.touches(r.key) || moment(r) <= query.until;
      if (!taken) out.next = std::min(out.next, moment(r));
    }
  }
  changes_.each_rendezvous([&](const Rendezvous& r) {
    if (r.state != RendezvousState::booked) return;
    if (moment(r) <= query.until) {
      out.records.push_back(r);
    } else {
      out.next = std::min(out.next, moment(r));
    }
  });
  return out;
}

/// Nothing that this batch could change: what has ended stays as it is, and what the batch itself ends is not that old.
Result<input::LoadedEnded> CommitLoop::load_ended(const output::LoadEnded& query) {
  Result<Ended> stored = store_.load_ended(query.until, query.limit);
  if (!stored) return stored.error();
  sweeping_ = stored->next <= query.until;
  return input::LoadedEnded{std::move(stored->rendezvous), std::move(stored->sessions), stored->next};
}

void CommitLoop::note_erasures(std::span<const Input> batch) {
  const auto erases = [](const Change& change) { return std::holds_alternative<Erase>(change); };
  const auto is_asked = [](const Input& input) { return std::holds_alternative<input::Forget>(input); };
  const std::vector<Change>& changes = changes_.changes();
  if (std::none_of(changes.begin(), changes.end(), erases)) return;
  for (const Change& change : changes) {
    const auto* erase = std::get_if<Erase>(&change);
    const auto* session = erase != nullptr ? std::get_if<SessionId>(&erase->what) : nullptr;
    if (session != nullptr) erased_.push_back(*session);
  }
  const bool asked = std::any_of(batch.begin(), batch.end(), is_asked);
  unscrubbed_ = std::max(unscrubbed_, asked ? Unscrubbed::asked : Unscrubbed::swept);
}

/// Cleaning up costs more than erasing: once after a sweep, and once for all that operators ask within some seconds.
/// What the store cannot clean now it is asked for again.
void CommitLoop::scrub(Time now) {
  if (!wants_scrub() || now < scrub_at_) return;
  scrub_at_ = now + kScrubPause;
  if (store_.scrub()) unscrubbed_ = Unscrubbed::nothing;
}

void CommitLoop::drop_engine(Time now, Error error) {
  if (engine_ && observer_ != nullptr) observer_->dropped(now, error);
  engine_.reset();
  sweeping_ = false;
  changes_.clear();
  kept_.clear();
  outputs_ = {};
  last_error_ = std::move(error);
  retry_at_ = now + retry_delay_;
  retry_delay_ = std::min(retry_delay_ * 2, kLastRetry);
}

void CommitLoop::refuse(const Asker& asker, Time now, std::vector<Output>& released) const {
  output::Refused refused{"store_unavailable", "The store cannot be written at the moment.",
                          std::max(retry_at_ - now, Duration{1})};
  released.emplace_back(output::Answer{asker.request, asker.peer, std::move(refused)});
}

Time CommitLoop::next_wake() const {
  if (!engine_) return retry_at_;
  return std::min({engine_->next_wake(), wants_scrub() ? scrub_at_ : kNever,
                   kept_.changes().empty() ? kNever : keep_until_});
}

void CommitLoop::reconfigure(EngineSettings settings) {
  settings_ = observer_ != nullptr ? observer_->tapped(std::move(settings)) : std::move(settings);
  if (!engine_) return;
  if (observer_ != nullptr) observer_->reconfigured(settings_);
  engine_->reconfigure(settings_);
}

}  // namespace convene
