// adapters/web/static_files.hpp - the pages, client and desk, read into memory once: a request can name nothing else.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace convene::web {

struct StaticFile {
  std::string type;
  std::shared_ptr<const std::string> bytes;
  bool for_ever = false;  ///< A hash in its name: may be cached.
};

/// Files by path: "/client/convene.js", "/desk/index.html", "/pages/rendezvous.html".
class StaticFiles {
 public:
  /// Reads `folder`/{client,pages,desk}; what is missing is not served. Only known extensions, at most 8 MiB a file.
  explicit StaticFiles(const std::string& folder);
  const StaticFile* find(std::string_view path) const;
  std::size_t size() const { return files_.size(); }

 private:
  std::map<std::string, StaticFile, std::less<>> files_;
};

}  // namespace convene::web
