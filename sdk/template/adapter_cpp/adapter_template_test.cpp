// adapter_template_test.cpp - what the adapter says to the core.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "convene/testing/adapter.hpp"

using convene::testing::Bus;
using convene::testing::Plugin;

/// A file of agents that goes when the test does.
class AdapterTemplate : public ::testing::Test {
 protected:
  AdapterTemplate() { ::close(::mkstemp(path_.data())), write("anna ready\nben paused\n"); }
  ~AdapterTemplate() override { std::remove(path_.c_str()); }

  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::string settings() const { return R"({"states":")" + path_ + "\"}"; }

  std::string path_ = "/tmp/agents-XXXXXX";
};

TEST_F(AdapterTemplate, SaysAtOnceHowItsAgentsAre) {
  const Plugin plugin(settings());
  const Bus bus(plugin);
  EXPECT_EQ(bus.said(2),
            (std::vector<std::string>{R"(agent_state {"agent":"anna","state":"ready"})",
                                      R"(agent_state {"agent":"ben","state":"paused"})"}));
}

TEST_F(AdapterTemplate, SaysWhatHasChanged) {
  const Plugin plugin(settings());
  const Bus bus(plugin);
  write("anna paused\n");
  const auto said = bus.said(4);  // waits for the thread that looks
  ASSERT_EQ(said.size(), 4u);
  EXPECT_EQ(said[2], R"(agent_state {"agent":"anna","state":"paused"})");
  EXPECT_EQ(said[3], R"(agent_state {"agent":"ben","state":"signed_out"})");
}

TEST_F(AdapterTemplate, AcceptsOffersAndRefusesWhatItDoesNotKnow) {
  const Plugin plugin(settings());
  Bus bus(plugin);
  const auto offer = bus.request("offer", R"({"agent":"anna","offer":5})");
  const auto other = bus.request("place_call");
  EXPECT_EQ(bus.replies.at(offer), R"(ok {"accepts":true})");
  EXPECT_NE(bus.replies.at(other).find("unknown_request"), std::string::npos);
}

TEST_F(AdapterTemplate, ConnectsLegsAndHangsUp) {
  const Plugin plugin(settings());
  Bus bus(plugin);
  bus.leg(R"({"leg":9,"join":true,"endpoint":"anna","details":{"channels":["chat"]}})");
  bus.leg(R"({"leg":9,"join":false,"reason":"done"})");
  EXPECT_EQ(bus.legs,
            (std::vector<std::string>{R"({"channels":["chat"],"leg":9,"state":"connected"})",
                                      R"({"leg":9,"reason":"hung_up","state":"left"})"}));
}
