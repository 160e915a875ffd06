// core/runtime/body_reader.hpp - reads a message's body field by field, and says what is wrong with the first bad one.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"

namespace convene {

/// Each function reads one field; the first violation is kept and everything after it reads as empty. `finish` also
/// refuses fields that nobody has asked for: a misspelt optional field must not be ignored in silence.
class BodyReader {
 public:
  static constexpr std::size_t kTextMax = 256;

  explicit BodyReader(const boost::json::object& body) : body_(body) {}

  /// Texts without control characters, at most `max` bytes. `must`: also not missing and not empty.
  std::string must_text(std::string_view key, std::size_t max = kTextMax);
  std::string text(std::string_view key, std::size_t max = kTextMax);
  /// Numbers from 0 to 2^53, which every JSON reader knows exactly.
  std::uint64_t must_number(std::string_view key);
  std::optional<std::uint64_t> number(std::string_view key);
  bool must_boolean(std::string_view key);
  std::vector<std::string> texts(std::string_view key, std::size_t max_count = 64);
  const boost::json::object* object(std::string_view key);

  /// A field that is read elsewhere.
  void know(std::string_view key) { known_.push_back(key); }
  void fail(std::string_view key, std::string_view what);
  /// Success, or Error{"malformed", ...} for the asker.
  Status finish();
  /// The same for a message that nobody answers, whose error goes to the log: a foreign key is somebody's
  /// text, a number or a name maybe, and is not named.
  Status finish_for_log();

 private:
  std::optional<std::string_view> foreign() const;
  Status status() const;
  const boost::json::value* find(std::string_view key);

  const boost::json::object& body_;
  std::vector<std::string_view> known_;
  std::string error_;
};

}  // namespace convene
