// tests/check/programs_test.cpp - plugins that are commands: what we ship in Python passes at every level, and
// each that breaks a rule fails the case for it, and only that.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "core/check/check.hpp"
#include "tests/check/side_by_side.hpp"
#include "tests/check/zoo.hpp"
#include "tests/support/figure.hpp"

namespace convene::check {
namespace {

namespace fs = std::filesystem;

CheckOptions options_for(unsigned jobs) {
  CheckOptions options;
  options.convene_host = std::string(CONVENE_BIN_DIR) + "/convene-host";
  options.deadline = std::chrono::seconds(90);
  options.patience = std::chrono::seconds(20);  // a machine that is busy proves nothing
  options.jobs = jobs;
  options.seed = 7;
  options.runs = 100;
  return options;
}

/// The program beside the half of the wire that it imports, as `convene new` puts it.
struct Copy {
  fs::path folder = fs::temp_directory_path() / ("convene-programs-" + std::to_string(::getpid()));
  explicit Copy(const fs::path& program) {
    fs::create_directories(folder);
    for (const fs::path& file : {fs::path(CONVENE_SOURCE_DIR) / program,
                                 fs::path(CONVENE_SOURCE_DIR) / "sdk/python/convene_plugin.py"})
      fs::copy_file(file, folder / file.filename(), fs::copy_options::overwrite_existing);
  }
  ~Copy() { fs::remove_all(folder); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
};

std::vector<std::string> offender(const std::string& breed) {
  // The last word lets it read what it imports.
  return {CONVENE_PYTHON, std::string(CONVENE_SOURCE_DIR) + "/tests/check/offending_plugin.py",
          breed, std::string(CONVENE_SOURCE_DIR) + "/sdk/python"};
}

/// What must hold before anything else can be asked.
const std::vector<std::string> kGates = {"load.says_hello",
                                         "load.speaks_the_wire",
                                         "load.id",
                                         "load.version",
                                         "load.summary",
                                         "load.offers",
                                         "load.schemas",
                                         "load.says_the_same_twice",
                                         "life.settings_fit",
                                         "life.is_created",
                                         "life.starts",
                                         "life.keeps_the_wire",
                                         "life.tells_its_extensions"};

}  // namespace

std::string check_shipped_program(const std::string& program) {
  const Copy copy(program);
  const Report report = check_program(
      {CONVENE_PYTHON, (copy.folder / fs::path(program).filename()).string()}, options_for(3));
  std::string said = failures_of(report, true);
  Names levels;
  for (const CaseResult& r : report.results) {
    if (r.verdict.outcome == Outcome::passed) levels.insert(r.level);
    if (r.verdict.outcome == Outcome::skipped && r.applies &&
        r.verdict.text != "it takes no settings")
      said += "; skipped " + r.name + ": " + r.verdict.text;
  }
  if (levels.size() != all_levels().size()) said += "; passes nothing at some level";
  return said.empty() ? std::to_string(report.count(Outcome::passed)) : said;
}

std::string check_bad_program(const Breed& bad) {
  CheckOptions options = options_for(2);
  options.levels = {"load", "life", "hostile", "pure", "quick", "reload"};
  if (!all_cases_wanted()) options.cases = kGates, options.cases.emplace_back(bad.fails);
  if (bad.breed == std::string("mute")) options.patience = std::chrono::seconds(1);
  return failures_of(check_program(offender(bad.breed), options));
}

const std::vector<Breed>& bad_programs() {
  static const std::vector<Breed> all = {
      {"good", ""},
      {"good_service", "", true},
      {"mute", "load.says_hello"},
      {"ready_first", "load.says_hello"},
      {"old_wire", "load.speaks_the_wire"},
      {"bad_id", "load.id"},
      {"bad_version", "load.version"},
      {"long_summary", "load.summary"},
      {"offers_nothing", "load.offers"},
      {"bad_schema", "load.schemas"},
      {"two_faces", "load.says_the_same_twice"},
      {"refuser", "life.is_created"},
      {"never_ready", "life.starts"},
      {"twice", "life.keeps_the_wire"},
      {"dies", "life.keeps_the_wire"},
      {"deaf", "life.keeps_the_wire"},
      {"unsupporting", "life.tells_its_extensions"},
      {"stays", "life.ends"},
      {"rude", "life.ends"},
      {"picky", "life.takes_allowed_settings", true},
      {"loose_schema", "life.schema_forbids_unknown_keys", true},
      {"leaks", "life.leaks_nothing_in_calls", true},
      {"raises", "life.throws_nothing"},
      {"bad_status", "life.statuses_exist"},
      {"fails_silently", "life.says_why_it_fails", true},
      {"no_action", "life.actions_exist", true},
      {"index_beyond", "life.assigns_who_is_there", true},
      {"more_without_more", "life.asks_for_pages_that_exist", true},
      {"no_pool", "life.names_the_pool", true},
      {"no_reason", "life.says_why_it_decides", true},
      {"long_reason", "life.fits_the_sinks", true},
      {"many_effects", "life.few_effects", true},
      {"wrong_effects", "life.effects_exist", true},
      {"odd_effects", "life.effects_exist"},
      {"not_json", "life.bodies_are_json", true},
      {"huge_state", "life.small_state", true},
      {"off_schema", "life.state_fits_its_schema", true},
      {"unversioned", "life.state_has_a_version", true},
      {"bad_log", "life.logs_for_operators"},
      {"strict", "hostile.longer_records"},
      {"needs_somebody", "hostile.nobody_there", true},
      {"bounded_table", "hostile.many_people", true},
      {"divides_time", "hostile.extreme_times", true},
      {"indexes_level", "hostile.extreme_numbers", true},
      {"ends_on_unknown", "hostile.unknown_kinds", true},
      {"trusts_context", "hostile.contexts", true},
      {"copies_names", "hostile.strange_names", true},
      {"trusts_state", "hostile.strange_states", true},
      {"bad_outcome", "hostile.unknown_outcomes", true},
      {"yes_man", "hostile.unknown_calls"},
      {"stuck", "hostile.malformed_messages"},
      {"disorderly", "hostile.calls_at_once"},
      {"small_reader", "hostile.large_calls"},
      {"counts", "pure.same_question_same_answer"},
      {"remembers", "pure.order_does_not_matter", true},
      {"numbered", "pure.instances_agree"},
      {"forgets_steps", "pure.nothing_between_steps", true},
      {"sees_the_zone", "pure.surroundings_do_not_matter", true},
      {"late", "quick.ordinary_questions"},
      {"slow_with_many", "quick.full_pages", true},
      {"slow_start", "quick.starts_quickly", true},
  };
  return all;
}

}  // namespace convene::check
