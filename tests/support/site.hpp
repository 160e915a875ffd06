// tests/support/site.hpp - a whole installation in a folder of its own: configuration, database,
// `convene serve`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace convene::test {

/// A folder that goes when the object goes.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A loopback port that nobody listens on at the moment.
int free_port();
std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);

struct SiteAgent {
  std::string id;
  std::string name;
  std::string skills = "{}";  ///< TOML inline table.
  int capacity = 2;
  bool auto_answer = false;
};

struct SiteOptions {
  std::vector<SiteAgent> agents = {{"anna", "Anna Weber", "{ fr = 8, de = 10, loans = 7 }"},
                                   {"ben", "Ben Okafor", "{ en = 10, loans = 3 }"},
                                   {"chloe", "Chloe Martin", "{ fr = 10, en = 6, cards = 8 }"}};
  /// The flows' TOML. Empty: `later` (rendezvous, skills, query, lazy), `here` (cookie), `eager`,
  /// `now` (talk now).
  std::string flows;
  std::string plugin_folder;  ///< Empty: the one that was built.
  std::string more;           ///< Further TOML at the end, [limits] for example.
  std::string web_settings;   ///< Further keys of [adapter.web.settings].
  /// The gateway is a program beside the core, as under a service manager, and outlives the core's
  /// death.
  bool own_gateway = false;
  bool web = true;  ///< False: no gateway at all, only the core and its buses.
};

/// The password of every agent of a site.
inline constexpr const char* kPassword = "correct horse battery staple";

class Site {
 public:
  explicit Site(SiteOptions options = {});
  ~Site();

  /// Starts `convene serve` and waits until it and its gateway are ready. False: it is not; see
  /// `log`.
  bool start();
  /// SIGKILL, and waits. A gateway that `convene serve` started goes with it.
  void kill();
  /// SIGTERM, and waits; the exit code, or nothing when it did not stop.
  std::optional<int> stop();
  bool restart() {
    kill();
    return start();
  }

  int port() const { return port_; }
  std::string origin() const { return "http://localhost:" + std::to_string(port_); }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path config() const { return folder_.path() / "convene.toml"; }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  Process& process() { return process_; }
  /// With `own_gateway`: the gateway, and how to start it again.
  Process& gateway() { return gateway_; }
  void start_gateway();
  /// Runs `convene ARGUMENTS...` in the site's folder.
  Finished convene(const std::vector<std::string>& arguments, const std::string& input = "");
  /// Everything that the running program has said so far.
  std::string log() const;
  /// Writes the configuration anew, after `options` were changed.
  void write_config();
  SiteOptions options;

 private:
  TempFolder folder_;
  int port_;
  Process process_;
  Process gateway_;
};

}  // namespace convene::test
