// plugins/service_rendezvous/service_rendezvous.cpp - the customer's return is what joins (claims 1, 2, 4 and 5).
#include "convene/service.hpp"
#include "plugins/service_rendezvous/step.hpp"

namespace {

class Rendezvous {
 public:
  static constexpr std::uint32_t kStateVersion = convene::rendezvous::State::kVersion;
  static constexpr std::string_view kConfigSchema = convene::rendezvous::kConfigSchema;

  explicit Rendezvous(convene::sdk::Host host) : host_(host) {}

  void step(const convene::sdk::Session& session, std::string_view text,
            const convene::sdk::Event& event, convene::sdk::Effects& effects) const {
    using namespace convene::rendezvous;
    const Settings settings = Settings::from(session.settings(), host_);
    const State before = State::from(text);
    State state = before;
    Step(session, settings, state, effects).take(event);
    if (text.empty() || !(state == before)) effects.save_state(state.text());
  }

 private:
  convene::sdk::Host host_;
};

}  // namespace

CONVENE_PLUGIN(Rendezvous, "service_rendezvous", "1.0.0",
               "Joins customer and agent when the customer returns.")
