// core/app/serve.cpp - `convene serve`: starts, then does what signals ask for.
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>

#include <cstdio>

#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/serving.hpp"
#include "core/runtime/log.hpp"

namespace convene::app {

int serve(const std::filesystem::path& config) {
  // Blocked before the first thread is made, so that all inherit it and signals wait for the loop
  // below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  // A core dump would hold keys, contexts and what was said. Adapters inherit that there is none.
  rlimit dumped{};
  if (::getrlimit(RLIMIT_CORE, &dumped) == 0)
    dumped.rlim_cur = 0, ::setrlimit(RLIMIT_CORE, &dumped);
  // Over tcp everybody who knocks costs a descriptor until the handshake is given up: a crowd of them
  // shall find some left.
  rlimit open{};
  if (::getrlimit(RLIMIT_NOFILE, &open) == 0)
    open.rlim_cur = open.rlim_max, ::setrlimit(RLIMIT_NOFILE, &open);
  if (sodium_init() < 0) {
    std::fprintf(stderr, "convene: the cryptography library cannot start\n");
    return kFailed;
  }

  Serving serving(config);
  if (const auto code = serving.start()) return *code;
  for (;;) {
    const timespec pause{0, 500'000'000};
    const int number = sigtimedwait(&signals, nullptr, &pause);
    serving.tidy();
    if (serving.ended()) {
      log::error("serve.node_ended");
      return kFailed;
    }
    if (number == SIGHUP) {
      serving.reload();
    } else if (number == SIGUSR1) {
      serving.work();
    } else if (number == SIGTERM || number == SIGINT) {
      log::info("serve.stopping", {{"signal", number}});
      serving.stop();
      return kOk;
    }
  }
}

}  // namespace convene::app
