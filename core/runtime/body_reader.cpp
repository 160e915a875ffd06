// core/runtime/body_reader.cpp - typed reading with bounds.
#include "core/runtime/body_reader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace convene {
namespace {

constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 53;

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// For messages to people: our own keys as they are, foreign ones shortened and without anything unprintable.
std::string shown(std::string_view key) {
  std::string out;
  for (const char c : key.substr(0, 32)) out += c > 0x20 && c < 0x7f && c != '"' ? c : '?';
  return out;
}

}  // namespace

const boost::json::value* BodyReader::find(std::string_view key) {
  known_.push_back(key);
  const boost::json::value* value = body_.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

void BodyReader::fail(std::string_view key, std::string_view what) {
  if (error_.empty()) error_ = std::string(key) + ": " + std::string(what);
}

std::string BodyReader::text(std::string_view key, std::size_t max) {
  const boost::json::value* value = find(key);
  if (!value) return {};
  if (!value->is_string()) return fail(key, "a text is expected"), std::string();
  const std::string_view found = value->get_string();
  if (found.size() > max)
    return fail(key, "longer than " + std::to_string(max) + " bytes"), std::string();
  if (!is_clean(found)) return fail(key, "control characters are not allowed"), std::string();
  return std::string(found);
}

std::string BodyReader::must_text(std::string_view key, std::size_t max) {
  std::string found = text(key, max);
  if (found.empty()) fail(key, "missing");
  return found;
}

std::optional<std::uint64_t> BodyReader::number(std::string_view key) {
  const boost::json::value* value = find(key);
  if (!value) return std::nullopt;
  std::uint64_t found = kNumberMax + 1;
  if (value->is_int64() && value->get_int64() >= 0)
    found = static_cast<std::uint64_t>(value->get_int64());
  if (value->is_uint64()) found = value->get_uint64();
  if (found > kNumberMax) {
    fail(key, "a whole number from 0 to 2^53 is expected");
    return std::nullopt;
  }
  return found;
}

std::uint64_t BodyReader::must_number(std::string_view key) {
  const auto found = number(key);
  if (!found) fail(key, "missing");
  return found.value_or(0);
}

bool BodyReader::must_boolean(std::string_view key) {
  const boost::json::value* value = find(key);
  if (!value || !value->is_bool()) return fail(key, "true or false is expected"), false;
  return value->get_bool();
}

std::vector<std::string> BodyReader::texts(std::string_view key, std::size_t max_count) {
  std::vector<std::string> found;
  const boost::json::value* value = find(key);
  if (!value) return found;
  if (!value->is_array() || value->get_array().size() > max_count)
    return fail(key, "a list of at most " + std::to_string(max_count) + " texts is expected"),
           found;
  for (const auto& item : value->get_array()) {
    if (!item.is_string() || item.get_string().size() > kTextMax || !is_clean(item.get_string()))
      return fail(key, "a list of short texts is expected"), std::vector<std::string>();
    found.emplace_back(item.get_string());
  }
  return found;
}

const boost::json::object* BodyReader::object(std::string_view key) {
  const boost::json::value* value = find(key);
  if (!value) return nullptr;
  if (!value->is_object()) return fail(key, "an object is expected"), nullptr;
  return &value->get_object();
}

std::optional<std::string_view> BodyReader::foreign() const {
  for (const auto& [key, value] : body_)
    if (std::find(known_.begin(), known_.end(), std::string_view(key)) == known_.end()) return key;
  return std::nullopt;
}

Status BodyReader::status() const {
  if (!error_.empty()) return Error{"malformed", error_};
  return ok();
}

Status BodyReader::finish() {
  if (const auto key = foreign()) fail(shown(*key), "not a field of this message");
  return status();
}

Status BodyReader::finish_for_log() {
  if (foreign()) fail("body", "has a field that this message does not");
  return status();
}

}  // namespace convene
