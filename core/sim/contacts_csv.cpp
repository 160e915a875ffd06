// core/sim/contacts_csv.cpp - RFC 4180 cells, and what they mean here.
#include "core/sim/contacts_csv.hpp"

#include <charconv>
#include <cmath>

#include "convene/duration.hpp"
#include "convene/json.hpp"

namespace convene::sim {
namespace {

constexpr std::size_t kLinesMost = 1'000'000;
constexpr std::size_t kCellMost = 64 * 1024;

/// Takes a file apart, one record at a time; a quoted cell may hold line ends.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  /// The next record that is not blank; false at the end, or where `error` is set.
  bool next(std::vector<std::string>& cells) {
    while (at_ < text_.size()) {
      line_ = lines_ + 1;
      if (!record(cells)) return false;
      if (cells.size() > 1 || !cells[0].empty()) return true;
    }
    return false;
  }
  std::size_t line() const { return line_; }
  std::optional<CsvError> error;

 private:
  bool record(std::vector<std::string>& cells) {
    cells.assign(1, {});
    bool quoted = false, was_quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      std::string& cell = cells.back();
      if (c == '\n') ++lines_;
      if (quoted) {
        if (c != '"') {
          cell += c;
        } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          cell += c;
          ++at_;
        } else {
          quoted = false;
        }
      } else if (c == '"' && cell.empty() && !was_quoted) {
        quoted = was_quoted = true;
      } else if (c == ',') {
        if (cells.size() >= 64) return fail("has more than 64 cells");
        cells.emplace_back();
        was_quoted = false;
      } else if (c == '\n') {
        ++at_;
        return true;
      } else if (c != '\r') {
        if (was_quoted) return fail("has text behind a closing quote");
        cell += c;
      }
      if (cells.back().size() > kCellMost) return fail("has a cell of more than 64 KiB");
    }
    if (quoted) return fail("has a quote that is never closed");
    ++lines_;
    return true;
  }
  bool fail(const char* what) {
    error = CsvError{line_, what};
    at_ = text_.size();
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t lines_ = 0;
  std::size_t line_ = 0;
};

/// What a column holds.
enum class Column { arrival, flow, handle, patience, context, booked, due, agent };
constexpr std::string_view kColumns[] = {"arrival", "flow",   "handle", "patience",
                                         "context", "booked", "due",    "agent"};

/// Sets one field; what is wrong with the text, or nothing.
std::string set(DayContact& c, Column column, const std::string& cell) {
  if (cell.empty() && column != Column::arrival && column != Column::flow) return {};
  const auto time = [&](auto& target) -> std::string {
    const auto read = parse_time_of_day(cell);
    if (!read) return "'" + cell.substr(0, 32) + "' is no time of day such as 08:30:15";
    target = *read;
    return {};
  };
  const auto span = [&](Duration& target) -> std::string {
    const auto read = parse_time_span(cell);
    if (!read) return "'" + cell.substr(0, 32) + "' is no duration such as 5m, or seconds";
    target = *read;
    return {};
  };
  switch (column) {
    case Column::arrival:
      return time(c.arrival);
    case Column::flow:
      c.flow = cell;
      return cell.empty() ? "has no flow" : "";
    case Column::handle:
      return span(c.handle);
    case Column::patience:
      if (cell == "endless") return {};
      return span(c.patience);
    case Column::context: {
      const json::Parsed read = json::parse(cell);
      if (!read || read.value->as_object() == nullptr)
        return "has a context that is no JSON object";
      c.context = cell;
      return {};
    }
    case Column::booked:
      return time(c.booked);
    case Column::due:
      return time(c.due);
    case Column::agent:
      c.agent = cell;
      return {};
  }
  return {};
}

}  // namespace

std::optional<Duration> parse_time_of_day(std::string_view text) {
  std::int64_t part[3] = {0, 0, 0};
  std::size_t parts = 0;
  std::int64_t ms = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  for (; parts < 3; ++parts) {
    if (at == end || *at < '0' || *at > '9') return std::nullopt;
    const auto read = std::from_chars(at, end, part[parts]);
    if (read.ec != std::errc{} || read.ptr - at > 2) return std::nullopt;
    at = read.ptr;
    if (at == end || *at != ':') {
      ++parts;
      break;
    }
    if (parts < 2) ++at;
  }
  if (parts == 3 && at != end && *at == '.') {
    ++at;
    if (at == end || end - at > 3) return std::nullopt;
    for (std::int64_t digit = 100; at != end; ++at, digit /= 10) {
      if (*at < '0' || *at > '9') return std::nullopt;
      ms += (*at - '0') * digit;
    }
  }
  if (at != end || parts < 2 || part[0] > 47 || part[1] > 59 || part[2] > 59) return std::nullopt;
  return Duration{((part[0] * 60 + part[1]) * 60 + part[2]) * 1000 + ms};
}

std::optional<Duration> parse_time_span(std::string_view text) {
  if (const auto ms = parse_duration_ms(text)) {
    return *ms <= kEndless.count() ? std::optional(Duration{*ms}) : std::nullopt;
  }
  double seconds = 0;
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  if (!(seconds >= 0 && seconds <= 31'536'000)) return std::nullopt;
  return Duration{std::llround(seconds * 1000)};
}

ContactsCsv read_contacts_csv(std::string_view text) {
  ContactsCsv out;
  Reader reader(text);
  std::vector<std::string> cells;
  std::vector<Column> columns;
  if (reader.next(cells)) {
    for (const std::string& cell : cells) {
      const auto known = std::find(std::begin(kColumns), std::end(kColumns), cell);
      const auto column = static_cast<Column>(known - std::begin(kColumns));
      const bool twice = std::find(columns.begin(), columns.end(), column) != columns.end();
      if (known == std::end(kColumns) || twice) {
        out.error = CsvError{reader.line(), "'" + cell.substr(0, 32) +
                                                (twice ? "' is a column twice"
                                                       : "' is no column: known are arrival, flow, "
                                                         "handle, patience, context, booked, due, "
                                                         "agent")};
        return out;
      }
      columns.push_back(column);
    }
  }
  for (const Column needed : {Column::arrival, Column::flow, Column::handle}) {
    if (reader.error || std::find(columns.begin(), columns.end(), needed) != columns.end())
      continue;
    const std::string name(kColumns[static_cast<std::size_t>(needed)]);
    out.error = CsvError{1, "the first line names no column '" + name + "'"};
    return out;
  }
  while (reader.next(cells)) {
    DayContact c;
    std::string wrong =
        cells.size() != columns.size() ? "has not as many cells as the first line" : "";
    for (std::size_t i = 0; wrong.empty() && i < cells.size(); ++i) {
      wrong = set(c, columns[i], cells[i]);
    }
    if (wrong.empty() && (c.due || !c.agent.empty()) && !c.booked) c.booked = Duration{0};
    if (wrong.empty() && out.contacts.size() >= kLinesMost) wrong = "is beyond a million lines";
    if (!wrong.empty()) {
      out.error = CsvError{reader.line(), wrong};
      return out;
    }
    out.contacts.push_back(std::move(c));
  }
  out.error = reader.error;
  return out;
}

DurationsCsv read_durations_csv(std::string_view text) {
  DurationsCsv out;
  Reader reader(text);
  std::vector<std::string> cells;
  for (bool first = true; reader.next(cells); first = false) {
    const auto read = parse_time_span(cells[0]);
    if (!read && first) continue;
    if (!read || out.durations.size() >= kLinesMost) {
      out.error = CsvError{reader.line(), read ? "is beyond a million lines"
                                               : "'" + cells[0].substr(0, 32) +
                                                     "' is no duration such as 5m, or seconds"};
      return out;
    }
    out.durations.push_back(*read);
  }
  out.error = reader.error;
  if (!out.error && out.durations.empty()) out.error = CsvError{1, "holds no duration"};
  return out;
}

}  // namespace convene::sim
