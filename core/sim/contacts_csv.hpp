// core/sim/contacts_csv.hpp - contacts and durations from CSV files, as switches and tables export them.
#pragma once

#include <string_view>
#include <vector>

#include "core/sim/day.hpp"

namespace convene::sim {

/// What is wrong, and where; lines and columns count from 1.
struct CsvError {
  std::size_t line = 0;
  std::string text;
};

/// "08:30" or "08:30:15.250", up to 47:59:59.999; nothing when it is no time of day.
std::optional<Duration> parse_time_of_day(std::string_view text);

/// "5m", "20s", or a bare number of seconds, "312.5"; nothing when it is no duration.
std::optional<Duration> parse_time_span(std::string_view text);

struct ContactsCsv {
  std::vector<DayContact> contacts;
  std::optional<CsvError> error;
};

/// Contacts one a line, under a line of names: `arrival` (time of day), `flow`, `handle`, and where
/// they are given `patience`, `context` (JSON), `booked`, `due` (times of day) and `agent`. An empty
/// cell is the default. Cells are quoted as RFC 4180 has it. At most a million lines.
ContactsCsv read_contacts_csv(std::string_view text);

struct DurationsCsv {
  std::vector<Duration> durations;
  std::optional<CsvError> error;
};

/// One duration a line, the first cell; a first line that is none is a title. At least one.
DurationsCsv read_durations_csv(std::string_view text);

}  // namespace convene::sim
