// core/app/simulate_commands.cpp - `convene simulate`: a workday in virtual time, with today's house or another.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "core/app/command_groups.hpp"
#include "core/app/console.hpp"
#include "core/app/day/day_study.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"

namespace convene::app {
namespace {

struct Wishes {
  std::string flows, day, versus_flows, versus_day, label, html;
  std::vector<std::string> without;
  std::size_t fewer = 0;
  std::size_t seeds = 20;
  std::uint64_t seed = 1;
  bool json = false;
  bool reference = false;
};

/// One line on a terminal that is drawn over and over; nothing where nobody looks.
class ProgressBar {
 public:
  ProgressBar() : shown_(isatty(STDERR_FILENO) == 1) {}
  ~ProgressBar() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void at(double part) {
    const int percent = static_cast<int>(std::lround(part * 100));
    if (!shown_ || percent == last_) return;
    last_ = percent;
    const std::string bar(static_cast<std::size_t>(percent) * 40 / 100, '#');
    std::fprintf(stderr, "\rsimulating [%-40s] %3d %%", bar.c_str(), percent);
    std::fflush(stderr);
  }

 private:
  bool shown_;
  int last_ = -1;
};

int complain(const std::string& text, int code) {
  std::fprintf(stderr, "convene: %s\n", text.c_str());
  return code;
}

/// Nothing, once what is wrong has been printed.
std::optional<Scene> scene_of(const std::string& flows, const std::string& day) {
  auto config = read_config(flows);
  if (!config) return std::nullopt;
  DayFileOutcome read = load_day(day, *config);
  std::fputs(to_text(read.errors).c_str(), stderr);
  if (!read) return std::nullopt;
  return Scene{"as planned", std::move(*config), std::move(read.day)};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// The other side of the comparison: another house, another day, fewer agents, or all of that.
Result<Scene> versus(const Wishes& wishes, Scene base) {
  Scene other = std::move(base);
  std::vector<std::string> words;
  if (!wishes.versus_flows.empty()) {
    words.push_back(std::filesystem::path(wishes.versus_flows).stem().string());
  }
  if (!wishes.versus_day.empty()) words.push_back(other.day.title);
  if (wishes.fewer > 0) {
    const auto gone = take_off(other.day, wishes.fewer);
    words.push_back(std::to_string(gone.size()) + " fewer");
  }
  if (!wishes.without.empty()) {
    if (const Status taken = take_off(other.day, wishes.without); !taken) return taken.error();
    words.push_back("without " + joined(wishes.without));
  }
  if (other.day.load.frame.shifts.empty()) return Error{"day.empty", "then nobody is at work"};
  other.name = wishes.label.empty() ? joined(words) : wishes.label;
  return other;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out.good();
}

int simulate_day(const Wishes& wishes) {
  if (wishes.reference) {
    std::fputs(day_reference().c_str(), stdout);
    return kOk;
  }
  if (wishes.flows.empty() || wishes.day.empty()) {
    return complain(
        "a configuration and --day WORKDAY.toml are needed; see convene simulate --help", kUsage);
  }
  const auto base = scene_of(wishes.flows, wishes.day);
  if (!base) return kBadConfig;
  std::vector<Scene> scenes{*base};
  if (!wishes.versus_flows.empty() || !wishes.versus_day.empty() || wishes.fewer > 0 ||
      !wishes.without.empty()) {
    const auto there = scene_of(wishes.versus_flows.empty() ? wishes.flows : wishes.versus_flows,
                                wishes.versus_day.empty() ? wishes.day : wishes.versus_day);
    if (!there) return kBadConfig;
    auto other = versus(wishes, *there);
    if (!other) return complain(other.error().text, kBadConfig);
    scenes.push_back(std::move(*other));
  }
  StudyOptions options;
  options.days = wishes.seeds;
  options.seed = wishes.seed;
  options.plugin_folder = resolve_plugin_folder(base->config.plugin_folder);
  Result<sim::Study> study = [&] {
    ProgressBar bar;
    options.progress = [&bar](double part) { bar.at(part); };
    return run_study(scenes, options);
  }();
  if (!study) return complain(study.error().text, kBadConfig);
  if (!wishes.html.empty() && !write_file(wishes.html, sim::study_page(*study))) {
    return complain("cannot write " + wishes.html, kFailed);
  }
  const std::string text = wishes.json ? sim::study_json(*study) + "\n" : sim::study_table(*study);
  std::fputs(text.c_str(), stdout);
  return kOk;
}

constexpr const char* kFooter =
    "Examples:\n"
    "  convene simulate flows.toml --day monday.toml\n"
    "  convene simulate flows.toml --day monday.toml --fewer 2 --html what_if.html\n"
    "  convene simulate flows.toml --day monday.toml --versus-flows other_policy.toml\n"
    "  convene simulate --reference > workday.toml     every key of a workday, and why\n"
    "\n"
    "The same seed is the same day: differences between two houses are compared day by day.\n"
    "Exit codes: 0 done; 1 the page cannot be written; 2 a file is wrong, nothing was done;\n"
    "64 the command line is wrong.";

}  // namespace

void add_simulate_commands(CLI::App& app, std::function<int()>& run) {
  const auto wishes = std::make_shared<Wishes>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Play a workday in virtual time with the real flows, agents and policies");
  command->add_option("FLOWS", wishes->flows, "The configuration: a TOML file or a folder of them");
  command->add_option("--day", wishes->day, "The workday: who comes, and who works");
  command->add_option("--seeds", wishes->seeds, "How many days are played")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--seed", wishes->seed, "The first of them")->capture_default_str();
  command->add_option("--fewer", wishes->fewer,
                      "Compare with a day on which so many agents are away");
  command->add_option("--without", wishes->without, "Compare with a day without these agents")
      ->delimiter(',');
  command->add_option("--versus-flows", wishes->versus_flows, "Compare with another configuration");
  command->add_option("--versus-day", wishes->versus_day, "Compare with another workday");
  command->add_option("--label", wishes->label, "What the other side of the comparison is called");
  command->add_option("--html", wishes->html, "Write a page with charts into this file");
  command->add_flag("--json", wishes->json, "Print figures for programs instead of a table");
  command->add_flag("--reference", wishes->reference, "Print every key of a workday, and why");
  command->footer(kFooter);
  command->callback([wishes, &run] { run = [wishes] { return simulate_day(*wishes); }; });
}

}  // namespace convene::app
