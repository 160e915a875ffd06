// sdk/include/convene/service.hpp - the C++ face of service.h: a service is a class with `step`.
//
//   struct JoinAtOnce {
//     using Session = convene::sdk::Session;
//     void step(const Session& session, std::string_view state, const convene::sdk::Event& event,
//               convene::sdk::Effects& effects) {
//       if (event.kind() == CONVENE_EVENT_ARRIVED) {
//         effects.add_customer();
//         effects.find_agent();
//       }
//       if (event.kind() == CONVENE_EVENT_ACCEPTED) effects.add_agent(event.agent());
//     }
//   };
//   CONVENE_PLUGIN(JoinAtOnce, "service_join_at_once", "1.0.0",
//                  "Joins customer and agent at once.")
//
// Everything the class must remember goes through Effects::save_state; it keeps nothing between
// calls.
#pragma once

#include <string_view>

#include "convene/plugin.hpp"
#include "convene/service.h"

namespace convene::sdk {

/// The session as it is. A view: valid during the call.
class Session {
 public:
  explicit Session(const convene_session& s) : s_(&s) {}
  std::uint64_t id() const { return s_->id; }  ///< Its number, as in logs.
  bool searching() const { return s_->searching != 0; }  ///< Or an offer stands.
  std::string_view flow() const { return view(s_->flow); }
  std::string_view settings() const { return view(s_->settings); }  ///< JSON object of the flow.
  std::string_view context() const {
    return view(s_->context);  // a JSON object, as it was booked
  }
  std::string_view wanted_agent() const { return view(s_->wanted_agent); }  ///< Empty: anybody.
  std::int64_t now_ms() const { return s_->now_ms; }  ///< Since 1970: the only clock there is.
  std::int64_t due_ms() const { return s_->due_ms; }  ///< The agreed time; 0: none.

  std::size_t size() const { return s_->leg_count; }
  /// Leg `i`, i < size(), by the host's stride (law 1).
  const convene_leg& leg(std::size_t i) const {
    const auto* first = reinterpret_cast<const unsigned char*>(s_->legs);
    return *reinterpret_cast<const convene_leg*>(first + i * s_->leg_stride);
  }
  /// The leg with this id; null when there is none.
  const convene_leg* find(std::uint64_t id) const {
    for (std::size_t i = 0; i < size(); ++i) {
      if (leg(i).id == id) return &leg(i);
    }
    return nullptr;
  }
  /// How many legs of `role` (0: of any) are in a state for which `test` holds.
  template <class Test>
  std::size_t count(int role, Test test) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < size(); ++i)
      n += (role == 0 || leg(i).role == role) && test(leg(i).state);
    return n;
  }
  const convene_session& raw() const { return *s_; }

 private:
  const convene_session* s_;
};

/// Whether an effect takes it as the name of an agent, a pool or a channel: at most 128 bytes of
/// UTF-8.
inline bool is_name(std::string_view name) { return name.size() <= 128 && json::is_utf8(name); }

/// Whether a leg in this state may still come (back), and whether it is on the roster.
constexpr bool is_live_leg(int state) { return state <= CONVENE_LEG_DEGRADED; }
constexpr bool is_joined_leg(int state) {
  return state == CONVENE_LEG_CONNECTED || state == CONVENE_LEG_DEGRADED;
}

/// What happened. A view: valid during the call.
class Event {
 public:
  explicit Event(const convene_service_event& e) : e_(&e) {}
  int kind() const { return e_->kind; }  ///< CONVENE_EVENT_...; it says which fields speak.
  std::uint64_t leg() const { return e_->leg; }
  int leg_state() const { return e_->leg_state; }  ///< CONVENE_LEG_...
  std::uint32_t timer() const { return e_->timer; }  ///< 0 to 7, as it was set.
  std::string_view agent() const { return view(e_->agent); }
  std::string_view name() const { return view(e_->name); }  ///< Of a request: "leave".
  std::string_view detail() const { return view(e_->detail); }  ///< JSON.

 private:
  const convene_service_event* e_;
};

/// What shall happen, in this order, after the step; at most 64. Each returns whether the host took
/// it; one that it did not take fails the whole step: nothing of it happens. More: service.h.
class Effects {
 public:
  explicit Effects(const convene_service_effects& e) : e_(&e) {}
  bool add_customer() { return note(e_->add_customer(e_->self)); }
  bool add_agent(std::string_view agent) { return note(e_->add_agent(e_->self, text(agent))); }
  bool remove(std::uint64_t leg, std::string_view reason) {
    return note(e_->remove(e_->self, leg, text(reason)));
  }
  /// In `pool` (empty: the flow's); with `agent` for that one and nobody else.
  bool find_agent(std::string_view pool = {}, std::string_view agent = {}) {
    return note(e_->find_agent(e_->self, text(pool), text(agent)));
  }
  bool stop_search() { return note(e_->stop_search(e_->self)); }
  bool open_channel(std::string_view channel) {
    return note(e_->open_channel(e_->self, text(channel)));
  }
  bool close_channel(std::string_view channel) {
    return note(e_->close_channel(e_->self, text(channel)));
  }
  bool set_timer(std::uint32_t timer, std::int64_t at_ms) {
    return note(e_->set_timer(e_->self, timer, at_ms));
  }
  bool clear_timer(std::uint32_t timer) { return set_timer(timer, 0); }
  /// Tells every endpoint of `role` (0: all) a code with a JSON detail.
  bool notify(int role, std::string_view notice, std::string_view detail = "{}") {
    return note(e_->notify(e_->self, role, text(notice), text(detail)));
  }
  bool end(int end, std::string_view reason) { return note(e_->end(e_->self, end, text(reason))); }
  bool save_state(std::string_view state) { return note(e_->save_state(e_->self, text(state))); }

  /// CONVENE_OK, or what the first effect that was not taken came to.
  convene_status status() const { return status_; }

 private:
  bool note(convene_status s) {
    if (status_ == CONVENE_OK) status_ = s;
    return s == CONVENE_OK;
  }
  const convene_service_effects* e_;
  convene_status status_ = CONVENE_OK;
};

template <>
struct Face<kServiceFace> {
  static constexpr std::string_view kId = CONVENE_SERVICE;
  template <class T>
  static constexpr bool kOfferedBy = requires(T& t, const Session& s, std::string_view state,
                                              const Event& e, Effects& effects) {
    t.step(s, state, e, effects);
  };

  template <class T>
  static convene_status step(void* self, const convene_session* session, convene_text state,
                             const convene_service_event* event,
                             const convene_service_effects* table) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    return guarded(instance.host, [&] {
      Effects effects(*table);
      instance.object.step(Session(*session), view(state), Event(*event), effects);
      return effects.status();
    });
  }

  template <class T>
  static const void* table() {
    static constexpr convene_service kTable = {&step<T>};
    return &kTable;
  }
};

}  // namespace convene::sdk
