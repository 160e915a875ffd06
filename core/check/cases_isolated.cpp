// core/check/cases_isolated.cpp - level "isolated": the same library in a process of its own, over the
// wire, with the same answers to the byte.
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "core/check/cases.hpp"
#include "core/check/hostile_questions.hpp"
#include "sdk/host/isolated.hpp"

namespace convene::check {
namespace {

using Millis = std::chrono::milliseconds;

/// The plugin behind the guards of a real host: in this process, or in one of its own. A program's
/// own process is "here" the one that the checker asks, which a host never sees.
Result<std::unique_ptr<Instance>> hosted(const Subject& subject, bool isolated) {
  if (is_program(subject) && !isolated) return alive(subject);
  std::filesystem::path path = subject.path;
  if (!path.empty()) path = std::filesystem::absolute(path);
  HostOptions options;
  options.folder = path.parent_path().string();
  options.budget = std::chrono::minutes(1);  // whether it is quick is another level's question
  const PluginWish wish{subject.plugin.id, path.filename().string(), subject.config, ""};
  Result<std::unique_ptr<LoadedPlugin>> loaded = Error{};
  if (isolated) {
    IsolationOptions isolation;
    isolation.program = subject.convene_host;
    isolation.command = subject.command;
    isolation.folder = subject.folder;
    isolation.deadline = isolation.step_deadline = Millis(5'000);  // nor how busy this machine is
    isolation.hung_after = Millis(10'000);
    isolation.start_within = Millis(10'000);
    isolation.deaths_a_minute = 0;
    loaded = load_isolated(options, wish, isolation);
  } else {
    Loader loader(options);
    loaded = loader.load(wish);
  }
  if (!loaded) return loaded.error();
  static const Library none;
  auto instance = std::make_unique<Instance>(none, 0);
  instance->adopt(std::move(*loaded));
  return instance;
}

Verdict starts(const Subject& subject) {
  if (!std::filesystem::exists(subject.convene_host))
    return skipped("convene-host is not beside convene: build or install it");
  const auto here = hosted(subject, false);
  if (!here) return skipped(here.error().text);
  const auto there = hosted(subject, true);
  if (!there) return failed(there.error().text);
  const PluginDescription &a = subject.plugin, &b = (*there)->adopted().description();
  if (a.id != b.id || a.version != b.version || a.offers != b.offers)
    return failed("describes itself otherwise in a process of its own");
  return passed();
}

/// Asks both the same, in the same order.
Verdict alike(const Subject& subject, const std::function<Questions(const Questions&)>& make) {
  auto here = hosted(subject, false);
  auto there = hosted(subject, true);
  if (!here) return skipped(here.error().text);
  if (!there) return skipped(there.error().text);
  const std::int64_t began = now_ns();
  Exam all;
  const Questions questions = make(ordinary(subject));
  for (std::size_t at = 0; at < questions.size() && !time_is_up(began, 6'000); at += 50) {
    const auto first = questions.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last =
        questions.begin() + static_cast<std::ptrdiff_t>(std::min(at + 50, questions.size()));
    const Exam exam = sit(**here, Questions(first, last));
    const std::string difference = first_difference(exam, again(**there, exam));
    if (!difference.empty()) return failed("here and there differ: " + difference);
    all.questions.insert(all.questions.end(), exam.questions.begin(), exam.questions.end());
  }
  return passed(std::to_string(all.questions.size()) + " questions");
}

Verdict survives_a_kill(const Subject& subject) {
  auto there = hosted(subject, true);
  if (!there) return skipped(there.error().text);
  const Exam exam = sit(**there, ordinary(subject));
  const auto status = (*there)->adopted().isolation();
  if (!status || status->pid <= 0) return skipped("its process cannot be named");
  ::kill(static_cast<pid_t>(status->pid), SIGKILL);
  // The first questions may find nobody; then a new process is there and answers as the old one did.
  std::string difference = "nobody answered within 10 s";
  for (int i = 0; i < 100 && !difference.empty(); ++i) {
    std::this_thread::sleep_for(Millis(100));
    difference = first_difference(exam, again(**there, exam));
  }
  if (!difference.empty()) return failed("after its process was killed: " + difference);
  return passed();
}

Verdict ends_with_its_host(const Subject& subject) {
  std::int64_t pid = 0;
  {
    auto there = hosted(subject, true);
    if (!there) return skipped(there.error().text);
    sit(**there, ordinary(subject));
    if (const auto status = (*there)->adopted().isolation()) pid = status->pid;
  }
  if (pid <= 0) return skipped("its process cannot be named");
  for (int i = 0; i < 300; ++i) {
    if (::kill(static_cast<pid_t>(pid), 0) != 0) return passed();
    std::this_thread::sleep_for(Millis(10));
  }
  return failed("its process still runs 3 s after its end");
}

Verdict bounded_memory(const Subject& subject) {
  auto there = hosted(subject, true);
  if (!there) return skipped(there.error().text);
  const Exam exam = sit(**there, ordinary(subject));
  const std::int64_t began = now_ns();
  while (!time_is_up(began, 1'000)) again(**there, exam);
  const auto status = (*there)->adopted().isolation();
  if (!status || status->memory_kib == 0) return skipped("its memory cannot be read");
  if (status->memory_kib > 200 * 1024)
    return failed("uses " + std::to_string(status->memory_kib / 1024) +
                  " MiB after a second of questions");
  return passed(std::to_string(status->memory_kib) + " KiB");
}

/// What the kernel says of its process: the sandbox is around it, and closed.
Verdict is_confined(const Subject& subject) {
  auto there = hosted(subject, true);
  if (!there) return skipped(there.error().text);
  sit(**there, ordinary(subject));
  const auto status = (*there)->adopted().isolation();
  if (!status || status->pid <= 0) return skipped("its process cannot be named");
  std::ifstream in("/proc/" + std::to_string(status->pid) + "/status");
  std::map<std::string, std::string> said;
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    if (value != line.npos) said[line.substr(0, colon)] = line.substr(value);
  }
  if (said["NoNewPrivs"] != "1") return failed("its process may gain privileges");
  if (said["Seccomp"] != "2") return failed("its process may make any system call");
  for (const char* set : {"CapEff", "CapPrm"}) {
    if (said[set].find_first_not_of('0') != std::string::npos)
      return failed("its process has capabilities: " + std::string(set) + " " + said[set]);
  }
  return passed();
}

}  // namespace

std::vector<Case> isolated_cases() {
  const char* const starts_first = "isolated.starts";
  return {
      {"isolated.starts", "It runs in a process of its own and describes itself alike.",
       "Need nothing of the host's process: no symbol, folder or variable of it.", kMaps,
       "life.tells_its_extensions load.rights", starts},
      {"isolated.same_day", "Isolated it answers an ordinary day to the byte as it does here.",
       "Decide from the arguments alone; then it does not matter where.", kMaps,
       "isolated.starts reload.generations_agree",
       [](const Subject& s) { return alike(s, [](const Questions& day) { return day; }); }},
      {"isolated.same_hostile_day", "Isolated it answers hostile texts alike.",
       "As above; a crash there is hidden by the process, and shown by the level hostile.", kMaps,
       "isolated.same_day hostile",
       [](const Subject& s) {
         return alike(s, [](const Questions& day) {
           Questions bad = with_hostile_contexts(day);
           std::erase_if(bad, [n = 0u](const Question&) mutable { return n++ % 4 != 0; });
           return bad;
         });
       }},
      {"isolated.same_random_day", "Isolated it answers random questions alike.",
       "As above; --reproduce SEED asks them again.", kMaps, "isolated.same_day hostile",
       [](const Subject& s) {
         return alike(s, [&](const Questions& day) {
           return random_questions(day, s.seed, std::min(s.runs, 400u), false);
         });
       },
       true},
      {"isolated.survives_a_kill", "Killed and started again it answers as before.",
       "Keep nothing that a new process does not have.", kMaps,
       "isolated.starts pure.order_does_not_matter", survives_a_kill},
      {"isolated.ends_with_its_host", "Its process ends when it is unloaded.",
       "Let stop() and destroy() return; leave no process behind.", kMaps, starts_first,
       ends_with_its_host},
      {"isolated.is_confined",
       "Its process has no privileges and no capabilities, and works behind the system call "
       "filter.",
       "That is the host's doing: install the convene-host of this version.", kMaps, starts_first,
       is_confined},
      {"isolated.stays_small", "Its process stays below 200 MiB.",
       "Load less, or raise memory_max in the configuration.", kMaps, starts_first, bounded_memory},
  };
}

}  // namespace convene::check
