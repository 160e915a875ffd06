// core/check/library.cpp - read, check, map, ask for the entry.
#include "core/check/library.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sdk/host/elf.hpp"
#include "sdk/host/entry_check.hpp"
#include "sdk/host/mapping.hpp"
#include "sdk/host/vetting.hpp"

namespace convene::check {
namespace {

std::string sha256_of(const std::string& bytes) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  char hex[sizeof digest * 2 + 1];
  return sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
}

/// Maps `library.bytes` under `key` and reads what it says of itself.
Status map_and_ask(Library& library, const std::string& key) {
  auto entry = map_library(VettedFile{library.bytes, key}, library.path);
  if (!entry) return entry.error();
  library.entry = *entry;
  auto checked = check_entry(library.entry, library.path);
  if (!checked) return checked.error();
  library.plugins = checked->plugins;
  return ok();
}

}  // namespace

Result<Library> open_library(const std::string& path) {
  Library library;
  library.path = path;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error{"plugin.file",
                 path + " cannot be read; build the plugin first, then name the .so"};
  }
  library.bytes.assign(std::istreambuf_iterator<char>(in), {});
  library.sha256 = sha256_of(library.bytes);
  if (Status whole = check_library(library.bytes, CONVENE_ENTRY_SYMBOL, path); !whole)
    return whole.error();
  if (Status asked = map_and_ask(library, library.sha256); !asked) return asked.error();
  return library;
}

Result<Library> open_copy(const Library& library, unsigned number) {
  Library copy = library;
  if (Status asked = map_and_ask(copy, library.sha256 + "#" + std::to_string(number)); !asked)
    return asked.error();
  return copy;
}

int stage_of(const std::string& code) {
  static constexpr const char* kStages[] = {
      "program.starts", "program.hello",      "host.hello",     "plugin.file",
      "plugin.elf",     "plugin.search_path", "plugin.symbol",  "plugin.exports",
      "plugin.map",     "plugin.entry",       "plugin.abi",     "plugin.descriptor",
      "plugin.id",      "plugin.version",     "plugin.summary", "plugin.offers",
      "plugin.schema"};
  const auto it = std::find(std::begin(kStages), std::end(kStages), code);
  return static_cast<int>(it - std::begin(kStages));
}

}  // namespace convene::check
