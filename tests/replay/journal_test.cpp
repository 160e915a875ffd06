// tests/replay/journal_test.cpp - runs and their files: one life each, followed, kept for a while,
// given up when nothing can be written.
#include "core/journal/journal.hpp"

#include <chrono>

#include "tests/replay/recording.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

namespace fs = std::filesystem;

class Journals : public Recording {
 protected:
  void simulate(journal::Journal& journal, int hours = 2) {
    sim::run_sim({.seed = 2,
                  .hours = hours,
                  .customers = 60,
                  .faults = false,
                  .hash = false,
                  .observer = &journal},
                 plugins_.bound);
  }
  std::vector<journal::Item> items_of(const fs::path& file) const {
    std::vector<journal::Item> items;
    auto seal = store::Seal::open(key());
    auto reader = journal::RunReader::open(*journal::find_run(file), std::move(*seal));
    while (true) {
      auto item = reader->next();
      EXPECT_TRUE(item) << item.error().text;
      if (!item || !*item) return items;
      items.push_back(std::move(**item));
    }
  }
  template <class T>
  static std::size_t count(const std::vector<journal::Item>& items) {
    return static_cast<std::size_t>(
        std::count_if(items.begin(), items.end(),
                      [](const journal::Item& item) { return std::holds_alternative<T>(item); }));
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(journals()), fs::directory_iterator()));
  }

 private:
  SimulatorsPlugins plugins_;
};

TEST_F(Journals, BeginWithWhoWroteThemAndWithTheEngine) {
  auto journal = open(options());
  journal->know(
      {{"policy_skills", "policy_skills 1.0.0", "policy_skills.so", "abc", R"({"a":1})"}});
  simulate(*journal, 1);
  journal.reset();
  const auto items = items_of(journals());
  ASSERT_GT(items.size(), 10u);
  const auto& head = std::get<journal::Head>(items[0]);
  EXPECT_EQ(head.node, "test");
  EXPECT_EQ(head.program, "0.0.0");
  EXPECT_EQ(head.number, 1u);
  const auto& made = std::get<journal::Made>(items[1]);
  EXPECT_FALSE(made.settings.flows.empty());
  EXPECT_FALSE(made.settings.agents.empty());
  ASSERT_EQ(made.settings.plugins.size(), 1u);
  EXPECT_EQ(made.settings.plugins[0].config, R"({"a":1})");
  EXPECT_GT(count<journal::Applied>(items), 100u);
  EXPECT_GT(count<journal::Committed>(items), 100u);
  EXPECT_GT(count<journal::Asked>(items), 1u);
}

TEST_F(Journals, GoOnInAnotherFileThatKnowsWhereTheEngineStands) {
  journal::JournalOptions small = options();
  small.file_bytes = 50'000;
  auto journal = open(small);
  simulate(*journal);
  const std::uint64_t written = journal->counters().files;
  journal.reset();
  EXPECT_GE(written, 2u);
  EXPECT_EQ(files(), written);
  const auto items = items_of(journals());
  EXPECT_EQ(count<journal::Head>(items), written);
  EXPECT_EQ(count<journal::Made>(items), 1u);
  EXPECT_EQ(count<journal::Middle>(items), written - 1);
}

TEST_F(Journals, BeginANewFileEachDay) {
  auto journal = open(options());
  simulate(*journal, 30);
  journal.reset();
  EXPECT_GE(files(), 2u);
}

TEST_F(Journals, AreRemovedWhenTheyAreOld) {
  const fs::path old = journals() / "20200101T000000.000Z-0001.journal",
                 other = journals() / "notes.txt";
  std::ofstream(old) << "whatever";
  std::ofstream(other) << "not ours";
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(24 * 15));
  fs::last_write_time(other, fs::file_time_type::clock::now() - std::chrono::hours(24 * 15));
  auto journal = open(options());
  simulate(*journal, 1);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(other)) << "only journals are removed";
}

TEST_F(Journals, AreForTheirOwnerOnly) {
  auto journal = open(options());
  simulate(*journal, 1);
  EXPECT_EQ(fs::status(journals()).permissions(), fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(journals())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
}

TEST_F(Journals, HoldNoWordOfACustomerInClear) {
  auto journal = open(options());
  const Snapshot nothing;
  journal->made(from_ms(1'790'000'000'000), {}, nothing);
  input::Start start;
  start.flow = "flow-that-is-named-so";
  start.context = R"({"name":"Kunigunde von Hohenfels"})";
  journal->applies(from_ms(1'790'000'000'001), start);
  journal.reset();
  std::string all;
  for (const auto& entry : fs::directory_iterator(journals())) all += read_text(entry.path());
  EXPECT_EQ(all.find("Kunigunde"), std::string::npos);
  EXPECT_EQ(all.find("flow-that-is"), std::string::npos);
  const auto items = items_of(journals());
  const auto& applied = std::get<journal::Applied>(items.back());
  EXPECT_EQ(std::get<input::Start>(applied.input).context, start.context);
}

TEST_F(Journals, ThatCannotBeWrittenRestAndStopNobody) {
  std::vector<std::string> said;
  journal::JournalOptions wanted = options();
  wanted.log = [&](int, std::string_view id, std::string_view fields) {
    said.push_back(std::string(id) + " " + std::string(fields));
  };
  auto journal = open(wanted);
  fs::remove(journals());
  simulate(*journal, 1);
  EXPECT_FALSE(journal->counters().writing);
  ASSERT_EQ(said.size(), 1u) << "once, not at every commit";
  EXPECT_TRUE(said[0].starts_with("journal.stopped")) << said[0];
}

TEST_F(Journals, NameWhatIsMissingWhenThereIsNone) {
  const auto none = journal::find_run(journals());
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().text.find("journal.enabled"), std::string::npos);
  const auto missing = journal::find_run(journals() / "x.journal");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "journal.open");
}

TEST_F(Journals, FindTheKeyBesideTheirFolder) {
  EXPECT_EQ(*journal::find_key(journals()), key());
  std::ofstream(journals().parent_path() / "second.db.key") << "x";
  const auto unclear = journal::find_key(journals());
  ASSERT_FALSE(unclear);
  EXPECT_NE(unclear.error().text.find("--key"), std::string::npos);
}

TEST_F(Journals, NameAConfigurationByWhatIsInIt) {
  EngineSettings settings;
  settings.flows["x"].pool = "sales";
  const std::string one = journal::config_hash(settings, {});
  EXPECT_EQ(one.size(), 12u);
  EXPECT_EQ(one, journal::config_hash(settings, {}));
  settings.flows["x"].pool = "support";
  EXPECT_NE(one, journal::config_hash(settings, {}));
}

}  // namespace
}  // namespace convene::test
