// tests/fuzz/http_target_fuzz.cpp - request targets: whatever is accepted names one thing below the root, and only one way.
#include <cstdint>
#include <cstdlib>

#include "adapters/web/target.cpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = convene::web::parse_target(text);
  if (!target) return 0;
  const std::string& path = target->path;
  if (path.empty() || path.front() != '/' || path.size() > text.size()) std::abort();
  if (path.find("//") != path.npos || path.find('\\') != path.npos) std::abort();
  if ((path + "/").find("/../") != path.npos || (path + "/").find("/./") != path.npos) std::abort();
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
  if (target->query.size() > convene::web::kQueryPairsMax) std::abort();
  for (const auto& [key, value] : target->query)
    for (const char c : key + value)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
  return 0;
}
