// plugins/test/library.hpp - a plugin as it is shipped, loaded for a test with nothing between it and the test.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "convene/plugin.hpp"

namespace convene::test {

/// What a plugin sees as its host; keeps what it is told.
class RecordingHost {
 public:
  const convene_host* table() const { return &table_; }
  std::string failure;              ///< The last sentence given to `fail`.
  std::vector<std::string> logged;  ///< Ids of log lines.

 private:
  convene_host table_{this,
                      [](void* self, std::int32_t, convene_text id, convene_text) noexcept {
                        static_cast<RecordingHost*>(self)->logged.emplace_back(sdk::view(id));
                      },
                      [](void* self, convene_text message) noexcept {
                        static_cast<RecordingHost*>(self)->failure = sdk::view(message);
                      }};
};

/// One instance of the plugin `id`, started. `ok()` is false where it refused its configuration: see host.failure.
class Library {
 public:
  explicit Library(const std::string& id, const std::string& config = "{}") {
    const std::string path = std::string(CONVENE_PLUGIN_DIR) + "/" + id + ".so";
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // Never closed, as in the host.
    if (handle == nullptr) {
      ADD_FAILURE() << dlerror();
      return;
    }
    entry_ = static_cast<const convene_entry*>(dlsym(handle, CONVENE_ENTRY_SYMBOL));
    instance_ = entry_->create(0, host.table(), sdk::text(config));
    if (instance_ != nullptr && instance_->start(instance_->self) != CONVENE_OK) {
      instance_->destroy(instance_->self);
      instance_ = nullptr;
    }
  }
  ~Library() {
    if (instance_ == nullptr) return;
    instance_->stop(instance_->self);
    instance_->destroy(instance_->self);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  bool ok() const { return instance_ != nullptr; }
  const convene_descriptor& descriptor() const { return *entry_->descriptor(0); }
  void* self() const { return instance_->self; }
  template <class Table>
  const Table& table(std::string_view extension) const {
    return *static_cast<const Table*>(instance_->extension(instance_->self, sdk::text(extension)));
  }

  RecordingHost host;

 private:
  const convene_entry* entry_ = nullptr;
  const convene_plugin* instance_ = nullptr;
};

}  // namespace convene::test
