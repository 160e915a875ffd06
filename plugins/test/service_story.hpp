// plugins/test/service_story.hpp - what the SDK gives to test a service, for libraries as they are shipped.
#pragma once

#include "convene/testing/service.hpp"
#include "plugins/test/library.hpp"

namespace convene::test {

using testing::Story;

}  // namespace convene::test
