// plugins/test/routing_scene.hpp - what the SDK gives to test a policy, for libraries as they are shipped.
#pragma once

#include "convene/testing/routing.hpp"
#include "plugins/test/library.hpp"

namespace convene::test {

using testing::Answer;
using Scene = testing::Question;

}  // namespace convene::test
