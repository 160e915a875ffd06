// core/app/erase_commands.cpp - `convene erase`: everything that is kept of a conversation goes, now.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <set>

#include "core/app/command_groups.hpp"
#include "core/app/console.hpp"
#include "core/app/data_folder.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/runtime/secrets.hpp"
#include "core/store/sql_store.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;

struct Given {
  std::string what;
  std::string config = "convene.toml";
};

/// A session by its number, or a rendezvous by what its customer holds.
struct Wish {
  std::uint64_t session = 0;
  std::string identifier;
};

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 15 &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c >= '0' && c <= '9'; });
}

/// A line of standard input: a number, an identifier, or the link with it (".../r/?s=ID").
Wish wish_of(std::string line) {
  if (is_number(line)) return {std::stoull(line), {}};
  if (const auto at = line.rfind("s=");
      at != std::string::npos && line.find('/') != std::string::npos)
    line = line.substr(at + 2, line.find_first_of("&#", at) - at - 2);
  return {0, std::move(line)};
}

Status ask_running(const Config& config, const Wish& wish) {
  boost::json::object body;
  if (wish.session != 0) body["session"] = wish.session;
  if (wish.session == 0) body["id"] = wish.identifier;
  const auto answer = ask_node(config, "erase", boost::json::serialize(body));
  return answer ? ok() : Status(answer.error());
}

Status nothing_kept() { return Error{"nothing_kept", "nothing is kept of it"}; }

/// What gateways have kept of it; they do not run.
void remove_transcripts(const Config& config, SessionId session) {
  std::error_code ignored;
  const std::string name = std::to_string(session.value);
  for (const auto& gateway : fs::directory_iterator(transcript_folder(config), ignored)) {
    fs::remove(gateway.path() / name, ignored);
    fs::remove(gateway.path() / (name + ".new"), ignored);
  }
}

/// In the database, while no node has it.
Status erase_stored(const Config& config, SessionStore& store, const Wish& wish) {
  std::vector<Change> changes;
  Hash key = wish.session == 0 ? hash_of(wish.identifier) : Hash{};
  std::set<SessionId> sessions;
  if (wish.session != 0) {
    const auto rendezvous = store.rendezvous_of(SessionId{wish.session});
    if (!rendezvous)
      return rendezvous.error().code == "store.none" ? nothing_kept() : rendezvous.error();
    key = *rendezvous;
    sessions.insert(SessionId{wish.session});
  } else if (const auto known = store.load(key); !known) {
    return known.error().code == "store.none" ? nothing_kept() : known.error();
  }
  if (key) {
    const auto others = store.sessions_of(key);
    if (!others) return others.error();
    sessions.insert(others->begin(), others->end());
    changes.emplace_back(Erase{key});
  }
  for (const SessionId session : sessions) changes.emplace_back(Erase{session});
  if (const Status erased = store.commit(changes); !erased) return erased;
  for (const SessionId session : sessions) remove_transcripts(config, session);
  return ok();
}

Result<std::unique_ptr<SessionStore>> stored(const Config& config) {
  auto options = parse_store_url(config.store_url, config.data);
  if (!options) return options.error();
  if (std::error_code missing; !fs::exists(options->database, missing)) {
    return Error{"not_running", "no node runs in " + config.data.string() +
                                    ", and there is no database " + options->database.string()};
  }
  return open_sql_store(*options);
}

int erase(const Given& given) {
  std::vector<Wish> wishes;
  if (given.what == "-") {
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      wishes.push_back(wish_of(std::move(line)));
    }
  } else if (is_number(given.what)) {
    wishes.push_back(wish_of(given.what));
  } else {
    std::fprintf(
        stderr,
        "convene: a session is named by its number; an identifier is read from standard input, "
        "where nobody else on this machine sees it: convene erase - CONFIG\n");
    return kUsage;
  }
  const auto config = read_config(given.config);
  if (!config) return kBadConfig;
  std::unique_ptr<SessionStore> store;
  if (!holder_of(config->data)) {
    auto opened = stored(*config);
    if (!opened) {
      std::fprintf(stderr, "convene: %s\n", opened.error().text.c_str());
      return opened.error().code == "not_running" ? kNotRunning : kFailed;
    }
    store = std::move(*opened);
  }
  std::size_t line = 0, erased = 0;
  for (const Wish& wish : wishes) {
    ++line;
    if (wish.session == 0 && wish.identifier.empty()) continue;
    const Status done = store ? erase_stored(*config, *store, wish) : ask_running(*config, wish);
    if (done) {
      ++erased;
    } else {
      const std::string where = given.what == "-" ? "line " + std::to_string(line) + ": " : "";
      std::fprintf(stderr, "convene: %s%s\n", where.c_str(), done.error().text.c_str());
      if (done.error().code == "not_running") return kNotRunning;
    }
  }
  if (store) {
    if (const Status clean = store->scrub(); !clean) {
      std::fprintf(stderr, "convene: erased, but not yet from the files: %s\n",
                   clean.error().text.c_str());
      return kFailed;
    }
  }
  std::printf("erased: %zu of %zu\n", erased, wishes.size());
  return erased == wishes.size() ? kOk : kFailed;
}

}  // namespace

void add_erase_commands(CLI::App& app, std::function<int()>& run) {
  auto given = std::make_shared<Given>();
  CLI::App* command =
      app.add_subcommand("erase", "Erase everything that is kept of a conversation, now");
  command
      ->add_option(
          "WHAT", given->what,
          "Number of a session, as in events and logs; - reads numbers, identifiers and links "
          "from standard input, one a line")
      ->required();
  command->add_option("CONFIG", given->config, "A TOML file, or a folder of them")
      ->capture_default_str();
  command->footer(
      "Erases the rendezvous and all its sessions, with contexts, legs, offers, decisions and "
      "what\n"
      "was said; a conversation that goes on ends. It leaves the database's files within a "
      "minute.\n"
      "The journal and backups keep what they hold until they are removed.\n\n"
      "Examples:\n  convene erase 4711 config/demo.toml\n"
      "  convene erase - config/demo.toml < identifiers.txt\n\n"
      "Exit codes: 0 all of it is erased; 1 something was not known or could not be; 2 the "
      "configuration is wrong; "
      "3 no node and\nno database.");
  command->callback([&run, given] { run = [given] { return erase(*given); }; });
}

}  // namespace convene::app
