// tests/reload/candidates.cpp - generations that somebody may try to put in policy_skills' place.
#include "convene/routing.hpp"
#include "convene/service.hpp"

namespace {

using convene::sdk::Decision;
using convene::sdk::RoutingRequest;

/// Decides, and decides otherwise.
struct LastFirst {
  Decision decide(const RoutingRequest& request) {
    if (request.empty()) return Decision::wait("everybody is busy");
    return Decision::assign(request.size() - 1, "the last of the page");
  }
};

/// Starts, answers three times, and then fails for good.
struct Failing {
  int left = 3;
  Decision decide(const RoutingRequest& request) {
    if (left-- <= 0) throw convene::sdk::Failure("has forgotten how to decide");
    return LastFirst().decide(request);
  }
};

/// Is no policy at all.
struct Useless {
  void step(const convene::sdk::Session&, std::string_view, const convene::sdk::Event&,
            convene::sdk::Effects&) {}
};

}  // namespace

#if defined(CANDIDATE_LAST_FIRST)
CONVENE_PLUGIN(LastFirst, "policy_skills", "9.0.0", "Gives the last candidate first.")
#elif defined(CANDIDATE_FAILING)
CONVENE_PLUGIN(Failing, "policy_skills", "9.1.0", "Fails at its fourth question.")
#elif defined(CANDIDATE_USELESS)
CONVENE_PLUGIN(Useless, "policy_skills", "9.2.0", "Offers something else.")
#else
// As CONVENE_PLUGIN, but of an ABI that does not exist yet.
namespace {
constexpr auto kTomorrow = [] {
  auto registration =
      convene::sdk::plugin<LastFirst>("policy_skills", "10.0.0", "Comes from the future.");
  registration.descriptor.abi_major = CONVENE_ABI_MAJOR + 1;
  return registration;
}();
}  // namespace
extern "C" CONVENE_EXPORT const convene_entry convene_entry_v1 = {
    sizeof(convene_entry),
    CONVENE_ABI_MAJOR + 1,
    0,
    1,
    [](std::uint32_t) noexcept { return &kTomorrow.descriptor; },
    [](std::uint32_t, const convene_host* host, convene_text config) noexcept {
      return kTomorrow.create(host, config);
    }};
#endif
