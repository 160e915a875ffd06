// tests/bus/untraced_test.cpp - a program that is built as for installation writes no trace, whatever its environment says.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <zmq.hpp>

#include "sdk/bus/trace.hpp"
#include "sdk/bus/wire.hpp"

namespace convene::bus {
namespace {

TEST(Trace, ExistsOnlyWhereTestsAreBuilt) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("convene-untraced." + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  ASSERT_EQ(::setenv("CONVENE_BUS_TRACE", folder.c_str(), 1), 0);
  zmq::context_t context(1);
  zmq::socket_t from(context, zmq::socket_type::pair), to(context, zmq::socket_type::pair);
  from.bind("inproc://untraced");
  to.connect("inproc://untraced");
  ASSERT_EQ(wire::send(from, "", Kind::request, 1, R"({"id":"a secret"})"), 0);
  trace::event("leg", 1, R"({"ticket":"a secret"})");
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "secrets of the bus stand in a file";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace convene::bus
