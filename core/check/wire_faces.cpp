// core/check/wire_faces.cpp - a plugin that is a command, as the tables of the boundary: questions become
// messages, answers become calls on the checking host.
#include <algorithm>

#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"
#include "core/check/checking_host.hpp"
#include "core/check/wire_partner.hpp"
#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/isolation/calls.hpp"

namespace convene::check {

struct WirePartner::Faces {
  static WirePartner& of(void* self) { return *static_cast<WirePartner*>(self); }

  static void say_why(WirePartner& my, std::string_view why) {
    if (!why.empty()) my.host_->fail(my.host_->self, {why.data(), why.size()});
  }

  /// A broken wire is no answer: the case ends with it (Instance::ask).
  template <class Take>
  static convene_status ask(WirePartner& my, const std::string& body, Take&& take) noexcept {
    if (!my.fault_.empty()) return CONVENE_E_FAILED;
    const auto said = my.call(body);
    if (!said) return say_why(my, my.fault_), CONVENE_E_FAILED;
    auto answer = isolation::read_answer(*said);
    if (!answer) {
      my.fail("gave " + answer.error().text);
      return say_why(my, my.fault_), CONVENE_E_FAILED;
    }
    if ((*answer)->status != CONVENE_OK) {
      say_why(my, (*answer)->why);
      return (*answer)->status;
    }
    const convene_status taken = take(**answer);
    if (taken == CONVENE_E_INVALID) {
      my.nonsense_ = "gave an answer that WIRE.md does not know: " + shown(*said);
      say_why(my, my.nonsense_);
    }
    return taken;
  }

  // What a node waits at most is asked by the level "quick"; here nobody is hurried.
  static constexpr std::int64_t kDeadlineMs = 20, kStepDeadlineMs = 50;

  static convene_status decide(void* self, const convene_routing_request* request,
                               convene_routing_answer* answer) noexcept {
    return ask(of(self), isolation::write_decide(*request, kDeadlineMs),
               [&](isolation::Answer& said) { return isolation::hand_on(said, *answer); });
  }
  static void outcome(void* self, const convene_routing_outcome* outcome) noexcept {
    (void)ask(of(self), isolation::write_outcome(*outcome, kDeadlineMs),
              [](isolation::Answer& said) { return said.status; });
  }
  static convene_status step(void* self, const convene_session* session, convene_text state,
                             const convene_service_event* event,
                             const convene_service_effects* effects) noexcept {
    return ask(of(self), isolation::write_step(*session, state, *event, kStepDeadlineMs),
               [&](isolation::Answer& said) { return isolation::hand_on(said, *effects); });
  }
  static convene_status frame(void* self, const convene_channel_input* input,
                              const convene_channel_effects* effects) noexcept {
    return ask(of(self), isolation::write_frame(*input, kDeadlineMs),
               [&](isolation::Answer& said) { return isolation::hand_on(said, *effects); });
  }

  static convene_status start(void* self) noexcept {
    WirePartner& my = of(self);
    if (my.not_ready_.empty()) return CONVENE_OK;
    return say_why(my, my.not_ready_), CONVENE_E_FAILED;
  }
  static const void* extension(void* self, convene_text id) noexcept {
    static constexpr convene_routing kRouting = {&decide, &outcome};
    static constexpr convene_service kService = {&step};
    static constexpr convene_channel kChannel = {&frame};
    const std::string_view name(id.data, id.size);
    const auto& offers = of(self).offers_;
    if (std::find(offers.begin(), offers.end(), name) == offers.end()) return nullptr;
    if (name == CONVENE_ROUTING) return &kRouting;
    if (name == CONVENE_SERVICE) return &kService;
    return name == CONVENE_CHANNEL ? &kChannel : nullptr;
  }
  static void stop(void* self) noexcept {
    WirePartner& my = of(self);
    if (my.fault_.empty()) my.send(isolation::Kind::goodbye, 0, "{}");
  }
  static void destroy(void* self) noexcept {
    WirePartner& my = of(self);
    my.wait_for_end(my.fault_.empty() ? 2'000 : 0);
    my.kill();
  }
};

const convene_plugin* WirePartner::table(const convene_host* host) {
  host_ = host;
  table_ = {this, &Faces::start, &Faces::extension, &Faces::stop, &Faces::destroy};
  return &table_;
}

}  // namespace convene::check
