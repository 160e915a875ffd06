// plugins/policy_skills/settings.cpp - reads settings and contexts.
#include "plugins/policy_skills/settings.hpp"

#include <algorithm>
#include <functional>

#include "convene/duration.hpp"
#include "convene/plugin.hpp"

namespace convene::skills {
namespace {

constexpr std::size_t kWishes = 16;
constexpr std::size_t kWishBytes = 64;

std::vector<std::string> texts(const json::Value& config, std::string_view key,
                               std::vector<std::string> otherwise) {
  const json::Value* given = config.find(key);
  if (given == nullptr) return otherwise;
  std::vector<std::string> read;
  for (const json::Value& value : given->array()) {
    if (const std::string* text = value.as_text()) read.push_back(*text);
  }
  return read;
}

std::int64_t duration(const json::Value& value, std::string_view key) {
  const auto ms = duration_ms(value);
  if (!ms)
    throw sdk::Failure(std::string(key) + ": give a duration such as \"20s\", or milliseconds");
  return *ms;
}

/// One duration or a list of them, each later than the one before.
std::vector<std::int64_t> widenings(const json::Value& config) {
  std::vector<std::int64_t> read;
  const json::Value* given = config.find("widen_after");
  if (given == nullptr) return read;
  if (const json::Array* list = given->as_array()) {
    for (const json::Value& value : *list) read.push_back(duration(value, "widen_after"));
  } else {
    read.push_back(duration(*given, "widen_after"));
  }
  if (std::adjacent_find(read.begin(), read.end(), std::greater_equal<>()) != read.end()) {
    throw sdk::Failure("widen_after: each step must come later than the one before");
  }
  return read;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void wish(std::vector<Wish>& wishes, const json::Value& value, bool required, bool always) {
  const std::string* text = value.as_text();
  if (text == nullptr || text->empty() || text->size() > kWishBytes || wishes.size() == kWishes)
    return;
  wishes.push_back({*text, required, always});
}

void wishes_from(std::vector<Wish>& wishes, const json::Value& context, std::string_view field,
                 bool required, bool always) {
  const json::Value* value = context.find(field);
  if (value == nullptr) return;
  if (const json::Array* list = value->as_array()) {
    for (const json::Value& one : *list) wish(wishes, one, required, always);
  } else {
    wish(wishes, *value, required, always);
  }
}

}  // namespace

Settings Settings::from(const json::Value& config) {
  Settings settings;
  settings.skills_from = texts(config, "skills_from", settings.skills_from);
  settings.preferred_from = texts(config, "preferred_from", {});
  settings.always = texts(config, "always", {});
  settings.min_level =
      static_cast<int>(std::clamp<std::int64_t>(config.integer("min_level", 1), 1, 10));
  settings.widen_after_ms = widenings(config);
  if (const json::Value* rest = config.find("rest_after_miss")) {
    settings.rest_after_miss_ms = duration(*rest, "rest_after_miss");
  }
  for (const std::string& field : settings.always) {
    if (!contains(settings.skills_from, field)) {
      throw sdk::Failure("always: '" + field +
                         "' is not in skills_from; add it there or take it out here");
    }
  }
  return settings;
}

std::vector<Wish> wishes_of(const json::Value& context, const Settings& settings) {
  std::vector<Wish> wishes;
  for (const std::string& field : settings.skills_from) {
    wishes_from(wishes, context, field, true, contains(settings.always, field));
  }
  for (const std::string& field : settings.preferred_from)
    wishes_from(wishes, context, field, false, false);
  return wishes;
}

}  // namespace convene::skills
