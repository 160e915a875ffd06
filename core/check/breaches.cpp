// core/check/breaches.cpp - tells a plugin's own breach from an echo of the question.
#include "core/check/breaches.hpp"

namespace convene::check {

std::string own_breaches(const CheckingHost& host, const CheckingHost& known) {
  for (unsigned r = 0; r < static_cast<unsigned>(Rule::kCount); ++r) {
    const auto rule = static_cast<Rule>(r);
    const bool echo = rule == Rule::effect_arguments || rule == Rule::action ||
                      rule == Rule::bad_text || rule == Rule::pool || rule == Rule::body;
    if (!echo && host.broken(rule) && !known.broken(rule)) return host.finding(rule);
  }
  return {};
}

}  // namespace convene::check
