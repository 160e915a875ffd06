// core/app/new_commands.cpp - `convene new`: a folder to begin a policy, a service, a channel or an
// adapter in.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "core/app/command_groups.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/app/scaffold.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;

// Beside the program, installed or not, as the gateway finds its pages.
fs::path template_folder() {
  const fs::path up = program_folder().parent_path() / "share";
  for (const fs::path& folder : {up / "convene" / "template", up / "template"}) {
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return folder;
  }
  return up / "convene" / "template";
}

int make_new(const ScaffoldWish& wish) {
  const auto made = make_scaffold(template_folder(), wish);
  if (!made) {
    std::fprintf(stderr, "convene: %s\n", made.error().text.c_str());
    const bool asked_wrongly = made.error().code.starts_with("new.bad_");
    return asked_wrongly ? kUsage : kFailed;
  }
  std::printf("%s\n", made->folder.c_str());
  for (const std::string& file : made->files) std::printf("  %s\n", file.c_str());
  std::printf("Go on with %s\n", (made->folder / "README.md").c_str());
  return kOk;
}

}  // namespace

void add_new_commands(CLI::App& app, std::function<int()>& run) {
  const auto wish = std::make_shared<ScaffoldWish>();
  CLI::App* command =
      app.add_subcommand("new", "Begin a policy, a service, a channel or an adapter");
  command->add_option("KIND", wish->kind, "policy, service, channel or adapter")->required();
  command->add_option("NAME", wish->name, "Small letters, digits and _; the kind is put in front")
      ->required();
  command->add_option("--language", wish->language, "cpp, c or python; by default cpp");
  command->add_option("--into", wish->into, "The folder in which the new one is made")
      ->capture_default_str();
  command->footer(
      "Makes the folder KIND_NAME with source, test, build file, example TOML and README.\n\n"
      "Examples:\n"
      "  convene new policy big_customers\n"
      "  convene new policy big_customers --language python\n"
      "  convene new adapter phones --into ~/contact-centre");
  command->callback([&run, wish] { run = [wish] { return make_new(*wish); }; });
}

}  // namespace convene::app
