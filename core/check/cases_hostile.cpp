// core/check/cases_hostile.cpp - level "hostile": a host that is right, and as unpleasant as it may be.
#include "core/check/breaches.hpp"
#include "core/check/cases.hpp"
#include "core/check/hostile_questions.hpp"

namespace convene::check {
namespace {

using Make = std::function<Questions(const Questions&)>;

/// Asks what `make` makes of a day. A crash or a hang ends this process and is the finding; a breach of
/// the contract that an ordinary day does not show is one as well.
Verdict endures(const Subject& subject, const Make& make, const Placement& placement) {
  auto calm = alive(subject);
  if (!calm) return skipped(calm.error().text);
  const Questions day = ordinary(subject);
  sit(**calm, day);
  return with_instance(subject, [&](Instance& instance) {
    const std::int64_t began = now_ns();
    std::size_t asked = 0;
    Questions questions = make(day);
    if (questions.empty()) return skipped("no question of its kind can be asked this way");
    for (std::size_t at = 0; at < questions.size() && !time_is_up(began, 4'000); at += 64) {
      const auto first = questions.begin() + static_cast<std::ptrdiff_t>(at);
      const auto last =
          questions.begin() + static_cast<std::ptrdiff_t>(std::min(at + 64, questions.size()));
      asked += sit(instance, Questions(first, last), placement).questions.size();
    }
    const std::string breach = own_breaches(instance.host, (*calm)->host);
    if (!breach.empty()) return failed(breach);
    return passed(std::to_string(asked) + " questions");
  });
}

Case hostile(const char* name, unsigned extensions, Make make, const char* proves,
             const char* remedy, Placement placement = {}) {
  const bool at_a_wall = placement.guarded && std::string(name) != "hostile.texts_end_at_a_wall";
  return {name,
          proves,
          remedy,
          extensions,
          at_a_wall ? "hostile.texts_end_at_a_wall" : "life.tells_its_extensions",
          [make = std::move(make), placement](const Subject& s) {
            return endures(s, make, placement);
          }};
}

Questions as_it_is(const Questions& day) { return day; }

Verdict longer_records(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    for (const std::size_t longer : {std::size_t{8}, std::size_t{64}}) {
      const std::string difference =
          first_difference(exam, again(instance, exam, {.longer = longer}));
      if (!difference.empty()) return failed(difference);
    }
    return passed();
  });
}

Verdict refusing(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    for (const int from : {0, 1, 2, 5}) {
      instance.host.refuse_from = from;
      again(instance, exam);
    }
    return passed();
  });
}

Verdict still_itself(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    Questions bad = with_hostile_contexts(exam.questions);
    bad.resize(std::min<std::size_t>(bad.size(), 200));
    sit(instance, bad);
    const std::string difference = first_difference(exam, again(instance, exam));
    return difference.empty() ? passed() : failed(difference);
  });
}

Verdict unknown_kinds_end_nothing(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, with_unknown_kinds(ordinary(subject)));
    for (std::size_t i = 0; i < exam.answers.size(); ++i) {
      if (exam.answers[i].ended) return failed("ended the session on " + exam.questions[i].label);
    }
    return passed(std::to_string(exam.questions.size()) + " questions");
  });
}

Verdict unknown_states(const Subject& subject) {
  auto calm = alive(subject);
  if (!calm) return skipped(calm.error().text);
  std::vector<std::string> known;
  const Questions day = ordinary(subject);
  for (const Answer& answer : sit(**calm, day).answers) {
    if (answer.state.size() > 2 && known.size() < 4) known.push_back(answer.state);
  }
  return endures(subject, [&](const Questions& q) { return with_unknown_states(q, known); }, {});
}

Verdict outcomes(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    for (const int kind : {-1, 0, 1, 2, 3, 4, 5, 99}) instance.outcome(kind);
    return passed();
  });
}

}  // namespace

std::vector<Case> hostile_cases() {
  const Placement guarded{.guarded = true};
  const char* const lives = "life.tells_its_extensions";
  return {
      {"hostile.longer_records", "It steps through longer records of a newer host (law 1).",
       "Step by candidate_stride and leg_stride, never by sizeof; look away from unknown members.",
       kMaps, "pure.order_does_not_matter", longer_records},
      hostile("hostile.texts_end_at_a_wall", kLibrary, as_it_is,
              "It reads no byte beyond a text: texts have no zero at their end.",
              "Use the size of a convene_text; strlen, strcmp and atoi read on.", guarded),
      hostile("hostile.input_is_read_only", kLibrary, as_it_is,
              "It writes nothing into a question.", "Copy before you change: a question is const.",
              {.guarded = true, .read_only = true}),
      hostile("hostile.empty_texts", kAny, with_empty_texts,
              "It takes empty texts, whose pointer is null.",
              "Look at the size before you look at data.", guarded),
      hostile("hostile.nobody_there", kMaps, without_people,
              "It copes with no candidate and no leg at all.",
              "candidate_count and leg_count may be 0.", guarded),
      hostile("hostile.many_people", kMaps,
              [](const Questions& day) { return with_many_people(day, 256); },
              "It copes with 256 candidates or legs.", "Rely on no size of a page.", {}),
      hostile("hostile.extreme_times", kMaps, with_extreme_times,
              "It survives times at the ends of 64 bits.",
              "Subtract times only after a check, or in a wider type.", {}),
      hostile("hostile.extreme_numbers", kMaps, with_extreme_numbers,
              "It survives counts, levels, roles and states at their ends.",
              "Trust no number; use it as an index only after a check.", {}),
      {"hostile.unknown_kinds", "An event of a newer core does not end a session.",
       "Ignore kinds that you do not know.", kService | kChannel, lives, unknown_kinds_end_nothing},
      hostile("hostile.contexts", kAny, with_hostile_contexts,
              "It survives contexts, details and frames that are broken, deep, long or not UTF-8.",
              "Parse with json.hpp, which is bounded; a bad context is a failure with a reason.",
              guarded),
      hostile("hostile.settings", kService | kChannel, with_hostile_settings,
              "It survives flow and channel settings that make no sense.",
              "Check settings like any input: use the default, or fail with a reason.", guarded),
      hostile("hostile.strange_names", kAny, with_strange_names,
              "It survives names that are long, binary, or meant for a shell, a format or SQL.",
              "Treat names as bytes; cut what is too long for an effect.", guarded),
      {"hostile.strange_states",
       "It survives a state of another version, cut off, or of a stranger.",
       "Check version and shape; answer CONVENE_E_STATE, or fail with a reason.",
       kService | kChannel, lives, unknown_states},
      {"hostile.refusing_host", "It ends its call when the host takes no more.",
       "When an effect or a sink answers CONVENE_E_LIMIT, return it; do not try again.",
       kMaps | kLibrary, lives, refusing},
      {"hostile.itself_afterwards", "After bad questions it answers good ones as before.",
       "Let a failed call leave no trace (law 6).", kMaps,
       "pure.order_does_not_matter hostile.contexts", still_itself},
      {"hostile.unknown_outcomes", "It takes outcomes that it does not know.",
       "Ignore outcomes that you do not know.", kRouting, lives, outcomes},
  };
}

}  // namespace convene::check
