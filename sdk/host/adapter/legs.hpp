// sdk/host/adapter/legs.hpp - the legs that an adapter speaks for: numbered, acknowledged and repeated here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "convene/json.hpp"
#include "convene/leg_link.hpp"

namespace convene::adapter {

/// The proxy's end of every leg (sdk/bus/README.md, "Leg messages"). The adapter only says what has
/// become of a leg, once; its newest word is repeated until the core has it. Pure: times come from
/// outside.
class Legs {
 public:
  /// A message of the core. True: it says something new, which is the adapter's.
  bool take(const json::Value& message, std::int64_t now_ms);
  /// The adapter's word: {leg, state, channels[]?, reason?, epoch?}. False: it is none.
  bool says(std::string_view body, std::int64_t now_ms);
  /// Hands over what is due to be sent, and forgets legs that are over and known to be.
  void send_due(std::int64_t now_ms, const std::function<void(const std::string& message)>& send);
  std::int64_t next_ms() const { return next_ms_; }
  /// The core is another one than before: it hears everything again.
  void repeat(std::int64_t now_ms);
  std::size_t size() const { return legs_.size(); }

 private:
  struct Leg {
    LegLink link{LegEnd::proxy};
    std::int64_t epoch = 0;  ///< Of the newest details.
    std::string report;      ///< Members of the newest word, from "epoch" on; empty: none yet.
    std::int64_t over_since = -1;  ///< When it was said to be over.
  };
  Leg* leg(std::int64_t number);

  std::map<std::int64_t, Leg> legs_;
  std::int64_t next_ms_ = LegLink::kNever;
};

}  // namespace convene::adapter
