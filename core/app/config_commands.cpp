// core/app/config_commands.cpp - `convene config`: check, reference, schema.
#include <sodium.h>

#include <cstdio>

#include "core/app/commands.hpp"
#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/runtime/config_schema.hpp"

namespace convene::app {

Result<std::string> NoSecrets::read(const std::string&, const std::filesystem::path&) const {
  return std::string("$argon2id$not-read");
}

int config_check(const std::filesystem::path& path, bool without_secrets) {
  const NoSecrets none;
  const ConfigOutcome outcome = load_config(path, without_secrets ? none : system_secrets());
  if (sodium_init() < 0) return kFailed;
  const std::vector<ConfigError> errors = everything_wrong(outcome);
  std::fputs(to_text(errors).c_str(), stderr);
  if (!errors.empty()) return kBadConfig;
  const Config& config = outcome.config;
  const auto count = [](std::size_t n, const char* what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  std::printf(
      "%s: good: %s, %s, %s, %s, %s\n", path.c_str(), count(config.flows.size(), "flow").c_str(),
      count(config.pools.size(), "pool").c_str(), count(config.agents.size(), "agent").c_str(),
      count(config.plugins.size(), "plugin").c_str(),
      count(config.adapters.size(), "adapter").c_str());
  return kOk;
}

int config_reference() {
  std::fputs(config::render_reference().c_str(), stdout);
  return kOk;
}

int config_schema() {
  std::fputs(config::render_json_schema().c_str(), stdout);
  return kOk;
}

}  // namespace convene::app
