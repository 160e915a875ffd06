// core/journal/reader.hpp - reads a run of a journal, item by item, over all its files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/journal/file.hpp"
#include "core/journal/items.hpp"

namespace convene::journal {

/// Which files hold a run. `path` is one of them, or the folder: then the newest run. Files before
/// the one named are read too, where they are still there, since the run begins in the first one;
/// files after it are not.
struct Run {
  std::string name;
  std::vector<std::filesystem::path> files;  ///< In their order, without a gap.
  bool whole = true;                         ///< The first one is the run's first.
};
Result<Run> find_run(const std::filesystem::path& path);

/// The store's key where nobody names one: the only *.key beside the journal's folder. Error:
/// "journal.key".
Result<std::filesystem::path> find_key(const std::filesystem::path& journal);

class RunReader {
 public:
  /// Errors are those of FileReader::open.
  static Result<RunReader> open(Run run, store::Seal seal);

  /// The next item; nothing at the end. Errors: those of FileReader::next, and "journal.damaged"
  /// for an item that is none. After an error or the end the answer stays.
  Result<std::optional<Item>> next();

  const Run& run() const { return run_; }
  /// The last file ends within a frame: its writer was killed, or still writes.
  bool cut() const { return cut_; }
  std::uint64_t bytes() const { return done_ + (file_ ? file_->offset() : 0); }  ///< Read so far.
  std::uint64_t bytes_total() const { return total_; }

 private:
  RunReader(Run run, store::Seal seal) : run_(std::move(run)), seal_(std::move(seal)) {}
  Status open_next();

  Run run_;
  store::Seal seal_;
  std::size_t at_ = 0;
  std::optional<FileReader> file_;
  std::string plain_;
  std::string_view left_;  ///< Of plain_.
  bool cut_ = false;
  std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace convene::journal
