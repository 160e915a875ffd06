// core/app/day/day_file.hpp - a workday as its owner writes it: TOML, checked against the house it is played in.
#pragma once

#include <filesystem>
#include <functional>

#include "core/runtime/config.hpp"
#include "core/sim/load.hpp"

namespace convene::app {

struct DayFile {
  std::string title;
  sim::DayLoad load;
};

struct DayFileOutcome {
  DayFile day;                      ///< Meaningful only without errors.
  std::vector<ConfigError> errors;  ///< With file, line, column and the remedy.
  explicit operator bool() const { return errors.empty(); }
};

/// Text of a file that a workday names, by its name relative to the workday.
using ReadBeside = std::function<Result<std::string>(const std::string& name)>;

/// Checks the text as a workday: names, keys, laws, times; and that its flows, pools and agents
/// exist in `house`.
DayFileOutcome parse_day(const ConfigSource& source, const Config& house, const ReadBeside& beside);

/// Reads a workday and what it names.
DayFileOutcome load_day(const std::filesystem::path& path, const Config& house);

/// Every key of a workday, with its default and why, as TOML.
std::string day_reference();

}  // namespace convene::app
