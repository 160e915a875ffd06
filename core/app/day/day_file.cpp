// core/app/day/day_file.cpp - from a workday's tree to a load that can be drawn from.
#include "core/app/day/day_file.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "core/app/day/day_schema.hpp"
#include "core/sim/contacts_csv.hpp"

namespace convene::app {
namespace {

using config::Kind;
using config::Value;
using sim::Law;

constexpr std::size_t kFileBytesMax = 64 << 20;
constexpr double kContactsMost = 2'000'000;

/// Reads a tree that the table of keys has seen: what is of the wrong type is reported there.
class Extractor {
 public:
  Extractor(const Config& house, const ReadBeside& beside, DayFileOutcome& out)
      : house_(house), beside_(beside), out_(out), frame_(out.day.load.frame) {
    for (const auto& [id, flow] : house.flows) flows_.push_back(id);
    for (const auto& [id, agent] : house.agents) agents_.push_back(id);
    for (const auto& [id, title] : house.pools) pools_.push_back(id);
  }

  void take(const Value& root) {
    if (const Value* day = table(root, "day")) take_day(*day);
    if (const Value* desk = table(root, "desk")) take_desk(*desk);
    if (const Value* arrivals = table(root, "arrivals")) {
      for (const auto& [name, stream] : arrivals->entries) take_stream(name, stream);
    }
    if (const Value* contacts = table(root, "contacts")) take_contacts(*contacts);
    if (const Value* shifts = table(root, "shift")) {
      for (const auto& [name, shift] : shifts->entries) take_shift(shift);
    }
    if (!out_.errors.empty()) return;
    if (out_.day.load.streams.empty() && frame_.contacts.empty()) {
      wrong(root, "nobody comes on this day", "write [arrivals.NAME] or [contacts]");
    }
    if (frame_.shifts.empty()) wrong(root, "nobody works on this day", "write [shift.NAME]");
    if (expected_ > kContactsMost) {
      wrong(root, "more than two million contacts a day are expected", "lower per_hour");
    }
  }

 private:
  static const Value* table(const Value& in, std::string_view key) {
    const Value* v = in.find(key);
    return v != nullptr && v->kind == Kind::table ? v : nullptr;
  }
  static const Value* find(const Value& in, std::string_view key, Kind kind) {
    const Value* v = in.kind == Kind::table ? in.find(key) : nullptr;
    return v != nullptr && v->kind == kind ? v : nullptr;
  }
  void wrong(const Value& at, std::string text, std::string hint) {
    out_.errors.push_back({at.place, std::move(text), std::move(hint)});
  }
  void unknown(const Value& at, const char* what, const std::string& id,
               const std::vector<std::string>& known) {
    wrong(at,
          std::string("there is no ") + what + " '" + id.substr(0, 64) + "' in the configuration",
          config::suggest(id, known));
  }
  static bool is_one(const std::vector<std::string>& known, const std::string& id) {
    return std::binary_search(known.begin(), known.end(), id);
  }

  void duration(const Value& in, std::string_view key, Duration& target) {
    const Value* v = find(in, key, Kind::text);
    const auto parsed = v ? config::parse_duration(v->text) : std::nullopt;
    if (parsed) target = Duration{*parsed};
  }
  void percent(const Value& in, std::string_view key, std::uint32_t& ppm) {
    const Value* v = find(in, key, Kind::integer);
    if (v && v->integer >= 0 && v->integer <= 100)
      ppm = static_cast<std::uint32_t>(v->integer) * 10'000;
  }
  void law(const Value& in, std::string_view key, Law& target) {
    const Value* v = find(in, key, Kind::text);
    if (v == nullptr) return;
    if (v->text.starts_with("file ")) {
      const std::string name = v->text.substr(5);
      const auto text = beside_(name);
      if (!text) return wrong(*v, text.error().text, "the file is looked for beside the workday");
      auto csv = sim::read_durations_csv(*text);
      if (csv.error) return csv_error(name, *csv.error);
      target = Law::samples(std::move(csv.durations));
      return;
    }
    auto parsed = Law::parse(v->text);
    if (!parsed) {
      return wrong(
          *v, "'" + std::string(key) + "' is no law",
          "write \"5m\", \"uniform 1m 9m\", \"exponential 5m\", \"lognormal 5m 3m\" (mean, "
          "deviation), \"endless\" or \"file NAME.csv\"");
    }
    target = *parsed;
  }
  void csv_error(const std::string& name, const sim::CsvError& error) {
    const auto line = static_cast<std::uint32_t>(error.line);
    out_.errors.push_back({{name, line, 1}, "this line " + error.text, ""});
  }
  std::optional<Duration> time_of_day(const Value& in, std::string_view key) {
    const Value* v = find(in, key, Kind::text);
    if (v == nullptr) return std::nullopt;
    const auto time = sim::parse_time_of_day(v->text);
    if (!time) wrong(*v, "'" + std::string(key) + "' is no time of day", "for example \"08:30\"");
    return time;
  }

  void take_day(const Value& day) {
    if (const Value* v = find(day, "title", Kind::text)) out_.day.title = v->text;
    if (const Value* v = find(day, "date", Kind::text)) take_date(*v);
    duration(day, "within", frame_.within);
    duration(day, "promise_within", frame_.promise_within);
    duration(day, "warm_up", frame_.measure_from);
  }

  void take_date(const Value& v) {
    int part[3] = {0, 0, 0};
    const char* at = v.text.data();
    const char* end = at + v.text.size();
    bool good = v.text.size() == 10;
    for (int i = 0; good && i < 3; ++i) {
      const auto read = std::from_chars(at, end, part[i]);
      good = read.ec == std::errc{} &&
             (i == 2 ? read.ptr == end : read.ptr != end && *read.ptr == '-');
      at = read.ptr + 1;
    }
    using namespace std::chrono;
    const year_month_day date{year{part[0]}, month{static_cast<unsigned>(part[1])},
                              day{static_cast<unsigned>(part[2])}};
    if (!good || !date.ok() || part[0] < 1970 || part[0] > 2200) {
      return wrong(v, "'date' is no date", "for example \"2026-09-28\"");
    }
    frame_.start = from_ms(duration_cast<milliseconds>(sys_days{date}.time_since_epoch()).count());
  }

  void take_desk(const Value& desk) {
    law(desk, "answer", frame_.desk.answer);
    percent(desk, "misses", frame_.desk.misses_ppm);
    percent(desk, "declines", frame_.desk.declines_ppm);
    duration(desk, "connect", frame_.desk.connect);
    duration(desk, "back", frame_.desk.back);
    if (frame_.desk.misses_ppm + frame_.desk.declines_ppm >= 1'000'000) {
      wrong(desk, "no offer is ever accepted", "'misses' and 'declines' together below 100");
    }
  }

  void take_stream(const std::string& name, const Value& in) {
    sim::DayStream s;
    s.name = name;
    if (const Value* v = find(in, "flow", Kind::text)) {
      s.flow = v->text;
      if (!is_one(flows_, s.flow)) unknown(*v, "flow", s.flow, flows_);
    }
    if (const Value* v = find(in, "kind", Kind::text)) {
      s.coming = v->text == "on_return"     ? sim::Coming::on_return
                 : v->text == "appointment" ? sim::Coming::appointment
                                            : sim::Coming::now;
    }
    if (const Value* v = find(in, "agent", Kind::text)) {
      s.agent = v->text;
      if (!is_one(agents_, s.agent)) unknown(*v, "agent", s.agent, agents_);
      if (s.coming == sim::Coming::now) {
        wrong(*v, "only bookings name an agent", "kind = \"on_return\" or \"appointment\"");
      }
    }
    if (const Value* v = find(in, "context", Kind::table)) s.context = to_json(*v, out_.errors);
    if (const Value* v = find(in, "per_hour", Kind::table)) take_rates(*v, s.per_hour);
    law(in, "patience", s.patience);
    law(in, "handle", s.handle);
    law(in, "ahead", s.ahead);
    law(in, "late", s.late);
    out_.day.load.streams.push_back(std::move(s));
  }

  /// { 08 = 20, 09-11 = 45.5 }
  void take_rates(const Value& in, std::vector<double>& rates) {
    rates.assign(24, 0);
    std::vector<bool> given(24, false);
    for (const auto& [span, value] : in.entries) {
      unsigned from = 24, to = 24;
      const char* end = span.data() + span.size();
      auto read = std::from_chars(span.data(), end, from);
      if (read.ec == std::errc{} && read.ptr == end) {
        to = from;
      } else if (read.ec == std::errc{} && *read.ptr == '-') {
        read = std::from_chars(read.ptr + 1, end, to);
        if (read.ec != std::errc{} || read.ptr != end) to = 24;
      }
      if (from > to || to > 23) {
        wrong(value, "'" + span.substr(0, 32) + "' is no hour of the day",
              "an hour from 0 to 23, or a span such as 09-11");
        continue;
      }
      const double rate =
          value.kind == Kind::integer ? static_cast<double>(value.integer) : value.real;
      const bool number = value.kind == Kind::integer || value.kind == Kind::real;
      if (!number || !(rate >= 0 && rate <= 1e6)) {
        wrong(value, "'" + span + "' is no number of contacts", "from 0 to 1000000");
        continue;
      }
      for (unsigned hour = from; hour <= to; ++hour) {
        if (given[hour]) wrong(value, "hour " + std::to_string(hour) + " is given twice", "");
        given[hour] = true;
        rates[hour] = rate;
        expected_ += rate;
      }
    }
  }

  void take_contacts(const Value& in) {
    const Value* v = find(in, "file", Kind::text);
    if (v == nullptr) return;
    const auto text = beside_(v->text);
    if (!text) return wrong(*v, text.error().text, "the file is looked for beside the workday");
    auto csv = sim::read_contacts_csv(*text);
    if (csv.error) return csv_error(v->text, *csv.error);
    for (const sim::DayContact& c : csv.contacts) {
      if (!is_one(flows_, c.flow)) return unknown(*v, "flow", c.flow, flows_);
      if (!c.agent.empty() && !is_one(agents_, c.agent))
        return unknown(*v, "agent", c.agent, agents_);
    }
    frame_.contacts = std::move(csv.contacts);
  }

  void take_shift(const Value& in) {
    std::vector<std::string> who;
    if (const Value* v = find(in, "agents", Kind::list)) {
      for (const Value& item : v->items) {
        if (item.kind != Kind::text) continue;
        if (!is_one(agents_, item.text)) unknown(item, "agent", item.text, agents_);
        who.push_back(item.text);
      }
    }
    if (const Value* v = find(in, "pool", Kind::text)) {
      if (!is_one(pools_, v->text)) unknown(*v, "pool", v->text, pools_);
      for (const auto& [id, agent] : house_.agents) {
        const auto& of = agent.settings.pools;
        const bool in_pool = std::find(of.begin(), of.end(), v->text) != of.end();
        if (in_pool && std::find(who.begin(), who.end(), id) == who.end()) who.push_back(id);
      }
    }
    if (who.empty())
      wrong(in, "nobody works this shift", "write agents = [\"anna\"] or pool = \"sales\"");
    const auto from = time_of_day(in, "from");
    const auto to = time_of_day(in, "to");
    if (!from || !to) return;
    if (*to <= *from) {
      return wrong(*in.find("to"), "the shift ends before it begins",
                   "a night shift ends after 24:00: \"30:00\" is six in the morning");
    }
    std::vector<sim::DayShift> pieces{{"", *from, *to}};
    if (const Value* v = find(in, "breaks", Kind::list)) {
      for (const Value& item : v->items) cut(item, pieces);
    }
    for (const std::string& agent : who) {
      for (const sim::DayShift& piece : pieces) {
        frame_.shifts.push_back({agent, piece.from, piece.to});
      }
    }
  }

  /// Takes a break out of the pieces of a shift.
  void cut(const Value& item, std::vector<sim::DayShift>& pieces) {
    if (item.kind != Kind::text) return;
    const std::size_t dash = std::min(item.text.find('-'), item.text.size());
    const auto from = sim::parse_time_of_day(std::string_view(item.text).substr(0, dash));
    const auto to = dash == item.text.size()
                        ? std::nullopt
                        : sim::parse_time_of_day(std::string_view(item.text).substr(dash + 1));
    if (!from || !to || *to <= *from) {
      return wrong(item, "'" + item.text.substr(0, 32) + "' is no break",
                   "for example \"12:00-12:30\"");
    }
    std::vector<sim::DayShift> left;
    for (const sim::DayShift& p : pieces) {
      if (p.from < std::min(p.to, *from)) left.push_back({"", p.from, std::min(p.to, *from)});
      if (std::max(p.from, *to) < p.to) left.push_back({"", std::max(p.from, *to), p.to});
    }
    pieces = std::move(left);
  }

  const Config& house_;
  const ReadBeside& beside_;
  DayFileOutcome& out_;
  sim::DayPlan& frame_;
  std::vector<std::string> flows_, agents_, pools_;
  double expected_ = 0;
};

Result<std::string> read_text(const std::filesystem::path& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed) return Error{"day.file", "cannot be read: " + failed.message()};
  if (size > kFileBytesMax) return Error{"day.file", "is larger than 64 MiB"};
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{"day.file", "cannot be read"};
  return text.str();
}

}  // namespace

DayFileOutcome parse_day(const ConfigSource& source, const Config& house,
                         const ReadBeside& beside) {
  DayFileOutcome out;
  const Value root = config::parse_toml(source, out.errors);
  if (!out.errors.empty()) return out;
  config::check_against_schema(root, day_sections(), out.errors);
  Extractor(house, beside, out).take(root);
  std::stable_sort(out.errors.begin(), out.errors.end(), [](const auto& a, const auto& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  return out;
}

DayFileOutcome load_day(const std::filesystem::path& path, const Config& house) {
  const auto text = read_text(path);
  if (!text) {
    DayFileOutcome out;
    out.errors.push_back({{path.string(), 0, 0}, text.error().text, ""});
    return out;
  }
  DayFileOutcome out =
      parse_day({path.string(), *text}, house, [&](const std::string& name) -> Result<std::string> {
        auto beside = read_text(path.parent_path() / name);
        if (!beside) return Error{beside.error().code, "'" + name + "' " + beside.error().text};
        return beside;
      });
  if (out.day.title.empty()) out.day.title = path.stem().string();
  return out;
}

std::string day_reference() {
  std::string out = "# A workday for `convene simulate`: every key, its default, and why.\n";
  for (const config::Section& section : day_sections()) {
    std::string name(section.path);
    if (section.named()) name = std::string(section.top()) + ".NAME";
    out += "\n# " + std::string(section.what) + "\n[" + name + "]\n";
    for (const config::Key& key : section.keys) {
      std::string why(key.why);
      if (!key.choices.empty()) why += " " + std::string(key.choices);
      out += "# " + why + "\n";
      const bool has_default = !key.fallback.empty();
      out += has_default || key.optional ? "# " : "";
      out += std::string(key.name) + " = " + std::string(has_default ? key.fallback : key.example) +
             "\n";
    }
  }
  return out;
}

}  // namespace convene::app
