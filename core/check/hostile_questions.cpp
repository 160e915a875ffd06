// core/check/hostile_questions.cpp - the day turned against the plugin, one way at a time.
#include "core/check/hostile_questions.hpp"

#include <limits>

namespace convene::check {
namespace {

using I64 = std::numeric_limits<std::int64_t>;
using U32 = std::numeric_limits<std::uint32_t>;
using U64 = std::numeric_limits<std::uint64_t>;

template <class Q>
constexpr bool kRoutes = std::is_same_v<Q, RoutingQuestion>;
template <class Q>
constexpr bool kServes = std::is_same_v<Q, ServiceQuestion>;
template <class Q>
constexpr bool kCarries = std::is_same_v<Q, ChannelQuestion>;
template <class Q>
constexpr bool kAdapts = std::is_same_v<Q, AdapterQuestion>;

/// The first few questions of each extension: for changes that make many of each.
Questions sample_of(const Questions& day, std::size_t of_each = 4) {
  Questions few;
  std::size_t counts[4] = {};
  for (const Question& q : day) {
    if (counts[q.asked.index()]++ < of_each) few.push_back(q);
  }
  return few;
}

void append(Questions& to, Questions more, const std::string& how) {
  for (Question& q : more) {
    q.label += ", " + how;
    to.push_back(std::move(q));
  }
}

std::string deep(std::size_t levels, char open, char close) {
  return std::string(levels, open) + std::string(levels, close);
}

/// Puts `text` wherever a plugin expects JSON from outside.
Questions with_json(const Questions& day, const std::string& text) {
  return changed(day, [&](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (kRoutes<Q>) q.context = text;
    if constexpr (kServes<Q>) q.context = q.detail = text;
    if constexpr (kCarries<Q>) q.frame = text;
    if constexpr (kAdapts<Q>) q.body = text;
  });
}

}  // namespace

const std::vector<std::string>& hostile_json() {
  static const std::vector<std::string> all = {
      "",
      "{",
      "null",
      "[]",
      "\"text\"",
      "-0",
      "1e999999",
      "123456789012345678901234567890",
      "{\"lang\":}",
      "{\"lang\":\"fr\",\"lang\":\"de\"}",
      "{\"lang\":\"\\ud800\"}",
      "{\"lang\":\"\\u0000\"}",
      std::string("{\"lang\":\"\xff\xfe\"}"),
      std::string("{\"a\0b\":1}", 9),
      "{\"__proto__\":{\"x\":1},\"constructor\":null}",
      "{\"lang\":[\"fr\",[\"fr\",[\"fr\"]]],\"product\":{\"deep\":{\"er\":1}}}",
      "{\"lang\":" + deep(20'000, '[', ']') + "}",
      deep(2'000, '[', ']'),
      std::string(5'000, '{'),
      "{\"lang\":\"" + std::string(60'000, 'x') + "\"}",
      "{\"text\":\"" + std::string(16'001, 'y') + "\",\"url\":\"https://" +
          std::string(3'000, 'a') + "\"}",
      "{\"text\":{\"text\":\"t\"},\"url\":[],\"typing\":\"yes\"}",
      "{\"lang\":\"\xE2\x80\xAE"
      "evil\",\"product\":\"\x1b[2J\"}",
      "  {\"lang\" : \"fr\"}  x",
  };
  return all;
}

Questions without_people(Questions day) {
  return changed(std::move(day), [](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (kRoutes<Q>) q.agents.clear();
    if constexpr (kServes<Q>) q.legs.clear();
    if constexpr (kCarries<Q>) q.legs = 0;
  });
}

Questions with_extreme_times(const Questions& day) {
  Questions all;
  for (const std::int64_t time : {I64::min(), I64::max(), std::int64_t{0}, std::int64_t{-1}}) {
    append(all,
           changed(day,
                   [&](auto& q) {
                     using Q = std::decay_t<decltype(q)>;
                     if constexpr (kRoutes<Q>) {
                       q.now = time;
                       for (Agent& a : q.agents) a.idle_since = I64::max();
                     }
                     if constexpr (kServes<Q>) q.now = time, q.due = I64::max();
                     if constexpr (kCarries<Q>) q.now = time;
                   }),
           "now_ms " + std::to_string(time));
    append(all,
           changed(day,
                   [&](auto& q) {
                     using Q = std::decay_t<decltype(q)>;
                     if constexpr (kRoutes<Q>) {
                       q.since = time;
                       for (Agent& a : q.agents) a.idle_since = time;
                     }
                     if constexpr (kServes<Q>) q.due = time;
                   }),
           "other times " + std::to_string(time));
  }
  std::erase_if(all, [](const Question& q) { return q.asked.index() == 3; });
  return all;
}

Questions with_extreme_numbers(const Questions& day) {
  return changed(day, [](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (kRoutes<Q>) {
      q.attempt = q.page = U32::max(), q.session = U64::max();
      int level = std::numeric_limits<int>::min();
      for (Agent& a : q.agents) {
        a.sessions = a.missed = U32::max(), a.capacity = 0;
        for (auto& [name, skill] : a.skills) skill = level, level = ~level;
      }
    }
    if constexpr (kServes<Q>) {
      q.session = q.leg = U64::max(), q.timer = U32::max(), q.leg_state = -1;
      for (Leg& leg : q.legs) leg.id = U64::max(), leg.state = 99, leg.role = -7;
    }
    if constexpr (kCarries<Q>) q.from = q.entries = U64::max(), q.legs = U32::max(), q.role = -7;
  });
}

Questions with_empty_texts(Questions day) {
  return changed(std::move(day), [](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (kRoutes<Q>) {
      q.flow.clear(), q.pool.clear(), q.context.clear(), q.wanted.clear();
      for (Agent& a : q.agents) {
        a.name.clear();
        for (auto& skill : a.skills) skill.first.clear();
      }
    }
    if constexpr (kServes<Q>) {
      q.flow.clear(), q.settings.clear(), q.context.clear(), q.wanted.clear();
      q.agent.clear(), q.name.clear(), q.detail.clear();
      for (Leg& leg : q.legs) leg.endpoint.clear();
    }
    if constexpr (kCarries<Q>) q.settings.clear(), q.frame.clear();
    if constexpr (kAdapts<Q>) q.name.clear(), q.key.clear(), q.body.clear();
  });
}

Questions with_unknown_kinds(const Questions& day) {
  Questions all;
  for (const int kind : {0, -1, 10, 99, std::numeric_limits<int>::max()}) {
    append(all,
           changed(day,
                   [&](auto& q) {
                     if constexpr (requires { q.kind; }) q.kind = kind;
                   }),
           "kind " + std::to_string(kind));
  }
  std::erase_if(all,
                [](const Question& q) { return q.asked.index() == 0 || q.asked.index() == 3; });
  return all;
}

Questions with_hostile_contexts(const Questions& day) {
  Questions all;
  int number = 0;
  for (const std::string& text : hostile_json())
    append(all, with_json(sample_of(day, 16), text), "hostile JSON " + std::to_string(number++));
  return all;
}

Questions with_hostile_settings(const Questions& day) {
  Questions all;
  int number = 0;
  std::vector<std::string> texts = hostile_json();
  texts.push_back(
      R"({"agent_away":7,"no_agent":[],"early":null,"give_up":"-5s","retry_after":1e300})");
  texts.push_back(
      R"({"characters":-1,"burst":-9223372036854775808,"every_ms":"x","hosts":[1,{}]})");
  for (const std::string& text : texts) {
    append(all,
           changed(sample_of(day, 16),
                   [&](auto& q) {
                     if constexpr (requires { q.settings; }) q.settings = text;
                   }),
           "hostile settings " + std::to_string(number++));
  }
  std::erase_if(all,
                [](const Question& q) { return q.asked.index() == 0 || q.asked.index() == 3; });
  return all;
}

Questions with_strange_names(const Questions& day) {
  Questions all;
  const std::string names[] = {std::string(4'096, 'n'),
                               std::string("a\0b\n\t\x1b[1m", 9),
                               "\xE2\x80\xAE\xC2\xA0\xEF\xBB\xBF",
                               "\xff\xc0\x80",
                               "../../etc/passwd",
                               "%s%n%x",
                               "'; DROP TABLE agent; --"};
  for (const std::string& name : names) {
    append(all,
           changed(sample_of(day, 16),
                   [&](auto& q) {
                     using Q = std::decay_t<decltype(q)>;
                     if constexpr (kRoutes<Q>) {
                       q.wanted = q.pool = q.flow = name;
                       for (Agent& a : q.agents) {
                         a.name = name;
                         for (auto& skill : a.skills) skill.first = name;
                       }
                     }
                     if constexpr (kServes<Q>) q.wanted = q.flow = q.name = name;
                     if constexpr (kAdapts<Q>) q.name = q.key = name;
                   }),
           "name " + std::to_string(name.size()) + " bytes");
  }
  return all;
}

Questions with_unknown_states(const Questions& day, const std::vector<std::string>& known) {
  std::vector<std::string> states = hostile_json();
  states.push_back(R"({"v":999,"version":999})");
  states.push_back("\x01");
  states.push_back(std::string(4'096, '\0'));
  for (const std::string& state : known) {
    states.push_back(state.substr(0, state.size() / 2));
    states.push_back(state.substr(0, state.size() - 1));
    states.push_back(state + "x");
  }
  Questions all;
  int number = 0;
  for (const std::string& state : states) {
    if (state.empty()) continue;
    append(all,
           changed(sample_of(day, 8),
                   [&](auto& q) {
                     if constexpr (requires { q.state; })
                       q.state = state, q.carries = q.first = false;
                   }),
           "strange state " + std::to_string(number++));
  }
  std::erase_if(all,
                [](const Question& q) { return q.asked.index() == 0 || q.asked.index() == 3; });
  return all;
}

Questions with_many_people(const Questions& day, std::size_t count) {
  return changed(sample_of(day), [&](auto& q) {
    using Q = std::decay_t<decltype(q)>;
    if constexpr (kRoutes<Q>) {
      for (std::size_t i = q.agents.size(); i < count; ++i) {
        Agent a{
            "agent" + std::to_string(i), kNow - static_cast<std::int64_t>(count - i), {}, 0, 1, 0};
        for (int s = 10; s < 74; ++s)
          a.skills.emplace_back("skill" + std::to_string(s), s % 10 + 1);
        q.agents.push_back(std::move(a));
      }
    }
    if constexpr (kServes<Q>) {
      for (std::size_t i = q.legs.size(); i < count; ++i)
        q.legs.push_back({static_cast<int>(i % 4) + 1, static_cast<int>(i % 9) + 1, 100 + i, "e"});
    }
    if constexpr (kCarries<Q>) q.legs = static_cast<std::uint32_t>(count);
  });
}

}  // namespace convene::check
