// sdk/host/shadow.cpp - keeps the first differences.
#include "sdk/host/shadow.hpp"

#include "sdk/host/meter.hpp"

namespace convene {

void Shadow::differs(Difference difference) {
  ++asked_;
  ++differing_;
  if (differences_.size() >= kKept) return;
  for (std::string* text : {&difference.question, &difference.current, &difference.candidate}) {
    *text = presentable(*text, kTextMax);
  }
  differences_.push_back(std::move(difference));
}

}  // namespace convene
