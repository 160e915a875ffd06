// core/runtime/explain.hpp - the decisions kept of a session as the JSON that consoles get.
#pragma once

#include <span>
#include <string>

#include "core/model/records.hpp"

namespace convene {

/// {session, decisions: [...], next}: those after number `after`, oldest first, as many as fit into
/// one message; `next` is what to ask for after it, where there are more.
std::string explain_json(SessionId session, std::span<const Decision> decisions,
                         std::uint64_t after);

}  // namespace convene
