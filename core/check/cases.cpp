// core/check/cases.cpp - the list of all cases, and what they share.
#include "core/check/cases.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace convene::check {

const std::vector<Case>& all_cases() {
  static const std::vector<Case> all = [] {
    std::vector<Case> cases;
    for (auto* level : {&load_cases, &life_cases, &contract_cases, &hostile_cases, &pure_cases,
                        &quick_cases, &reload_cases, &isolated_cases, &fuzz_cases, &wire_cases}) {
      for (Case& one : level()) cases.push_back(std::move(one));
    }
    const auto place = [](const Case& c) {
      const auto& levels = all_levels();
      return std::find(levels.begin(), levels.end(), level_of(c)) - levels.begin();
    };
    std::stable_sort(cases.begin(), cases.end(),
                     [&](const Case& a, const Case& b) { return place(a) < place(b); });
    return cases;
  }();
  return all;
}

std::string level_of(const Case& a_case) {
  const std::string name = a_case.name;
  return name.substr(0, name.find('.'));
}

const std::vector<std::string>& all_levels() {
  static const std::vector<std::string> levels = {"load",  "life",   "hostile",  "pure",
                                                  "quick", "reload", "isolated", "fuzz"};
  return levels;
}

const Library* library_of(const Subject& subject) {
  if (is_program(subject)) return nullptr;
  static std::optional<Library> opened;
  static std::string path;
  if (path != subject.path) {
    path = subject.path;
    auto fresh = open_library(path);
    if (fresh) {
      opened = std::move(*fresh);
    } else {
      opened.reset();
    }
  }
  return opened ? &*opened : nullptr;
}

Program program_of(const Subject& subject) {
  return {subject.command, subject.plugin.id, subject.convene_host, subject.folder,
          subject.patience_ms};
}

std::unique_ptr<Instance> unborn(const Subject& subject) {
  if (is_program(subject)) return std::make_unique<Instance>(program_of(subject));
  const Library* library = library_of(subject);
  return library ? std::make_unique<Instance>(*library, subject.index) : nullptr;
}

Result<std::unique_ptr<Instance>> alive(const Subject& subject, const std::string& config) {
  auto instance = unborn(subject);
  if (!instance) return Error{"check.load", "it does not load"};
  if (Status lives = instance->live(config); !lives) return lives.error();
  return instance;
}

Result<std::unique_ptr<Instance>> alive(const Subject& subject) {
  return alive(subject, subject.config);
}

Verdict with_instance(const Subject& subject, const std::function<Verdict(Instance&)>& body) {
  auto instance = alive(subject);
  if (!instance) return skipped(instance.error().text);
  return body(**instance);
}

Questions ordinary(const Subject& subject) {
  return ordinary_questions(subject.plugin.offers, subject.flows);
}

std::string first_difference(const Exam& a, const std::vector<Answer>& b) {
  for (std::size_t i = 0; i < a.answers.size() && i < b.size(); ++i) {
    if (a.answers[i] == b[i]) continue;
    return a.questions[i].label + ": first \"" +
           shown("status " + std::to_string(a.answers[i].status) + " " + a.answers[i].said) +
           "\", then \"" + shown("status " + std::to_string(b[i].status) + " " + b[i].said) + "\"";
  }
  return {};
}

std::vector<Answer> again(Instance& instance, const Exam& exam, const Placement& placement) {
  std::vector<Answer> answers;
  for (const Question& question : exam.questions)
    answers.push_back(instance.ask(question, placement));
  return answers;
}

std::string new_breaches(const CheckingHost& host, const CheckingHost& known) {
  for (unsigned r = 0; r < static_cast<unsigned>(Rule::kCount); ++r) {
    const auto rule = static_cast<Rule>(r);
    if (host.broken(rule) && !known.broken(rule)) return host.finding(rule);
  }
  return {};
}

std::int64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool time_is_up(std::int64_t since_ns, std::int64_t most_ms) {
  return now_ns() - since_ns > most_ms * 1'000'000;
}

}  // namespace convene::check
