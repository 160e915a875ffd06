// adapters/web/settings.cpp - JSON to Settings.
#include "adapters/web/settings.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/web/json_view.hpp"
#include "adapters/web/settings_schema.hpp"
#include "convene/json.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene::web {
namespace {

Error wrong(std::string_view key, std::string_view what) {
  return Error{"web.settings",
               "adapter.web.settings: " + std::string(key) + " " + std::string(what)};
}

bool read_listen(std::string_view listen, Settings& out) {
  const auto colon = listen.rfind(':');
  if (colon == listen.npos) return false;
  auto host = listen.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  const auto port = listen.substr(colon + 1);
  const auto r = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (host.empty() || port.empty() || r.ec != std::errc() || r.ptr != port.data() + port.size())
    return false;
  out.address = host;
  return true;
}

/// A key that is passed over in silence is a site that refuses its visitors and does not say why.
Status check_keys(std::string_view settings) {
  static const json::Parsed schema = json::parse(kSettingsSchema);
  const json::Parsed given = json::parse(settings);
  if (!given) return wrong("settings", "are no JSON: " + given.error);
  const Status fine = check_config(*schema.value, *given.value);
  return fine ? ok() : Status(Error{"web.settings", "adapter.web.settings: " + fine.error().text});
}

/// What the schema has passed; errors are what it cannot say.
Status read_gateway(const JsonObject& s, Settings& out) {
  if (s.has("listen") && !read_listen(s.text_or("listen"), out))
    return wrong("listen", "must be \"address:port\"");
  if (s.has("public_url")) {
    out.public_url = s.text_or("public_url");
    if (out.public_url.ends_with('/')) out.public_url.pop_back();
  } else {
    out.public_url = "http://localhost:" + std::to_string(out.port);
  }
  if (!is_origin(out.public_url))
    return wrong("public_url", "must be an origin such as \"https://talk.example.org\"");
  for (const auto& [key, list] :
       {std::pair{"origins", &out.origins}, {"frame_ancestors", &out.frame_ancestors}}) {
    if (!s.has(key)) continue;
    auto texts = json_texts(s.raw(key));
    if (!texts) return wrong(key, "must be a list of texts");
    for (const auto& t : *texts)
      if (!is_origin(t))
        return wrong(key, "holds '" + t + "', which is no origin (scheme://host[:port], no '*')");
    *list = *std::move(texts);
  }
  if (!origin_allowed(out.origins, out.public_url)) out.origins.push_back(out.public_url);
  out.static_folder = s.text_or("static");
  for (const auto& [key, number] : {std::pair{"threads", &out.threads},
                                    {"connections_max", &out.connections_max},
                                    {"customer_messages", &out.customer_messages},
                                    {"agent_messages", &out.agent_messages},
                                    {"identifier_misses", &out.identifier_misses},
                                    {"waiting_max", &out.waiting_max}}) {
    if (const auto n = s.number(key)) *number = static_cast<std::uint32_t>(*n);
  }
  return ok();
}

}  // namespace

bool is_origin(std::string_view origin) {
  if (origin.starts_with("https://"))
    origin.remove_prefix(8);
  else if (origin.starts_with("http://"))
    origin.remove_prefix(7);
  else
    return false;
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' ||
           c == '[' || c == ']';
  };
  return !origin.empty() && origin.front() != ':' &&
         std::all_of(origin.begin(), origin.end(), good);
}

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
    if (auto read = read_gateway(*s, out); !read) return read.error();
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
    if (!origin_allowed(out.origins, url)) out.origins.push_back(url);  // Its pages open sockets here.
  }
  out.name = root->text_or("name");
  out.desk_key = root->text_or("desk_key");
  out.transcripts = root->text_or("transcripts");
  return out;
}

}  // namespace convene::web
