// core/runtime/config_extract.cpp - from the tree to plain settings; defaults are those of the
// structs.
#include "core/runtime/config_extract.hpp"

#include <algorithm>

#include "core/runtime/config_schema.hpp"

namespace convene::config {
namespace {

using Errors = std::vector<ConfigError>;

// Reads the keys of one table; a key that is missing or of the wrong type leaves the target as it
// is.
class Reader {
 public:
  Reader(const Value* table, Errors& errors) : table_(table), errors_(errors) {}

  const Value* find(std::string_view key, Kind kind) const {
    const Value* value = table_ == nullptr ? nullptr : table_->find(key);
    return value != nullptr && value->kind == kind ? value : nullptr;
  }
  void text(std::string_view key, std::string& target) const {
    if (const Value* value = find(key, Kind::text)) target = value->text;
  }
  void path(std::string_view key, std::filesystem::path& target) const {
    if (const Value* value = find(key, Kind::text)) target = value->text;
  }
  void boolean(std::string_view key, bool& target) const {
    if (const Value* value = find(key, Kind::boolean)) target = value->boolean;
  }
  void number(std::string_view key, std::uint32_t& target) const {
    const Value* value = find(key, Kind::integer);
    if (value != nullptr && value->integer >= 0 && value->integer <= UINT32_MAX) {
      target = static_cast<std::uint32_t>(value->integer);
    }
  }
  void duration(std::string_view key, Duration& target) const {
    const Value* value = find(key, Kind::text);
    const auto parsed = value == nullptr ? std::nullopt : parse_duration(value->text);
    if (parsed) target = Duration{*parsed};
  }
  void texts(std::string_view key, std::vector<std::string>& target) const {
    const Value* value = find(key, Kind::list);
    if (value == nullptr) return;
    target.clear();
    for (const Value& item : value->items) target.push_back(item.text);
  }
  void sorted_texts(std::string_view key, std::vector<std::string>& target) const {
    texts(key, target);
    std::sort(target.begin(), target.end());
    const auto twice = std::adjacent_find(target.begin(), target.end());
    if (twice != target.end()) {
      errors_.push_back({table_->find(key)->place, "'" + *twice + "' is listed twice", ""});
      target.erase(std::unique(target.begin(), target.end()), target.end());
    }
  }
  void settings(std::string_view key, std::string& target) const {
    if (const Value* value = find(key, Kind::table)) target = to_json(*value, errors_);
  }
  void secret(std::string_view key, const std::filesystem::path& data, const SecretReader& reader,
              Secret& target) const {
    const Value* value = find(key, Kind::text);
    if (value == nullptr || !(value->text.starts_with("file:") || value->text.starts_with("env:")))
      return;
    target.source = value->text;
    Result<std::string> read = reader.read(value->text, data);
    if (read) {
      target.value = std::move(*read);
    } else {
      errors_.push_back(
          {value->place,
           "the secret '" + std::string(key) + "' cannot be used: " + read.error().text, ""});
    }
  }

 private:
  const Value* table_;
  Errors& errors_;
};

void note_places(const Value& value, const std::string& name, std::map<std::string, Place>& out) {
  out[name] = value.place;
  for (const auto& [key, member] : value.entries) note_places(member, name + "." + key, out);
  for (std::size_t i = 0; i < value.items.size(); ++i)
    note_places(value.items[i], name + "." + std::to_string(i), out);
}

std::map<std::string, Place> setting_places(const Value& table) {
  std::map<std::string, Place> out;
  if (const Value* settings = table.find("settings")) note_places(*settings, "settings", out);
  if (const Value* channels = table.find("channel"))
    for (const auto& [name, settings] : channels->entries)
      note_places(settings, "channel." + name, out);
  return out;
}

Flow take_flow(const std::string& id, const Value& table, Errors& errors) {
  const Reader read(&table, errors);
  Flow flow;
  flow.id = id;
  read.text("service", flow.service);
  read.text("routing", flow.routing);
  read.text("fallback", flow.fallback);
  read.text("pool", flow.pool);
  flow.channels = {"chat"};
  read.sorted_texts("channels", flow.channels);
  if (const Value* channels = read.find("channel", Kind::table)) {
    for (const auto& [name, settings] : channels->entries) {
      flow.channel_settings[name] = to_json(settings, errors);
    }
  }
  read.settings("settings", flow.settings);
  std::string choice;
  read.text("creation", choice);
  flow.eager = choice == "eager";
  choice = "query";
  read.text("carriage", choice);
  flow.carriage = choice == "cookie" ? Carriage::cookie
                  : choice == "api"  ? Carriage::api
                                     : Carriage::query;
  read.duration("expires", flow.expires);
  read.duration("grace", flow.grace);
  read.duration("offer_timeout", flow.offer_timeout);
  read.duration("connect_timeout", flow.connect_timeout);
  read.duration("resume_timeout", flow.resume_timeout);
  read.duration("wait_max", flow.wait_max);
  read.number("context_max", flow.context_max);
  return flow;
}

AgentConfig take_agent(const std::string& id, const Value& table, const std::filesystem::path& data,
                       const SecretReader& secrets, Errors& errors) {
  const Reader read(&table, errors);
  AgentConfig agent;
  agent.place = table.place;
  agent.settings.id = id;
  read.text("name", agent.settings.name);
  read.number("capacity", agent.settings.capacity);
  read.boolean("auto_answer", agent.settings.auto_answer);
  read.sorted_texts("pools", agent.settings.pools);
  read.duration("wrap_up", agent.settings.wrap_up);
  read.number("max_no_answer", agent.settings.max_no_answer);
  if (const Value* skills = read.find("skills", Kind::table)) {
    for (const auto& [name, level] : skills->entries) {
      agent.settings.skills.push_back({name, static_cast<int>(level.integer)});
    }
    std::sort(agent.settings.skills.begin(), agent.settings.skills.end(),
              [](const Skill& a, const Skill& b) { return a.name < b.name; });
  }
  read.secret("password", data, secrets, agent.password);
  return agent;
}

AdapterConfig take_adapter(const std::string& id, const Value& table,
                           const std::filesystem::path& data, const SecretReader& secrets,
                           Errors& errors) {
  const Reader read(&table, errors);
  AdapterConfig adapter;
  adapter.id = id;
  adapter.place = table.place;
  read.text("kind", adapter.kind);
  read.texts("command", adapter.command);
  read.text("plugin", adapter.plugin);
  read.text("sha256", adapter.sha256);
  read.texts("reads", adapter.reads);
  read.texts("events", adapter.events);
  read.number("memory_max_mib", adapter.memory_max_mib);
  read.settings("settings", adapter.settings);
  adapter.setting_places = setting_places(table);
  read.text("public_key", adapter.public_key);
  read.secret("secret_key", data, secrets, adapter.secret_key);
  return adapter;
}

void take_log(const Reader& read, log::Settings& settings) {
  std::string level = "info";
  std::string format = "text";
  read.text("level", level);
  read.text("format", format);
  settings.level = level == "debug"     ? log::Level::debug
                   : level == "warning" ? log::Level::warning
                   : level == "error"   ? log::Level::error
                                        : log::Level::info;
  settings.json = format == "json";
  read.text("file", settings.file);
}

// Calls `take(id, table)` for every table of a named section.
template <class Take>
void each(const Value& root, std::string_view section, Take take) {
  const Value* tables = root.find(section);
  if (tables == nullptr || tables->kind != Kind::table) return;
  for (const auto& [id, table] : tables->entries) {
    if (table.kind == Kind::table) take(id, table);
  }
}

}  // namespace

Config extract(const Value& root, const SecretReader& secrets, Errors& errors) {
  Config config;
  const auto section = [&](std::string_view name) { return Reader(root.find(name), errors); };
  section("node").text("name", config.name);
  section("node").path("data", config.data);
  section("node").number("idle_poll_us", config.idle_poll_us);
  section("store").text("url", config.store_url);
  section("store").number("keep_days", config.keep_days);
  section("bus").text("command", config.command_endpoint);
  section("bus").text("events", config.event_endpoint);
  section("bus").boolean("insecure_loopback", config.insecure_loopback);
  section("bus").text("public_key", config.bus_public_key);
  section("bus").secret("secret_key", config.data, secrets, config.bus_secret_key);
  section("plugins").path("folder", config.plugin_folder);
  std::string signatures = "optional";
  section("plugins").text("signed", signatures);
  config.plugins_signed = signatures == "required";
  section("plugins").texts("trusted_keys", config.trusted_keys);
  take_log(section("log"), config.log);
  section("journal").boolean("enabled", config.journal.enabled);
  section("journal").number("keep_days", config.journal.keep_days);
  section("journal").number("file_mb", config.journal.file_mb);
  section("limits").number("sessions", config.limits.sessions);
  section("limits").number("searches", config.limits.searches);
  section("limits").number("legs_per_session", config.limits.legs_per_session);
  section("limits").number("page", config.limits.page);

  each(root, "plugin", [&](const std::string& id, const Value& table) {
    PluginConfig plugin;
    plugin.id = id;
    plugin.path = id + ".so";
    plugin.place = table.place;
    plugin.setting_places = setting_places(table);
    Reader(&table, errors).text("file", plugin.path);
    Reader(&table, errors).text("sha256", plugin.sha256);
    Reader(&table, errors).settings("settings", plugin.settings);
    Reader(&table, errors).text("isolation", plugin.isolation);
    Reader(&table, errors).texts("command", plugin.command);
    Reader(&table, errors).duration("deadline", plugin.deadline);
    Reader(&table, errors).number("memory_max_mib", plugin.memory_max_mib);
    Reader(&table, errors).boolean("network", plugin.network);
    config.plugins[id] = std::move(plugin);
  });
  each(root, "flow", [&](const std::string& id, const Value& table) {
    config.flows[id] = take_flow(id, table, errors);
    config.flow_places[id] = table.place;
    config.setting_places[id] = setting_places(table);
    config.flow_titles[id] = id;
    Reader(&table, errors).text("title", config.flow_titles[id]);
  });
  each(root, "pool", [&](const std::string& id, const Value& table) {
    config.pools[id] = id;
    Reader(&table, errors).text("title", config.pools[id]);
  });
  each(root, "agent", [&](const std::string& id, const Value& table) {
    config.agents[id] = take_agent(id, table, config.data, secrets, errors);
  });
  each(root, "adapter", [&](const std::string& id, const Value& table) {
    config.adapters[id] = take_adapter(id, table, config.data, secrets, errors);
  });
  return config;
}

}  // namespace convene::config
