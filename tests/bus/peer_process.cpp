// tests/bus/peer_process.cpp - starts the test program anew with the role in its environment.
#include "tests/bus/peer_process.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "sdk/bus/client.hpp"
#include "sdk/bus/events.hpp"

namespace convene::test {
namespace {

constexpr const char* kRole = "CONVENE_TEST_ROLE";
constexpr const char* kEndpoint = "CONVENE_TEST_ENDPOINT";

/// Never ends by itself; the parent kills it, and its death is ours.
void be_a_client(const std::string& endpoint) {
  bus::ClientOptions options;
  options.endpoint = endpoint;
  options.name = "web";
  options.capabilities = {"media"};
  bus::Client client(options, {});
  for (;;) client.wait(1'000);
}

void be_a_reader(const std::string& endpoint) {
  bus::EventOptions options;
  options.endpoint = endpoint;
  bus::EventReader reader(options, {});
  if (!reader.open()) return;
  for (;;) reader.wait(1'000);
}

/// No test by itself: what the started process runs.
TEST(PeerProcess, PlaysItsRole) {
  const char* role = std::getenv(kRole);
  if (!role) GTEST_SKIP() << "only as a child of another test";
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (std::string(role) == "client") be_a_client(std::getenv(kEndpoint));
  be_a_reader(std::getenv(kEndpoint));
}

}  // namespace

PeerProcess::PeerProcess(const std::string& role, const std::string& endpoint) {
  std::vector<std::string> variables = {std::string(kRole) + "=" + role,
                                        std::string(kEndpoint) + "=" + endpoint};
  std::vector<char*> environment;
  for (char** variable = ::environ; *variable; ++variable) environment.push_back(*variable);
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::string program = "/proc/self/exe", filter = "--gtest_filter=PeerProcess.*";
  char* const arguments[] = {program.data(), filter.data(), nullptr};
  EXPECT_EQ(::posix_spawn(&pid_, program.c_str(), nullptr, nullptr, arguments, environment.data()),
            0);
}

PeerProcess::~PeerProcess() { kill_now(); }

void PeerProcess::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

void PeerProcess::kill_now() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace convene::test
