// core/app/day/day_schema.hpp - the table of a workday's keys, in the form of the configuration's.
#pragma once

#include "core/runtime/config_schema.hpp"

namespace convene::app {

std::span<const config::Section> day_sections();

}  // namespace convene::app
