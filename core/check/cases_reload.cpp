// core/check/cases_reload.cpp - level "reload": a new generation beside the old one, in one process.
#include <fstream>
#include <thread>

#include "core/check/cases.hpp"

namespace convene::check {
namespace {

/// An instance of the library mapped a second time, or of the program started a second time, as the
/// next generation will be.
struct Next {
  Library library;
  std::unique_ptr<Instance> instance;
};
Result<std::unique_ptr<Next>> unborn_generation(const Subject& subject, unsigned number) {
  auto next = std::make_unique<Next>();
  if (is_program(subject)) {
    next->instance = unborn(subject);
    return next;
  }
  const Library* library = library_of(subject);
  if (!library) return Error{"check.load", "it does not load"};
  auto copy = open_copy(*library, number);
  if (!copy) return copy.error();
  next->library = std::move(*copy);
  next->instance = std::make_unique<Instance>(next->library, subject.index);
  return next;
}
Result<std::unique_ptr<Next>> next_generation(const Subject& subject, unsigned number) {
  auto next = unborn_generation(subject, number);
  if (!next) return next;
  if (Status lives = (*next)->instance->live(subject.config); !lives) return lives.error();
  return next;
}

Verdict beside(const Subject& subject) {
  return with_instance(subject, [&](Instance& old) {
    sit(old, ordinary(subject));
    auto next = next_generation(subject, 1);
    if (!next) return failed("a second generation beside the first: " + next.error().text);
    return passed();
  });
}

Verdict agree(const Subject& subject, bool old_first) {
  return with_instance(subject, [&](Instance& old) {
    const Exam exam = sit(old, ordinary(subject));
    auto next = next_generation(subject, 1);
    if (!next) return skipped(next.error().text);
    Instance& fresh = *(*next)->instance;
    std::string difference = first_difference(exam, again(fresh, exam));
    if (!difference.empty()) return failed("the new generation decides otherwise: " + difference);
    Instance& leaving = old_first ? old : fresh;
    Instance& staying = old_first ? fresh : old;
    leaving.stop();
    leaving.destroy();
    difference = first_difference(exam, again(staying, exam));
    return difference.empty()
               ? passed()
               : failed("when the other has gone, the one that stays decides otherwise: " +
                        difference);
  });
}

/// Every second step of each story is taken by the new generation.
Verdict state_moves(const Subject& subject) {
  return with_instance(subject, [&](Instance& old) {
    const Exam exam = sit(old, ordinary(subject));
    auto next = next_generation(subject, 1);
    if (!next) return skipped(next.error().text);
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < exam.questions.size(); ++i)
      answers.push_back((i % 2 ? *(*next)->instance : old).ask(exam.questions[i]));
    const std::string difference = first_difference(exam, answers);
    return difference.empty() ? passed() : failed(difference);
  });
}

Verdict stops_in_time(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    sit(instance, ordinary(subject));
    const std::int64_t began = now_ns();
    instance.stop();
    instance.destroy();
    const std::int64_t took = (now_ns() - began) / 1'000'000;
    if (took > 1'000) return failed("needs " + std::to_string(took) + " ms to end");
    return passed();
  });
}

std::size_t resident_kib() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4;
}

Verdict many_generations(const Subject& subject) {
  constexpr unsigned kCount = 12;
  if (!alive(subject)) return skipped("no instance can be made");
  std::size_t first = 0;
  for (unsigned i = 1; i <= kCount; ++i) {
    auto next = next_generation(subject, i);
    if (!next) return skipped(next.error().text);
    sit(*(*next)->instance, ordinary(subject));
    if (i == 2) first = resident_kib();
  }
  const std::size_t last = resident_kib();
  const std::size_t each = last > first ? (last - first) / (kCount - 2) : 0;
  const std::size_t size = library_of(subject)->bytes.size() / 1024;
  if (each > 4 * size + 2'048)
    return failed("a retired generation keeps " + std::to_string(each) + " KiB of a library of " +
                  std::to_string(size) + " KiB");
  return passed(std::to_string(each) + " KiB a generation");
}

Verdict failed_one_disturbs_nobody(const Subject& subject) {
  return with_instance(subject, [&](Instance& old) {
    const Exam exam = sit(old, ordinary(subject));
    // The next generation is made and thrown away unstarted, as when its proof fails.
    {
      auto candidate = unborn_generation(subject, 1);
      if (!candidate) return skipped(candidate.error().text);
      if (!(*candidate)->instance->create(subject.config))
        return skipped("no instance can be made");
    }
    const std::string difference = first_difference(exam, again(old, exam));
    return difference.empty() ? passed() : failed(difference);
  });
}

}  // namespace

std::vector<Case> reload_cases() {
  const char* const lives = "life.tells_its_extensions";
  const char* const repeats = "pure.order_does_not_matter";
  return {
      {"reload.lives_beside_itself", "A new generation starts while the old one works.",
       "Hold nothing that there is only once: no fixed port, lock file or name.", kAny, lives,
       beside},
      {"reload.generations_agree",
       "Both generations decide alike, and the new one when the old has gone.",
       "Share nothing between libraries in a process.", kMaps,
       "pure.order_does_not_matter reload.state_moves",
       [](const Subject& s) { return agree(s, true); }},
      {"reload.way_back", "The old generation decides as before when the new one is taken back.",
       "Let the end of one instance free nothing of another's.", kMaps, "reload.generations_agree",
       [](const Subject& s) { return agree(s, false); }},
      {"reload.refused_candidate", "A candidate that is thrown away unstarted disturbs nobody.",
       "Do in start(), not in create(), what others can notice.", kMaps,
       "life.ends_unstarted pure.order_does_not_matter", failed_one_disturbs_nobody},
      {"reload.state_moves", "A story begun by one generation goes on with the other.",
       "Put into the state all that the next step needs, in a form that stays.",
       kService | kChannel, repeats, state_moves},
      {"reload.ends_in_time", "It stops within a second.",
       "Let stop() wait for nothing that may hang.", kAny, "life.tells_its_extensions life.ends",
       stops_in_time},
      {"reload.retires_small", "A retired generation keeps little memory.",
       "Free in destroy() what the library has allocated; its code stays mapped by design.",
       kLibrary, lives, many_generations},
  };
}

}  // namespace convene::check
