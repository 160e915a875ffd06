// plugins/test/library.hpp - a plugin as it is shipped, loaded for a test with nothing between it and the test.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>

#include "convene/testing/plugin.hpp"

namespace convene::test {

/// One instance of the plugin `id`, started. `ok()` is false where it refused its configuration: see host.failure.
class Library : public testing::Plugin {
 public:
  explicit Library(const std::string& id, const std::string& config = "{}") : Plugin(nullptr) {
    const std::string path = std::string(CONVENE_PLUGIN_DIR) + "/" + id + ".so";
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // Never closed, as in the host.
    if (handle == nullptr) {
      ADD_FAILURE() << dlerror();
      return;
    }
    open(*static_cast<const convene_entry*>(dlsym(handle, CONVENE_ENTRY_SYMBOL)), config, 0);
  }
};

}  // namespace convene::test
