// core/check/cases_pure.cpp - level "pure": the same arguments, the same answer, whoever asks, where
// and when.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <ctime>
#include <thread>

#include "core/check/cases.hpp"
#include "core/check/imports.hpp"

namespace convene::check {
namespace {

Verdict compared(const Exam& exam, const std::vector<Answer>& answers) {
  const std::string difference = first_difference(exam, answers);
  if (!difference.empty()) return failed(difference);
  return passed(std::to_string(exam.questions.size()) + " questions");
}

Verdict same_answer(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    // Each question twice in a row, and the day twice: nothing lies between, or everything does.
    const Exam exam = sit(instance, ordinary(subject));
    for (std::size_t i = 0; i < exam.questions.size(); ++i) {
      Exam one{{exam.questions[i]}, {instance.ask(exam.questions[i])}};
      const std::string difference = first_difference(one, {instance.ask(exam.questions[i])});
      if (!difference.empty()) return failed(difference);
    }
    return passed(std::to_string(exam.questions.size()) + " questions");
  });
}

Verdict other_order(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    Exam backwards = exam;
    std::reverse(backwards.questions.begin(), backwards.questions.end());
    std::reverse(backwards.answers.begin(), backwards.answers.end());
    return compared(backwards, again(instance, backwards));
  });
}

Verdict fresh_instance(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    auto fresh = alive(subject);
    if (!fresh) return skipped(fresh.error().text);
    return compared(exam, again(**fresh, exam));
  });
}

Verdict every_step_afresh(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    // A process takes a while to start: of a program, a dozen steps stand for all.
    const std::size_t stride = is_program(subject) ? exam.questions.size() / 12 + 1 : 1;
    Exam some;
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < exam.questions.size(); i += stride) {
      auto fresh = alive(subject);
      if (!fresh) return skipped(fresh.error().text);
      some.questions.push_back(exam.questions[i]);
      some.answers.push_back(exam.answers[i]);
      answers.push_back((*fresh)->ask(exam.questions[i]));
    }
    return compared(some, answers);
  });
}

Verdict other_thread(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    std::vector<Answer> answers;
    std::thread([&] { answers = again(instance, exam); }).join();
    return compared(exam, answers);
  });
}

Verdict other_addresses(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    for (std::size_t shift = 1; shift < 8; ++shift) {
      Verdict verdict = compared(exam, again(instance, exam, {.shift = shift}));
      if (verdict.outcome != Outcome::passed) return verdict;
    }
    return compared(exam, again(instance, exam, {.null_empty = false}));
  });
}

Verdict other_surroundings(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    ::setenv("TZ", "XYZ-5:45", 1);
    ::setenv("LANG", "de_DE.UTF-8", 1);
    ::setenv("HOME", "/", 1);
    ::tzset();
    if (is_program(subject)) {  // the zone is all that a node hands on
      auto fresh = alive(subject);
      return fresh ? compared(exam, again(**fresh, exam)) : skipped(fresh.error().text);
    }
    std::setlocale(LC_ALL, "C.UTF-8");
    ::umask(0);
    if (::chdir("/") != 0) return skipped("the folder cannot be changed");
    return compared(exam, again(instance, exam));
  });
}

Verdict asks_the_host(const Subject& subject, Rule rule) {
  return with_instance(subject, [&](Instance& instance) {
    if (!watch_imports(library_of(subject)->entry, instance.host))
      return skipped("the imports of a library cannot be watched on this machine");
    sit(instance, ordinary(subject));
    return instance.host.broken(rule) ? failed(instance.host.finding(rule)) : passed();
  });
}

Case law_six(const char* name, Rule rule, const char* proves, const char* remedy) {
  return {name,
          proves,
          remedy,
          kMaps | kLibrary,
          "life.tells_its_extensions",
          [rule](const Subject& s) { return asks_the_host(s, rule); }};
}

}  // namespace

std::vector<Case> pure_cases() {
  const char* const first = "pure.same_question_same_answer";
  const char* const repeats = "pure.order_does_not_matter";
  return {
      {first, "Asked the same twice in a row it answers the same.",
       "Decide from the arguments alone: no counters, no clock, no dice.", kMaps,
       "life.tells_its_extensions", same_answer},
      {"pure.order_does_not_matter", "What was asked before changes no answer.",
       "Remember nothing between calls; a service's memory is its state.", kMaps, first,
       other_order},
      {"pure.instances_agree", "A fresh instance gives the same answers.",
       "Let nothing but the settings tell instances apart.", kMaps, repeats, fresh_instance},
      {"pure.nothing_between_steps",
       "Each step can be taken by an instance that has seen no other.",
       "Put into the state what the next step needs: after a crash, another instance takes it.",
       kService | kChannel, repeats, every_step_afresh},
      {"pure.threads_do_not_matter", "On another thread it answers the same.",
       "Use no thread_local variables.", kMaps | kLibrary, repeats, other_thread},
      {"pure.addresses_do_not_matter", "Where the question lies in memory changes no answer.",
       "Compare texts, not pointers, and order by content.", kMaps | kLibrary, repeats,
       other_addresses},
      {"pure.surroundings_do_not_matter",
       "Time zone, locale, environment and folder change no answer.",
       "Format and compare without the locale; times are milliseconds since 1970.", kMaps, repeats,
       other_surroundings},
      law_six("pure.asks_no_clock", Rule::clock, "It does not ask what time it is (law 6).",
              "Take now_ms from the question."),
      law_six("pure.rolls_no_dice", Rule::dice, "It rolls no dice (law 6).",
              "Derive what must differ from the session's number."),
      law_six("pure.does_no_io", Rule::io, "It reads and writes nothing (law 6).",
              "Put what you need into the settings; do I/O in an adapter."),
      law_six("pure.starts_no_thread", Rule::thread, "It starts no thread in a call.",
              "Answer on the thread that asks."),
      law_six("pure.leaves_processes_alone", Rule::process,
              "It starts, signals and ends no process in a call.",
              "Do that in an adapter, if at all."),
      law_six("pure.reads_no_environment", Rule::environment,
              "It reads no environment variable, folder or number of the process in a call.",
              "Read it from the settings: in a simulation they are the same."),
  };
}

}  // namespace convene::check
