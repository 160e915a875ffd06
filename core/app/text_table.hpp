// core/app/text_table.hpp - a table for people: columns as wide as what stands in them.
#pragma once

#include <string>
#include <vector>

namespace convene::app {

/// The first row is the head. Columns of numbers stand to the right, two blanks are between columns and none
/// at the end of a line; what follows the last column of the head stands behind its row as it is.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace convene::app
