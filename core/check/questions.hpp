// core/check/questions.hpp - what a plugin can be asked, as plain values that can be kept, changed
// and asked again.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"

namespace convene::check {

/// The Monday on which every ordinary question is asked.
inline constexpr std::int64_t kNow = 1'793'610'000'000;

struct Agent {
  std::string name;
  std::int64_t idle_since = kNow - 60'000;
  std::vector<std::pair<std::string, int>> skills;  ///< Sorted by name.
  std::uint32_t sessions = 0, capacity = 1, missed = 0;
};

struct RoutingQuestion {
  std::uint32_t page = 0, more = 0, attempt = 0;
  std::uint64_t session = 7;
  std::string flow = "talk_later", pool = "sales", context = "{}", wanted;
  std::int64_t now = kNow, since = kNow - 5'000;
  std::vector<Agent> agents;
};

struct Leg {
  int role = CONVENE_ROLE_CUSTOMER, state = CONVENE_LEG_CONNECTED;
  std::uint64_t id = 1;
  std::string endpoint;
};

struct ServiceQuestion {
  bool first = false;   ///< Begins a story: there is no state yet.
  bool carries = true;  ///< The state is what the question before has left; otherwise `state`.
  std::uint32_t searching = 0;
  std::uint64_t session = 7;
  std::string flow = "talk_later", settings = "{}", context = "{}", wanted;
  std::int64_t now = kNow, due = 0;
  std::vector<Leg> legs;
  std::string state;
  int kind = CONVENE_EVENT_CREATED;
  std::uint64_t leg = 0;
  int leg_state = 0;
  std::uint32_t timer = 0;
  std::string agent, name, detail;
};

struct ChannelQuestion {
  bool first = false, carries = true;  ///< As above.
  int kind = CONVENE_CHANNEL_FRAME;
  std::uint64_t from = 1;
  int role = CONVENE_ROLE_CUSTOMER;
  std::uint32_t legs = 2;
  std::int64_t now = kNow;
  std::uint64_t entries = 0;
  std::string settings = "{}", state, frame;
};

struct AdapterQuestion {
  bool is_leg = false;  ///< A leg message; otherwise a request.
  std::string name = "look_up", key, body = "{}";
  std::int64_t deadline = 2'000;
};

/// One question, and how it is called in findings.
struct Question {
  std::string label;
  std::variant<RoutingQuestion, ServiceQuestion, ChannelQuestion, AdapterQuestion> asked;
};
using Questions = std::vector<Question>;

/// Which extension a question is for: its id.
const char* extension_of(const Question& question);
/// The question in words, for who has to reproduce it; bounded.
std::string describe(const Question& question);

/// What the flow says, from an example configuration; each is a JSON object.
struct FlowSettings {
  std::vector<std::string> service{"{}"};
  std::vector<std::string> channel{"{}"};
};

/// What a day brings: every event, every answer, several pages. For all extensions in `offers`.
Questions ordinary_questions(const std::vector<std::string>& offers, const FlowSettings& flows);

}  // namespace convene::check
