// sdk/include/convene/testing/plugin.hpp - one instance of a plugin in a test, made as a host does.
//
// A test links the plugin's own source (convene_add_plugin_test does that), so a debugger, a
// sanitizer and a coverage tool see both. It asks questions through the boundary, as a host does;
// the headers beside this one know what to ask a policy, a service, a channel or an adapter:
//
//   convene::testing::Plugin plugin(R"({"prefer":"loans"})");   // throws where it is refused
//   convene::testing::Question question;
//   question.add("anna", {{"loans", 7}});
//   EXPECT_EQ(question.ask(plugin).agent, "anna");
//
// Standard library only; any test framework will do. Not thread-safe: a lane is one thread.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convene/plugin.hpp"

/// The entry of the plugin that the test is linked with.
extern "C" CONVENE_EXPORT const convene_entry convene_entry_v1;

namespace convene::testing {

/// What a plugin sees as its host; keeps what it is told.
class RecordingHost {
 public:
  const convene_host* table() const { return &table_; }
  std::string failure;              ///< The last sentence given to `fail`.
  std::vector<std::string> logged;  ///< Ids of log lines, in order.

 private:
  convene_host table_{this,
                      [](void* self, std::int32_t, convene_text id, convene_text) noexcept {
                        static_cast<RecordingHost*>(self)->logged.emplace_back(sdk::view(id));
                      },
                      [](void* self, convene_text message) noexcept {
                        static_cast<RecordingHost*>(self)->failure = sdk::view(message);
                      }};
};

/// One instance: created with `config` (JSON that satisfies its schema), started, and at the end
/// stopped and destroyed.
class Plugin {
 public:
  /// The plugin that the test is linked with; `index` where its library holds several. Throws
  /// std::runtime_error with the plugin's own sentence when it refuses its configuration.
  explicit Plugin(const std::string& config = "{}", std::uint32_t index = 0)
      : Plugin(convene_entry_v1, config, index) {
    if (!ok()) throw std::runtime_error("the plugin does not start: " + host.failure);
  }
  /// Of any library. Does not throw: see `ok`.
  Plugin(const convene_entry& entry, const std::string& config, std::uint32_t index = 0) {
    open(entry, config, index);
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  ~Plugin() {
    if (!ok()) return;
    stop();
    instance_->destroy(instance_->self);
  }

  /// False where the plugin refused its configuration: `host.failure` says why.
  bool ok() const { return instance_ != nullptr; }
  const convene_descriptor& descriptor() const { return *descriptor_; }
  void* self() const { return instance_->self; }
  /// The table of an extension that the plugin offers: table<convene_routing>(CONVENE_ROUTING).
  template <class Table>
  const Table& table(std::string_view extension) const {
    const void* found = instance_->extension(instance_->self, sdk::text(extension));
    if (!found) throw std::runtime_error("the plugin does not offer " + std::string(extension));
    return *static_cast<const Table*>(found);
  }

  /// Lets it come to rest now instead of at its end: nothing is asked of it any more, and it says
  /// nothing.
  void stop() const {
    if (ok() && !std::exchange(stopped_, true)) instance_->stop(instance_->self);
  }

  RecordingHost host;

 protected:
  Plugin(std::nullptr_t) {}  ///< Nothing yet: `open` follows, or the plugin stays not `ok`.
  void open(const convene_entry& entry, const std::string& config, std::uint32_t index) {
    descriptor_ = entry.descriptor(index);
    instance_ = entry.create(index, host.table(), sdk::text(config));
    if (instance_ == nullptr || instance_->start(instance_->self) == CONVENE_OK) return;
    instance_->destroy(instance_->self);
    instance_ = nullptr;
  }

 private:
  const convene_descriptor* descriptor_ = nullptr;
  const convene_plugin* instance_ = nullptr;
  mutable bool stopped_ = false;
};

}  // namespace convene::testing
