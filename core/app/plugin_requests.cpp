// core/app/plugin_requests.cpp - reads what consoles ask of plugins, trusting none of it.
#include "core/app/plugin_requests.hpp"

#include <boost/json.hpp>

#include "sdk/host/entry_check.hpp"

namespace convene::app {
namespace {

namespace json = boost::json;

Error malformed(const std::string& why) { return {"malformed", why}; }

/// A whole number up to `most`.
bool read(const json::value& value, std::uint32_t most, std::uint32_t& target) {
  if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > most) return false;
  target = static_cast<std::uint32_t>(value.get_int64());
  return true;
}

}  // namespace

Result<ReloadWish> read_reload_wish(std::string_view body) {
  boost::system::error_code failed;
  const json::value root = json::parse(json::string_view(body.data(), body.size()), failed);
  if (failed || !root.is_object()) return malformed("the body is no JSON object");
  ReloadWish wish;
  for (const json::key_value_pair& member : root.get_object()) {
    const json::string_view key = member.key();
    const json::value& value = member.value();
    bool good = false;
    if (key == "plugin" && value.is_string()) {
      wish.plugin = value.get_string().c_str();
      good = is_plugin_id(wish.plugin);
    } else if (key == "file" && value.is_string()) {
      wish.file =
          value.get_string().c_str();  // whether it is a plain name is for the vetting to say
      good = value.get_string().size() <= 128;
    } else if (key == "shadow") {
      good = read(value, 1'000'000, wish.trial.shadow);
    } else if (key == "canary") {
      good = read(value, 10'000, wish.trial.canary);
    } else if (key == "promote" && value.is_bool()) {
      wish.promote = wish.trial.promote = value.get_bool();
      good = true;
    }
    if (!good) {
      return malformed("the member \"" + std::string(key.substr(0, 64)) +
                       "\" is not known, or its value cannot be");
    }
  }
  if (wish.plugin.empty()) return malformed("the member \"plugin\" is missing");
  return wish;
}

}  // namespace convene::app
