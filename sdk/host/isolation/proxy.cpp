// sdk/host/isolation/proxy.cpp - a call becomes a message, its answer becomes effects.
#include "sdk/host/isolation/proxy.hpp"

#include "sdk/host/isolation/calls.hpp"

namespace convene::isolation {

convene_status Proxy::failed(const std::string& why) noexcept {
  if (host_) host_->fail(host_->self, {why.data(), why.size()});
  return CONVENE_E_FAILED;
}

template <class Write, class Take>
convene_status Proxy::ask(Millis within, bool again, Write&& write, Take&& take) noexcept {
  try {
    const Result<std::string> body = process_.call(write(within.count()), within, again);
    if (!body) return failed("its process " + body.error().text);
    auto answer = read_answer(*body);
    if (!answer) {
      process_.distrust("gave " + answer.error().text);
      return failed("its process gave " + answer.error().text);
    }
    if ((*answer)->status != CONVENE_OK) {
      if (!(*answer)->why.empty()) failed((*answer)->why);
      return (*answer)->status;
    }
    return take(**answer);
  } catch (const std::exception& thrown) {  // no memory
    return failed(thrown.what());
  }
}

struct Proxy::Faces {
  static Proxy& of(void* self) { return *static_cast<Proxy*>(self); }

  static convene_status decide(void* self, const convene_routing_request* request,
                               convene_routing_answer* answer) noexcept {
    return of(self).ask(
        of(self).deadline_, false, [&](std::int64_t ms) { return write_decide(*request, ms); },
        [&](Answer& said) { return hand_on(said, *answer); });
  }

  static void outcome(void* self, const convene_routing_outcome* outcome) noexcept {
    try {
      Proxy& my = of(self);
      my.process_.tell(write_outcome(*outcome, my.deadline_.count()));
    } catch (const std::exception&) {  // no memory: it learns one outcome less
    }
  }

  static convene_status step(void* self, const convene_session* session, convene_text state,
                             const convene_service_event* event,
                             const convene_service_effects* effects) noexcept {
    return of(self).ask(
        of(self).step_deadline_, true,
        [&](std::int64_t ms) { return write_step(*session, state, *event, ms); },
        [&](Answer& said) { return hand_on(said, *effects); });
  }

  static convene_status frame(void* self, const convene_channel_input* input,
                              const convene_channel_effects* effects) noexcept {
    return of(self).ask(
        of(self).deadline_, true, [&](std::int64_t ms) { return write_frame(*input, ms); },
        [&](Answer& said) { return hand_on(said, *effects); });
  }

  static const void* extension(void*, convene_text id) noexcept {
    static constexpr convene_routing kRouting = {&decide, &outcome};
    static constexpr convene_service kService = {&step};
    static constexpr convene_channel kChannel = {&frame};
    const std::string_view name(id.data, id.size);
    if (name == CONVENE_ROUTING) return &kRouting;
    if (name == CONVENE_SERVICE) return &kService;
    if (name == CONVENE_CHANNEL) return &kChannel;
    return nullptr;
  }
};

Proxy::Proxy(HostLaunch launch)
    : deadline_(launch.options.deadline),
      step_deadline_(launch.options.step_deadline),
      process_(std::move(launch)),
      table_{this, [](void*) noexcept -> convene_status { return CONVENE_OK; }, &Faces::extension,
             [](void*) noexcept {}, [](void* self) noexcept { delete &Faces::of(self); }} {}

}  // namespace convene::isolation
