// tests/check/zoo_test.cpp - every animal fails the case it was bred for, and only that.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/check/check.hpp"
#include "tests/check/zoo.hpp"

namespace convene::check {
namespace {

const std::string kZoo = std::string(CONVENE_BUILD_DIR) + "/zoo/";

/// What no compiler breeds: a file that others may write, and half of one.
void prepare_files() {
  namespace fs = std::filesystem;
  static const bool done = [] {
    fs::copy_file(kZoo + "good.so", kZoo + "writable.so", fs::copy_options::overwrite_existing);
    fs::permissions(kZoo + "writable.so", fs::perms::others_write, fs::perm_options::add);
    fs::copy_file(kZoo + "good.so", kZoo + "cut.so", fs::copy_options::overwrite_existing);
    fs::resize_file(kZoo + "cut.so", 5'000);
    return true;
  }();
  (void)done;
}

class Check : public ::testing::TestWithParam<Animal> {};

TEST_P(Check, FailsTheCaseThatTheAnimalWasBredForAndOnlyThat) {
  const Animal& animal = GetParam();
  CheckOptions options;
  options.plugin = animal.plugin;
  options.cases = animal.only;
  options.seed = 7;
  options.runs = animal.runs;
  if (*animal.config) options.configs[""] = animal.config;
  options.deadline =
      std::chrono::milliseconds(animal.file == std::string("insists") ? 5'000 : 30'000);
  options.convene_host = std::string(CONVENE_BIN_DIR) + "/convene-host";
  options.levels = {"load", "life", "hostile", "pure", "quick", "reload", "fuzz"};
  if (animal.isolated) options.levels.emplace_back("isolated");
  prepare_files();
  const Report report = check_library_file(kZoo + animal.file + ".so", options);
  Names failed;
  for (const CaseResult& r : report.results) {
    if (r.verdict.outcome != Outcome::failed) continue;
    failed.insert(r.name);
    EXPECT_FALSE(r.remedy.empty());
    if (!animal.fails.contains(r.name)) ADD_FAILURE() << r.name << ": " << r.verdict.text;
  }
  EXPECT_EQ(failed, animal.fails);
}

std::string name_of(const ::testing::TestParamInfo<Animal>& info) {
  return std::string(info.param.file) + (*info.param.plugin ? "_" : "") + info.param.plugin +
         (*info.param.config ? "_with_settings" : "");
}
INSTANTIATE_TEST_SUITE_P(Zoo, Check, ::testing::ValuesIn(animals()), name_of);

TEST(CheckZoo, TellsOfAProcessThatWasEnded) {
  CheckOptions options;
  options.cases = {"life.ends"};
  const Report report =
      check_library_file(std::string(CONVENE_BUILD_DIR) + "/zoo/exits.so", options);
  ASSERT_EQ(report.count(Outcome::failed), 1u);
  EXPECT_NE(report.results[0].verdict.text.find("ended the process with exit code 0 in decide"),
            std::string::npos)
      << report.results[0].verdict.text;
}

TEST(CheckZoo, TellsOfACrashAtTheEnd) {
  CheckOptions options;
  options.cases = {"life.ends"};
  const Report report =
      check_library_file(std::string(CONVENE_BUILD_DIR) + "/zoo/crashes_at_end.so", options);
  ASSERT_EQ(report.count(Outcome::failed), 1u);
  EXPECT_NE(report.results[0].verdict.text.find("crashed with signal 6"), std::string::npos)
      << report.results[0].verdict.text;
  EXPECT_NE(report.results[0].verdict.text.find("in destroy"), std::string::npos);
}

}  // namespace

const std::vector<Animal>& animals() {
  static const std::vector<Animal> all = {
      // What does not load.
      {"exporter", {"load.exports"}},
      {"no_entry", {"load.symbol"}},
      {"searcher", {"load.search_path"}},
      {"unresolved", {"load.links"}},
      {"short_entry", {"load.entry"}},
      {"huge_count", {"load.entry"}},
      {"no_plugins", {"load.entry"}},
      {"null_entry_functions", {"load.entry"}},
      {"wrong_major", {"load.abi"}},
      {"newer_minor", {"load.abi"}},
      {"old_major_descriptor", {"load.abi"}},
      {"short_descriptor", {"load.descriptor"}},
      {"null_descriptor", {"load.descriptor"}},
      {"wild_descriptor", {"load.descriptor"}},
      {"bad_id", {"load.id"}},
      {"duplicate_id", {"load.id"}},
      {"huge_id", {"load.id"}},
      {"wild_text", {"load.id"}},
      {"bad_version", {"load.version"}},
      {"not_utf8", {"load.summary"}},
      {"offers_nothing", {"load.offers"}},
      {"schema_not_json", {"load.schemas"}},
      {"schema_unknown_keyword", {"load.schemas"}},
      {"changing_descriptor", {"load.says_the_same_twice"}},
      {"thread_at_load", {"load.changes_nothing"}},
      {"writable", {"load.rights"}},
      {"absent", {"load.file"}},
      {"cut", {"load.elf"}},
      // What does not live.
      {"innocent", {"life.settings_fit"}, "", {}, "", R"({"mood":"sad"})"},
      {"refuses_create", {"life.is_created"}, "animal"},
      {"picky", {"life.is_created"}},
      {"throwers", {"life.is_created"}, "raw_create"},
      {"wild_instance", {"life.has_its_functions"}, "animal"},
      {"null_instance_functions", {"life.has_its_functions"}, "animal"},
      {"refuses_start", {"life.starts"}, "animal"},
      {"throwers", {"life.starts"}, "raw_start"},
      {"null_table", {"life.tells_its_extensions"}, "animal"},
      {"null_decide", {"life.tells_its_extensions"}, "animal"},
      {"throwers", {"life.tells_its_extensions"}, "raw_extension"},
      {"any_extension", {"life.offers_nothing_else"}},
      {"new_tables", {"life.keeps_its_tables"}},
      {"crashes_unstarted", {"life.ends_unstarted"}},
      {"crashes_at_end",
       {"life.ends"},
       "",
       {"life.ends"},
       "every case ends what it has asked, and crashes with it"},
      {"exits",
       {"life.ends"},
       "",
       {"life.ends"},
       "every case that asks an ordinary question ends with it"},
      {"mourns", {"life.stands_a_second_instance"}},
      {"first_thread_only", {"life.lives_on_any_thread"}},
      {"refuses_silently", {"life.takes_allowed_settings"}},
      {"loose_schema", {"life.schema_forbids_unknown_keys"}},
      {"throwers", {"life.schema_forbids_unknown_keys", "life.throws_nothing"}, "polite"},
      {"keeps_settings", {"life.copies_its_settings"}},
      {"keeps_question", {"life.keeps_no_view"}},
      {"leaks_calls", {"life.leaks_nothing_in_calls"}},
      {"leaks_lives", {"life.leaks_nothing_in_lives"}},
      {"leaves_thread", {"life.leaves_no_thread"}},
      {"leaves_file", {"life.leaves_no_descriptor"}},
      {"sets_locale", {"life.leaves_settings_alone"}},
      {"prints", {"life.prints_nothing"}},
      // What answers outside the contract.
      {"throwers", {"life.throws_nothing"}, "raw_calls"},
      {"wrong_status", {"life.statuses_exist"}, "animal"},
      {"says_parked", {"life.statuses_exist"}, "animal"},
      {"fails_silently", {"life.says_why_it_fails"}},
      {"effect_on_thread", {"life.speaks_on_its_lane"}},
      {"late_effect", {"life.speaks_in_time"}, "animal"},
      {"late_log", {"life.speaks_in_time"}},
      {"bad_utf8", {"life.texts_are_whole"}},
      {"no_action", {"life.actions_exist"}},
      {"index_beyond", {"life.assigns_who_is_there"}, "animal"},
      {"more_without_more", {"life.asks_for_pages_that_exist"}, "animal"},
      {"no_reason", {"life.says_why_it_decides"}},
      {"floods_sinks",
       {"life.fits_the_sinks", "life.names_the_pool", "life.texts_are_whole"},
       "animal"},
      {"many_effects", {"life.few_effects"}, "animal"},
      {"wrong_effects", {"life.effects_exist"}, "animal"},
      {"not_json", {"life.bodies_are_json"}},
      {"huge_state", {"life.small_state"}, "animal"},
      {"off_schema", {"life.state_fits_its_schema"}},
      {"unversioned", {"life.state_has_a_version"}},
      {"bad_log", {"life.logs_for_operators"}},
      {"never_answers",
       {"life.answers_every_request"},
       "",
       {"life.answers_every_request", "life.answers_once"},
       "each case would wait for answers that never come"},
      {"answers_twice", {"life.answers_once"}},
      {"answers_others", {"life.answers_what_was_asked"}},
      // What does not stand a hostile host.
      {"steps_by_sizeof", {"hostile.longer_records"}},
      {"overreads", {"hostile.texts_end_at_a_wall"}},
      {"writes_input", {"hostile.input_is_read_only"}},
      {"empty_is_null", {"hostile.empty_texts"}},
      {"needs_somebody", {"hostile.nobody_there"}},
      {"bounded_table", {"hostile.many_people"}},
      {"divides_time", {"hostile.extreme_times"}},
      {"indexes_level", {"hostile.extreme_numbers"}},
      {"ends_on_unknown", {"hostile.unknown_kinds"}},
      {"recurses", {"hostile.contexts"}},
      {"trusts_settings", {"hostile.settings"}},
      {"copies_names", {"hostile.strange_names"}},
      {"trusts_state", {"hostile.strange_states"}},
      {"insists", {"hostile.refusing_host"}},
      {"poisoned", {"hostile.itself_afterwards"}},
      {"bad_outcome", {"hostile.unknown_outcomes"}},
      // What is not pure.
      {"counts", {"pure.same_question_same_answer"}},
      {"remembers", {"pure.order_does_not_matter"}},
      {"numbered_instances", {"pure.instances_agree"}},
      {"forgets_steps", {"pure.nothing_between_steps"}},
      {"thread_bound", {"pure.threads_do_not_matter"}},
      {"sees_addresses", {"pure.addresses_do_not_matter"}},
      {"sees_the_zone", {"pure.surroundings_do_not_matter"}},
      {"asks_clock", {"pure.asks_no_clock"}},
      {"rolls_dice", {"pure.rolls_no_dice"}},
      {"does_io", {"pure.does_no_io"}},
      {"starts_thread", {"pure.starts_no_thread"}},
      {"sets_signals", {"pure.leaves_processes_alone"}},
      {"reads_environment", {"pure.reads_no_environment"}},
      // What is not quick.
      {"slow_for_one",
       {"quick.ordinary_questions"},
       "",
       {"quick.ordinary_questions", "quick.full_pages"},
       "slow by breed: minutes over all cases"},
      {"slow_with_many", {"quick.full_pages"}},
      {"slow_with_long", {"quick.long_texts"}},
      {"slow_with_broken", {"quick.hostile_texts"}},
      {"quadratic", {"quick.many_values"}},
      {"sleeps", {"quick.waits_for_nobody"}},
      {"slows_down", {"quick.stays_quick"}},
      {"starts_slowly",
       {"quick.starts_quickly"},
       "",
       {"quick.starts_quickly", "life.starts"},
       "slow by breed: minutes over all cases"},
      // What cannot be replaced.
      {"one_copy", {"reload.lives_beside_itself"}},
      {"slow_end",
       {"reload.ends_in_time"},
       "",
       {"reload.ends_in_time", "quick.starts_quickly"},
       "slow by breed: minutes over all cases"},
      {"keeps_addresses", {"reload.state_moves"}},
      {"knows_its_elder", {"reload.generations_agree"}},
      {"ruins_its_elder", {"reload.way_back"}},
      {"ruins_before_its_start", {"reload.refused_candidate"}},
      {"hoards", {"reload.retires_small"}},
      // What lives differently in a process of its own.
      {"apart_refuses", {"isolated.starts"}, "", {}, "", "", true},
      {"apart_differs", {"isolated.same_day"}, "", {}, "", "", true},
      {"apart_differs_broken", {"isolated.same_hostile_day"}, "", {}, "", "", true},
      {"apart_differs_rarely", {"isolated.same_random_day"}, "", {}, "", "", true, 400},
      {"apart_differs_later", {"isolated.survives_a_kill"}, "", {}, "", "", true},
      {"apart_hoards", {"isolated.stays_small"}, "", {}, "", "", true},
      // What only chance finds.
      {"rarely_crashes", {"fuzz.routing"}, "", {}, "", "", false, 400},
      {"rarely_crashes_wild", {"fuzz.routing_wild"}, "", {}, "", "", false, 2'000},
      {"rare_step", {"fuzz.service"}, "", {}, "", "", false, 2'000},
      {"rare_wild_step", {"fuzz.service_wild"}, "", {}, "", "", false, 2'000},
      {"rare_frame", {"fuzz.channel"}, "", {}, "", "", false, 2'000},
      {"rare_wild_frame", {"fuzz.channel_wild"}, "", {}, "", "", false, 2'000},
      {"rare_request", {"fuzz.adapter"}, "", {}, "", "", false, 2'000},
      {"rare_wild_request", {"fuzz.adapter_wild"}, "", {}, "", "", false, 2'000},
      {"dislikes_the_middle", {"fuzz.settings"}, "", {}, "", "", false, 4'000},
      // And those that do nothing wrong.
      {"innocent", {}},
      {"good", {}, "animal"},
  };
  return all;
}

}  // namespace convene::check
