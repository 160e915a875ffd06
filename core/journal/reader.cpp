// core/journal/reader.cpp - finds the files of a run, and takes items out of their frames.
#include "core/journal/reader.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace convene::journal {
namespace {

namespace fs = std::filesystem;

/// "RUN-0002.journal": run and number; number 0 where it is no such name.
std::pair<std::string, std::uint32_t> parts_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  const std::size_t dash = stem.rfind('-');
  std::uint32_t number = 0;
  if (file.extension() != ".journal" || dash == std::string::npos) return {stem, 0};
  const auto [end, failed] =
      std::from_chars(stem.data() + dash + 1, stem.data() + stem.size(), number);
  if (failed != std::errc{} || end != stem.data() + stem.size()) return {stem, 0};
  return {stem.substr(0, dash), number};
}

}  // namespace

Result<Run> find_run(const fs::path& path) {
  std::error_code failed;
  if (!fs::exists(path, failed)) {
    return Error{"journal.open", "There is no journal " + path.string() +
                                     ": name a file or folder of node.data/journal."};
  }
  const bool is_folder = fs::is_directory(path, failed);
  const auto [named, upto] =
      is_folder ? std::pair<std::string, std::uint32_t>{"", UINT32_MAX} : parts_of(path);
  if (!is_folder && upto == 0) return Run{named, {path}, true};
  fs::path folder = is_folder ? path : path.parent_path();
  if (folder.empty()) folder = ".";
  std::map<std::string, std::map<std::uint32_t, fs::path>> runs;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const auto [run, number] = parts_of(entry.path());
    if (number > 0 && number <= upto && (is_folder || run == named))
      runs[run][number] = entry.path();
  }
  if (runs.empty()) {
    return Error{"journal.open",
                 "The folder " + path.string() +
                     " holds no journal: is journal.enabled set, and has the node run?"};
  }
  const auto& [name, files] = *runs.rbegin();
  Run run{name, {}, true};
  std::uint32_t expected = files.rbegin()->first;
  for (auto it = files.rbegin(); it != files.rend() && it->first == expected; ++it, --expected) {
    run.files.push_back(it->second);
  }
  std::reverse(run.files.begin(), run.files.end());
  run.whole = expected == 0;
  return run;
}

Result<fs::path> find_key(const fs::path& journal) {
  std::error_code failed;
  fs::path folder =
      fs::absolute(fs::is_directory(journal, failed) ? journal : journal.parent_path(), failed);
  folder = folder.lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();
  std::vector<fs::path> keys;
  for (const auto& entry : fs::directory_iterator(folder.parent_path(), failed)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".db.key")) keys.push_back(entry.path());
  }
  if (keys.size() == 1) return keys.front();
  return Error{
      "journal.key",
      "The journal is sealed with the store's key, and which one is not clear: name it with "
      "--key, as --key var/convene.db.key."};
}

Result<RunReader> RunReader::open(Run run, store::Seal seal) {
  RunReader reader(std::move(run), std::move(seal));
  std::error_code failed;
  for (const fs::path& file : reader.run_.files) reader.total_ += fs::file_size(file, failed);
  if (Status status = reader.open_next(); !status) return status.error();
  return reader;
}

Status RunReader::open_next() {
  auto file = FileReader::open(run_.files[at_]);
  if (!file) return file.error();
  file_ = std::move(*file);
  ++at_;
  return ok();
}

Result<std::optional<Item>> RunReader::next() {
  while (left_.empty()) {
    if (!file_ || cut_) return std::optional<Item>();
    const auto got = file_->next(seal_, plain_);
    if (!got) return got.error();
    if (*got == FileReader::Next::frame) {
      left_ = plain_;
      continue;
    }
    if (*got == FileReader::Next::cut && at_ < run_.files.size()) {
      return Error{"journal.damaged",
                   "The journal " + run_.files[at_ - 1].string() +
                       " ends within a frame, and others follow: it is not as it was written."};
    }
    cut_ = *got == FileReader::Next::cut;
    done_ += file_->offset();
    file_.reset();
    if (cut_ || at_ == run_.files.size()) return std::optional<Item>();
    if (Status status = open_next(); !status) return status.error();
  }
  Item item;
  if (!take(left_, item)) {
    left_ = {};
    return Error{"journal.damaged",
                 "The journal " + run_.files[at_ - 1].string() +
                     " holds something that this program does not know: replay it with the "
                     "version of convene that wrote it."};
  }
  return std::optional<Item>(std::move(item));
}

}  // namespace convene::journal
