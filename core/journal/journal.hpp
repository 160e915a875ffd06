// core/journal/journal.hpp - writes down what a node's engine is told, so that the day can be
// played again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/observer.hpp"
#include "core/journal/file.hpp"
#include "core/journal/items.hpp"
#include "core/journal/tap.hpp"

namespace convene::journal {

struct JournalOptions {
  std::filesystem::path folder;    ///< Made where there is none, mode 0700.
  std::filesystem::path key_file;  ///< The store's: contexts are in the journal too.
  std::string node;
  std::string program;           ///< Its version.
  std::uint32_t keep_days = 14;  ///< Files that were last written before that are removed.
  /// A file that has grown beyond is followed by another one; so is yesterday's.
  std::uint64_t file_bytes = 256u << 20;
  /// Level as in convene/abi.h, id, "key=value" pairs. May be empty.
  std::function<void(int level, std::string_view id, std::string_view fields)> log;
};

struct JournalCounters {
  std::uint64_t frames = 0, bytes = 0, files = 0;
  bool writing = false;  ///< False: it has failed and rests until the next engine is made.
};

/// Observes one node's commit loop; lives as long as that and its engine. All functions are called
/// on the loop's thread, but for `open`. Nothing it meets stops a node: what cannot be written is
/// logged once, and the journal rests.
///
/// One run, from the making of an engine to its end, goes over one or several files
/// RUN-0001.journal, RUN-0002.journal.
class Journal final : public LoopObserver {
 public:
  /// Errors are those of the key ("store.key_missing", ...) and "journal.folder".
  static Result<std::unique_ptr<Journal>> open(JournalOptions options);
  ~Journal() override;

  /// What the configuration says of its plugins, before the engine gets the settings that are made
  /// of them.
  void know(std::vector<PluginRecord> plugins) { plugins_ = std::move(plugins); }
  /// Another generation of a plugin answers from the next input on.
  void mark(const PluginMark& mark);
  JournalCounters counters() const;

  EngineSettings tapped(EngineSettings settings) override;
  void made(Time now, const EngineSettings& settings, const Snapshot& snapshot) override;
  void applies(Time now, const Input& input) override;
  void committed(const Engine& engine, std::span<const Change> changes,
                 std::span<const Output> messages) override;
  void sent() override;
  void dropped(Time now, const Error& why) override;
  void reconfigured(const EngineSettings& settings) override;

 private:
  Journal(JournalOptions options, store::Seal seal);
  void begin_file();
  void flush();
  void fail(const Error& error);
  void go_on(const Engine& engine);
  std::optional<input::LegReport> as_reported(const Leg& leg) const;
  void remember(const Input& input);
  void remove_old() const;
  std::int64_t day() const { return to_ms(now_ + offset_) / 86'400'000; }

  JournalOptions options_;
  store::Seal seal_;
  Taps taps_;
  std::vector<PluginRecord> plugins_;
  Settings settings_;
  std::optional<FileWriter> file_;
  std::string run_;
  std::uint32_t number_ = 0;  ///< Of the file within the run.
  std::int64_t file_day_ = 0;
  std::string buffer_;     ///< Items of the batch at hand.
  bool is_whole_ = false;  ///< That batch is over.
  Time now_{};
  Duration offset_{0};  ///< Of the wall clock.
  std::map<PeerId, input::PeerUp> peers_;
  std::map<std::string, input::Attach> desks_;
  JournalCounters counters_;
};

}  // namespace convene::journal
