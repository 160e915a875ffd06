// tests/support/site.cpp - writes a site's configuration and runs its core.
#include "tests/support/site.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/http.hpp"

namespace convene::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFlows = R"(
[flow.later]
title = "Talk to us later"
service = "service_rendezvous"
routing = "policy_skills"
fallback = "policy_fallback"
pool = "sales"
channels = ["chat", "page"]
[flow.later.channel.page]
hosts = ["localhost", "shop.example"]
both_ways = true

[flow.here]
service = "service_rendezvous"
routing = "policy_skills"
pool = "sales"
channels = ["chat"]
carriage = "cookie"

[flow.eager]
service = "service_rendezvous"
routing = "policy_skills"
fallback = "policy_fallback"
pool = "sales"
channels = ["chat", "page"]
creation = "eager"
[flow.eager.channel.page]
hosts = ["localhost", "shop.example"]
both_ways = true

[flow.now]
title = "Talk to us now"
service = "service_talk_now"
routing = "policy_longest_idle"
fallback = "policy_fallback"
pool = "sales"
channels = ["chat", "page"]
)";

constexpr const char* kPlugins = R"(
[plugin.policy_skills]
[plugin.policy_longest_idle]
[plugin.policy_fallback]
[plugin.service_rendezvous]
[plugin.service_talk_now]
[plugin.channel_chat]
[plugin.channel_page]
)";

// The cheapest argon2id there is: what it costs to guess is not what these tests are about.
std::string cheap_hash() {
  static const std::string hash = [] {
    char out[crypto_pwhash_STRBYTES] = {};
    if (sodium_init() < 0 ||
        crypto_pwhash_str(out, kPassword, std::char_traits<char>::length(kPassword),
                          crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) != 0) {
      std::abort();
    }
    return std::string(out);
  }();
  return hash;
}

}  // namespace

TempFolder::TempFolder() {
  char name[] = "/tmp/convene-site-XXXXXX";
  path_ = ::mkdtemp(name);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (std::getenv("CONVENE_KEEP") == nullptr) fs::remove_all(path_, ignored);
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

Site::Site(SiteOptions site_options) : options(std::move(site_options)), port_(free_port()) {
  fs::create_directories(data() / "passwords");
  fs::permissions(data(), fs::perms::owner_all);
  write_config();
}

Site::~Site() {
  if (process_.running()) stop();
}

void Site::write_config() {
  std::string text = "[node]\nname = \"test\"\ndata = \"data\"\n[plugins]\nfolder = \"" +
                     (options.plugin_folder.empty() ? CONVENE_PLUGIN_DIR : options.plugin_folder) +
                     "\"\n" + kPlugins + (options.flows.empty() ? kFlows : options.flows) +
                     "\n[pool.sales]\n";
  for (const SiteAgent& agent : options.agents) {
    const fs::path secret = data() / "passwords" / agent.id;
    if (!fs::exists(secret)) {
      write_text(secret, cheap_hash() + "\n");
      fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
    }
    text += "\n[agent." + agent.id + "]\nname = \"" + agent.name +
            "\"\npassword = \"file:passwords/" + agent.id +
            "\"\npools = [\"sales\"]\ncapacity = " + std::to_string(agent.capacity) +
            "\nauto_answer = " + (agent.auto_answer ? "true" : "false") +
            "\nskills = " + agent.skills + "\n";
  }
  if (options.web) {
    text += "\n[adapter.web]\n" +
            std::string(options.own_gateway ? "" : "command = [\"convene-web\"]\n") +
            "[adapter.web.settings]\nlisten = \"127.0.0.1:" + std::to_string(port_) +
            "\"\norigins = [\"" + origin() + "\"]\npublic_url = \"" + origin() + "\"\n" +
            options.web_settings + "\n";
  }
  write_text(config(), text + options.more);
}

bool Site::start() {
  const std::size_t before = log().size();
  process_ = Process::start({CONVENE_BIN_DIR "/convene", "serve", "convene.toml"}, folder(),
                            folder() / "convene.log");
  const auto said_ready = [&] { return log().find("READY=1", before) != std::string::npos; };
  if (!eventually([&] { return said_ready() || !process_.running(); }) || !said_ready())
    return false;
  if (!options.web) return true;
  if (options.own_gateway && !gateway_.running()) start_gateway();
  return eventually([&] {
    HttpClient http(port_);
    http.patience = Millis{2000};
    return http.get("/readyz").status == 200;
  });
}

void Site::start_gateway() {
  gateway_ = Process::start({CONVENE_BIN_DIR "/convene-web"}, folder(), folder() / "gateway.log",
                            {{"CONVENE_BUS", "ipc://" + (data() / "command.sock").string()},
                             {"CONVENE_EVENTS", "ipc://" + (data() / "events.sock").string()},
                             {"CONVENE_NAME", "web"}});
}

void Site::kill() {
  process_.signal(SIGKILL);
  process_.wait();
}

std::optional<int> Site::stop() {
  process_.signal(SIGTERM);
  return process_.wait();
}

Finished Site::convene(const std::vector<std::string>& arguments, const std::string& input) {
  std::vector<std::string> command = {CONVENE_BIN_DIR "/convene"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command, input, {}, folder());
}

std::string Site::log() const { return read_text(folder() / "convene.log"); }

}  // namespace convene::test
