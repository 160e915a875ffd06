// plugins/policy_skills/settings.hpp - what an operator can say about skills, and what a context wishes for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "convene/json.hpp"

namespace convene::skills {

inline constexpr std::string_view kConfigSchema = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "skills_from": {"type": "array", "items": {"type": "string"}},
    "preferred_from": {"type": "array", "items": {"type": "string"}},
    "always": {"type": "array", "items": {"type": "string"}},
    "min_level": {"type": "integer", "minimum": 1, "maximum": 10},
    "widen_after": {"type": ["string", "integer", "array"]},
    "rest_after_miss": {"type": ["string", "integer"]}
  }
})";

/// Checked and complete.
struct Settings {
  std::vector<std::string> skills_from{"lang",
                                       "product"};  ///< Context fields; the most important first.
  std::vector<std::string> preferred_from;  ///< Context fields whose skills only add to the score.
  std::vector<std::string>
      always;         ///< Of `skills_from`: what is never given up, however long somebody waits.
  int min_level = 1;  ///< Of a required skill, until the first widening.
  std::vector<std::int64_t> widen_after_ms;  ///< Since the waiting began; ascending.
  std::int64_t rest_after_miss_ms =
      10'000;  ///< Per missed offer of the session, before the agent gets it again.

  /// Throws sdk::Failure where `config` makes no sense: at start, with a sentence for the operator.
  static Settings from(const json::Value& config);
};

/// A skill that one field of a context asks for. Texts point into the context.
struct Wish {
  std::string_view skill;
  bool required = true;
  bool always = false;
};

/// The wishes of `context`, required ones first, in the order of `skills_from`. Fields may hold a text or an array of
/// texts; at most 16 wishes are taken, of at most 64 bytes each: a context comes from outside.
std::vector<Wish> wishes_of(const json::Value& context, const Settings& settings);

}  // namespace convene::skills
