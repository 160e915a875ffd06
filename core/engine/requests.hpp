// core/engine/requests.hpp - which inputs somebody waits for an answer to.
#pragma once

#include <optional>
#include <utility>

#include "core/model/input.hpp"

namespace convene {

struct Asker {
  RequestId request;
  PeerId peer;
  auto operator<=>(const Asker&) const = default;
};

/// Who waits for the answer to this input; none where nobody does.
inline std::optional<Asker> asker_of(const Input& input) {
  return std::visit(
      [](const auto& in) -> std::optional<Asker> {
        if constexpr (requires { in.request; }) {
          if (in.request) return Asker{in.request, in.peer};
        }
        return std::nullopt;
      },
      input);
}

}  // namespace convene
