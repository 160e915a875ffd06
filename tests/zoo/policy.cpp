// tests/zoo/policy.cpp - the smallest complete policy, built by the main compiler and by clang with libc++ and no RTTI.
#include "convene/routing.hpp"

struct Smallest {
  convene::sdk::Decision decide(const convene::sdk::RoutingRequest& request) {
    if (request.empty()) return convene::sdk::Decision::wait("everybody is busy");
    return convene::sdk::Decision::assign(0, "free longest");
  }
};
CONVENE_PLUGIN(Smallest, "smallest", "1.0.0", "Gives the longest idle agent first.")
