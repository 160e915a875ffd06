// core/app/replay_commands.cpp - `convene replay`: a recorded day again, as it was or with another
// policy.
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>

#include "core/app/command_groups.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/app/replay_plugins.hpp"
#include "core/app/replay_report.hpp"
#include "core/replay/recorded_day.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;
using Which = ReplayPlugins::Which;

struct Given {
  std::string journal, key, html;
  std::vector<std::string> plugins;
  std::string file, settings, in_place_of;
  std::size_t differences = 40;
  bool json = false;
};

int complain(const Error& error) {
  std::fprintf(stderr, "convene: %s\n", error.text.c_str());
  return kFailed;
}

/// One line on a terminal, drawn over itself.
class Progress {
 public:
  Progress() : shows_(::isatty(STDERR_FILENO) != 0) {}
  ~Progress() { clear(); }
  void at(std::uint64_t done, std::uint64_t all) {
    const int percent = all == 0 ? 100 : static_cast<int>(done * 100 / all);
    if (!shows_ || percent == last_) return;
    last_ = percent;
    const std::string bar(static_cast<std::size_t>(percent) * 40 / 100, '#');
    std::fprintf(stderr, "\r  [%-40s] %3d %%", bar.c_str(), percent);
  }
  void clear() {
    if (shows_ && last_ >= 0) std::fprintf(stderr, "\r%60s\r", "");
    last_ = -1;
  }

 private:
  bool shows_;
  int last_ = -1;
};

Result<journal::RunReader> open_journal_file(const Given& given) {
  auto run = journal::find_run(given.journal);
  if (!run) return run.error();
  fs::path key = given.key;
  if (key.empty()) {
    auto found = journal::find_key(given.journal);
    if (!found) return found.error();
    key = *found;
  }
  auto seal = store::Seal::open(key);
  if (!seal) return seal.error();
  return journal::RunReader::open(std::move(*run), std::move(*seal));
}

EngineSettings bound(const journal::Settings& settings, const replay::Bindings& bindings) {
  EngineSettings out = journal::engine_settings(settings);
  out.routing = bindings.routing;
  out.services = bindings.services;
  return out;
}

/// The recorded day's figures beside those of the same people in the simulated house: with the
/// recorded policies, which says how far the simulation can be trusted, and with the tried one.
Status compare_days(const replay::RecordedDay::Day& day, const journal::Settings& settings,
                    ReplayPlugins& plugins, ReplayReport& report) {
  sim::Study study;
  study.title = "The day of " + report.run.name + " with " + report.tried;
  study.days = 1;
  study.within = day.plan.within;
  study.promise_within = day.plan.promise_within;
  const auto add = [&](const std::string& name, const sim::DayReport& measured) {
    sim::StudyVariant variant;
    variant.name = name;
    variant.put(0, measured);
    study.variants.push_back(std::move(variant));
  };
  auto then = plugins.bind(settings, Which::recorded, false);
  if (!then) return then.error();
  const EngineSettings house = bound(settings, *then);
  add("as it was", sim::measure_day(day.plan, house, day.outcomes));
  bool complete = true;
  for (const auto& [id, flow] : house.flows)
    complete = complete && house.routing.contains(flow.routing);
  if (complete) add("played again", sim::run_day(day.plan, house));
  auto now = plugins.bind(settings, Which::tried, false);
  if (!now) return now.error();
  add("with " + report.tried, sim::run_day(day.plan, bound(settings, *now)));
  study.subtitle =
      std::to_string(day.plan.contacts.size()) +
      " contacts: who came when and talked how long is taken from the journal" +
      (day.guessed_patience > 0
           ? "; how long those who were answered would have waited is drawn from the rate at which "
             "others gave up"
           : "") +
      ".";
  study.foot =
      "\"As it was\" is measured in the journal. The others are the same people, shifts and talks "
      "in virtual time; "
      "where \"played again\", with the policies of that day, is off the first, so is what is said "
      "of the tried one.";
  report.study = std::move(study);
  return ok();
}

int run_replay(const Given& given) {
  auto reader = open_journal_file(given);
  if (!reader) return complain(reader.error());
  ReplayReport report;
  report.run = reader->run();
  const bool tries = !given.file.empty();
  std::vector<fs::path> folders;
  for (const std::string& folder : given.plugins)
    folders.push_back(fs::absolute(folder).lexically_normal());
  if (folders.empty()) folders.push_back(resolve_plugin_folder("plugins"));
  ReplayPlugins plugins(std::move(folders), {given.file, given.settings, given.in_place_of});
  journal::Settings settings;
  replay::RecordedDay recorded;
  replay::Watch watch;
  watch.differs = [&](const replay::Difference& difference) {
    if (report.differences.size() < ReplayReport::kDifferencesKept)
      report.differences.push_back(difference);
  };
  if (tries) {
    watch.made = [&](const journal::Settings&, const Snapshot& snapshot, Time now) {
      recorded.made(snapshot, now);
    };
    watch.committed = [&](Time now, std::span<const Change> changes) {
      recorded.committed(now, changes);
    };
  }
  replay::Player player(
      [&](const journal::Settings& wanted) {
        settings = wanted;
        return plugins.bind(wanted, tries ? Which::tried : Which::recorded, tries);
      },
      std::move(watch));

  const auto start = std::chrono::steady_clock::now();
  Progress progress;
  Error broken;
  while (true) {
    auto item = reader->next();
    if (!item) {
      broken = item.error();
      break;
    }
    if (!*item) break;
    if (const auto* head = std::get_if<journal::Head>(&**item)) {
      if (report.head.run.empty()) report.head = *head;
    }
    if (Status status = player.play(std::move(**item)); !status) return complain(status.error());
    progress.at(reader->bytes(), reader->bytes_total());
  }
  if (Status status = player.finish(); !status) return complain(status.error());
  progress.clear();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.counts = player.counts();
  report.cut = reader->cut();
  report.midway = player.midway();
  report.first_divergence = player.first_divergence();
  if (report.counts.engines == 0) {
    return complain(broken.code.empty()
                        ? Error{"replay.journal", "The journal holds no engine: nothing ran."}
                        : broken);
  }
  if (tries) {
    report.tried = plugins.tried_label();
    report.replaced = plugins.replaced();
    if (Status status = compare_days(recorded.day(), settings, plugins, report); !status)
      return complain(status.error());
  }
  report.remarks = plugins.remarks();
  std::printf("%s", given.json ? (to_json(report) + "\n").c_str()
                               : to_text(report, given.differences).c_str());
  if (!given.html.empty()) {
    std::ofstream page(given.html);
    page << to_page(report);
    if (!page.flush())
      return complain({"replay.page", "The page " + given.html + " cannot be written."});
  }
  if (!broken.code.empty()) return complain(broken);
  return report.first_divergence.empty() ? kOk : kFailed;
}

}  // namespace

void add_replay_commands(CLI::App& app, std::function<int()>& run) {
  auto given = std::make_shared<Given>();
  CLI::App* command =
      app.add_subcommand("replay", "Play a recorded day again: as it was, or with another policy");
  command
      ->add_option("JOURNAL", given->journal,
                   "A file of node.data/journal, or the folder for the newest run")
      ->required();
  command
      ->add_option("--plugins", given->plugins,
                   "Folders of the libraries that took part, which are known by their content; by "
                   "default the "
                   "one beside the program")
      ->allow_extra_args(false);
  command->add_option("--key", given->key,
                      "The store's key file; by default the one beside the journal's folder");
  CLI::Option* tried = command->add_option("--with-plugin", given->file,
                                           "A policy's library: what would it have decided?");
  command
      ->add_option("--settings", given->settings, "Its settings as JSON; by default those recorded")
      ->needs(tried);
  command
      ->add_option("--in-place-of", given->in_place_of,
                   "The policy that it replaces; by default its namesake, else that of every flow")
      ->needs(tried);
  command->add_option("--html", given->html, "Write a page with charts")->needs(tried);
  command->add_option("--differences", given->differences, "How many to list")
      ->capture_default_str();
  command->add_flag("--json", given->json, "For programs; lists all differences");
  command->footer(
      "Without --with-plugin: runs what the engine was told through the engine and plugins of "
      "today, and says where\n"
      "anything differs first. With it: prints every decision that would have been another one, "
      "and plays the day's\n"
      "customers through the simulated house with both.\n\n"
      "Examples:\n  convene replay var/journal\n"
      "  convene replay var/journal/20261123T080000.000Z-0001.journal --json | jq .same\n"
      "  convene replay var/journal --with-plugin build/policy_mine.so --html mine.html\n\n"
      "Exit codes: 0 the day went as it went; 1 it did not, or the journal cannot be read.");
  command->callback([&run, given] { run = [given] { return run_replay(*given); }; });
}

}  // namespace convene::app
