// core/store/testing/sql.hpp - what another program does to a database file.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <vector>

namespace convene::store::testing {

/// Runs SQL on a file as another program would, and gives every value of its rows.
inline std::vector<std::string> sql(const std::filesystem::path& file,
                                    const std::string& statements) {
  std::vector<std::string> values;
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  const char* rest = statements.c_str();
  while (*rest != '\0' && sqlite3_prepare_v2(db, rest, -1, &statement, &rest) == SQLITE_OK) {
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        values.emplace_back(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
      }
    }
    sqlite3_finalize(statement);
  }
  EXPECT_STREQ(sqlite3_errmsg(db), "not an error");
  sqlite3_close(db);
  return values;
}

}  // namespace convene::store::testing
