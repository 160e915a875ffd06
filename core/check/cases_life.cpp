// core/check/cases_life.cpp - level "life": made, started, asked, stopped, ended; and again.
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>

#include "convene/json.hpp"
#include "core/check/cases.hpp"
#include "core/check/process_state.hpp"
#include "core/check/samples.hpp"
#include "sdk/host/settings.hpp"

namespace convene::check {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCountsHeap = false;  // a sanitizer's allocator does not answer mallinfo2
#else
constexpr bool kCountsHeap = true;
#endif

/// One step of a life as a case: it fails with `code`, or one of `also`.
Verdict step_of_life(const Subject& subject, const std::function<Status(Instance&)>& steps,
                     std::initializer_list<std::string_view> codes) {
  const auto instance = unborn(subject);
  if (!instance) return skipped("it does not load");
  const Status done = steps(*instance);
  // Its end is another case's: an instance that was only created is brought to its usual one.
  if (instance->created() && !instance->started()) (void)instance->start();
  if (done) return passed();
  for (const std::string_view code : codes) {
    if (done.error().code == code) return failed(done.error().text);
  }
  return passed();  // another case's finding
}

Verdict settings_fit(const Subject& subject) {
  const auto fine = check_settings(subject.plugin, subject.config);
  return fine ? passed() : failed("it " + fine.error().text);
}
Verdict creates(const Subject& subject) {
  return step_of_life(subject, [&](Instance& i) { return i.create(subject.config); },
                      {"check.refused", "check.silent"});
}
Verdict tables(const Subject& subject) {
  return step_of_life(subject, [&](Instance& i) { return i.create(subject.config); },
                      {"check.tables"});
}
Verdict starts(const Subject& subject) {
  return step_of_life(subject,
                      [&](Instance& i) -> Status {
                        if (!i.create(subject.config)) return ok();
                        return i.start();
                      },
                      {"check.refused", "check.silent"});
}
/// A program has no tables: it answers, or says that it offers no such thing.
Verdict answers_what_it_offers(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    for (const Question& question : ordinary(subject)) {
      const Answer answer = instance.ask(question);
      if (answer.status == CONVENE_E_UNSUPPORTED)
        return failed(std::string("offers ") + extension_of(question) +
                      " and answers that it does not: " + answer.why);
    }
    return passed();
  });
}

Verdict extensions(const Subject& subject) {
  if (is_program(subject)) return answers_what_it_offers(subject);
  return step_of_life(subject, [&](Instance& i) { return i.live(subject.config); },
                      {"check.extension"});
}

Verdict unknown_extension(const Subject& subject) {
  return with_instance(subject, [](Instance& instance) {
    for (const char* id : {"convene.routing/999", "convene.nothing/1", "convene.routing", ""}) {
      if (instance.extension(id))
        return failed(std::string("gave a table for \"") + id + "\", which it does not offer");
    }
    return passed();
  });
}

Verdict same_tables(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    for (const std::string& id : subject.plugin.offers) {
      if (instance.extension(id) != instance.extension(id))
        return failed("gave two tables for " + id);
    }
    return passed();
  });
}

Verdict ends_in_order(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    sit(instance, ordinary(subject));
    instance.stop();
    if (instance.host.broken(Rule::throws)) return passed();  // told by life.throws_nothing
    instance.destroy();
    if (WirePartner* program = instance.program(); program && program->end() != "exit 0")
      return failed(program->end().empty() ? "does not end within 2 s of the node's goodbye"
                                           : "after the node's goodbye: " + program->end());
    return passed();
  });
}

Verdict unstarted(const Subject& subject) {
  const Library* library = library_of(subject);
  if (!library) return skipped("it does not load");
  Instance instance(*library, subject.index);
  if (!instance.create(subject.config)) return skipped("no instance can be made");
  instance.destroy();
  return passed();
}

/// Answers of one instance before and after `between`.
Verdict undisturbed(const Subject& subject, const char* what,
                    const std::function<void(const Exam&)>& between) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam before = sit(instance, ordinary(subject));
    between(before);
    const std::string difference = first_difference(before, again(instance, before));
    return difference.empty() ? passed() : failed(std::string(what) + " changes " + difference);
  });
}

Verdict two_at_once(const Subject& subject) {
  return undisturbed(subject, "a second instance that comes and goes", [&](const Exam& exam) {
    if (auto second = alive(subject)) again(**second, exam);
  });
}

Verdict allowed_settings(const Subject& subject) {
  std::size_t created = 0;
  const auto samples = allowed_samples(subject.plugin.config_schema);
  for (const Sample& sample : samples) {
    CheckingHost::tell_progress("takes the settings: " + sample.label);
    auto instance = alive(subject, sample.config);
    if (!instance && instance.error().code == "check.silent")
      return failed(sample.label + " (" + shown(sample.config) + "): " + instance.error().text);
    if (!instance) continue;
    ++created;
    sit(**instance, ordinary(subject));
  }
  return passed(std::to_string(created) + " of " + std::to_string(samples.size()) + " taken");
}

Verdict forbidden_settings(const Subject& subject) {
  std::size_t n = 0;
  for (const Sample& sample : forbidden_samples(subject.plugin.config_schema)) {
    if (check_settings(subject.plugin, sample.config)) return failed("took " + sample.label);
    ++n;
  }
  return passed(std::to_string(n) + " refused");
}

Verdict unknown_setting(const Subject& subject) {
  const json::Parsed config = json::parse(subject.config);
  json::Value with = config ? *config.value : json::object();
  with.set("no_such_key_" + subject.plugin.id, 1);
  if (check_settings(subject.plugin, json::write(with)))
    return failed("an operator's misspelt key would be taken in silence");
  return passed();
}

Verdict keeps_no_view(const Subject& subject, bool config_only) {
  const Library* library = library_of(subject);
  if (!library) return skipped("it does not load");
  const Placement revoked{.guarded = true, .revoked = true};
  Instance instance(*library, subject.index);
  if (!instance.live(subject.config, config_only ? revoked : Placement{}))
    return skipped("no instance can be made");
  const Questions questions = ordinary(subject);
  for (int round = 0; round < 2; ++round)
    sit(instance, questions, config_only ? Placement{} : revoked);
  return passed();
}

/// Bytes in use on the heap.
std::size_t heap() { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; }

/// The memory of a program grows in pages and for reasons of its language: only much of it tells.
Verdict program_leaks(const Subject& subject) {
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    std::size_t calls = 0, first = 0;
    const std::int64_t began = now_ns();
    for (int round = 0; round < 60 && !(round > 20 && time_is_up(began)); ++round) {
      if (round == 10) first = instance.program()->memory_kib(), calls = 0;
      again(instance, exam);
      calls += exam.questions.size();
    }
    const std::size_t last = instance.program()->memory_kib();
    const std::size_t growth = last > first ? last - first : 0;
    if (growth > 2'048 + calls)
      return failed("keeps " + std::to_string(growth) + " KiB after " + std::to_string(calls) +
                    " calls");
    return passed(std::to_string(growth) + " KiB after " + std::to_string(calls) + " calls");
  });
}

Verdict leaks_over_calls(const Subject& subject) {
  if (is_program(subject)) return program_leaks(subject);
  if (!kCountsHeap) return skipped("the heap cannot be counted under a sanitizer");
  return with_instance(subject, [&](Instance& instance) {
    const Exam exam = sit(instance, ordinary(subject));
    const std::int64_t began = now_ns();
    std::size_t calls = 0, first = 0;
    int rounds = 0;
    for (; rounds < 60 && !(rounds > 20 && time_is_up(began)); ++rounds) {
      if (rounds == 10) first = heap(), calls = 0;  // caches are filled by now
      again(instance, exam);
      calls += exam.questions.size();
    }
    const auto growth = static_cast<std::int64_t>(heap()) - static_cast<std::int64_t>(first);
    if (growth > static_cast<std::int64_t>(calls) * 8 + 4096)
      return failed("keeps " + std::to_string(growth) + " bytes after " + std::to_string(calls) +
                    " calls");
    return passed(std::to_string(std::max<std::int64_t>(growth, 0)) + " bytes after " +
                  std::to_string(calls) + " calls");
  });
}

Verdict leaks_over_lives(const Subject& subject) {
  if (!kCountsHeap) return skipped("the heap cannot be counted under a sanitizer");
  if (!alive(subject)) return skipped("no instance can be made");
  const std::int64_t began = now_ns();
  std::size_t first = 0, lives = 0;
  for (int i = 0; i < 220 && !(i > 30 && time_is_up(began)); ++i) {
    if (i == 24) first = heap(), lives = 0;
    ++lives;
    auto instance = alive(subject);
  }
  const auto growth = static_cast<std::int64_t>(heap()) - static_cast<std::int64_t>(first);
  if (growth > static_cast<std::int64_t>(lives) * 8 + 4096)
    return failed("keeps " + std::to_string(growth) + " bytes after " + std::to_string(lives) +
                  " lives");
  return passed(std::to_string(lives) + " lives");
}

/// What a whole life leaves behind in the process.
Verdict leaves(const Subject& subject,
               std::string (ProcessState::*difference)(const ProcessState&) const) {
  if (!library_of(subject)) return skipped("it does not load");
  const ProcessState before = ProcessState::now();
  {
    auto instance = alive(subject);
    if (!instance) return skipped(instance.error().text);
    sit(**instance, ordinary(subject));
  }
  std::string found;
  for (int wait = 0; wait < 20;
       ++wait) {  // a thread that has been joined leaves /proc a little later
    found = (before.*difference)(ProcessState::now());
    if (found.empty()) return passed();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return failed(found + " after its end");
}

Verdict prints_nothing(const Subject& subject) {
  struct stat before {};
  ::fstat(STDERR_FILENO, &before);
  Verdict verdict = with_instance(subject, [&](Instance& instance) {
    sit(instance, ordinary(subject));
    return passed();
  });
  std::fflush(nullptr);
  struct stat after {};
  ::fstat(STDERR_FILENO, &after);
  if (verdict.outcome == Outcome::passed && after.st_size > before.st_size)
    return failed("printed " + std::to_string(after.st_size - before.st_size) + " bytes");
  return verdict;
}

Verdict another_thread(const Subject& subject) {
  Verdict verdict = passed();
  std::thread([&] {
    auto instance = alive(subject);
    if (!instance) {
      verdict = skipped(instance.error().text);
      return;
    }
    sit(**instance, ordinary(subject));
  }).join();
  return verdict;
}

Case leaving(const char* name, std::string (ProcessState::*d)(const ProcessState&) const,
             const char* proves, const char* remedy) {
  return {name, proves, remedy, kLibrary, "life.tells_its_extensions", [d](const Subject& s) {
            return leaves(s, d);
          }};
}

}  // namespace

std::vector<Case> life_cases() {
  const char* const lives = "life.tells_its_extensions";
  const char* const repeats = "pure.order_does_not_matter";
  return {
      {"life.settings_fit", "The settings given satisfy its schema.",
       "Correct the file given with --config; the schema is in the plugin's kConfigSchema.", kAny,
       "load.schemas", settings_fit},
      {"life.is_created", "It can be created with the settings given, or those of its schema.",
       "Give settings that it takes: --config FILE.toml; a refusal says what is missing.", kAny,
       "life.settings_fit", creates},
      {"life.has_its_functions", "An instance is a readable table without a null function.",
       "Fill in start, extension, stop and destroy of convene_plugin.", kLibrary, "life.is_created",
       tables},
      {"life.starts", "It starts.", "Let start() return CONVENE_OK, or say why through fail.", kAny,
       "life.has_its_functions", starts},
      {lives, "Each extension that it offers has a whole table; a program answers it.",
       "Return the table from extension(), with every function that is not marked \"may be null\".",
       kAny, "life.starts life.keeps_the_wire", extensions},
      {"life.offers_nothing_else", "It has no table for an extension that it does not offer.",
       "Return null from extension() for every other id: a newer host asks for newer ones.",
       kLibrary, lives, unknown_extension},
      {"life.keeps_its_tables", "Asked twice for an extension it gives the same table.",
       "Return the address of one constant table.", kLibrary, lives, same_tables},
      {"life.ends", "It stops and is destroyed without trouble after it has worked.",
       "Free in destroy() what create() made, and nothing twice.", kAny, lives, ends_in_order},
      {"life.ends_unstarted", "It can be destroyed without having been started.",
       "Let destroy() cope with an instance whose start() was never called, or failed.", kLibrary,
       lives, unstarted},
      {"life.stands_a_second_instance", "Two instances do not disturb each other.",
       "Keep everything in the instance: no static variables.", kMaps, repeats, two_at_once},
      {"life.takes_allowed_settings",
       "It takes what its schema allows, to the extremes, or says why not.",
       "Say through fail which setting is wrong, or forbid it in the schema.", kAny, lives,
       allowed_settings},
      {"life.schema_forbids", "Its schema refuses wrong types, values beyond bounds, missing keys.",
       "Write type, minimum, maximum, enum and required into the config schema.", kAny, lives,
       forbidden_settings},
      {"life.schema_forbids_unknown_keys", "Its schema refuses a misspelt key.",
       "Add \"additionalProperties\": false to the config schema.", kAny, lives, unknown_setting},
      {"life.copies_its_settings", "It keeps no view of its settings after its creation (law 3).",
       "Copy what you keep of `config`.", kLibrary, lives,
       [](const Subject& s) { return keeps_no_view(s, true); }},
      {"life.keeps_no_view", "It keeps no view of a question after the call (law 3).",
       "Copy what you keep of a question; better, keep nothing.", kLibrary,
       "hostile.texts_end_at_a_wall", [](const Subject& s) { return keeps_no_view(s, false); }},
      {"life.leaks_nothing_in_calls", "Its memory does not grow with the number of calls.",
       "Free what a call allocates; bound every cache.", kMaps, lives, leaks_over_calls},
      {"life.leaks_nothing_in_lives", "Its memory does not grow with the number of lives.",
       "Free in destroy() all that create(), start() and the calls have allocated.", kLibrary,
       lives, leaks_over_lives},
      leaving("life.leaves_no_thread", &ProcessState::thread_difference,
              "No thread of it runs after its end.", "Join every thread in stop()."),
      leaving("life.leaves_no_descriptor", &ProcessState::descriptor_difference,
              "No file or socket of it stays open after its end.",
              "Close in stop() what start() has opened."),
      leaving("life.leaves_settings_alone", &ProcessState::setting_difference,
              "Locale, folder, umask, environment, signals and rounding stay as they were.",
              "Change nothing that the whole process shares."),
      {"life.prints_nothing", "It writes nothing to standard output or standard error.",
       "Log through convene_host.log: the terminal belongs to the operator.", kLibrary, lives,
       prints_nothing},
      {"life.lives_on_any_thread",
       "It can be made, asked and ended on a thread that is not the first.",
       "Rely on no thread: the host promises one call at a time, not one thread.", kLibrary, lives,
       another_thread},
  };
}

}  // namespace convene::check
