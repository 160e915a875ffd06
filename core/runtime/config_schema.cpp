// core/runtime/config_schema.cpp - the table of all keys. reference.toml and the JSON Schema are
// written from it.
#include "core/runtime/config_schema.hpp"

#include <charconv>
#include <optional>

namespace convene::config {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;

constexpr Key kNode[] = {
    {"name", Type::text, "\"convene\"", "What this node calls itself in status and logs."},
    {"data", Type::text, "\"var\"",
     "Folder of the database, its key and the sockets; made at the first start, for its owner "
     "only. Relative to where "
     "`convene serve` is started."},
    {"idle_poll_us", Type::integer, "200",
     "For so many microseconds after it was busy, and five times that while the disk writes, the "
     "core's "
     "processor waits before it falls asleep, as waking it takes longer. Costs time that nothing "
     "else "
     "of the service wants. 0: never.",
     false, 0, 1'000},
};
constexpr Key kStore[] = {
    {"url", Type::text, "\"sqlite:convene.db\"",
     "The database. `sqlite:` and a path relative to node.data: nothing to install or run."},
    {"keep_days", Type::integer, "30",
     "What has ended is erased before it is older than so many days.", false, 1, 3650},
};
constexpr Key kBus[] = {
    {"command", Type::text, "\"ipc:command.sock\"",
     "Where adapters connect to the core. `ipc:` and a path relative to node.data, or "
     "`tcp://ADDRESS:PORT` with keys."},
    {"events", Type::text, "\"ipc:events.sock\"", "Where events are published. As above."},
    {"insecure_loopback", Type::boolean, "false",
     "Allows tcp without keys on 127.0.0.1 and ::1. Everybody with an account on the machine can "
     "then speak to the core."},
    {"public_key", Type::text, "",
     "CURVE public key of the core, as `convene keys new` prints it; with tcp.", true},
    {"secret_key",
     Type::secret,
     "",
     "CURVE secret key of the core; with tcp.",
     true,
     0,
     0,
     {},
     "\"file:bus.key\""},
};
constexpr Key kPlugins[] = {
    {"folder", Type::text, "\"plugins\"",
     "Where plugin libraries lie; relative to the folder of the program. Nobody but its owner may "
     "write there."},
    {"signed", Type::choice, "\"optional\"",
     "Whether a library must be signed by somebody trusted (`convene plugin sign`). Where a "
     "signature is optional and "
     "somebody is trusted, one that is there must be good.",
     false, 0, 0, "optional|required"},
    {"trusted_keys", Type::texts, "[]",
     "Public keys of those whose signatures count, besides those of `convene plugin trust`."},
};
constexpr Key kLog[] = {
    {"level", Type::choice, "\"info\"", "From which level on lines are written.", false, 0, 0,
     "debug|info|warning|error"},
    {"format", Type::choice, "\"text\"", "Lines for people, or one JSON object a line.", false, 0,
     0, "text|json"},
    {"file",
     Type::text,
     "",
     "Where to; without it to standard error.",
     true,
     0,
     0,
     {},
     "\"convene.log\""},
};
constexpr Key kJournal[] = {
    {"enabled", Type::boolean, "true",
     "Writes down what the engine is told, sealed, in node.data/journal: `convene replay` plays it "
     "again."},
    {"keep_days", Type::integer, "14", "Files that were last written before that are removed.",
     false, 1, 3650},
    {"file_mb", Type::integer, "256",
     "A file that has grown beyond so many MiB is followed by another one, as is yesterday's.",
     false, 1, 4096},
};
constexpr Key kLimits[] = {
    {"sessions", Type::integer, "100000",
     "Sessions live at once. Beyond it customers are told when to try again.", false, 1,
     10'000'000},
    {"searches", Type::integer, "50000",
     "Sessions that wait for an agent at once; beyond it as above.", false, 1, 10'000'000},
    {"legs_per_session", Type::integer, "64", "Endpoints in one session.", false, 2, 1024},
    {"page", Type::integer, "32", "Agents shown to a routing policy at a time.", false, 1, 1024},
};
constexpr Key kPlugin[] = {
    {"file",
     Type::text,
     "",
     "The library's file name within plugins.folder; by default the plugin's id and `.so`.",
     true,
     0,
     0,
     {},
     "\"policy_yours.so\""},
    {"settings",
     Type::settings,
     "",
     "What the plugin is told; checked against the schema that it carries.",
     true,
     0,
     0,
     {},
     "{ widen_after = \"20s\" }"},
    {"sha256", Type::text, "",
     "Of the library, 64 hexadecimal digits: then nothing else is loaded under this name.", true},
    {"isolation", Type::choice, "",
     "Where it runs: in the core's process, or in one of its own, whose crashes and hangs harm "
     "nobody. By default what comes with Convene runs in the core, everything else apart. Channels "
     "that a gateway runs are in the gateway's process.",
     true, 0, 0, "core|process", "\"process\""},
    {"command", Type::texts, "[]",
     "Program and arguments of a plugin that speaks sdk/host/WIRE.md itself, in any language, "
     "instead of a library. Started where `convene serve` was started."},
    {"deadline",
     Type::duration,
     "",
     "A process has so long to answer; then the call has failed and the fallback decides. By "
     "default 20 ms, a step of a service 50 ms. The core waits for it.",
     true,
     1,
     kSecond,
     {},
     "\"20ms\""},
    {"memory_max_mib", Type::integer, "256",
     "So many MiB may a plugin's process use beyond what it maps at its start; then it has none.",
     false, 16, 65536},
    {"network", Type::boolean, "false", "Whether a plugin's process may use the internet."},
};
constexpr Key kFlow[] = {
    {"title",
     Type::text,
     "",
     "What customers see; by default the flow's id.",
     true,
     0,
     0,
     {},
     "\"Talk to us later\""},
    {"service",
     Type::text,
     "",
     "Plugin that decides when endpoints join and leave.",
     false,
     0,
     0,
     {},
     "\"service_yours\""},
    {"routing",
     Type::text,
     "",
     "Plugin that chooses the agent.",
     false,
     0,
     0,
     {},
     "\"policy_yours\""},
    {"fallback",
     Type::text,
     "",
     "Plugin that chooses when `routing` fails; without it whoever is free longest.",
     true,
     0,
     0,
     {},
     "\"policy_spare\""},
    {"pool", Type::text, "", "Agents that the flow draws from.", false, 0, 0, {}, "\"sales\""},
    {"channels", Type::texts, "[\"chat\"]",
     "Open in a new session. The channel `x` is handled by the plugin `channel_x`."},
    {"carriage", Type::choice, "\"query\"",
     "How the identifier travels with the bookmark: in the address (works on another device), in a "
     "cookie (the address "
     "tells nothing), or only through the API.",
     false, 0, 0, "query|cookie|api"},
    {"creation", Type::choice, "\"lazy\"",
     "Whether the session instance exists from the booking on, or from just before the first one "
     "joins.",
     false, 0, 0, "lazy|eager"},
    {"expires", Type::duration, "\"30d\"", "A booking without a time is kept for so long.", false,
     kSecond, 400 * kDay},
    {"grace", Type::duration, "\"24h\"", "A booking with a time is kept for so long after it.",
     false, 60 * kSecond, 400 * kDay},
    {"offer_timeout", Type::duration, "\"20s\"", "An agent has so long to answer an offer.", false,
     kSecond, kHour},
    {"connect_timeout", Type::duration, "\"30s\"",
     "An endpoint has so long to connect once invited.", false, kSecond, kHour},
    {"resume_timeout", Type::duration, "\"2m\"", "A lost connection may come back for so long.",
     false, kSecond, kDay},
    {"wait_max", Type::duration, "\"30m\"",
     "The service is told that nobody was found after so long.", false, kSecond, kDay},
    {"context_max", Type::integer, "8192", "Bytes of context accepted with a booking.", false, 2,
     65536},
    {"settings",
     Type::settings,
     "",
     "What the service is told; the plugin checks it.",
     true,
     0,
     0,
     {},
     "{}"},
    {"channel",
     Type::tables,
     "",
     "Settings of channels, by channel.",
     true,
     0,
     0,
     {},
     "{ page = { hosts = [\"shop.example\"] } }"},
};
constexpr Key kPool[] = {
    {"title", Type::text, "", "For people; by default the pool's id.", true, 0, 0, {}, "\"Sales\""},
};
constexpr Key kAgent[] = {
    {"name", Type::text, "", "Shown to customers.", false, 0, 0, {}, "\"Anna Weber\""},
    {"password",
     Type::secret,
     "",
     "An argon2id hash, as `convene password` prints it; without it the agent cannot sign in at a "
     "desk.",
     true,
     0,
     0,
     {},
     "\"file:passwords/anna\""},
    {"pools", Type::texts, "[]", "Pools that the agent belongs to."},
    {"capacity", Type::integer, "1", "Sessions at the same time.", false, 1, 100},
    {"auto_answer", Type::boolean, "false",
     "Joined to the customer at once, without being asked: for agents who take whatever comes "
     "while "
     "they are ready."},
    {"skills",
     Type::levels,
     "",
     "Skills with levels from 1 (some) to 10 (master).",
     true,
     0,
     0,
     {},
     "{ fr = 8 }"},
    {"wrap_up", Type::duration, "\"0s\"", "A pause after each session.", false, 0, kHour},
    {"max_no_answer", Type::integer, "2",
     "Offers in a row that the agent may leave unanswered; then the agent is paused, until it says "
     "that it is ready again. With auto_answer one session that it did not open is enough. 0: "
     "never.",
     false, 0, 100},
};
constexpr Key kAdapter[] = {
    {"kind", Type::choice, "\"gateway\"",
     "What it may ask of the core: a gateway speaks for browsers, a proxy for telephones and "
     "switches, records for a "
     "customer database.",
     false, 0, 0, "gateway|proxy|records"},
    {"command", Type::texts, "[]",
     "Program and arguments that `convene serve` starts and keeps running; a name without a slash "
     "is looked for beside "
     "`convene`. Empty: somebody else starts it."},
    {"plugin",
     Type::text,
     "",
     "Instead of a command: a plugin of the kind adapter, the library of this name in "
     "plugins.folder. It runs in a `convene-host` of its own, as a proxy or for records.",
     true,
     0,
     0,
     {},
     "\"adapter_phones\""},
    {"sha256", Type::text, "", "Of that library: then no other one runs under this name.", true},
    {"reads", Type::texts, "[]",
     "Files and folders that the library may read beside the system's; it writes only below its "
     "own folder, which CONVENE_WORK names. A path without a leading slash is below the folder "
     "where `convene serve` was started."},
    {"events", Type::texts, "[]",
     "First words of the event bus that the library is told: \"session\", \"agent\", ..."},
    {"memory_max_mib", Type::integer, "256", "So many MiB may the library's process use.", false,
     16, 65536},
    {"settings",
     Type::settings,
     "",
     "What the adapter is told when it says hello.",
     true,
     0,
     0,
     {},
     "{ listen = \"127.0.0.1:8080\", origins = [\"http://localhost:8080\"] }"},
    {"public_key", Type::text, "",
     "CURVE public key of the adapter: with tcp no other key may speak in its name.", true},
    {"secret_key",
     Type::secret,
     "",
     "Its other half, where `convene serve` starts the adapter; with tcp.",
     true,
     0,
     0,
     {},
     "\"file:web.key\""},
};

constexpr Section kSections[] = {
    {"node", "This machine's part of the installation.", kNode},
    {"store", "Where bookings and sessions are kept.", kStore},
    {"bus", "The two sockets over which adapters talk to the core.", kBus},
    {"plugins", "Where plugins come from.", kPlugins},
    {"log", "What is written for operators.", kLog},
    {"journal", "What is kept so that a day can be played again.", kJournal},
    {"limits", "Bounds; reaching one is a refusal with a reason, never silence.", kLimits},
    {"plugin.*", "A plugin to load.", kPlugin},
    {"flow.*", "A kind of conversation.", kFlow},
    {"pool.*", "A group of agents.", kPool},
    {"agent.*", "Somebody who answers.", kAgent},
    {"adapter.*", "A program that connects the core to browsers, switches or other systems.",
     kAdapter},
};

}  // namespace

std::span<const Section> sections() { return kSections; }

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> out;
  while (!choices.empty()) {
    const std::size_t bar = choices.find('|');
    out.emplace_back(choices.substr(0, bar));
    choices = bar == std::string_view::npos ? "" : choices.substr(bar + 1);
  }
  return out;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > 1'000'000'000) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit == "ms") return number;
  if (unit == "s") return number * kSecond;
  if (unit == "m") return number * 60 * kSecond;
  if (unit == "h") return number * kHour;
  if (unit == "d") return number * kDay;
  return std::nullopt;
}

}  // namespace convene::config
