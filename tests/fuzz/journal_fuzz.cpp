// tests/fuzz/journal_fuzz.cpp - a journal: what is accepted is written again as it was read.
// Links: convene_journal convene_store convene_engine
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/journal/file.hpp"
#include "core/journal/items.hpp"

namespace {

using namespace convene;

store::Seal& seal() {
  static store::Seal made = [] {
    char folder[] = "/tmp/convene_journal_fuzz_XXXXXX";
    if (::mkdtemp(folder) == nullptr) std::abort();
    auto fresh = store::Seal::create(std::filesystem::path(folder) / "key");
    std::filesystem::remove_all(folder);
    if (!fresh) std::abort();
    return std::move(*fresh);
  }();
  return made;
}

/// Nobody but us can seal: whatever the file says, no frame of it is believed.
void read_file(std::string_view bytes) {
  auto reader = journal::FileReader::from_bytes(std::string(bytes), "fuzzed");
  if (!reader) return;
  std::string plain;
  const auto next = reader->next(seal(), plain);
  if (next && *next == journal::FileReader::Next::frame) std::abort();
}

/// What is understood says the same when it is written and read again.
void read_items(std::string_view bytes) {
  journal::Item item;
  while (journal::take(bytes, item)) {
    std::string once, twice;
    journal::append(item, once);
    std::string_view rest = once;
    journal::Item again;
    if (!journal::take(rest, again) || !rest.empty()) std::abort();
    journal::append(again, twice);
    if (once != twice) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with("CONV")) {
    read_file(bytes);
  } else {
    read_items(bytes);
  }
  return 0;
}
