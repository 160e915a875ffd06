// core/app/scaffold.cpp - checks a name, copies a template, and replaces the template's name by it.
#include "core/app/scaffold.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

namespace convene::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKinds[] = {"policy", "service", "channel", "adapter"};
constexpr const char* kLanguages[] = {"cpp", "c", "python"};
constexpr std::size_t kNameMax = 64;  // of a plugin's id (abi.h)
constexpr std::uintmax_t kFileMax = 256 * 1024;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// The id: the kind, an underscore, the rest. Nothing that a path, a shell, C++, TOML or JSON could
// take for more than a name gets through, so it may be put into a file of any of them as it is.
Result<std::string> id_of(const std::string& kind, const std::string& name) {
  const std::string id = name.starts_with(kind + "_") ? name : kind + "_" + name;
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool starts_well =
      id.size() > kind.size() + 1 && id[kind.size() + 1] >= 'a' && id[kind.size() + 1] <= 'z';
  if (!starts_well || id.size() > kNameMax || !std::all_of(id.begin(), id.end(), is_good)) {
    return Error{"new.bad_name", "'" + name + "' is no name for a " + kind +
                                     ": use small letters, digits and _, beginning with a letter, "
                                     "64 characters with the kind"};
  }
  if (id == kind + "_template") {
    return Error{"new.bad_name", "'" + id + "' is the name of the template itself: choose another"};
  }
  return id;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// `from` becomes `to` where it stands for itself: "policy_template", "policy_template_test", but not
// "my_policy_template".
void replace_name(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    if (at > 0 && is_word(text[at - 1])) {
      at += from.size();
      continue;
    }
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

// Names of files and folders inside the template, without what Python or an editor left behind.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && !name.ends_with(".pyc") && !name.ends_with("~"))
      files.push_back(entry.path().lexically_relative(folder));
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A plugin or an adapter in Python brings its half of the wire along.
std::vector<fs::path> modules_of(const ScaffoldWish& wish, const fs::path& templates) {
  if (wish.language != "python") return {};
  const char* module = wish.kind == "adapter" ? "convene_bus.py" : "convene_plugin.py";
  return {templates.parent_path() / "python" / module};
}

Status write(const fs::path& file, const std::string& text, fs::perms rights) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return Error{"new.cannot_write", "cannot write " + file.string()};
  fs::permissions(file, rights);
  return ok();
}

Result<std::string> read(const fs::path& file) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(file, failed);
  if (failed || size > kFileMax)
    return Error{"new.template_missing", file.string() + ": cannot be read; install Convene again"};
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

struct Names {
  std::string kind, id;
  void fill(std::string& text) const {
    const std::string from = kind + "_template";
    replace_name(text, from, id);
    replace_name(text, class_name(from), class_name(id));
    // A flow names a channel without its kind: ["chat", "template"].
    if (kind == "channel")
      replace_name(text, "\"template\"", '"' + id.substr(kind.size() + 1) + '"');
  }
};

Status copy_all(const fs::path& from, const std::vector<fs::path>& modules, const Names& names,
                const fs::path& to, std::vector<std::string>& made) {
  for (const fs::path& file : files_in(from)) {
    auto text = read(from / file);
    if (!text) return text.error();
    std::string name = file.string();
    names.fill(name);
    names.fill(*text);
    if (Status done =
            write(to / name, *text, fs::status(from / file).permissions() | fs::perms::owner_write);
        !done)
      return done;
    made.push_back(name);
  }
  for (const fs::path& module : modules) {
    const auto text = read(module);
    if (!text) return text.error();
    const std::string name = module.filename().string();
    if (Status done = write(to / name, *text, fs::perms(0644)); !done) return done;
    made.push_back(name);
  }
  std::sort(made.begin(), made.end());
  return ok();
}

}  // namespace

std::string class_name(const std::string& id) {
  std::string out;
  bool capital = true;
  for (const char c : id) {
    if (c == '_') {
      capital = true;
      continue;
    }
    out += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    capital = false;
  }
  return out;
}

std::vector<std::string> languages_of(const fs::path& templates, const std::string& kind) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const char* language : kLanguages) {
    if (fs::is_directory(templates / (kind + "_" + language), ignored)) found.push_back(language);
  }
  return found;
}

Result<Scaffold> make_scaffold(const fs::path& templates, const ScaffoldWish& given) {
  ScaffoldWish wish = given;
  if (std::find(std::begin(kKinds), std::end(kKinds), wish.kind) == std::end(kKinds))
    return Error{"new.bad_kind",
                 "'" + wish.kind + "' cannot be made: choose policy, service, channel or adapter"};
  const std::vector<std::string> languages = languages_of(templates, wish.kind);
  if (languages.empty())
    return Error{"new.template_missing", templates.string() + ": no template of a " + wish.kind +
                                             " lies there; install Convene again"};
  if (wish.language.empty()) wish.language = languages.front();
  if (std::find(languages.begin(), languages.end(), wish.language) == languages.end())
    return Error{"new.bad_language", "a " + wish.kind + " can be made in " + joined(languages) +
                                         ", not in '" + wish.language + "'"};
  const auto id = id_of(wish.kind, wish.name);
  if (!id) return id.error();

  Scaffold made{*id, (wish.into / *id).lexically_normal(), {}};
  std::error_code failed;
  if (fs::exists(fs::symlink_status(made.folder, failed)))
    return Error{"new.exists",
                 made.folder.string() + " is there already: remove it, or choose another name"};
  // Made beside its place and renamed when it is whole.
  const fs::path partial = wish.into / ("." + *id + ".partial");
  Status done = ok();
  try {
    fs::remove_all(partial);
    fs::create_directories(partial);
    done = copy_all(templates / (wish.kind + "_" + wish.language), modules_of(wish, templates),
                    {wish.kind, *id}, partial, made.files);
    if (done) fs::rename(partial, made.folder);
  } catch (const fs::filesystem_error& error) {
    done = Error{"new.cannot_write", error.path1().string() + ": " + error.code().message()};
  }
  if (!done) {
    fs::remove_all(partial, failed);
    return done.error();
  }
  return made;
}

}  // namespace convene::app
