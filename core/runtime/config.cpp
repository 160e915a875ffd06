// core/runtime/config.cpp - from files to a checked configuration, with every error and never half
// of it.
#include "core/runtime/config.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <tuple>

#include "core/runtime/config_extract.hpp"
#include "core/runtime/config_schema.hpp"

namespace convene {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 1000;

bool read_source(const fs::path& path, std::vector<ConfigSource>& sources,
                 std::vector<ConfigError>& errors) {
  std::ifstream in(path, std::ios::binary);
  std::string text(config::kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    errors.push_back(
        {{path.string(), 0, 0}, std::string("cannot be read: ") + std::strerror(errno), ""});
    return false;
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  sources.push_back({path.string(), std::move(text)});
  return true;
}

std::vector<fs::path> files_below(const fs::path& path, std::vector<ConfigError>& errors) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, failed)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (failed || files.empty() || files.size() > kFilesMax) {
    errors.push_back(
        {{path.string(), 0, 0},
         "is a folder without, or with too many, *.toml files",
         "name a file, or a folder with at most " + std::to_string(kFilesMax) + " of them"});
    files.clear();
  }
  return files;
}

}  // namespace

void sort_errors(std::vector<ConfigError>& errors) {
  const auto order = [](const ConfigError& e) {
    return std::tie(e.place.file, e.place.line, e.place.column, e.text);
  };
  std::stable_sort(errors.begin(), errors.end(),
                   [&](const ConfigError& a, const ConfigError& b) { return order(a) < order(b); });
  const auto same = [&](const ConfigError& a, const ConfigError& b) {
    return order(a) == order(b);
  };
  errors.erase(std::unique(errors.begin(), errors.end(), same), errors.end());
}

std::string to_text(const ConfigError& error) {
  std::string out = error.place.file;
  if (error.place.line > 0) {
    out += ":" + std::to_string(error.place.line) + ":" + std::to_string(error.place.column);
  }
  if (!out.empty()) out += ": ";
  out += "error: " + log::escape(error.text);
  if (!error.hint.empty()) out += "; " + log::escape(error.hint);
  return out;
}

std::string to_text(const std::vector<ConfigError>& errors) {
  std::string out;
  const std::size_t shown = std::min(errors.size(), kErrorsShown);
  for (std::size_t i = 0; i < shown; ++i) out += to_text(errors[i]) + "\n";
  if (shown < errors.size()) out += "and " + std::to_string(errors.size() - shown) + " more\n";
  if (!errors.empty())
    out += std::to_string(errors.size()) + (errors.size() == 1 ? " error\n" : " errors\n");
  return out;
}

std::string Config::resolved_endpoint(const std::string& endpoint) const {
  if (!endpoint.starts_with("ipc:")) return endpoint;
  std::string path = endpoint.substr(4);
  if (path.starts_with("//")) path.erase(0, 2);
  return "ipc://" + (fs::absolute(data) / path).lexically_normal().string();
}

ConfigOutcome parse_config(const std::vector<ConfigSource>& sources, const SecretReader& secrets) {
  ConfigOutcome outcome;
  config::Value root;
  for (const ConfigSource& source : sources) {
    config::Value document = config::parse_toml(source, outcome.errors);
    config::merge(root, std::move(document), outcome.errors);
  }
  // After a syntax error the rest of that file is unknown, and what refers to it would look wrong.
  if (!outcome.errors.empty()) return outcome;
  config::check_against_schema(root, outcome.errors);
  outcome.config = config::extract(root, secrets, outcome.errors);
  config::check_whole(root, outcome.config, outcome.errors);
  config::keep_sound_part(root, outcome.errors, outcome.config);
  sort_errors(outcome.errors);
  return outcome;
}

ConfigOutcome load_config(const fs::path& path, const SecretReader& secrets) {
  ConfigOutcome outcome;
  std::vector<ConfigSource> sources;
  for (const fs::path& file : files_below(path, outcome.errors))
    read_source(file, sources, outcome.errors);
  if (!outcome.errors.empty()) return outcome;
  return parse_config(sources, secrets);
}

}  // namespace convene
