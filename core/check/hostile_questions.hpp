// core/check/hostile_questions.hpp - questions that no honest day brings, each kind under a name.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/check/questions.hpp"

namespace convene::check {

/// Changes every question of a day by `change`, which gets a question of any extension.
template <class Change>
Questions changed(Questions questions, Change change) {
  for (Question& q : questions) std::visit(change, q.asked);
  return questions;
}

/// Texts that are hostile where JSON is expected: broken, deep, long, not UTF-8, with traps in keys.
const std::vector<std::string>& hostile_json();

Questions without_people(Questions day);  ///< No candidate, no leg.
Questions with_extreme_times(const Questions& day);
Questions with_extreme_numbers(const Questions& day);
Questions with_empty_texts(Questions day);
Questions with_unknown_kinds(const Questions& day);
Questions with_hostile_contexts(const Questions& day);  ///< Contexts, details, frames, bodies.
Questions with_hostile_settings(const Questions& day);  ///< Of flows and channels.
Questions with_strange_names(
    const Questions& day);  ///< Long ones, with control characters, with bidi.
Questions with_unknown_states(const Questions& day, const std::vector<std::string>& known);
Questions with_many_people(const Questions& day, std::size_t count);

/// A random day from a seed: well-formed, or wild.
Questions random_questions(const Questions& day, std::uint64_t seed, unsigned count, bool wild);

}  // namespace convene::check
