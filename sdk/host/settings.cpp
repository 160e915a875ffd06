// sdk/host/settings.cpp - JSON in, canonical JSON or the reason out.
#include "sdk/host/settings.hpp"

#include <algorithm>

#include "convene/json.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene {

namespace {

constexpr std::string_view kWrong = "has wrong settings: ";
constexpr std::string_view kNothing = R"({"additionalProperties":false})";

/// Everything that is wrong in one error, a line each.
Status fits(const json::Value& schema, const json::Value& settings) {
  std::string text;
  for (const std::string& fault : faults_of(schema, settings))
    text += (text.empty() ? std::string(kWrong) : "\n") + fault;
  return text.empty() ? ok() : Status(Error{"plugin.config", text});
}

}  // namespace

Result<std::string> check_settings(const PluginDescription& plugin, const std::string& config) {
  const json::Parsed settings = json::parse(config.empty() ? "{}" : config);
  if (!settings) return Error{"plugin.config", "has settings that are not JSON: " + settings.error};
  if (!settings.value->as_object()) return Error{"plugin.config", "has settings that are no table"};
  const json::Parsed schema =
      json::parse(plugin.config_schema.empty() ? kNothing : std::string_view(plugin.config_schema));
  if (Status fine = fits(*schema.value, *settings.value); !fine) return fine.error();
  return json::write(*settings.value);
}

Status check_flow_settings(const PluginDescription& plugin, const std::string& settings) {
  if (plugin.config_schema.empty()) return ok();
  const json::Parsed schema = json::parse(plugin.config_schema);
  const json::Value* defs = schema ? schema.value->find("$defs") : nullptr;
  const json::Value* flow = defs ? defs->find("flow") : nullptr;
  if (!flow) return ok();
  const json::Parsed given = json::parse(settings.empty() ? "{}" : settings);
  if (!given) return Error{"plugin.config", "is not JSON: " + given.error};
  return fits(*flow, *given.value);
}

std::vector<std::string> wrong_settings_in(const std::string& error) {
  std::vector<std::string> faults;
  const auto begin = error.find(kWrong);
  if (begin == error.npos) return faults;
  for (std::size_t at = begin + kWrong.size(); at <= error.size();) {
    const std::size_t end = std::min(error.find('\n', at), error.size());
    faults.push_back(error.substr(at, end - at));
    at = end + 1;
  }
  return faults;
}

}  // namespace convene
