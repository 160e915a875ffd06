// core/app/data_folder.hpp - the folder that belongs to one running node: its lock, its keys.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/model/result.hpp"

namespace convene::app {

using Key = std::array<std::uint8_t, 32>;

/// Holds the lock of a data folder; gives it back at its end, also when the process is killed.
class DataFolder {
 public:
  /// Makes the folder where there is none (mode 0700), refuses one that others may write to, and
  /// locks it. Errors: "data.folder", "data.locked".
  static Result<DataFolder> open(const std::filesystem::path& folder);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  /// The key from which all others of this node are derived; made at the first start. Errors:
  /// "data.key".
  Result<Key> master_key() const;

 private:
  DataFolder(std::filesystem::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
  std::filesystem::path folder_;
  int lock_;
};

/// The process that holds the folder's lock; nothing when nobody does.
std::optional<int> holder_of(const std::filesystem::path& folder);

/// A key for one purpose (8 characters), from which neither the master key nor another purpose's
/// key can be told.
Key derive_key(const Key& master, std::string_view purpose);

}  // namespace convene::app
