// adapters/web/sign_outs.cpp - a file of JSON lines, written whole at start and appended to afterwards.
#include "adapters/web/sign_outs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/log.hpp"

namespace convene::web {
namespace {

std::string line_of(const std::string& agent, std::int64_t at_ms) {
  return JsonOut().put("agent", agent).put("at", at_ms).done() + "\n";
}

bool write_to(const std::string& file, int flags, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (fd < 0) return false;
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                     ::fdatasync(fd) == 0;
  return ::close(fd) == 0 && whole;
}

}  // namespace

SignOuts::SignOuts(const std::string& folder, std::int64_t now_ms) {
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  file_ = folder + "/signed-out";
  read(now_ms);
  std::string text;
  for (const auto& [agent, at] : newest_) text += line_of(agent, at);
  const std::string fresh = file_ + ".new";
  if (!write_to(fresh, O_TRUNC, text) || ::rename(fresh.c_str(), file_.c_str()) != 0)
    log::warning("web.sign_outs_not_kept");
}

/// A line that was cut short, or is none of ours, is passed over.
void SignOuts::read(std::int64_t now_ms) {
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);) {
    const auto said = JsonObject::parse(line);
    const auto at = said ? said->integer("at") : std::nullopt;
    if (!at || *at + kSignInMostMs < now_ms) continue;
    std::int64_t& newest = newest_[said->text_or("agent")];
    newest = std::max(newest, *at);
  }
}

void SignOuts::note(const std::string& agent, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  newest_[agent] = now_ms;
  if (!file_.empty() && !write_to(file_, O_APPEND, line_of(agent, now_ms)))
    log::warning("web.sign_outs_not_kept");
}

bool SignOuts::void_since(const std::string& agent, std::int64_t issued_ms) const {
  const std::lock_guard lock(mutex_);
  const auto out = newest_.find(agent);
  return out != newest_.end() && issued_ms <= out->second;
}

}  // namespace convene::web
