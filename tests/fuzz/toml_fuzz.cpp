// tests/fuzz/toml_fuzz.cpp - any bytes as a configuration: errors with places, or settings that keep their own rules.
// Links: convene_runtime

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/runtime/config.hpp"

namespace {

class NoSecrets : public convene::SecretReader {
 public:
  convene::Result<std::string> read(const std::string&,
                                    const std::filesystem::path&) const override {
    return std::string("$argon2id$fuzz");
  }
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // The second half as a second file, so that merging is exercised too.
  const std::size_t cut = text.find("\n#---\n");
  std::vector<convene::ConfigSource> sources = {{"one.toml", text.substr(0, cut)}};
  if (cut != std::string::npos) sources.push_back({"two.toml", text.substr(cut)});
  const convene::ConfigOutcome outcome = convene::parse_config(sources, NoSecrets());
  for (const convene::ConfigError& error : outcome.errors) {
    require(!error.text.empty() && convene::to_text(error).find('\n') == std::string::npos);
  }
  if (!outcome) return 0;
  for (const auto& [id, flow] : outcome.config.flows) {
    require(outcome.config.pools.contains(flow.pool));
    require(outcome.config.plugins.contains(flow.service) &&
            outcome.config.plugins.contains(flow.routing));
  }
  return 0;
}
