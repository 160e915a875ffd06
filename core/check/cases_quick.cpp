// core/check/cases_quick.cpp - level "quick": answers from memory, within the budget of a host.
#include <algorithm>

#include "core/check/cases.hpp"
#include "core/check/hostile_questions.hpp"
#include "core/check/imports.hpp"

namespace convene::check {
namespace {

constexpr std::int64_t kBudgetNs = 50'000'000;   // of a host's HostOptions
constexpr std::int64_t kProgramNs = 20'000'000;  // what a node waits for a program, but for a step

std::int64_t budget_of(Instance& instance, const Question& question) {
  const bool step = std::holds_alternative<ServiceQuestion>(question.asked);
  return instance.program() && !step ? kProgramNs : kBudgetNs;
}

std::string in_words(std::int64_t ns) {
  if (ns < 10'000) return std::to_string(ns) + " ns";
  return ns < 10'000'000 ? std::to_string(ns / 1000) + " us"
                         : std::to_string(ns / 1'000'000) + " ms";
}

/// The least of up to five tries: a machine that is busy with something else proves nothing.
std::int64_t least_time(Instance& instance, const Question& question) {
  std::int64_t least = instance.ask(question).took_ns;
  for (int i = 0; i < 4 && least > budget_of(instance, question) / 2; ++i)
    least = std::min(least, instance.ask(question).took_ns);
  return least;
}

Verdict within_budget(const Subject& subject,
                      const std::function<Questions(const Questions&)>& make) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, make(ordinary(subject)));
    std::vector<std::int64_t> times;
    const std::int64_t began = now_ns();
    for (const Question& question : exam.questions) {
      times.push_back(least_time(instance, question));
      const std::int64_t most = budget_of(instance, question);
      if (times.back() > most)
        return failed(question.label + " took " + in_words(times.back()) + " where " +
                      in_words(most) + " are allowed");
      if (time_is_up(began, 3'000)) break;
    }
    if (times.empty()) return skipped("nothing can be asked this way");
    std::sort(times.begin(), times.end());
    return passed("median " + in_words(times[times.size() / 2]) + ", longest " +
                  in_words(times.back()));
  });
}

Case budget(const char* name, std::function<Questions(const Questions&)> make, const char* proves,
            const char* remedy) {
  return {name,
          proves,
          remedy,
          kMaps,
          "life.tells_its_extensions hostile.contexts",
          [make = std::move(make)](const Subject& s) { return within_budget(s, make); }};
}

Verdict waits_for_nobody(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const bool watched = watch_imports(library_of(subject)->entry, instance.host);
    const Exam exam = sit(instance, ordinary(subject));
    if (watched && instance.host.broken(Rule::waiting))
      return failed(instance.host.finding(Rule::waiting));
    // The thread gave up its processor of its own will: it waited for a lock, a file, another thread.
    std::size_t waits = 0, calls = 0;
    std::string where;
    for (int round = 0; round < 4; ++round) {
      for (const Question& question : exam.questions) {
        ++calls;
        if (instance.ask(question).waits > 0 && ++waits == 1) where = question.label;
      }
    }
    if (waits * 10 > calls)
      return failed("was put to sleep in " + std::to_string(waits) + " of " +
                    std::to_string(calls) + " calls (question: " + where + ")");
    return passed();
  });
}

Verdict steady_once(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    const std::int64_t began = now_ns();
    // The fastest of each round: what the plugin itself needs, whatever else the machine does.
    std::vector<std::int64_t> rounds;
    while (rounds.size() < 60 && !(rounds.size() > 8 && time_is_up(began, 3'000))) {
      std::int64_t sum = 0;
      for (const Question& question : exam.questions) sum += instance.ask(question).took_ns;
      rounds.push_back(sum);
    }
    const std::size_t quarter = rounds.size() / 4;
    const auto least = [&](std::size_t from) {
      const auto at = rounds.begin() + static_cast<std::ptrdiff_t>(from);
      return *std::min_element(at, at + static_cast<std::ptrdiff_t>(quarter));
    };
    const std::int64_t first = least(0), last = least(rounds.size() - quarter);
    if (last > first * 3 + 100'000)
      return failed("a round of questions takes " + in_words(first) + " at first and " +
                    in_words(last) + " after " + std::to_string(rounds.size()) + " rounds");
    return passed();
  });
}

/// A plugin that slows down does so each time it lives; a machine that is busy does not.
Verdict steady(const Subject& subject) {
  Verdict verdict = steady_once(subject);
  for (int i = 0; i < 2 && verdict.outcome == Outcome::failed; ++i) verdict = steady_once(subject);
  return verdict;
}

Verdict starts_quickly(const Subject& subject) {
  const std::int64_t most = is_program(subject) ? 2'500'000'000 : 1'000'000'000;
  std::int64_t least = INT64_MAX;
  for (int i = 0; i < 3 && least > most / 5; ++i) {
    const std::int64_t began = now_ns();
    const auto instance = alive(subject);
    if (!instance) return skipped(instance.error().text);
    least = std::min(least, now_ns() - began);
  }
  if (least > most)
    return failed("needs " + in_words(least) + " to be created and started; a reload waits for it");
  return passed(in_words(least));
}

Questions long_texts(const Questions& day) {
  std::string text = "{\"lang\":\"fr\",\"note\":\"";
  text += std::string(60'000, 'x') + "\"}";
  return changed(day, [&](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (std::is_same_v<Q, RoutingQuestion>) q.context = text;
    if constexpr (std::is_same_v<Q, ServiceQuestion>) q.context = text, q.detail = "{}";
    if constexpr (std::is_same_v<Q, ChannelQuestion>) q.frame = text;
  });
}

Questions many_values(const Questions& day) {
  std::string text = "{\"lang\":[\"x\"";
  for (int i = 0; i < 8'000; ++i) text += ",\"fr\"";
  text += "]}";
  return changed(day, [&](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (std::is_same_v<Q, RoutingQuestion>) q.context = text;
    if constexpr (std::is_same_v<Q, ServiceQuestion>) q.context = text, q.detail = text;
    if constexpr (std::is_same_v<Q, ChannelQuestion>) q.frame = text;
  });
}

}  // namespace

std::vector<Case> quick_cases() {
  const char* const lives = "life.tells_its_extensions";
  return {
      budget(
          "quick.ordinary_questions", [](const Questions& day) { return day; },
          "Every ordinary question is answered within 50 ms; by a program, all but steps within "
          "20.",
          "Answer from memory; prepare in start() what takes long."),
      budget(
          "quick.full_pages", [](const Questions& day) { return with_many_people(day, 64); },
          "64 candidates with 64 skills each, or 64 legs, are looked at within 50 ms.",
          "Look at each candidate once; sort nothing that need not be sorted."),
      budget("quick.long_texts", long_texts, "A context of 60,000 bytes is handled within 50 ms.",
             "Parse once, bounded; do not copy in a loop."),
      budget("quick.many_values", many_values, "A context of 8,000 values is handled within 50 ms.",
             "Bound the number of values that you take from outside, and avoid nested loops."),
      budget(
          "quick.hostile_texts", [](const Questions& day) { return with_hostile_contexts(day); },
          "Hostile texts are refused within 50 ms.",
          "Bound depth and size before you parse: json.hpp does."),
      {"quick.waits_for_nobody", "A call never sleeps, polls, or waits for a lock.",
       "Do what waits in an adapter, or in start().", kMaps | kLibrary, lives, waits_for_nobody},
      {"quick.stays_quick", "The thousandth call is as quick as the first.",
       "Let nothing grow from call to call.", kMaps, lives, steady},
      {"quick.starts_quickly", "It is created and started within a second, a program within 2.5.",
       "Load what is large in the background of an adapter, or give it in the settings.", kAny,
       lives, starts_quickly},
  };
}

}  // namespace convene::check
