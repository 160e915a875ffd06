// core/sim/day_player.hpp - a day while it is played; included by its own files only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/commit_loop.hpp"
#include "core/sim/agenda.hpp"
#include "core/sim/day.hpp"
#include "core/sim/day_store.hpp"

namespace convene::sim {

/// Plays one plan: customers, desks and one gateway that never fails, around the engine.
class Day final : private DayWriter {
 public:
  Day(const DayPlan& plan, const EngineSettings& settings, const DayWatch& watch)
      : plan_(plan),
        settings_(settings),
        watch_(watch),
        agenda_(plan.start),
        store_(*this),
        loop_(settings, store_, watch.observer),
        visits_(plan.contacts.size()),
        outcomes_(plan.contacts.size()) {}

  DayReport play();

 private:
  static constexpr PeerId kGateway{1};
  static constexpr std::size_t kNobody = SIZE_MAX;

  /// One customer on the way through the day.
  struct Visit {
    SessionId session;
    LegId leg;
    bool here = false;  ///< Has come to the door.
    bool left = false;  ///< Has gone by themselves.
    bool done = false;
    bool connected = false;       ///< The customer's leg is.
    std::string connected_agent;  ///< The agent whose leg is.
  };

  /// One end of a leg, as its proxy sees it.
  struct LegEnd {
    std::size_t contact = 0;
    std::uint64_t reported = 0;
    std::uint64_t ordered = 0;
    std::uint32_t epoch = 0;
    std::vector<std::string> channels;
    bool customer = false;
  };

  enum class Asking : std::uint8_t { booking, arrival, other };
  struct Asked {
    std::size_t contact = 0;
    Asking what = Asking::other;
  };

  // day.cpp: the day
  void open_desks();
  void expect_customers();
  void give(Input input);
  void settle();
  void wake();
  Duration clock() const { return agenda_.now() - plan_.start; }
  RequestId ask(std::size_t contact, Asking what) {
    asked_.push_back({contact, what});
    return RequestId{asked_.size()};
  }

  // day.cpp: customers
  void book(std::size_t i);
  void arrive(std::size_t i);
  void give_up(std::size_t i);
  void leave(std::size_t i);
  void finish(std::size_t i);
  void turn_away(std::size_t i, const std::string& code);
  void look(std::size_t i);

  // day_gateway.cpp: what the core says
  void on(const output::Answer& answer);
  void on(const output::LegOrder& order);
  void on(const output::OfferMade& made);
  void on(const output::AgentChanged& changed);
  void report(LegId leg, LegState state);
  std::size_t contact_of(SessionId session) const {
    const auto it = sessions_.find(session);
    return it == sessions_.end() ? kNobody : it->second;
  }

  // day.cpp: what the core has written
  void written(const Session& session) override;
  void written(const Leg& leg) override;
  void written(const Decision& decision) override;

  static Hash secret(std::size_t contact, std::uint8_t kind, std::uint64_t attempt = 0) {
    Hash h;
    for (std::size_t k = 0; k < 8; ++k) {
      h.bytes[k] = static_cast<std::uint8_t>((contact + 1) >> (8 * k));
      h.bytes[8 + k] = static_cast<std::uint8_t>(attempt >> (8 * k));
    }
    h.bytes[31] = kind;
    return h;
  }

  const DayPlan& plan_;
  const EngineSettings& settings_;
  const DayWatch& watch_;
  Agenda agenda_;
  DayStore store_;
  CommitLoop loop_;
  std::vector<Output> released_;
  std::vector<Visit> visits_;
  std::vector<DayOutcome> outcomes_;
  std::vector<Asked> asked_;
  std::map<SessionId, std::size_t> sessions_;
  std::map<Hash, std::size_t> booked_;
  std::map<LegId, LegEnd> legs_;
  std::map<std::string, int> at_work_;
  std::vector<std::pair<SessionId, std::string>>
      over_;                        ///< Ended with this commit; with the cause.
  std::size_t starting_ = kNobody;  ///< Whose Start the engine is looking at.
  std::size_t open_ = 0;            ///< Contacts that are not done.
  std::size_t arrived_ = 0;
  std::uint64_t inputs_ = 0, decisions_ = 0, wake_number_ = 0;
  Time wake_at_ = kNever;
};

}  // namespace convene::sim
