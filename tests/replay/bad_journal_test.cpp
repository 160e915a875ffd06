// tests/replay/bad_journal_test.cpp - journals that are not as they were written: cut, changed, of
// another format, under another key.
#include "core/journal/file.hpp"

#include <memory>

#include "tests/replay/recording.hpp"

namespace convene::test {
namespace {

namespace fs = std::filesystem;
using journal::FileReader;
using journal::FileWriter;

class BadJournal : public Recording {
 protected:
  void SetUp() override {
    Recording::SetUp();
    auto seal = store::Seal::open(key());
    ASSERT_TRUE(seal);
    auto writer = FileWriter::create(file());
    ASSERT_TRUE(writer) << writer.error().text;
    for (const char* text : kTexts) ASSERT_TRUE(writer->append(text, *seal));
    bytes_ = read_text(file());
  }
  fs::path file() const { return journals() / "x-0001.journal"; }

  /// What a reader gets: the frames, and how it ended.
  struct Got {
    std::vector<std::string> frames;
    std::string end;  ///< "end", "cut", or an error's code.
    std::string text;
  };
  Got read(std::string bytes) const {
    Got got;
    auto seal = store::Seal::open(key());
    auto reader = FileReader::from_bytes(std::move(bytes), "x");
    if (!reader) return {{}, reader.error().code, reader.error().text};
    std::string plain;
    while (true) {
      const auto next = reader->next(*seal, plain);
      if (!next) {
        got.end = next.error().code;
        got.text = next.error().text;
        return got;
      }
      if (*next != FileReader::Next::frame) {
        got.end = *next == FileReader::Next::cut ? "cut" : "end";
        return got;
      }
      got.frames.push_back(plain);
    }
  }
  static constexpr const char* kTexts[] = {"the first frame", "the second", "and the last one"};
  std::string bytes_;
};

TEST_F(BadJournal, IsReadAsItWasWritten) {
  const Got got = read(bytes_);
  EXPECT_EQ(got.end, "end");
  EXPECT_EQ(got.frames, std::vector<std::string>(std::begin(kTexts), std::end(kTexts)));
}

TEST_F(BadJournal, CutAnywhereIsReadUpToTheLastWholeFrame) {
  const std::size_t first_frame = std::string_view("CONVENE JOURNAL 4\n").size() + 16;
  std::size_t whole = 0;
  for (std::size_t size = 0; size < bytes_.size(); ++size) {
    const Got got = read(bytes_.substr(0, size));
    if (size < first_frame) {
      EXPECT_TRUE(got.end == "journal.foreign" || got.end == "journal.damaged")
          << size << " " << got.end;
      continue;
    }
    EXPECT_TRUE(got.end == "cut" || got.end == "end") << size << ": " << got.text;
    ASSERT_LE(got.frames.size(), 2u);
    for (std::size_t i = 0; i < got.frames.size(); ++i) EXPECT_EQ(got.frames[i], kTexts[i]);
    whole = std::max(whole, got.frames.size());
  }
  EXPECT_EQ(whole, 2u);
}

TEST_F(BadJournal, WithOneChangedByteGivesAnErrorOrFewerFramesAndNeverAWrongOne) {
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    std::string changed = bytes_;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const Got got = read(changed);
    EXPECT_NE(got.end, "end") << "byte " << at;
    EXPECT_TRUE(got.end == "cut" || got.end.starts_with("journal.")) << got.end;
    for (std::size_t i = 0; i < got.frames.size(); ++i) EXPECT_EQ(got.frames[i], kTexts[i]);
  }
}

TEST_F(BadJournal, WithAChangedBitNamesTheFrameAndTheByte) {
  std::string changed = bytes_;
  changed[changed.size() - 3] = static_cast<char>(changed[changed.size() - 3] ^ 1);
  const Got got = read(changed);
  EXPECT_EQ(got.end, "journal.damaged");
  EXPECT_NE(got.text.find("frame 3 at byte "), std::string::npos) << got.text;
  EXPECT_EQ(got.frames.size(), 2u);
}

TEST_F(BadJournal, OfAnotherFormatSaysWhichVersionReadsIt) {
  std::string tomorrow = bytes_;
  tomorrow.replace(0, std::string_view("CONVENE JOURNAL 4").size(), "CONVENE JOURNAL 7");
  const Got got = read(tomorrow);
  EXPECT_EQ(got.end, "journal.format");
  EXPECT_NE(got.text.find("format 7"), std::string::npos) << got.text;
}

TEST_F(BadJournal, UnderAnotherKeyAsksForTheRightOne) {
  fs::remove(key());
  ASSERT_TRUE(store::Seal::create(key()));
  const Got got = read(bytes_);
  EXPECT_EQ(got.end, "journal.wrong_key");
  EXPECT_NE(got.text.find("--key"), std::string::npos) << got.text;
}

TEST_F(BadJournal, WhoseFramesChangedPlacesIsNotBelieved) {
  const std::size_t head = std::string_view("CONVENE JOURNAL 4\n").size() + 16;
  const auto frame_size = [&](const char* text) {
    return 8 + store::Seal::kOverhead + std::string_view(text).size();
  };
  const std::string first = bytes_.substr(head, frame_size(kTexts[0]));
  const std::string second = bytes_.substr(head + first.size(), frame_size(kTexts[1]));
  const Got got = read(bytes_.substr(0, head) + second + first);
  EXPECT_EQ(got.end, "journal.wrong_key");
  EXPECT_TRUE(got.frames.empty());
}

TEST_F(BadJournal, ThatIsNoneIsNotOpened) {
  EXPECT_EQ(read("[node]\nname = \"x\"\n").end, "journal.foreign");
  EXPECT_EQ(read("").end, "journal.foreign");
  EXPECT_EQ(read("CONVENE JOURNAL x\n0123456789abcdef").end, "journal.foreign");
  EXPECT_FALSE(FileReader::open(journals() / "missing.journal"));
}

TEST_F(BadJournal, WithItemsOfTomorrowIsNotGuessedAt) {
  auto seal = store::Seal::open(key());
  const fs::path path = journals() / "y-0001.journal";
  {
    auto writer = FileWriter::create(path);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(std::string("\x77\x01z", 3), *seal));
  }
  auto reader = journal::RunReader::open(*journal::find_run(path), std::move(*seal));
  ASSERT_TRUE(reader);
  const auto item = reader->next();
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, "journal.damaged");
}

}  // namespace
}  // namespace convene::test
