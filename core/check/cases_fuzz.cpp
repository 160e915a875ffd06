// core/check/cases_fuzz.cpp - level "fuzz": random days, from a seed that is printed.
#include <random>

#include "convene/json.hpp"
#include "core/check/breaches.hpp"
#include "core/check/cases.hpp"
#include "core/check/hostile_questions.hpp"
#include "core/check/samples.hpp"
#include "sdk/host/settings.hpp"

namespace convene::check {
namespace {

/// Only the questions of one extension.
Questions of_extension(Questions day, unsigned extension) {
  std::erase_if(day, [&](const Question& q) { return (1u << q.asked.index()) != extension; });
  return day;
}

Verdict random_day(const Subject& subject, unsigned extension, bool wild) {
  auto calm = alive(subject);
  if (!calm) return skipped(calm.error().text);
  const Questions day = of_extension(ordinary(subject), extension);
  const Exam ordinary_exam = sit(**calm, day);
  const bool repeats = first_difference(ordinary_exam, again(**calm, ordinary_exam)).empty();
  return with_instance(subject, [&](Instance& instance) {
    const unsigned runs = extension == kAdapter ? std::min(subject.runs, 200u) : subject.runs;
    const std::int64_t began = now_ns();
    std::size_t asked = 0;
    Questions questions = random_questions(day, subject.seed, runs, wild);
    for (std::size_t at = 0; at < questions.size() && !time_is_up(began, 5'000); at += 25) {
      const auto first = questions.begin() + static_cast<std::ptrdiff_t>(at);
      const auto last =
          questions.begin() + static_cast<std::ptrdiff_t>(std::min(at + 25, questions.size()));
      // A wall behind every text is dear: every fourth lot has one.
      const Placement placement{.guarded = wild && at % 100 == 0};
      const Exam exam = sit(instance, Questions(first, last), placement);
      asked += exam.questions.size();
      const std::string breach = wild ? own_breaches(instance.host, (*calm)->host)
                                      : new_breaches(instance.host, (*calm)->host);
      if (!breach.empty()) return failed(breach);
      if (extension == kAdapter || wild || !repeats) continue;
      const std::string difference = first_difference(exam, again(instance, exam, placement));
      if (!difference.empty()) return failed("asked again it answers otherwise: " + difference);
    }
    return passed(std::to_string(asked) + " questions");
  });
}

/// Settings that the schema allows, at random: each is taken, or refused with a reason.
Verdict random_settings(const Subject& subject) {
  const json::Parsed schema = json::parse(subject.plugin.config_schema);
  if (!schema || schema.value->object("properties").empty()) return skipped("it takes no settings");
  std::mt19937_64 random(subject.seed);
  const auto samples = allowed_samples(subject.plugin.config_schema);
  for (const Sample& sample : samples) {
    const auto instance = alive(subject, sample.config);
    if (!instance && instance.error().code == "check.silent")
      return skipped("life.takes_allowed_settings tells it already");
  }
  const std::int64_t began = now_ns();
  unsigned tried = 0, taken = 0;
  for (unsigned i = 0; i < subject.runs && !time_is_up(began); ++i) {
    json::Value config = json::object();
    for (const auto& [key, member] : schema.value->object("properties")) {
      const json::Parsed from = json::parse(samples[random() % samples.size()].config);
      if (const json::Value* value = from.value->find(key)) config.set(key, *value);
      if (random() % 6 == 0)
        config.set(key, std::string(random() % 80, static_cast<char>(32 + random() % 90)));
      if (random() % 6 == 0) config.set(key, static_cast<std::int64_t>(random() >> random() % 64));
    }
    const std::string text = json::write(config);
    if (!check_settings(subject.plugin, text)) continue;
    ++tried;
    CheckingHost::tell_progress("takes the settings: " + shown(text, 400));
    const auto instance = alive(subject, text);
    if (!instance && instance.error().code == "check.silent")
      return failed(instance.error().text + " with " + shown(text, 400));
    taken += static_cast<bool>(instance);
  }
  return passed(std::to_string(taken) + " of " + std::to_string(tried) + " taken");
}

Case fuzz(const char* name, unsigned extension, bool wild, const char* needs, const char* proves) {
  return {name,
          proves,
          "Mend what the seed shows; --reproduce SEED asks the same questions again.",
          extension,
          needs,
          [extension, wild](const Subject& s) { return random_day(s, extension, wild); },
          true};
}

}  // namespace

std::vector<Case> fuzz_cases() {
  return {
      fuzz("fuzz.routing", kRouting, false, "life.tells_its_extensions hostile",
           "It keeps the contract on random days."),
      fuzz("fuzz.routing_wild", kRouting, true, "fuzz.routing",
           "It survives random questions with broken content."),
      fuzz("fuzz.service", kService, false, "life.tells_its_extensions hostile",
           "It keeps the contract in random stories."),
      fuzz("fuzz.service_wild", kService, true, "fuzz.service",
           "It survives random steps with broken content."),
      fuzz("fuzz.channel", kChannel, false, "life.tells_its_extensions hostile",
           "It keeps the contract with random frames."),
      fuzz("fuzz.channel_wild", kChannel, true, "fuzz.channel",
           "It survives random frames with broken content."),
      fuzz("fuzz.adapter", kAdapter, false, "life.tells_its_extensions hostile",
           "It keeps the contract with random requests."),
      fuzz("fuzz.adapter_wild", kAdapter, true, "fuzz.adapter",
           "It survives random requests with broken content."),
      {"fuzz.settings", "It takes random settings that its schema allows, or says why not.",
       "Forbid in the schema what cannot be taken, or say in a sentence what is wrong.", kAny,
       "life.tells_its_extensions", random_settings, true},
  };
}

}  // namespace convene::check
