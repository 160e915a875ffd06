// sdk/bus/trace.cpp - the file of sent messages of one process.
#include "sdk/bus/trace.hpp"

#ifdef CONVENE_BUS_TRACED

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include "sdk/bus/json_text.hpp"

namespace convene::bus::trace {
namespace {

constexpr std::uint32_t kLinesMax = 50'000;

/// Which message is worth a line: floods repeat themselves, the rare kinds must not be crowded out.
struct File {
  std::mutex mutex;
  int fd = -1;
  std::map<std::string, std::uint32_t, std::less<>> lines;

  File() {
    if (const char* folder = std::getenv("CONVENE_BUS_TRACE"); folder && *folder) {
      ::mkdir(folder, 0700);
      const std::string path = std::string(folder) + "/" + std::to_string(::getpid()) + ".jsonl";
      fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
  }

  void write(std::string_view kind, std::string line) {
    line += '\n';
    const std::lock_guard lock(mutex);
    auto found = lines.find(kind);
    if (found == lines.end()) found = lines.emplace(kind, 0).first;
    if (++found->second > kLinesMax) return;
    if (::write(fd, line.data(), line.size()) < 0) fd = -1;
  }
};

File& file() {
  static File instance;
  return instance;
}

bool on() { return file().fd >= 0; }

}  // namespace

void message(Kind kind, std::uint64_t correlation, std::string_view body) {
  if (!on()) return;
  JsonText line;
  line.open().key("kind").text(name_of(kind)).key("correlation").text(std::to_string(correlation));
  line.key("body").raw(body).close();
  file().write(name_of(kind), line.take());
}

void event(std::string_view topic, std::uint64_t number, std::string_view body) {
  if (!on()) return;
  JsonText line;
  line.open().key("kind").text("published").key("topic").text(topic).key("number").number(number);
  line.key("body").raw(body).close();
  file().write("published", line.take());
}

}  // namespace convene::bus::trace

#else

namespace convene::bus::trace {

void message(Kind, std::uint64_t, std::string_view) {}
void event(std::string_view, std::uint64_t, std::string_view) {}

}  // namespace convene::bus::trace

#endif
