// adapters/web/static_files.cpp - reads a folder tree.
#include "adapters/web/static_files.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace convene::web {
namespace {

namespace fs = std::filesystem;

std::string_view type_of(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".d.ts", "text/plain; charset=utf-8"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".webmanifest", "application/manifest+json"}};
  for (const auto& [end, type] : kTypes)
    if (name.ends_with(end)) return type;
  return {};
}

}  // namespace

StaticFiles::StaticFiles(const std::string& folder) {
  constexpr std::uintmax_t kMost = 8u << 20;
  if (std::ifstream in(fs::path(folder) / "openapi.json", std::ios::binary); in) {
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    files_["/openapi.json"] = StaticFile{
        "application/json", std::make_shared<const std::string>(std::move(bytes)), false};
  }
  for (const char* part : {"client", "pages", "desk"}) {
    const fs::path root = fs::path(folder) / part;
    std::error_code error;
    fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error),
        end;
    for (; !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      std::error_code ignored;
      if (it->is_directory(ignored)) {
        if (name == "node_modules" || name == "test" || name.starts_with('.'))
          it.disable_recursion_pending();
        continue;
      }
      const auto type = type_of(name);
      if (type.empty() || name.starts_with("package") || !it->is_regular_file(ignored) ||
          it->file_size(ignored) > kMost)
        continue;
      std::ifstream in(it->path(), std::ios::binary);
      std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
      const std::string relative = it->path().lexically_relative(root).generic_string();
      const bool for_ever = std::string_view(part) == "desk" && relative.starts_with("assets/");
      files_["/" + std::string(part) + "/" + relative] = StaticFile{
          std::string(type), std::make_shared<const std::string>(std::move(bytes)), for_ever};
    }
  }
}

const StaticFile* StaticFiles::find(std::string_view path) const {
  const auto it = files_.find(path);
  return it == files_.end() ? nullptr : &it->second;
}

}  // namespace convene::web
