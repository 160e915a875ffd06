// adapters/web/transcript.hpp - what a session's channels have recorded, kept in a file so that no restart forgets it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace convene::web {

using TranscriptKey = std::array<unsigned char, 32>;

/// One recorded entry as Media keeps it.
struct TranscriptLine {
  std::string channel;
  std::uint64_t number = 0;  ///< Within the channel, from 1.
  std::uint64_t leg = 0;     ///< Who sent it.
  std::string tail;          ///< Of the message that browsers get.
};

/// The file of one session: appended to with one write(2) per entry, which a kill of the process does not undo; a power
/// cut may cost the last seconds. Each entry is sealed (crypto_secretbox), so the file tells nothing without the node's
/// key. A file that cannot be written costs a warning, never the conversation. Not thread-safe: Media's lock guards it.
class Transcript {
 public:
  Transcript(std::filesystem::path file, const TranscriptKey& key)
      : file_(std::move(file)), key_(key) {}
  ~Transcript();
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  /// What was kept, oldest first; an entry that was cut short or altered ends it.
  std::vector<TranscriptLine> read() const;
  void append(const TranscriptLine& line);
  /// Replaces the file by `lines`: what came before them has been dropped.
  void rewrite(const std::vector<TranscriptLine>& lines);
  std::uint64_t bytes() const { return bytes_; }
  /// The session is over: the file goes.
  void remove();

 private:
  bool open();
  void complain();

  const std::filesystem::path file_;
  const TranscriptKey key_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
  bool failed_ = false;
};

/// The folder of all transcripts. Any thread.
class Transcripts {
 public:
  /// An empty folder: nothing is kept. `key` as Seal takes it; files left for more than a day are removed.
  Transcripts(const std::string& folder, std::string_view key);

  /// Null where nothing is kept.
  std::unique_ptr<Transcript> of(std::uint64_t session) const;

 private:
  std::filesystem::path folder_;
  TranscriptKey key_{};
};

}  // namespace convene::web
