// adapters/web/settings.cpp - JSON to Settings.
#include "adapters/web/settings.hpp"

#include <algorithm>

#include "adapters/web/json_view.hpp"
#include "adapters/web/settings_schema.hpp"
#include "convene/json.hpp"
#include "sdk/host/config_schema.hpp"
#include "sdk/host/formats.hpp"

namespace convene::web {
namespace {

Error wrong(std::string_view key, std::string_view what) {
  return Error{"web.settings",
               "adapter.web.settings: " + std::string(key) + " " + std::string(what)};
}

/// A key that is passed over in silence is a site that refuses its visitors and does not say why.
Status check_keys(std::string_view settings) {
  static const json::Parsed schema = json::parse(kSettingsSchema);
  const json::Parsed given = json::parse(settings);
  if (!given) return wrong("settings", "are no JSON: " + given.error);
  const Status fine = check_config(*schema.value, *given.value);
  return fine ? ok() : Status(Error{"web.settings", "adapter.web.settings: " + fine.error().text});
}

/// What the schema has passed: nothing can be wrong with it.
void read_gateway(const JsonObject& s, Settings& out) {
  if (const auto listen = parse_address(s.text_or("listen"))) {
    out.address = listen->host;
    out.port = listen->port;
  }
  out.public_url = s.text_or("public_url", "http://localhost:" + std::to_string(out.port));
  for (const auto& [key, list] :
       {std::pair{"origins", &out.origins}, {"frame_ancestors", &out.frame_ancestors}}) {
    if (auto texts = json_texts(s.has(key) ? s.raw(key) : "[]")) *list = *std::move(texts);
  }
  if (!origin_allowed(out.origins, out.public_url)) out.origins.push_back(out.public_url);
  out.static_folder = s.text_or("static");
  for (const auto& [key, number] : {std::pair{"threads", &out.threads},
                                    {"connections_max", &out.connections_max},
                                    {"customer_messages", &out.customer_messages},
                                    {"agent_messages", &out.agent_messages},
                                    {"identifier_misses", &out.identifier_misses},
                                    {"sign_in_seconds", &out.sign_in_seconds},
                                    {"waiting_max", &out.waiting_max}}) {
    if (const auto n = s.number(key)) *number = static_cast<std::uint32_t>(*n);
  }
}

}  // namespace

std::string carried_elsewhere(const Settings& settings, std::string_view gateway) {
  if (settings.name.empty() || gateway.empty() || gateway == settings.name) return {};
  const auto known = settings.gateways.find(std::string(gateway));
  return known == settings.gateways.end() ? std::string() : known->second;
}

bool origin_allowed(const std::vector<std::string>& origins, std::string_view origin) {
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

Result<Settings> parse_settings(std::string_view json) {
  const auto root = JsonObject::parse(json);
  if (!root) return wrong("config", "is no JSON object");
  Settings out;
  if (const auto s = root->object("settings")) {
    if (auto known = check_keys(root->raw("settings")); !known) return known.error();
    read_gateway(*s, out);
  } else {
    out.origins = {out.public_url};
  }
  const auto table = [&root](std::string_view key) {
    return json_members(root->has(key) ? root->raw(key) : "{}");
  };
  const auto flows = table("flows"), agents = table("agents"), plugins = table("plugins");
  if (!flows || !agents || !plugins) return wrong("flows, agents, plugins", "must be objects");
  for (const auto& [id, raw] : *flows) {
    const auto f = JsonObject::parse(raw);
    if (!f) return wrong(id, "is no object");
    WebFlow flow;
    flow.title = f->text_or("title", id);
    flow.channels = json_texts(f->has("channels") ? f->raw("channels") : "[]")
                        .value_or(std::vector<std::string>{});
    flow.carriage = f->text_or("carriage", "query");
    if (f->has("channel_settings")) {
      const auto settings = json_members(f->raw("channel_settings"));
      if (!settings) return wrong(id, "has channel_settings that are no object");
      for (const auto& [channel, value] : *settings)
        flow.channel_settings[channel] = std::string(value);
    }
    out.flows[id] = std::move(flow);
  }
  for (const auto& [id, raw] : *agents) {
    const auto a = JsonObject::parse(raw);
    if (!a) return wrong(id, "is no object");
    out.agents[id] = WebAgent{a->text_or("name", id), a->text_or("password_hash")};
  }
  for (const auto& [id, raw] : *plugins) {
    const auto p = JsonObject::parse(raw);
    if (!p) return wrong(id, "is no object");
    out.plugins[id] = ChannelPluginFile{
        p->text_or("path"), std::string(p->has("settings") ? p->raw("settings") : "{}")};
  }
  const auto gateways = table("gateways");
  if (!gateways) return wrong("gateways", "must be an object");
  for (const auto& [id, raw] : *gateways) {
    const auto one = JsonObject::parse(raw);
    const std::string url = one ? one->text_or("public_url") : std::string();
    if (!is_origin(url)) continue;  // It did not say where it is: nobody can be sent there.
    out.gateways[id] = url;
    if (!origin_allowed(out.origins, url))
      out.origins.push_back(url);  // Its pages open sockets here.
  }
  out.name = root->text_or("name");
  out.desk_key = root->text_or("desk_key");
  out.transcripts = root->text_or("transcripts");
  return out;
}

}  // namespace convene::web
