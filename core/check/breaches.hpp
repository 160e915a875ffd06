// core/check/breaches.hpp - which findings of a hostile question are the plugin's.
#pragma once

#include <string>

#include "core/check/checking_host.hpp"

namespace convene::check {

/// The first rule that `host` has seen broken and `known` has not, leaving out those by which a plugin
/// only hands on what it was given: a name without an end, a time before 1970. No host asks so, and
/// the guards of every host hold it back.
std::string own_breaches(const CheckingHost& host, const CheckingHost& known);

}  // namespace convene::check
