// channel_template_test.cpp - what the channel lets through.
#include <gtest/gtest.h>

#include "convene/testing/channel.hpp"

using convene::testing::Plugin;
using convene::testing::Room;

TEST(ChannelTemplate, PassesASignalToEverybody) {
  const Plugin plugin;
  Room room(plugin);
  EXPECT_EQ(room.say(R"({"signal":"applause"})"), R"(record {"signal":"applause"})");
}

TEST(ChannelTemplate, PassesNothingElseOfAFrame) {
  const Plugin plugin;
  Room room(plugin);
  EXPECT_EQ(room.say(R"({"signal":"applause","html":"<b>"})"), R"(record {"signal":"applause"})");
  EXPECT_EQ(room.say(R"({"signal":"<script>"})"), "refuse malformed");
  EXPECT_EQ(room.say("nonsense"), "refuse malformed");
}
