// sdk/host/elf.cpp - bounded reading of ELF headers (System V ABI, chapters 4 and 5).
#include "sdk/host/elf.hpp"

#include <elf.h>

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace convene {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half kMachine = EM_RISCV;
#else
#error "name this machine's ELF number here"
#endif

/// Reads records out of bytes that may lie about themselves.
class Image {
 public:
  explicit Image(std::string_view bytes) : bytes_(bytes) {}

  bool holds(std::uint64_t at, std::uint64_t size) const {
    return at <= bytes_.size() && size <= bytes_.size() - at;
  }
  template <class Record>
  std::optional<Record> read(std::uint64_t at) const {
    if (!holds(at, sizeof(Record))) return std::nullopt;
    Record record;
    std::memcpy(&record, bytes_.data() + at, sizeof record);
    return record;
  }
  /// `count` records from `at`; none when they are not all there.
  template <class Record>
  std::optional<std::vector<Record>> table(std::uint64_t at, std::uint64_t count) const {
    if (count > bytes_.size() / sizeof(Record) || !holds(at, count * sizeof(Record)))
      return std::nullopt;
    std::vector<Record> records(count);
    if (count) std::memcpy(records.data(), bytes_.data() + at, count * sizeof(Record));
    return records;
  }
  /// The text in a string section; "?" when it lies outside.
  std::string_view text(const Elf64_Shdr& strings, std::uint64_t offset) const {
    if (!holds(strings.sh_offset, strings.sh_size) || offset >= strings.sh_size) return "?";
    const std::string_view all = bytes_.substr(strings.sh_offset, strings.sh_size).substr(offset);
    return all.substr(0, all.find('\0'));
  }

 private:
  std::string_view bytes_;
};

const Elf64_Shdr* section(const std::vector<Elf64_Shdr>& sections, Elf64_Word type) {
  for (const Elf64_Shdr& s : sections) {
    if (s.sh_type == type) return &s;
  }
  return nullptr;
}

/// What is wrong, and under which code; no text: nothing.
struct Wrong {
  std::string text;
  const char* code = "plugin.elf";
  Wrong() = default;
  Wrong(std::string why) : text(std::move(why)) {}
  Wrong(const char* why) : text(why) {}
  Wrong(std::string why, const char* under) : text(std::move(why)), code(under) {}
};

/// What the dynamic section says against the library.
Wrong wrong_dynamic(const Image& image, const std::vector<Elf64_Shdr>& sections) {
  const Elf64_Shdr* dynamic = section(sections, SHT_DYNAMIC);
  if (!dynamic) return "has no dynamic section; link it with -shared";
  const auto entries =
      image.table<Elf64_Dyn>(dynamic->sh_offset, dynamic->sh_size / sizeof(Elf64_Dyn));
  if (!entries) return "is cut off; copy it again";
  for (const Elf64_Dyn& entry : *entries) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) {
      return {
          "brings a library search path of its own (RPATH); link it without -rpath "
          "(CMake: set BUILD_RPATH and INSTALL_RPATH empty and SKIP_BUILD_RPATH on)",
          "plugin.search_path"};
    }
    if (entry.d_tag == DT_TEXTREL) return "needs writable code (TEXTREL); compile it with -fPIC";
  }
  return {};
}

Wrong wrong_exports(const Image& image, const std::vector<Elf64_Shdr>& sections,
                    std::string_view symbol) {
  const Elf64_Shdr* dynsym = section(sections, SHT_DYNSYM);
  if (!dynsym || dynsym->sh_link >= sections.size())
    return "has no dynamic symbols; link it with -shared";
  const auto symbols =
      image.table<Elf64_Sym>(dynsym->sh_offset, dynsym->sh_size / sizeof(Elf64_Sym));
  if (!symbols) return "is cut off; copy it again";
  bool found = false;
  std::size_t others = 0;
  std::string_view first;
  for (const Elf64_Sym& s : *symbols) {
    const auto visibility = ELF64_ST_VISIBILITY(s.st_other);
    const bool visible = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
    if (s.st_shndx == SHN_UNDEF || ELF64_ST_BIND(s.st_info) == STB_LOCAL || !visible) continue;
    const std::string_view name = image.text(sections[dynsym->sh_link], s.st_name);
    if (name == symbol) {
      found = true;
    } else if (others++ == 0) {
      first = name;
    }
  }
  const std::string wanted(symbol);
  if (!found) {
    return {"does not export " + wanted +
                ", so it is no plugin, or one of another major version; "
                "end its source with CONVENE_PLUGIN(...)",
            "plugin.symbol"};
  }
  if (others > 0) {
    return {"exports " + std::to_string(others) + " symbols besides " + wanted + " (\"" +
                std::string(first.substr(0, 80)) +
                "\"); build it with convene_add_plugin() or link it with "
                "-Wl,--version-script=plugin.map",
            "plugin.exports"};
  }
  return {};
}

}  // namespace

Status check_library(std::string_view bytes, std::string_view symbol, const std::string& name) {
  const auto refuse = [&](const std::string& why) { return Error{"plugin.elf", name + " " + why}; };
  const Image image(bytes);
  const auto header = image.read<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return refuse("is not an ELF library; put the built .so there");
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != kMachine) {
    return refuse("was built for another machine; build it for this one");
  }
  if (header->e_type != ET_DYN) return refuse("is no shared library; link it with -shared");
  if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_shentsize != sizeof(Elf64_Shdr)) {
    return refuse("has broken headers; build it again");
  }
  const auto segments = image.table<Elf64_Phdr>(header->e_phoff, header->e_phnum);
  const auto sections = image.table<Elf64_Shdr>(header->e_shoff, header->e_shnum);
  if (!segments || !sections) return refuse("is cut off; copy it again");
  for (const Elf64_Phdr& segment : *segments) {
    const bool in_file = segment.p_type == PT_LOAD || segment.p_type == PT_DYNAMIC;
    if (in_file && !image.holds(segment.p_offset, segment.p_filesz))
      return refuse("is cut off; copy it again");
    if (segment.p_type == PT_LOAD && segment.p_filesz > segment.p_memsz) {
      return refuse("has broken headers; build it again");
    }
  }
  if (Wrong wrong = wrong_dynamic(image, *sections); !wrong.text.empty())
    return Error{wrong.code, name + " " + wrong.text};
  if (Wrong wrong = wrong_exports(image, *sections, symbol); !wrong.text.empty())
    return Error{wrong.code, name + " " + wrong.text};
  return ok();
}

}  // namespace convene
