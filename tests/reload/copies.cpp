// tests/reload/copies.cpp - copies libraries about.
#include "tests/reload/copies.hpp"

#include <sys/stat.h>

namespace convene::test {

namespace fs = std::filesystem;

std::string built(const std::string& plugin) {
  return std::string(CONVENE_PLUGIN_DIR) + "/" + plugin + ".so";
}
std::string candidate(const std::string& plugin) {
  return std::string(CONVENE_CANDIDATES) + "/" + plugin + ".so";
}

Copies::Copies() { ::chmod(folder().c_str(), 0755); }

void Copies::put_all() {
  std::string names;
  for (const char* id :
       {"policy_skills", "policy_longest_idle", "policy_fallback", "service_rendezvous",
        "service_talk_now", "channel_chat", "channel_page"}) {
    put(built(id), std::string(id) + ".so");
    names += std::string(id) + ".so\n";
  }
  names += "next.so\n";
  write("bundled.list", names);
}

void Copies::put(const std::string& source, const std::string& name, bool marked) {
  std::string bytes = read_text(source);
  if (marked) bytes += "mark " + std::to_string(++marks_);
  write(name, bytes);
}

void Copies::put_truncated(const std::string& source, const std::string& name) {
  const std::string bytes = read_text(source);
  write(name, bytes.substr(0, bytes.size() / 2));
}

void Copies::write(const std::string& name, const std::string& bytes) {
  const fs::path target = folder_.path() / name, fresh = folder_.path() / (name + ".new");
  write_text(fresh, bytes);
  ::chmod(fresh.c_str(), 0644);
  fs::rename(fresh, target);
}

}  // namespace convene::test
