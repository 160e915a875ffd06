// core/check/samples.hpp - settings made from a plugin's own schema: what it must take, and what the
// host must refuse for it.
#pragma once

#include <string>
#include <vector>

namespace convene::check {

/// One configuration, as JSON text, and how it is called in findings.
struct Sample {
  std::string label;
  std::string config;
};

/// What the schema allows: nothing but what is required, everything, least and most of each value.
std::vector<Sample> allowed_samples(const std::string& schema);
/// What it forbids: a wrong type, a value beyond each bound, a key that is missing.
std::vector<Sample> forbidden_samples(const std::string& schema);

}  // namespace convene::check
