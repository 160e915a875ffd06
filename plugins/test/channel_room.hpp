// plugins/test/channel_room.hpp - what the SDK gives to test a channel, for libraries as they are shipped.
#pragma once

#include "convene/testing/channel.hpp"
#include "plugins/test/library.hpp"

namespace convene::test {

using testing::Room;

}  // namespace convene::test
