// core/check/cases.hpp - the conformance cases: their names, what each proves, and how it is run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/check/instance.hpp"
#include "core/check/library.hpp"
#include "core/check/questions.hpp"

namespace convene::check {

enum class Outcome { passed, failed, skipped };

struct Verdict {
  Outcome outcome = Outcome::passed;
  std::string text;  ///< Passed: a figure, or nothing. Failed: what was seen. Skipped: why.
};
inline Verdict passed(std::string text = "") { return {Outcome::passed, std::move(text)}; }
inline Verdict failed(std::string text) { return {Outcome::failed, std::move(text)}; }
inline Verdict skipped(std::string text) { return {Outcome::skipped, std::move(text)}; }

/// What is checked. Cases run in child processes of their own and open the library there, or start
/// the program.
struct Subject {
  std::string path;
  std::vector<std::string> command;  ///< Instead of a library: a plugin, or an adapter.
  std::string folder;                ///< For sockets of programs.
  std::optional<Error> refused;      ///< Why the hello of a program cannot be used.
  std::uint32_t index = 0;           ///< Of the plugin in the library.
  PluginDescription plugin;          ///< Empty for a library's cases of the level "load".
  std::string config = "{}";         ///< With which instances are made.
  FlowSettings flows;
  std::uint64_t seed = 1;
  unsigned runs = 2000;      ///< Random questions per fuzz case.
  std::string convene_host;  ///< The program for the level "isolated"; empty: the one beside us.
  std::int64_t patience_ms = 5'000;  ///< For what a program is to say.
};

/// Extensions that a case is about, none for any; and of which form the plugin is, none for both.
enum Extensions : unsigned {
  kAny = 0,
  kRouting = 1,
  kService = 2,
  kChannel = 4,
  kAdapter = 8,
  kLibrary = 16,  ///< It is about a library: memory, threads, what the process shares.
  kProgram = 32   ///< It is about a program: messages and their order.
};
inline constexpr unsigned kForms = kLibrary | kProgram;
inline constexpr unsigned kMaps = kRouting | kService | kChannel;  ///< The {pure} ones.

struct Case {
  const char* name;    ///< "pure.same_question_same_answer": level and claim.
  const char* proves;  ///< One sentence.
  const char* remedy;  ///< What to do when it fails.
  unsigned extensions;
  const char* needs;  ///< Cases that must have passed, and levels in which none may have failed.
  std::function<Verdict(const Subject&)> run;
  bool random = false;  ///< Depends on the seed.
};

/// All, in the order in which they are shown: load, life, hostile, pure, quick, reload, isolated, fuzz.
const std::vector<Case>& all_cases();
std::string level_of(const Case& a_case);
const std::vector<std::string>& all_levels();

// One function for each level's file.
std::vector<Case> load_cases();
std::vector<Case> life_cases();
std::vector<Case> contract_cases();
std::vector<Case> hostile_cases();
std::vector<Case> pure_cases();
std::vector<Case> quick_cases();
std::vector<Case> reload_cases();
std::vector<Case> isolated_cases();
std::vector<Case> fuzz_cases();
std::vector<Case> wire_cases();  ///< Of several levels: what only a program can break.

// What cases share.

/// The library, opened once in this process; null where it does not load, or is a program.
const Library* library_of(const Subject& subject);
inline bool is_program(const Subject& subject) { return !subject.command.empty(); }
Program program_of(const Subject& subject);
/// An instance whose life has not begun; null where the library does not load.
std::unique_ptr<Instance> unborn(const Subject& subject);
/// An instance that lives, or why there is none.
Result<std::unique_ptr<Instance>> alive(const Subject& subject);
Result<std::unique_ptr<Instance>> alive(const Subject& subject, const std::string& config);
/// Runs `body` with an instance that lives; skips where there is none.
Verdict with_instance(const Subject& subject, const std::function<Verdict(Instance&)>& body);
Questions ordinary(const Subject& subject);
/// The first question whose answers differ, in words; empty: none does.
std::string first_difference(const Exam& a, const std::vector<Answer>& b);
/// Asks the questions of `exam` again, with the states that they had.
std::vector<Answer> again(Instance& instance, const Exam& exam, const Placement& placement = {});
/// The rules that `host` has seen broken and that are not broken in `known`; empty: none.
std::string new_breaches(const CheckingHost& host, const CheckingHost& known);
/// How long cases repeat what they repeat: a slow plugin must not run them into their deadline.
bool time_is_up(std::int64_t since_ns, std::int64_t most_ms = 2'000);
std::int64_t now_ns();

}  // namespace convene::check
