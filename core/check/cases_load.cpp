// core/check/cases_load.cpp - level "load": the file, its entry, its descriptors.

#include <filesystem>

#include "core/check/cases.hpp"
#include "core/check/process_state.hpp"
#include "sdk/host/entry_check.hpp"
#include "sdk/host/vetting.hpp"

namespace convene::check {
namespace {

/// Reads what it says of itself.
Status describes_itself(const Subject& subject) {
  if (is_program(subject)) return subject.refused ? Status(*subject.refused) : ok();
  const auto opened = open_library(subject.path);
  return opened ? ok() : Status(opened.error());
}

/// Fails when it is refused at the stage `code`, passes when it gets beyond.
Verdict stage(const Subject& subject, const char* code) {
  const Status opened = describes_itself(subject);
  if (opened || stage_of(opened.error().code) > stage_of(code)) return passed();
  if (opened.error().code == code) return failed(opened.error().text);
  return skipped("refused before: " + opened.error().code);
}

Case at_stage(const char* name, const char* code, unsigned forms, const char* proves,
              const char* remedy) {
  return {name, proves, remedy, forms, "", [code](const Subject& s) { return stage(s, code); }};
}

bool same(const PluginDescription& a, const PluginDescription& b) {
  return a.id == b.id && a.version == b.version && a.offers == b.offers &&
         a.config_schema == b.config_schema && a.state_version == b.state_version;
}

/// A program that is started again must say the same hello.
Verdict same_hello(const Subject& subject) {
  for (int i = 0; i < 2; ++i) {
    const auto said = WirePartner(program_of(subject)).greet();
    if (!said) return failed("started again: " + said.error().text);
    if (!same(*said, subject.plugin)) return failed("started again it describes itself otherwise");
  }
  return passed();
}

Verdict rights(const Subject& subject) {
  const std::filesystem::path path = std::filesystem::absolute(subject.path);
  if (!std::filesystem::exists(path)) return skipped("refused before: plugin.file");
  const auto vetted = read_vetted(path.parent_path().string(), path.filename().string());
  return vetted ? passed() : failed(vetted.error().text);
}

Verdict same_descriptor(const Subject& subject) {
  if (is_program(subject)) return same_hello(subject);
  const Library* library = library_of(subject);
  if (!library) return skipped("it does not load");
  const auto second = check_entry(library->entry, subject.path);
  if (!second) return failed("asked again: " + second.error().text);
  for (std::size_t i = 0; i < library->plugins.size(); ++i) {
    if (!same(library->plugins[i], second->plugins[i]))
      return failed("the descriptor of plugin " + std::to_string(i) + " has changed");
  }
  return passed();
}

Verdict changes_nothing(const Subject& subject) {
  const ProcessState before = ProcessState::now();
  if (!library_of(subject)) return skipped("it does not load");
  const std::string difference = before.difference_to(ProcessState::now());
  return difference.empty() ? passed() : failed("loading it " + difference);
}

}  // namespace

std::vector<Case> load_cases() {
  return {
      {"load.rights", "Nobody but its owner may write the file or its folder.",
       "chown and chmod go-w the file and the folder: a host loads nothing that others may change.",
       kLibrary, "", rights},
      at_stage("load.file", "plugin.file", kLibrary, "The file can be read.",
               "Build the plugin and name the .so that the build has made."),
      at_stage("load.elf", "plugin.elf", kLibrary, "It is a whole shared library for this machine.",
               "Build it on this kind of machine with -shared -fPIC, and copy all of it."),
      at_stage("load.search_path", "plugin.search_path", kLibrary,
               "It brings no library path of its own.",
               "Link without -rpath; convene_add_plugin() does."),
      at_stage("load.symbol", "plugin.symbol", kLibrary, "It exports convene_entry_v1.",
               "End the source with CONVENE_PLUGIN(...)."),
      at_stage("load.exports", "plugin.exports", kLibrary, "It exports nothing else.",
               "Build it with convene_add_plugin(), or link with the version script plugin.map."),
      at_stage("load.links", "plugin.map", kLibrary,
               "Every symbol that it needs is there at loading.",
               "Link what is missing into the plugin, or install it."),
      at_stage("load.entry", "plugin.entry", kLibrary,
               "Its entry is a whole record with both functions.",
               "Set entry.size with sizeof, and fill in plugin_count, descriptor and create."),
      at_stage("load.abi", "plugin.abi", kLibrary, "It was built for this version of the boundary.",
               "Build it with the headers of the host that is to load it."),
      at_stage("load.descriptor", "plugin.descriptor", kLibrary,
               "Every descriptor is a readable, whole record.",
               "Return the address of a convene_descriptor whose size is set with sizeof."),
      at_stage("load.id", "plugin.id", kAny, "Every id is a plain word that occurs once.",
               "Use 1 to 64 of a-z, 0-9 and _, another one for each plugin of the library."),
      at_stage("load.version", "plugin.version", kAny, "Its version is a semantic version.",
               "Write it like 1.2.0 (semver.org)."),
      at_stage("load.summary", "plugin.summary", kAny, "Its summary is UTF-8 of at most 512 bytes.",
               "Describe the plugin to an operator in one sentence."),
      at_stage(
          "load.offers", "plugin.offers", kAny, "It offers an extension that this host knows.",
          "Offer convene.routing/1, convene.service/1, convene.channel/1 or convene.adapter/1."),
      at_stage("load.schemas", "plugin.schema", kAny,
               "Its schemas are JSON, and use only keywords that the host checks.",
               "Keep to the keywords of sdk/host/config_schema.hpp."),
      {"load.says_the_same_twice", "Its descriptors do not change.",
       "Make the descriptors constants.", kAny, "load.schemas", same_descriptor},
      {"load.changes_nothing", "Loading it starts no thread and changes nothing of the process.",
       "Move what constructors of static objects do into start().", kLibrary, "", changes_nothing},
      at_stage("load.starts", "program.starts", kProgram, "It can be started, confined.",
               "Name the program and its arguments after --, and build convene-host."),
      at_stage("load.says_hello", "program.hello", kProgram,
               "It connects to CONVENE_HOST_ENDPOINT and says hello within 5 s.",
               "Connect a PAIR, and say hello before anything else: WIRE.md."),
      at_stage("load.speaks_the_wire", "host.hello", kProgram,
               "Its hello is JSON and speaks version 1.",
               "Say {\"versions\":[1],\"id\",\"version\",\"summary\",\"offers\"}: WIRE.md."),
  };
}

}  // namespace convene::check
