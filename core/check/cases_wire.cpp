// core/check/cases_wire.cpp - what only a program can break: the order of its messages, and what it makes
// of those that it does not know (sdk/host/WIRE.md).
#include <algorithm>

#include "convene/json.hpp"
#include "core/check/cases.hpp"
#include "core/check/hostile_questions.hpp"
#include "sdk/host/isolation/frames.hpp"

namespace convene::check {
namespace {

using isolation::Kind;

/// A day, with a ping between any two questions.
Verdict keeps_the_wire(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    for (const Question& question : exam.questions) {
      instance.ask(question);
      if (!instance.program()->ping()) return failed(instance.program()->fault());
    }
    if (const std::string more = instance.program()->listen(50, false); !more.empty())
      return failed("says more than it was asked: " + more);
    return passed(std::to_string(exam.questions.size()) + " questions");
  });
}

/// Calls that a newer node might make: each is answered by a failure, and the program goes on.
Verdict unknown_calls(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    std::vector<std::string> bodies = {
        R"({"name":"dance","deadline_ms":20})",
        R"({"name":"decide_2","deadline_ms":20,"request":{"page":0}})",
        R"({"name":"","deadline_ms":20})",
    };
    const auto offers = [&](const char* id) {
      return std::find(subject.plugin.offers.begin(), subject.plugin.offers.end(), id) !=
             subject.plugin.offers.end();
    };
    if (!offers(CONVENE_ROUTING)) bodies.push_back(R"({"name":"decide","deadline_ms":20})");
    if (!offers(CONVENE_SERVICE)) bodies.push_back(R"({"name":"step","deadline_ms":50})");
    if (!offers(CONVENE_CHANNEL)) bodies.push_back(R"({"name":"frame","deadline_ms":20})");
    WirePartner& program = *instance.program();
    for (const std::string& body : bodies) {
      const auto said = program.call(body);
      if (!said) return failed(said.error().text + " (asked: " + body + ")");
      const json::Parsed answer = json::parse(*said);
      if (!answer || answer.value->integer("status") >= 0)
        return failed("answers what it cannot know with " + shown(*said) + " (asked: " + body +
                      ")");
      if (answer.value->text("why").empty())
        return failed("refuses an unknown call and does not say why (asked: " + body + ")");
    }
    return passed(std::to_string(bodies.size()) + " calls");
  });
}

using Frames = std::vector<std::string>;

std::vector<Frames> malformed() {
  const std::string id("\0\0\0\0\0\0\1\1", 8), none(8, '\0');
  const std::string deep =
      R"({"name":"decide","request":)" + std::string(50'000, '[') + std::string(50'000, ']') + "}";
  return {{"CH1Q"},
          {"CH1Q", "short", "{}"},
          {"CH1Q", id, "{}", "one more"},
          {"", "", ""},
          {"CH2Q", id, "{}"},
          {"CH1?", none, "{}"},
          {"CH1W", none, R"({"version":99,"config":"{}"})"},
          {"CH1Q", id, ""},
          {"CH1Q", id, "{"},
          {"CH1Q", id, "[]"},
          {"CH1Q", id, "\xff\xfe"},
          {"CH1Q", id, R"({"name":7,"deadline_ms":"soon"})"},
          {"CH1Q", id, R"({"name":"decide","request":null})"},
          {"CH1Q", id, R"({"name":"step","session":[],"event":7,"state":{}})"},
          {"CH1Q", id, deep}};
}

/// No node sends such things; what does is none, and a program may end then. It must not hang.
Verdict malformed_messages(const Subject& subject) {
  Result<std::unique_ptr<Instance>> instance = alive(subject);
  if (!instance) return skipped(instance.error().text);
  const std::vector<Frames> all = malformed();
  std::size_t ends = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    WirePartner& program = *(*instance)->program();
    program.send_frames(all[i]);
    program.send(Kind::ping, 1, "{}");
    const std::string said = program.listen(5'000, true);
    if (!said.empty() && said.back() == static_cast<char>(Kind::pong)) continue;
    if (program.end().empty())
      return failed("hangs after malformed message " + std::to_string(i + 1) + " of " +
                    std::to_string(all.size()) + ": it neither answers a ping within 5 s nor ends");
    if (program.end().starts_with("signal"))
      return failed("crashes (" + program.end() + ") on malformed message " +
                    std::to_string(i + 1) + " of " + std::to_string(all.size()));
    ++ends;
    instance = alive(subject);
    if (!instance) return skipped(instance.error().text);
  }
  return passed("ends on " + std::to_string(ends) + " of " + std::to_string(all.size()));
}

/// A call that it offers, as WIRE.md shows it.
std::string ordinary_call(const Subject& subject) {
  const std::string& offer = subject.plugin.offers.front();
  if (offer == CONVENE_ROUTING) {
    return R"({"name":"decide","deadline_ms":20,"request":{"page":0,"more":0,"attempt":0,)"
           R"("session":7,"flow":"later","pool":"sales","context":"{}","wanted_agent":"",)"
           R"("now_ms":1795392000000,"waiting_since_ms":1795391990000,"candidates":[)"
           R"({"sessions":0,"capacity":1,"missed":0,"agent":"anna",)"
           R"("idle_since_ms":1795391000000,"skills":[["de",10]]}]}})";
  }
  if (offer == CONVENE_SERVICE) {
    return R"({"name":"step","deadline_ms":50,"state":"","session":{"searching":0,"id":7,)"
           R"("flow":"later","settings":"{}","context":"{}","wanted_agent":"",)"
           R"("now_ms":1795392000000,"due_ms":0,"legs":[]},"event":{"kind":1,"leg":0,)"
           R"("leg_state":0,"timer":0,"agent":"","name":"","detail":"{}"}})";
  }
  return R"({"name":"frame","deadline_ms":20,"input":{"kind":1,"from":1,"role":1,"legs":1,)"
         R"("now_ms":1795392000000,"entries":0,"settings":"{}","state":"","frame":""}})";
}

/// All of them before the first answer is read.
Verdict calls_at_once(const Subject& subject) {
  constexpr std::size_t kCalls = 64;
  return with_instance(subject, [&](Instance& instance) {
    WirePartner& program = *instance.program();
    const std::string body = ordinary_call(subject);
    for (std::size_t i = 0; i < kCalls; ++i) program.submit(body);
    for (std::size_t i = 0; i < kCalls; ++i) {
      if (!program.await()) return failed(program.fault());
    }
    return program.ping() ? passed(std::to_string(kCalls) + " calls") : failed(program.fault());
  });
}

/// As large as a body may be, nearly: in one text, and in very many candidates or legs.
Verdict large_calls(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Questions day = ordinary(subject);
    Questions large = changed(day, [](auto& q) {
      using Q = std::decay_t<decltype(q)>;
      const std::string text = "{\"note\":\"" + std::string(3'500'000, 'x') + "\"}";
      if constexpr (std::is_same_v<Q, ChannelQuestion>) {
        q.frame = text;
      } else if constexpr (!std::is_same_v<Q, AdapterQuestion>) {
        q.context = text;
      }
    });
    large.resize(1);
    Questions crowd = with_many_people(day, 5'000);
    crowd.resize(std::min<std::size_t>(crowd.size(), 1));
    large.insert(large.end(), crowd.begin(), crowd.end());
    const Exam before = sit(instance, day);
    sit(instance, large);
    const std::string difference = first_difference(before, again(instance, before));
    return difference.empty() ? passed(std::to_string(large.size()) + " calls")
                              : failed(difference);
  });
}

}  // namespace

std::vector<Case> wire_cases() {
  const char* const lives = "life.tells_its_extensions";
  return {
      {"life.keeps_the_wire", "It answers each call and each ping once, in their order, and stays.",
       "Send nothing but what WIRE.md allows, in turn; catch what your code raises.", kProgram,
       "life.starts", keeps_the_wire},
      {"hostile.unknown_calls", "It refuses calls of a newer node with a reason, and goes on.",
       "Answer {\"status\":-3,\"why\":\"...\"} to names that you do not know.", kProgram, lives,
       unknown_calls},
      {"hostile.malformed_messages", "It does not hang on what is no message.",
       "End, or look away: check count, magic and kind of frames, parse bounded.", kProgram, lives,
       malformed_messages},
      {"hostile.calls_at_once", "Asked 64 things at once it answers all, in their order.",
       "Answer call by call: one lane, no pool of threads.", kProgram, lives, calls_at_once},
      {"hostile.large_calls", "It reads calls of nearly 4 MiB, and of 5,000 people.",
       "Bound nothing below 4 MiB: the node has bounded it already.", kProgram, lives, large_calls},
  };
}

}  // namespace convene::check
