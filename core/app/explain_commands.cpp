// core/app/explain_commands.cpp - `convene explain`: who was chosen for a session, who was not, and
// why.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <ctime>
#include <memory>

#include "core/app/command_groups.hpp"
#include "core/app/console.hpp"
#include "core/app/data_folder.hpp"
#include "core/app/exit_codes.hpp"
#include "core/runtime/explain.hpp"
#include "core/store/sql_store.hpp"

namespace convene::app {
namespace {

namespace json = boost::json;

struct Given {
  std::uint64_t session = 0;
  std::string config = "convene.toml";
  bool json = false;
};

/// Page by page from the node that runs.
Result<json::object> ask_running(const Config& config, std::uint64_t session) {
  json::object all;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    auto page = ask_node(
        config, "explain",
        "{\"session\":" + std::to_string(session) + ",\"after\":" + std::to_string(after) + "}");
    if (!page) return page.error();
    const json::value* next = page->if_contains("next");
    more = next != nullptr;
    if (more) after = next->to_number<std::uint64_t>();
    page->erase("next");
    if (all.empty()) {
      all = std::move(*page);
    } else {
      for (json::value& one : page->at("decisions").as_array())
        all["decisions"].as_array().push_back(std::move(one));
    }
  }
  return all;
}

/// From the database, while no node has it.
Result<json::object> read_store(const Config& config, std::uint64_t session) {
  auto options = parse_store_url(config.store_url, config.data);
  if (!options) return options.error();
  if (std::error_code missing; !std::filesystem::exists(options->database, missing)) {
    return Error{"not_running", "no node runs in " + config.data.string() +
                                    ", and there is no database " + options->database.string()};
  }
  auto store = open_sql_store(*options);
  if (!store) return store.error();
  const auto decisions = (*store)->decisions(SessionId{session});
  if (!decisions) return decisions.error();
  json::object all;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    json::object page =
        json::parse(explain_json(SessionId{session}, *decisions, after)).as_object();
    more = page.contains("next");
    if (more) after = page.at("next").to_number<std::uint64_t>();
    page.erase("next");
    if (all.empty()) {
      all = std::move(page);
    } else {
      for (json::value& one : page.at("decisions").as_array())
        all["decisions"].as_array().push_back(std::move(one));
    }
  }
  return all;
}

const char* meaning_of(std::string_view why) {
  constexpr std::pair<std::string_view, const char*> kMeanings[] = {
      {"signed_out", "not signed in"},
      {"paused", "paused"},
      {"no_answer", "paused for not answering"},
      {"wrap_up", "wrapping up after a session"},
      {"no_desk", "ready, but no desk or switch speaks for the agent"},
      {"full", "no free slot"},
      {"offered", "being offered a session"},
      {"rests", "declined or missed this session a moment ago"},
      {"other_page", "free, but on another page"},
  };
  for (const auto& [code, meaning] : kMeanings)
    if (code == why) return meaning;
  return "for a reason that this version does not know";
}

std::string seconds(std::int64_t ms) {
  std::array<char, 40> text{};
  if (ms < 60'000) {
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(ms) / 1000);
  } else if (ms < 7'200'000) {
    std::snprintf(text.data(), text.size(), "%.1f min", static_cast<double>(ms) / 60'000);
  } else {
    std::snprintf(text.data(), text.size(), "%.1f h", static_cast<double>(ms) / 3'600'000);
  }
  return text.data();
}

std::string wall(std::int64_t ms) {
  const std::time_t at = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

std::string took(std::int64_t ns) {
  if (ns <= 0) return "not measured";
  std::array<char, 40> text{};
  if (ns < 1'000'000) {
    std::snprintf(text.data(), text.size(), "%.1f us", static_cast<double>(ns) / 1e3);
  } else {
    std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(ns) / 1e6);
  }
  return text.data();
}

std::string text_at(const json::object& from, std::string_view key) {
  const json::value* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::int64_t number_at(const json::object& from, std::string_view key) {
  const json::value* value = from.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

/// "fr 8, loans 7": what the configuration says today, which policies may have looked at.
std::string skills_of(const Config& config, const std::string& agent) {
  const auto known = config.agents.find(agent);
  if (known == config.agents.end()) return {};
  std::string out;
  for (const Skill& skill : known->second.settings.skills)
    out += (out.empty() ? "" : ", ") + skill.name + " " + std::to_string(skill.level);
  return out;
}

/// "score 15", or that the policy gave this one none where it gave some to others.
std::string score_of(const json::object& candidate, bool any) {
  const json::value* score = candidate.if_contains("score");
  if (score != nullptr) return "score " + json::serialize(*score);
  return any ? "no score" : "";
}

void show_agents(const json::object& decision, const Config& config) {
  const json::array& candidates = decision.at("candidates").as_array();
  const std::string chosen = text_at(decision, "agent");
  const char* title = "candidates";
  const bool scored = std::any_of(candidates.begin(), candidates.end(), [](const json::value& one) {
    return one.as_object().contains("score");
  });
  if (candidates.empty()) std::printf("      %-12s nobody\n", title);
  for (const json::value& value : candidates) {
    const json::object& c = value.as_object();
    const std::string agent = text_at(c, "agent");
    const std::int64_t missed = number_at(c, "missed");
    std::printf("      %-12s %c %-20s %-*s free for %-9s  %lld of %lld slots taken", title,
                agent == chosen ? '*' : ' ', agent.c_str(), scored ? 12 : 0,
                score_of(c, scored).c_str(), seconds(number_at(c, "idle_ms")).c_str(),
                static_cast<long long>(number_at(c, "sessions")),
                static_cast<long long>(number_at(c, "capacity")));
    if (missed > 0) std::printf("  missed this session %lld times", static_cast<long long>(missed));
    const std::string skills = skills_of(config, agent);
    if (!skills.empty()) std::printf("  skills now: %s", skills.c_str());
    std::printf("\n");
    title = "";
  }
  title = "left out";
  for (const json::value& value : decision.at("excluded").as_array()) {
    const json::object& e = value.as_object();
    std::printf("      %-12s   %-20s %s\n", title, text_at(e, "agent").c_str(),
                meaning_of(text_at(e, "why")));
    title = "";
  }
  if (const std::int64_t more = number_at(decision, "excluded_more"); more > 0)
    std::printf("      %-12s   and %lld others of the pool\n", title, static_cast<long long>(more));
}

void show(const json::object& explained, const Config& config) {
  const json::array& decisions = explained.at("decisions").as_array();
  std::printf("session %llu: %zu decision%s\n",
              static_cast<unsigned long long>(number_at(explained, "session")), decisions.size(),
              decisions.size() == 1 ? "" : "s");
  const std::int64_t first =
      decisions.empty() ? 0 : number_at(decisions.front().as_object(), "at_ms");
  for (const json::value& value : decisions) {
    const json::object& d = value.as_object();
    const std::int64_t at = number_at(d, "at_ms");
    const std::string agent = text_at(d, "agent"), pool = text_at(d, "pool");
    const std::string when = at == first ? wall(at) : "+" + seconds(at - first);
    std::printf("\n  #%lld  %s  %s%s%s\n", static_cast<long long>(number_at(d, "number")),
                when.c_str(), text_at(d, "outcome").c_str(), agent.empty() ? "" : " ",
                agent.c_str());
    std::printf("      %-12s %s\n", "because", text_at(d, "reason").c_str());
    std::printf("      %-12s %s  (%s; configuration %s)\n", "policy", text_at(d, "policy").c_str(),
                took(number_at(d, "took_ns")).c_str(),
                text_at(d, "config").empty() ? "unknown" : text_at(d, "config").c_str());
    if (!pool.empty()) std::printf("      %-12s %s\n", "pool", pool.c_str());
    show_agents(d, config);
  }
}

int explain(const Given& given) {
  const auto config = read_config(given.config);
  if (!config) return kBadConfig;
  auto explained = holder_of(config->data) ? ask_running(*config, given.session)
                                           : read_store(*config, given.session);
  if (!explained) {
    std::fprintf(stderr, "convene: %s\n", explained.error().text.c_str());
    return explained.error().code == "not_running" ? kNotRunning : kFailed;
  }
  if (given.json) {
    std::printf("%s\n", json::serialize(*explained).c_str());
    return kOk;
  }
  if (explained->at("decisions").as_array().empty()) {
    std::fprintf(stderr,
                 "convene: nothing was decided for session %llu: it does not exist, or no agent "
                 "was looked for\n",
                 static_cast<unsigned long long>(given.session));
    return kFailed;
  }
  show(*explained, *config);
  return kOk;
}

}  // namespace

void add_explain_commands(CLI::App& app, std::function<int()>& run) {
  auto given = std::make_shared<Given>();
  CLI::App* command =
      app.add_subcommand("explain", "Who was chosen for a session, who was not, and why");
  command->add_option("SESSION", given->session, "Its number, as in events and logs")->required();
  command->add_option("CONFIG", given->config, "A TOML file, or a folder of them")
      ->capture_default_str();
  command->add_flag("--json", given->json, "For programs");
  command->footer(
      "Asks the node that runs; where none does, the database.\n\n"
      "Examples:\n  convene explain 4711 config/demo.toml\n"
      "  convene explain 4711 config/demo.toml --json | jq '.decisions[-1].reason'\n\n"
      "Exit codes: 0 done; 1 nothing is known of it; 2 the configuration is wrong; 3 no node and "
      "no database.");
  command->callback([&run, given] { run = [given] { return explain(*given); }; });
}

}  // namespace convene::app
