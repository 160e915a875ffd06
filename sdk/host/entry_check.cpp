// sdk/host/entry_check.cpp - every field of entry and descriptor, one sentence for each way to be
// wrong.
#include "sdk/host/entry_check.hpp"

#include <algorithm>
#include <set>

#include "convene/json.hpp"
#include "sdk/host/config_schema.hpp"
#include "sdk/host/memory.hpp"

namespace convene {
namespace {

constexpr std::uint32_t kRecordMax = 4096;
constexpr std::uint32_t kPluginsMax = 64;

/// A record of at least `Record`'s size. Newer, longer ones are read up to what is known here (law
/// 1).
template <class Record>
std::string read_record(Record& to, const Record* from, const char* what) {
  std::uint32_t size = 0;
  if (!read_memory(&size, from, sizeof size)) return std::string("has no readable ") + what;
  if (size < sizeof(Record) || size > kRecordMax) {
    return std::string("has a ") + what + " of " + std::to_string(size) + " bytes where at least " +
           std::to_string(sizeof(Record)) + " are needed; set its size with sizeof";
  }
  if (!read_memory(&to, from, sizeof(Record))) return std::string("has no readable ") + what;
  return {};
}

std::string wrong_version(std::uint32_t major, std::uint32_t minor) {
  if (major != CONVENE_ABI_MAJOR) {
    return "was built for version " + std::to_string(major) +
           " of the plugin boundary; this host speaks " + std::to_string(CONVENE_ABI_MAJOR) +
           "; build it with this host's headers";
  }
  if (minor > CONVENE_ABI_MINOR) {
    return "was built for version " + std::to_string(major) + "." + std::to_string(minor) +
           " of the plugin boundary, newer than this host's " + std::to_string(CONVENE_ABI_MAJOR) +
           "." + std::to_string(CONVENE_ABI_MINOR) +
           "; update the host, or build it with older headers";
  }
  return {};
}

std::string read_text(std::string& to, convene_text from, std::size_t max, const char* what) {
  if (from.size > max) {
    return std::string("has a ") + what + " of " + std::to_string(from.size) + " bytes; at most " +
           std::to_string(max) + " are allowed";
  }
  to.resize(from.size);
  if (!read_memory(to.data(), from.data, from.size)) return std::string("has no readable ") + what;
  if (!json::is_utf8(to)) return std::string("has a ") + what + " that is not UTF-8";
  return {};
}

/// Two dots, three numbers, then what semver.org allows after "-" or "+".
bool is_version(std::string_view text) {
  const std::size_t core = std::min(text.find_first_of("-+"), text.size());
  const std::string_view numbers = text.substr(0, core);
  int parts = 1;
  std::size_t digits = 0;
  for (const char c : numbers) {
    if (c == '.') {
      if (digits == 0) return false;
      ++parts, digits = 0;
    } else if (c < '0' || c > '9') {
      return false;
    } else {
      ++digits;
    }
  }
  const std::string_view rest = text.substr(core);
  return parts == 3 && digits > 0 && rest.size() != 1 &&
         std::all_of(rest.begin(), rest.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '.' || c == '-' || c == '+';
         });
}

std::string read_offers(std::vector<std::string>& to, std::string_view text) {
  constexpr std::string_view kKnown[] = {CONVENE_ROUTING, CONVENE_SERVICE, CONVENE_CHANNEL,
                                         CONVENE_ADAPTER};
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string id(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (std::find(std::begin(kKnown), std::end(kKnown), id) == std::end(kKnown))
      continue;  // for a newer host
    if (std::find(to.begin(), to.end(), id) != to.end()) return "offers \"" + id + "\" twice";
    to.push_back(id);
  }
  if (!to.empty()) return {};
  return "offers nothing that this host knows; it knows " CONVENE_ROUTING ", " CONVENE_SERVICE
         ", " CONVENE_CHANNEL " and " CONVENE_ADAPTER;
}

std::string read_schema(const std::string& text, const char* what) {
  if (text.empty()) return {};
  const json::Parsed schema = json::parse(text);
  if (!schema) {
    return std::string("has a ") + what + " that is not JSON: " + schema.error + " at byte " +
           std::to_string(schema.at);
  }
  const Status checked = check_schema(*schema.value);
  return checked ? std::string()
                 : std::string("has a ") + what + " that cannot be used: " + checked.error().text;
}

/// What is wrong with one descriptor, and under which code; no text: nothing.
struct Wrong {
  const char* code = "plugin.descriptor";
  std::string text;
};

Wrong read_descriptor(PluginDescription& to, const convene_descriptor* from) {
  convene_descriptor d{};
  std::string offers;
  Wrong wrong;
  wrong.text = read_record(d, from, "descriptor");
  const auto then = [&wrong](const char* code, auto&& next) {
    if (!wrong.text.empty()) return;
    wrong.text = next();
    if (!wrong.text.empty()) wrong.code = code;
  };
  then("plugin.abi", [&] { return wrong_version(d.abi_major, d.abi_minor); });
  then("plugin.id", [&] { return read_text(to.id, d.id, 64, "id"); });
  then("plugin.id", [&] {
    return is_plugin_id(to.id) ? std::string()
                               : "has an id that is not one to 64 of a-z, 0-9 and _; rename it";
  });
  then("plugin.version", [&] { return read_text(to.version, d.version, 64, "version"); });
  then("plugin.version", [&] {
    return is_version(to.version) ? std::string() : "has a version that is not like 1.2.0";
  });
  then("plugin.summary", [&] { return read_text(to.summary, d.summary, 512, "summary"); });
  then("plugin.offers", [&] { return read_text(offers, d.offers, 1024, "list of offers"); });
  then("plugin.offers", [&] { return read_offers(to.offers, offers); });
  then("plugin.schema",
       [&] { return read_text(to.config_schema, d.config_schema, 65536, "config schema"); });
  then("plugin.schema", [&] { return read_schema(to.config_schema, "config schema"); });
  then("plugin.schema",
       [&] { return read_text(to.state_schema, d.state_schema, 65536, "state schema"); });
  then("plugin.schema", [&] {
    const bool json = to.state_schema.empty() || json::parse(to.state_schema);
    return json ? std::string() : std::string("has a state schema that is not JSON");
  });
  to.state_version = d.state_version;
  return wrong;
}

const convene_descriptor* ask_descriptor(const convene_entry& entry, std::uint32_t index) {
  const convene_descriptor* (*ask)(std::uint32_t) =
      entry.descriptor;  // may throw whatever it promised
  try {
    return ask(index);
  } catch (...) {
    return nullptr;
  }
}

}  // namespace

bool is_plugin_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<PluginDescription> check_descriptor(const convene_descriptor& descriptor) {
  PluginDescription description;
  const Wrong wrong = read_descriptor(description, &descriptor);
  if (!wrong.text.empty()) return Error{wrong.code, wrong.text};
  return description;
}

Result<CheckedEntry> check_entry(const convene_entry* entry, const std::string& name) {
  const auto refuse = [&](const std::string& why) {
    return Error{"plugin.entry", name + " " + why};
  };
  convene_entry e{};
  if (const std::string wrong = read_record(e, entry, "entry"); !wrong.empty())
    return refuse(wrong);
  if (const std::string wrong = wrong_version(e.abi_major, e.abi_minor); !wrong.empty())
    return Error{"plugin.abi", name + " " + wrong};
  if (e.plugin_count < 1 || e.plugin_count > kPluginsMax) {
    return refuse("says that it holds " + std::to_string(e.plugin_count) +
                  " plugins; 1 to 64 are possible");
  }
  if (!e.descriptor || !e.create)
    return refuse("has an entry without functions; fill in descriptor and create");
  CheckedEntry checked{{}, e.create};
  std::set<std::string> ids;
  for (std::uint32_t i = 0; i < e.plugin_count; ++i) {
    PluginDescription description;
    if (const Wrong wrong = read_descriptor(description, ask_descriptor(e, i));
        !wrong.text.empty()) {
      return Error{wrong.code, name + ", plugin " + std::to_string(i) + ", " + wrong.text};
    }
    if (!ids.insert(description.id).second) {
      return Error{"plugin.id", name + " holds two plugins \"" + description.id + "\"; rename one"};
    }
    checked.plugins.push_back(std::move(description));
  }
  return checked;
}

}  // namespace convene
