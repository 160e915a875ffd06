// core/replay/player.cpp - recorded answers for the engine, recorded questions for the policies of
// today.
#include "core/replay/player.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/journal/digest.hpp"
#include "core/journal/tap.hpp"

namespace convene::replay {
namespace {

std::string_view view(convene_text t) {
  return t.size == 0 ? std::string_view() : std::string_view(t.data, t.size);
}

/// A sink with a bound.
struct Text {
  std::string text;
  std::size_t most;

  static convene_status write(void* self, convene_text piece) noexcept {
    Text& t = *static_cast<Text*>(self);
    if (piece.size > t.most - t.text.size()) return CONVENE_E_LIMIT;
    t.text += view(piece);
    return CONVENE_OK;
  }
};

std::string_view agent_at(const convene_routing_request& request, std::uint64_t index) {
  if (index >= request.candidate_count) return "?";
  const char* at =
      reinterpret_cast<const char*>(request.candidates) + index * request.candidate_stride;
  return view(reinterpret_cast<const convene_candidate*>(at)->agent);
}

Choice choice_of(const journal::Asked& asked, const convene_routing_request& request) {
  if (asked.status != CONVENE_OK) return {"failed", asked.reason, {}};
  switch (asked.action) {
    case CONVENE_ROUTING_ASSIGN:
      return {"assign " + std::string(agent_at(request, asked.index)), asked.reason,
              asked.index < asked.scores.size() ? asked.scores[asked.index] : std::nullopt};
    case CONVENE_ROUTING_WAIT: {
      if (asked.until_ms <= 0) return {"wait", asked.reason, {}};
      std::array<char, 40> text{};
      std::snprintf(text.data(), text.size(), "wait until +%.1f s",
                    static_cast<double>(asked.until_ms - request.now_ms) / 1000);
      return {text.data(), asked.reason, {}};
    }
    case CONVENE_ROUTING_OVERFLOW:
      return {"overflow to " + asked.pool, asked.reason, {}};
    case CONVENE_ROUTING_MORE:
      return {"look at the next page", asked.reason, {}};
    default:
      return {"nonsense", asked.reason, {}};
  }
}

}  // namespace

/// Where the engine believes a policy to sit.
struct Player::RoutingSeat {
  Player* player = nullptr;
  std::uint32_t place = 0;
  std::string id;
  BoundRouting other;  ///< Who is asked beside; no table: nobody.
  RoutingNote note;

  static convene_status decide(void* self, const convene_routing_request* request,
                               convene_routing_answer* answer) noexcept {
    auto& seat = *static_cast<RoutingSeat*>(self);
    return seat.player->answer(seat, *request, *answer);
  }
  static void outcome(void* self, const convene_routing_outcome* outcome) noexcept {
    const BoundRouting& other = static_cast<RoutingSeat*>(self)->other;
    if (other.table != nullptr && other.table->outcome != nullptr)
      other.table->outcome(other.self, outcome);
  }
};

struct Player::ServiceSeat {
  Player* player = nullptr;
  std::string id;
  BoundService real;

  static convene_status step(void* self, const convene_session* session, convene_text state,
                             const convene_service_event* event,
                             const convene_service_effects* effects) noexcept {
    auto& seat = *static_cast<ServiceSeat*>(self);
    return seat.player->step(seat, session, state, event, effects);
  }
};

Player::Player(Bind bind, Watch watch) : bind_(std::move(bind)), watch_(std::move(watch)) {}
Player::~Player() = default;

Status Player::play(journal::Item item) {
  const bool answers = std::holds_alternative<journal::Asked>(item) ||
                       std::holds_alternative<journal::Stepped>(item);
  if (!answers) apply_pending();
  return std::visit([this](auto& one) { return on(std::move(one)); }, item);
}

Status Player::finish() {
  apply_pending();
  return ok();
}

// Items

Status Player::on(journal::Head) { return ok(); }

Status Player::on(journal::Made made) {
  auto settings = bound(made.settings);
  if (!settings) return settings.error();
  ++counts_.engines;
  forget_batch();
  engine_.emplace(std::move(*settings), made.snapshot, made.now);
  if (!begun_) counts_.from = counts_.exact_from = made.now;
  begun_ = true;
  now_ = made.now;
  if (watch_.made) watch_.made(made.settings, made.snapshot, made.now);
  return ok();
}

/// Of a run that is read from its beginning nothing new.
Status Player::on(journal::Middle middle) {
  if (engine_) return ok();
  midway_ = true;
  const Time now = middle.engine.now;
  if (Status status = on(std::move(middle.engine)); !status) return status;
  for (const Input& input : middle.primers) apply(now, input);
  loads_.clear();
  forget_batch();
  return ok();
}

Status Player::on(journal::Applied applied) {
  if (!engine_)
    return Error{"replay.journal", "The journal has an input before there is an engine."};
  pending_ = std::move(applied);
  return ok();
}

Status Player::on(journal::Asked asked) {
  if (!pending_) return ok();  // of an engine that the journal has lost
  answers_.emplace_back(std::move(asked));
  return ok();
}

Status Player::on(journal::Stepped stepped) {
  if (pending_) answers_.emplace_back(stepped);
  return ok();
}

Status Player::on(journal::Committed committed) {
  ++counts_.batches;
  ++counts_.exact_batches;
  journal::Digest digest;
  for (const Change& change : changes_.changes()) digest.put(change);
  for (const Output& message : outputs_.messages) digest.put(message);
  if (digest.value() != committed.digest) {
    ++counts_.unlike;
    diverged("batch " + std::to_string(counts_.batches) +
             " changes or says something else than it did");
  }
  if (watch_.committed) watch_.committed(now_, changes_.changes());
  forget_batch();
  return ok();
}

Status Player::on(journal::Dropped) {
  ++counts_.dropped;
  engine_.reset();
  forget_batch();
  return ok();
}

Status Player::on(journal::Reconfigured reconfigured) {
  ++counts_.reconfigured;
  if (!engine_) return ok();
  auto settings = bound(reconfigured.settings);
  if (!settings) return settings.error();
  engine_->reconfigure(std::move(*settings));
  return ok();
}

/// Policies' answers are recorded, whoever gave them; a service has to be run, and a policy asked, as
/// the one that it was from here on.
Status Player::on(journal::PluginMark mark) {
  if (!journal::note(mark, settings_.plugins)) return ok();
  ++counts_.reloads;
  auto bindings = bind_(settings_);
  if (!bindings) return bindings.error();
  for (const auto& seat : services_) {
    if (const auto it = bindings->services.find(seat->id); it != bindings->services.end())
      seat->real = it->second;
  }
  for (const auto& seat : routing_) {
    const auto it = bindings->routing.find(seat->id);
    seat->other = it == bindings->routing.end() ? BoundRouting{} : it->second;
  }
  return ok();
}

// The engine

Result<EngineSettings> Player::bound(const journal::Settings& settings) {
  static constexpr convene_routing kRouting{RoutingSeat::decide, RoutingSeat::outcome};
  static constexpr convene_service kService{ServiceSeat::step};
  auto bindings = bind_(settings);
  if (!bindings) return bindings.error();
  settings_ = settings;
  EngineSettings out = journal::engine_settings(settings);
  std::uint32_t place = 0;
  for (const std::string& id : settings.routing) {
    auto seat = std::make_unique<RoutingSeat>();
    seat->player = this;
    seat->place = place++;
    seat->id = id;
    if (const auto it = bindings->routing.find(id); it != bindings->routing.end())
      seat->other = it->second;
    out.routing[id] = {&kRouting, seat.get(), id, &seat->note};
    routing_.push_back(std::move(seat));
  }
  for (const std::string& id : settings.services) {
    const auto it = bindings->services.find(id);
    if (it == bindings->services.end()) {
      return Error{"replay.plugin", "The service '" + id +
                                        "' took part in the recorded day and is not here: "
                                        "name the folder of its library with --plugins."};
    }
    auto seat = std::make_unique<ServiceSeat>();
    seat->player = this;
    seat->id = id;
    seat->real = it->second;
    out.services[id] = {&kService, seat.get()};
    services_.push_back(std::move(seat));
  }
  return out;
}

void Player::apply_pending() {
  if (!pending_) return;
  journal::Applied applied = std::move(*pending_);
  pending_.reset();
  // An engine that was begun midway counts its questions from 1; they are asked in the same order.
  if (auto* loaded = std::get_if<input::Loaded>(&applied.input);
      midway_ && loaded != nullptr && !loads_.empty()) {
    loaded->token = loads_.front();
    loads_.pop_front();
  }
  ++counts_.inputs;
  counts_.to = std::max(counts_.to, applied.now);
  apply(applied.now, applied.input);
  if (!answers_.empty()) diverged("the engine asks plugins less than it did");
  answers_.clear();
}

void Player::apply(Time now, const Input& input) {
  now_ = now;
  told_ = {};
  engine_->apply(now, input, outputs_);
  for (const Query& query : outputs_.queries) {
    const auto* load = std::get_if<output::Load>(&query);
    if (midway_ && load != nullptr) loads_.push_back(load->token);
  }
  outputs_.queries.clear();  // the store's answers are inputs that follow
  for (Change& change : outputs_.changes) changes_.add(std::move(change));
  outputs_.changes.clear();
}

void Player::forget_batch() {
  changes_.clear();
  outputs_ = {};
}

void Player::diverged(std::string what) {
  counts_.exact_from = now_;
  counts_.exact_batches = 0;
  if (midway_ || !first_divergence_.empty()) return;
  first_divergence_ = std::move(what);
  first_divergence_ += " (input " + std::to_string(counts_.inputs) + ", " +
                       std::to_string((now_ - counts_.from).count()) + " ms after the beginning)";
}

// The plugins

convene_status Player::answer(RoutingSeat& seat, const convene_routing_request& request,
                              convene_routing_answer& answer) {
  ++counts_.questions;
  const auto* then = answers_.empty() ? nullptr : std::get_if<journal::Asked>(&answers_.front());
  if (then == nullptr || then->policy != seat.place ||
      then->question != journal::digest_of(request)) {
    diverged("the engine asks policy " + seat.id + " about session " +
             std::to_string(request.session) + " what it did not ask");
    if (seat.other.table == nullptr) return CONVENE_E_FAILED;
    return seat.other.table->decide(seat.other.self, &request, &answer);
  }
  const journal::Asked recorded = std::move(std::get<journal::Asked>(answers_.front()));
  answers_.pop_front();
  if (!recorded.label.empty()) seat.note.label = recorded.label;
  seat.note.took_ns = recorded.took_ns;
  if (seat.other.table != nullptr) compare(seat, request, recorded);
  answer.action = recorded.action;
  answer.index = recorded.index;
  answer.until_ms = recorded.until_ms;
  const auto write = [](const convene_sink* sink, const std::string& text) {
    if (!text.empty()) sink->write(sink->self, {text.data(), text.size()});
  };
  write(answer.pool, recorded.pool);
  write(answer.reason, recorded.reason);
  give_scores(recorded.scores, answer.scores);
  return recorded.status;
}

void Player::compare(const RoutingSeat& seat, const convene_routing_request& request,
                     const journal::Asked& then) {
  ++counts_.compared;
  Text pool{{}, 64}, reason{{}, 1024};
  const convene_sink pool_sink{&pool, Text::write}, reason_sink{&reason, Text::write};
  convene_routing_answer answer{};
  answer.size = sizeof answer;
  answer.pool = &pool_sink;
  answer.reason = &reason_sink;
  ScoreTable scores;
  scores.begin(request.candidate_count);
  answer.scores = scores.table();
  journal::Asked now;
  now.status = seat.other.table->decide(seat.other.self, &request, &answer);
  now.action = answer.action;
  now.index = answer.index;
  now.until_ms = answer.until_ms;
  now.pool = std::move(pool.text);
  now.reason = std::move(reason.text);
  now.scores = scores.list();
  Difference difference{now_,    SessionId{request.session}, std::string(view(request.flow)),
                        seat.id, choice_of(then, request),   choice_of(now, request)};
  if (difference.then.what == difference.now.what) {
    if (difference.then.reason != difference.now.reason) ++counts_.reworded;
    return;
  }
  if (request.page > 0 && told_ == difference.session)
    return;  // a further page of the same question
  told_ = difference.session;
  ++counts_.differing;
  if (watch_.differs) watch_.differs(difference);
}

convene_status Player::step(ServiceSeat& seat, const convene_session* session, convene_text state,
                            const convene_service_event* event,
                            const convene_service_effects* effects) {
  const auto* then = answers_.empty() ? nullptr : std::get_if<journal::Stepped>(&answers_.front());
  convene_status recorded = CONVENE_OK;
  if (then == nullptr) {
    diverged("the engine asks service " + seat.id + " what it did not ask");
  } else {
    recorded = then->status;
    answers_.pop_front();
  }
  if (recorded != CONVENE_OK) return recorded;
  const convene_status now = seat.real.table->step(seat.real.self, session, state, event, effects);
  if (now != CONVENE_OK) diverged("the service " + seat.id + " fails where it did not");
  return now;
}

}  // namespace convene::replay
