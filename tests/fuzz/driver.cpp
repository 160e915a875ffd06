// tests/fuzz/driver.cpp - runs a fuzz target without libFuzzer: the kept corpus, then 100,000 mutations of it.
//
//   NAME_fuzz NAME CORPUS_FOLDER OUTPUT_FOLDER     (as CTest calls it)
//   NAME_fuzz FILE                                 (one input: a crash that was kept)
//
// Inputs that reach an edge of the target's code for the first time are mutated further (g++ calls
// __sanitizer_cov_trace_pc on each edge). Deterministic: the same program does the same thing each time. The
// environment's CONVENE_FUZZ_RUNS and CONVENE_FUZZ_SEED change number and seed. The input that crashes, or takes more
// than a second of CPU time, is written to OUTPUT_FOLDER/NAME.crash.
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/mutator.hpp"
#include "tests/support/figure.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kEdges = 1u << 16;
constexpr std::size_t kInputMax = 4096;

unsigned char seen_edges[kEdges];
std::uintptr_t last_edge = 0;
bool new_edge = false;

std::string current;  // What the target is looking at: for the signal handlers.
std::uint64_t executions = 0;
std::uint64_t last_tick = 0;
char crash_file[4096];

// Signal handler: only calls that are safe in one.
void keep_current(const char* what) {
  const auto say = [](const char* text) { (void)!write(2, text, std::strlen(text)); };
  const int file = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0) {
    (void)!write(file, current.data(), current.size());
    close(file);
  }
  say("fuzz: ");
  say(what);
  say("; the input is kept in ");
  say(crash_file);
  say("\n");
}

void on_crash(int number) {
  keep_current("the target crashed");
  signal(number, SIG_DFL);
  raise(number);
}

void on_second(int) {
  if (last_tick == executions) {
    keep_current("the target took more than a second of CPU time");
    _exit(1);
  }
  last_tick = executions;
}

void run(const std::string& input) {
  current = input;
  ++executions;
  last_edge = 0;
  new_edge = false;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

// Addresses are taken relative to the target, so that they do not depend on where it was loaded.
extern "C" __attribute__((no_sanitize("address", "undefined"))) void __sanitizer_cov_trace_pc() {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)) -
                    reinterpret_cast<std::uintptr_t>(&LLVMFuzzerTestOneInput);
  const std::size_t edge = (here ^ (last_edge << 1)) * 0x9e3779b97f4a7c15ULL >> 48;
  last_edge = here;
  if (seen_edges[edge] == 0) {
    seen_edges[edge] = 1;
    new_edge = true;
  }
}

// ASan and UBSan call abort() so that the handler below sees what they found.
extern "C" const char* __asan_default_options() {
  return "abort_on_error=1:handle_abort=0:allow_user_segv_handler=0";
}
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

int main(int argc, char** argv) {
  if (argc == 2) {
    run(read_file(argv[1]));
    std::puts("fuzz: the target came back");
    return 0;
  }
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s NAME CORPUS_FOLDER OUTPUT_FOLDER | FILE\n", argv[0]);
    return 2;
  }
  const std::string name = argv[1];
  std::snprintf(crash_file, sizeof crash_file, "%s/%s.crash", argv[3], argv[1]);
  current.reserve(kInputMax * 16);
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) signal(number, on_crash);
  signal(SIGVTALRM, on_second);
  const itimerval second{{1, 0}, {1, 0}};
  setitimer(ITIMER_VIRTUAL, &second, nullptr);

  const std::uint64_t runs = setting("CONVENE_FUZZ_RUNS", 100'000);
  convene::fuzz::Mutator mutator(setting("CONVENE_FUZZ_SEED", 1), kInputMax);
  const auto files = files_in(argv[2]);
  if (files.empty()) {
    std::fprintf(stderr, "fuzz: no corpus in %s; put at least one good input there\n", argv[2]);
    return 1;
  }
  for (const auto& file : files) {
    const std::string input = read_file(file);
    run(input);
    if (input.size() <= kInputMax) mutator.keep(input);
  }
  for (std::uint64_t i = 0; i < runs; ++i) {
    run(mutator.next());
    if (new_edge) mutator.keep(current);
  }
  std::printf("%s: %zu files of corpus, %zu inputs reached new edges\n", name.c_str(), files.size(),
              mutator.kept() - std::min(mutator.kept(), files.size()));
  convene::test::figure("F5", name + ", executions without crash or hang",
                        std::to_string(executions), "100000 in ./dev test");
  return 0;
}
