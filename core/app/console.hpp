// core/app/console.hpp - how the command line speaks to a node that runs.
#pragma once

#include <boost/json/object.hpp>

#include "core/runtime/config.hpp"

namespace convene::app {

/// Leaves secrets where they are: asking a node how it is needs none of them.
class NoSecrets : public SecretReader {
 public:
  Result<std::string> read(const std::string& source,
                           const std::filesystem::path& data) const override;
};

/// Asks the node of this configuration for something as the console "cli". Errors: "not_running" when nobody answers
/// in time, "refused", and what the node says.
Result<boost::json::object> ask_node(const Config& config, std::string_view request,
                                     std::string_view body, std::int64_t within_ms = 5'000);

/// Asks the node of this configuration for its status. Error "not_running" when nobody answers
/// within 5 s.
Result<boost::json::object> ask_status(const Config& config);

/// The configuration with absolute paths; prints its errors and gives nothing when it is wrong.
std::optional<Config> read_config(const std::filesystem::path& path);

}  // namespace convene::app
