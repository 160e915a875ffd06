// tests/zoo/zoo_test.cpp - bad plugins are refused with a sentence that says what to do, and stop no other.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/support/figure.hpp"
#include "tests/zoo/zoo.hpp"

namespace convene::zoo {
namespace {

struct Refused {
  const char* file;
  const char* code;
  const char* says;    ///< A part of the sentence: what is wrong.
  const char* remedy;  ///< Another: what to do.
};

const Refused kRefused[] = {
    {"wrong_major", "plugin.abi", "version 2 of the plugin boundary",
     "build it with this host's headers"},
    {"newer_minor", "plugin.abi", "newer than this host's 1.0", "update the host"},
    {"short_entry", "plugin.entry", "entry of 8 bytes", "set its size with sizeof"},
    {"short_descriptor", "plugin.descriptor", "descriptor of 24 bytes", "set its size with sizeof"},
    {"huge_count", "plugin.entry", "4000000000 plugins", "1 to 64 are possible"},
    {"no_plugins", "plugin.entry", "0 plugins", "1 to 64 are possible"},
    {"null_descriptor", "plugin.descriptor", "no readable descriptor", "plugin 0"},
    {"null_entry_functions", "plugin.entry", "without functions", "fill in descriptor and create"},
    {"null_table", "plugin.tables", "has no table for it", "return it from extension()"},
    {"null_decide", "plugin.tables", "convene.routing/1", "null function"},
    {"null_instance_functions", "plugin.tables", "null function",
     "fill in start, extension, stop and destroy"},
    {"bad_id", "plugin.id", "one to 64 of a-z, 0-9 and _", "rename it"},
    {"duplicate_id", "plugin.id", "two plugins \"animal\"", "rename one"},
    {"schema_not_json", "plugin.schema", "config schema that is not JSON", "at byte"},
    {"schema_unknown_keyword", "plugin.schema", "\"patternProperties\" is not supported",
     "config_schema.hpp"},
    {"refuses_create", "plugin.create", "the moon is not full", "wait"},
    {"refuses_start", "plugin.start", "there is no licence", "put one into the settings"},
    {"wild_descriptor", "plugin.descriptor", "no readable descriptor", "plugin 0"},
    {"wild_text", "plugin.id", "no readable id", "plugin 0"},
    {"wild_instance", "plugin.tables", "cannot be read", "return the address of a convene_plugin"},
    {"offers_nothing", "plugin.offers", "offers nothing that this host knows",
     "it knows convene.routing/1"},
    {"bad_version", "plugin.version", "version", "like 1.2.0"},
    {"old_major_descriptor", "plugin.abi", "version 0 of the plugin boundary",
     "build it with"},
    {"huge_id", "plugin.id", "id of 18446744073709551615 bytes", "at most 64"},
    {"not_utf8", "plugin.summary", "summary", "not UTF-8"},
    {"exporter", "plugin.exports", "symbols besides convene_entry_v1", "convene_add_plugin()"},
    {"no_entry", "plugin.symbol", "does not export convene_entry_v1", "CONVENE_PLUGIN"},
    {"searcher", "plugin.search_path", "RPATH", "link it without -rpath"},
    {"absent", "plugin.file", "cannot be opened", "No such file"},
};

class RefusedAnimals : public Zoo, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedAnimals, AreNamedWithTheRemedy) {
  const Refused& animal = GetParam();
  const auto loaded = loader_.load(
      {.id = "animal", .file = std::string(animal.file) + ".so", .config = {}, .sha256 = {}});
  ASSERT_FALSE(loaded);
  const Error& error = loaded.error();
  EXPECT_EQ(error.code, animal.code);
  for (const std::string& part : {kFolder + "/" + animal.file + ".so", std::string(animal.says),
                                  std::string(animal.remedy)}) {
    EXPECT_NE(error.text.find(part), std::string::npos) << error.text << "\nlacks: " << part;
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, RefusedAnimals, ::testing::ValuesIn(kRefused),
                         [](const auto& animal) { return std::string(animal.param.file); });

/// A folder of its own for files that are made here.
class Files : public Zoo {
 protected:
  void SetUp() override {
    Zoo::SetUp();
    char path[] = "/tmp/convene-zoo-XXXXXX";
    folder_ = ::mkdtemp(path);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    Zoo::TearDown();
  }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
    ::chmod((folder_ + "/" + name).c_str(), 0644);
  }
  static std::string bytes_of(const std::string& name) {
    std::ifstream in(kFolder + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Error refuse(const std::string& file) {
    Loader loader({.folder = folder_, .clock = {}, .log = {}});
    const auto loaded = loader.load({.id = "animal", .file = file, .config = {}, .sha256 = {}});
    return loaded ? Error{"loaded", file} : loaded.error();
  }
  std::string folder_;
};

TEST_F(Files, ThatAreNoElfAreRefused) {
  write("text.so", "#!/bin/sh\necho hello\n");
  write("empty.so", "");
  write("magic.so",
        "\x7f"
        "ELF");
  for (const char* file : {"text.so", "empty.so", "magic.so"}) {
    EXPECT_EQ(refuse(file).code, "plugin.elf") << file;
    EXPECT_NE(refuse(file).text.find("put the built .so there"), std::string::npos)
        << refuse(file).text;
  }
}

TEST_F(Files, ThatAreCutOffAreRefusedAtEveryLength) {
  const std::string whole = bytes_of("good.so");
  ASSERT_GT(whole.size(), 4096u);
  int refused = 0, tried = 0;
  for (std::size_t size = 0; size < whole.size(); size += 97, ++tried) {
    write("cut.so", whole.substr(0, size));
    refused += refuse("cut.so").code == "plugin.elf";
  }
  EXPECT_EQ(refused, tried);
}

TEST_F(Files, OfAnotherMachineAreRefused) {
  std::string other = bytes_of("good.so");
  other[18] = static_cast<char>(0xF3), other[19] = 0;  // e_machine: RISC-V
  write("other.so", other);
  EXPECT_NE(refuse("other.so").text.find("another machine"), std::string::npos);
}

TEST_F(Files, AreLoadedAsTheyWereWhenTheyWereChecked) {
  write("animal.so", bytes_of("good.so"));
  Loader loader({.folder = folder_, .clock = {}, .log = {}});
  const auto first = loader.load({.id = "animal", .file = {}, .config = {}, .sha256 = {}});
  ASSERT_TRUE(first) << first.error().text;
  write("animal.so", "overwritten in place, which would kill whoever has it mapped");
  EXPECT_EQ(ask(**first).status, CONVENE_OK);
}

TEST_F(Zoo, IsNotStoppedByWrongSettings) {
  const auto wrong = [&](const std::string& config) {
    const auto loaded =
        loader_.load({.id = "animal", .file = "good.so", .config = config, .sha256 = {}});
    return loaded ? "loaded" : loaded.error().text;
  };
  EXPECT_NE(wrong(R"({"mod":"good"})").find("did you mean \"mood\"?"), std::string::npos);
  EXPECT_NE(wrong(R"({"mood":"bad"})").find("\"mood\" must be one of [\"good\"], and is \"bad\""),
            std::string::npos);
  EXPECT_NE(wrong("[1]").find("no table"), std::string::npos);
  EXPECT_NE(wrong("{").find("not JSON"), std::string::npos);
  EXPECT_EQ(wrong(R"({"mood":"good"})"), "loaded");
}

TEST_F(Zoo, LoadsEachIdOnceAtATime) {
  EXPECT_EQ(
      loader_.load({.id = "second", .file = "good.so", .config = {}, .sha256 = {}}).error().code,
      "plugin.duplicate");
  good_.reset();
  good_ = must_load(loader_, "good", "second");
}

TEST_F(Zoo, NamesThePluginThatWasProbablyMeant) {
  const auto loaded = loader_.load({.id = "anima", .file = "good.so", .config = {}, .sha256 = {}});
  EXPECT_NE(loaded.error().text.find("did you mean \"animal\"?"), std::string::npos)
      << loaded.error().text;
  EXPECT_EQ(loader_.load({.id = "../etc", .file = {}, .config = {}, .sha256 = {}}).error().code,
            "plugin.unknown");
}

TEST_F(Zoo, HoldsAPinnedPluginToItsContent) {
  const std::string right = good_->sha256();
  EXPECT_TRUE(loader_.load({.id = "animal", .file = "good.so", .config = {}, .sha256 = right}));
  const auto other = loader_.load(
      {.id = "animal", .file = "good.so", .config = {}, .sha256 = std::string(64, '0')});
  EXPECT_EQ(other.error().code, "plugin.sha256");
}

TEST_F(Zoo, DescribesWithoutStarting) {
  const auto described = loader_.describe("refuses_start.so");
  ASSERT_TRUE(described);
  ASSERT_EQ(described->size(), 2u);
  EXPECT_EQ(described->front().id, "animal");
  EXPECT_EQ(described->front().offers,
            (std::vector<std::string>{"convene.routing/1", "convene.service/1"}));
}

TEST_F(Zoo, PoliciesOfEveryCompilerDecideAlike) {
  const auto cxx = must_load(loader_, "policy", "smallest");
  const Said ours = ask(*cxx), in_c = ask(*good_);
  EXPECT_EQ(ours.status, CONVENE_OK);
  EXPECT_EQ(ours.reason, in_c.reason);
  EXPECT_EQ(ours.index, in_c.index);
  ASSERT_TRUE(std::filesystem::exists(kFolder + "/libcxx.so")) << "clang was missing; see ./dev";
  Loader another({.folder = kFolder, .clock = {}, .log = {}});
  const auto libcxx = must_load(another, "libcxx", "smallest");
  const Said theirs = ask(*libcxx);
  EXPECT_EQ(theirs.status, CONVENE_OK);
  EXPECT_EQ(theirs.reason, in_c.reason);
  EXPECT_EQ(theirs.action, in_c.action);
}

}  // namespace
}  // namespace convene::zoo
