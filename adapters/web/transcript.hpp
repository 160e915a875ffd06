// adapters/web/transcript.hpp - what a session's channels have recorded, kept in a file so that no restart forgets it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/web/spool.hpp"

namespace convene::web {

using TranscriptKey = std::array<unsigned char, 32>;

/// One recorded entry as Media keeps it.
struct TranscriptLine {
  std::string channel;
  std::uint64_t number = 0;  ///< Within the channel, from 1.
  std::uint64_t leg = 0;     ///< Who sent it.
  std::string tail;          ///< Of the message that browsers get.
};

/// The file of one session. A kill of the process does not undo what was appended (spool.hpp); a power cut may cost the
/// last second. Each entry is sealed (crypto_secretbox), so the file tells nothing without the node's key. A file that
/// cannot be written costs a warning, never the conversation. Not thread-safe: Media's lock guards it.
class Transcript {
 public:
  Transcript(std::shared_ptr<Spool> spool, std::uint64_t session, const TranscriptKey& key);
  /// What was kept, oldest first; an entry that was cut short or altered ends it.
  std::vector<TranscriptLine> read();
  void append(std::string_view channel, std::uint64_t number, std::uint64_t leg,
              std::string_view tail);
  /// Replaces the file by `lines`: what came before them has been dropped.
  void rewrite(const std::vector<TranscriptLine>& lines);
  std::uint64_t bytes() const { return bytes_.value_or(0); }
  /// The session is over: the file goes.
  void remove();

 private:
  std::string sealed(std::string_view channel, std::uint64_t number, std::uint64_t leg,
                     std::string_view tail);

  const std::shared_ptr<Spool> spool_;
  const std::uint64_t session_;
  const std::filesystem::path path_;
  const TranscriptKey key_;
  /// A nonce is these and the number of entries that this object has sealed: never twice with one key.
  std::array<unsigned char, 16> nonce_prefix_{};
  std::uint64_t sealed_ = 0;
  std::optional<std::uint64_t>
      bytes_;            ///< Of the whole entries; unknown before the file was looked at.
  bool is_cut_ = false;  ///< The file is longer: what is behind them was cut or altered.
};

/// The folder of all transcripts. Any thread.
class Transcripts {
 public:
  /// An empty folder: nothing is kept. `key` as Seal takes it; begins with a sweep, while no session lives.
  Transcripts(const std::string& folder, std::string_view key);

  /// Removes files that were last written more than a day ago, but for sessions that live here: their gateway was not
  /// there when they ended.
  void sweep(const std::function<bool(std::uint64_t session)>& lives) const;
  /// Whatever is kept of this session goes.
  void forget(std::uint64_t session) const;

  /// Null where nothing is kept.
  std::unique_ptr<Transcript> of(std::uint64_t session) const;
  /// Everything that was appended is in the files; and at the end of the process, for good.
  void settle() const;
  void close() const;

 private:
  std::shared_ptr<Spool> spool_;  ///< Null: nothing is kept.
  TranscriptKey key_{};
};

}  // namespace convene::web
