// core/store/store_files_test.cpp - files that are not what they should be: refused clearly, and
// left as they are.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "core/store/database.hpp"
#include "core/store/sql_store.hpp"
#include "core/store/testing/random_records.hpp"
#include "core/store/testing/sql.hpp"
#include "core/store/testing/temporary_folder.hpp"

namespace convene::store {
namespace {

using testing::RandomRecords;
using testing::sql;
using testing::TemporaryFolder;

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

/// "ok" or the code of the refusal. Every refusal names the file.
std::string outcome(const std::filesystem::path& database) {
  const auto store = open_sql_store({.database = database});
  if (store) return "ok";
  EXPECT_NE(store.error().text.find(database.string()), std::string::npos) << store.error().text;
  return store.error().code;
}

void fill(const std::filesystem::path& database, int records = 20) {
  auto store = open_sql_store({.database = database});
  ASSERT_TRUE(store);
  RandomRecords random(9);
  std::vector<Change> changes;
  for (int i = 0; i < records; ++i)
    changes.emplace_back(Record(random.rendezvous(random.hash(), 3)));
  ASSERT_TRUE((*store)->commit(changes));
}

TEST(StoreFiles, MakesThemForTheOwnerAlone) {
  TemporaryFolder folder;
  fill(folder / "convene.db");
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    struct stat info {};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << entry.path();
  }
}

TEST(StoreFiles, RefusesWhatIsNoDatabaseAndLeavesIt) {
  TemporaryFolder folder;
  for (const std::string& bytes :
       {std::string("x"), std::string("[node]\nname = \"demo\"\n"), std::string(100'000, 'z'),
        std::string("SQLite format 2\0 and so on", 26)}) {
    const auto file = folder / "notes.txt";
    write(file, bytes);
    EXPECT_EQ(outcome(file), "store.not_a_database");
    EXPECT_EQ(content(file), bytes);
  }
  std::filesystem::create_directory(folder / "folder.db");
  EXPECT_EQ(outcome(folder / "folder.db"), "store.not_a_database");
  EXPECT_FALSE(std::filesystem::exists(folder / "notes.txt.key"));
}

TEST(StoreFiles, RefusesAnotherProgramsDatabaseAndLeavesIt) {
  TemporaryFolder folder;
  const auto file = folder / "theirs.db";
  sql(file, "create table customers (id integer); insert into customers values (7)");
  const std::string before = content(file);
  EXPECT_EQ(outcome(file), "store.foreign");
  EXPECT_EQ(content(file), before);
}

TEST(StoreFiles, RefusesADatabaseOfANewerVersionAndLeavesIt) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  fill(file);
  sql(file, "insert into migration values (1000, 'of the future')");
  const std::string before = content(file);
  EXPECT_EQ(outcome(file), "store.newer");
  EXPECT_EQ(content(file), before);
}

TEST(StoreFiles, RefusesADamagedDatabase) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  fill(file, 200);
  std::string bytes = content(file);
  std::string ruined = bytes;
  for (std::size_t i = 100; i < ruined.size(); ++i) ruined[i] = static_cast<char>(i * 31);
  write(file, ruined);
  EXPECT_EQ(outcome(file), "store.damaged");
  EXPECT_EQ(content(file), ruined);
  write(file, bytes.substr(0, 5000));
  EXPECT_EQ(outcome(file), "store.damaged");
}

TEST(StoreFiles, ReservesItsLogWhereThereIsRoom) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db", log = folder / "convene.db-wal";
  fill(file);
  const auto before = std::filesystem::file_size(file);
  {
    const auto store = open_sql_store({.database = file, .reserve_log = true});
    ASSERT_TRUE(store);
    const auto reserved = std::filesystem::file_size(log);
    EXPECT_GT(reserved, 16u << 20);
    RandomRecords random(3);
    ASSERT_TRUE((*store)->commit(std::vector<Change>{Record(random.agent("anna"))}));
    EXPECT_EQ(std::filesystem::file_size(log), reserved);
  }
  EXPECT_FALSE(std::filesystem::exists(log));
  EXPECT_LE(std::filesystem::file_size(file), before + 4'096)
      << "the database has none of the zeros";
}

TEST(StoreFiles, RefusesASecondCoreOnTheSameDatabase) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  auto first = open_sql_store({.database = file});
  ASSERT_TRUE(first);
  EXPECT_EQ(outcome(file), "store.locked");
  first->reset();
  EXPECT_EQ(outcome(file), "ok");
}

TEST(StoreFiles, TellsThatAnotherProgramHoldsTheDatabaseAndGoesOnAfterwards) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  auto store = open_sql_store({.database = file, .busy_timeout = std::chrono::milliseconds(1)});
  ASSERT_TRUE(store);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "begin immediate", nullptr, nullptr, nullptr), SQLITE_OK);
  RandomRecords random(2);
  const std::vector<Change> changes{Record(random.agent("anna"))};
  const auto refused = (*store)->commit(changes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.busy");
  EXPECT_EQ((*store)->commit(changes).error().code, "store.restore_first");
  sqlite3_close(other);
  ASSERT_TRUE((*store)->restore());
  EXPECT_TRUE((*store)->commit(changes));
}

TEST(StoreFiles, RefusesWhatItMayNotWrite) {
  TemporaryFolder folder;
  fill(folder / "convene.db");
  const pid_t child = ::fork();
  if (child ==
      0) {  // root may write everything: be nobody, as in a container with a read-only volume
    std::filesystem::permissions(folder.path(), static_cast<std::filesystem::perms>(0555));
    for (const auto& f : std::filesystem::directory_iterator(folder.path())) {
      std::filesystem::permissions(f.path(), static_cast<std::filesystem::perms>(0444));
    }
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(3);
    const bool old_one = outcome(folder / "convene.db") == "store.read_only";
    const bool new_one = outcome(folder / "new.db") == "store.read_only";
    ::_exit(old_one && new_one ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST(StoreFiles, RefusesToGoOnWithoutTheKeyOrWithAnotherOne) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  const std::filesystem::path key = file.string() + ".key";
  fill(file);
  const std::string right = content(key);
  std::filesystem::remove(key);
  EXPECT_EQ(outcome(file), "store.key_missing");
  EXPECT_FALSE(std::filesystem::exists(key)) << "a new key would hide that the old one is missing";

  fill(folder / "other.db");
  const auto refused = [&] {
    const auto store = open_sql_store({.database = file});
    return store ? std::string("ok") : store.error().code;
  };
  std::filesystem::copy_file((folder / "other.db").string() + ".key", key);
  EXPECT_EQ(refused(), "store.wrong_key");
  for (const std::string wrong :
       {"", "0123", "not hexadecimal at all, not hexadecimal at all, not hexadecimal at all!"}) {
    write(key, wrong);
    EXPECT_EQ(refused(), "store.wrong_key") << wrong;
  }
  write(key, right);
  std::filesystem::permissions(key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(refused(), "store.key_open_to_others");
  std::filesystem::permissions(key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::remove);
  EXPECT_EQ(refused(), "ok");
}

TEST(StoreFiles, TakesAPathWithBlanksAndRefusesOneWithQuotes) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder / "a b = c");
  fill(folder / "a b = c/con vene.db");
  EXPECT_TRUE(std::filesystem::exists(folder / "a b = c/con vene.db"));
  EXPECT_EQ(outcome(folder / "a\"b.db"), "store.url");
}

TEST(StoreMigrations, AreTakenOnceAndInOrder) {
  TemporaryFolder folder;
  const SqlStoreOptions options{.database = folder / "convene.db"};
  static constexpr const char* kOne[] = {"create table t (a integer)", "insert into t values (1)"};
  static constexpr const char* kTwo[] = {"alter table t add column b integer default 2"};
  const Migration steps[] = {{1, "one", kOne}, {2, "two", kTwo}};
  ASSERT_TRUE(open_database(options, std::span(steps, 1)));
  ASSERT_TRUE(open_database(options, steps));
  auto session = open_database(options, steps);
  ASSERT_TRUE(session);
  int rows = 0, b = 0, version = 0;
  **session << "select count(*), max(b) from t", soci::into(rows), soci::into(b);
  **session << "select max(number) from migration", soci::into(version);
  EXPECT_EQ(rows, 1);
  EXPECT_EQ(b, 2);
  EXPECT_EQ(version, 2);
  session->reset();
  EXPECT_EQ(open_database(options, std::span(steps, 1)).error().code, "store.newer");
}

TEST(StoreMigrations, AStepThatFailsLeavesNothingAndIsTakenAtTheNextStart) {
  TemporaryFolder folder;
  const SqlStoreOptions options{.database = folder / "convene.db"};
  static constexpr const char* kOne[] = {"create table t (a integer)"};
  static constexpr const char* kBad[] = {"create table u (a integer)",
                                         "insert into nowhere values (1)"};
  static constexpr const char* kGood[] = {"create table u (a integer)"};
  const Migration bad[] = {{1, "one", kOne}, {2, "two", kBad}};
  const Migration good[] = {{1, "one", kOne}, {2, "two", kGood}};
  EXPECT_FALSE(open_database(options, bad));
  EXPECT_TRUE(open_database(options, good));
}

}  // namespace
}  // namespace convene::store
