// core/app/scaffold.hpp - a new plugin's or adapter's folder, copied from a template with its name
// filled in.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/model/result.hpp"

namespace convene::app {

/// What `convene new` is asked for.
struct ScaffoldWish {
  std::string kind;      ///< policy, service, channel, adapter
  std::string name;      ///< With or without the kind in front: "yours", "policy_yours".
  std::string language;  ///< cpp, c, python; empty: the kind's first.
  std::filesystem::path into = ".";
};

/// What was made.
struct Scaffold {
  std::string id;  ///< "policy_yours"
  std::filesystem::path folder;
  std::vector<std::string> files;  ///< Relative to the folder, sorted.
};

/// A template lies in TEMPLATES/KIND_LANGUAGE and is a plugin that works, called KIND_template. Its
/// name is replaced wherever it stands as a word, in files and in their names. Everything or nothing
/// is made: an existing folder is refused, and a failure leaves none behind.
Result<Scaffold> make_scaffold(const std::filesystem::path& templates, const ScaffoldWish& wish);

/// The languages in which there is a template of `kind`, the one to prefer first.
std::vector<std::string> languages_of(const std::filesystem::path& templates,
                                      const std::string& kind);

/// "policy_yours" as the name of a class: "PolicyYours".
std::string class_name(const std::string& id);

}  // namespace convene::app
