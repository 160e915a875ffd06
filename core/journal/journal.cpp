// core/journal/journal.cpp - items into frames, frames into files, files out of the way when they
// are old.
#include "core/journal/journal.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "core/journal/digest.hpp"

namespace convene::journal {
namespace {

namespace fs = std::filesystem;

/// A batch that has grown beyond goes over several frames.
constexpr std::size_t kBufferMax = 1u << 20;

/// "20261123T000512.123Z": sorts as time does.
std::string stamp(Time wall) {
  const std::time_t seconds = static_cast<std::time_t>(to_ms(wall) / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t n = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%S", &parts);
  std::snprintf(text.data() + n, text.size() - n, ".%03dZ", static_cast<int>(to_ms(wall) % 1000));
  return text.data();
}

std::string file_name(const std::string& run, std::uint32_t number) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "-%04u", number);
  return run + digits.data() + ".journal";
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
  std::error_code failed;
  fs::create_directories(options.folder, failed);
  if (!failed) fs::permissions(options.folder, fs::perms::owner_all, failed);
  if (failed) {
    return Error{"journal.folder",
                 "The folder of the journal " + options.folder.string() +
                     " cannot be made: " + failed.message() +
                     ". Let the node write there, or set journal.enabled to false."};
  }
  auto seal = store::Seal::open(options.key_file);
  if (!seal) return seal.error();
  return std::unique_ptr<Journal>(new Journal(std::move(options), std::move(*seal)));
}

Journal::Journal(JournalOptions options, store::Seal seal)
    : options_(std::move(options)),
      seal_(std::move(seal)),
      taps_({[this](Asked&& asked) {
               if (file_) append(std::move(asked), buffer_);
             },
             [this](std::int32_t status) {
               if (file_) append(Stepped{status}, buffer_);
             }}) {}

Journal::~Journal() { flush(); }

EngineSettings Journal::tapped(EngineSettings settings) { return taps_.wrap(std::move(settings)); }

void Journal::made(Time now, const EngineSettings& settings, const Snapshot& snapshot) {
  flush();
  now_ = now;
  settings_ = settings_of(settings, plugins_);
  number_ = 0;
  peers_.clear();
  desks_.clear();
  // Two engines of one millisecond, or a clock that was set back, must not share a name.
  for (Time at = now + offset_;; at += Duration{1}) {
    run_ = stamp(at);
    if (!fs::exists(options_.folder / file_name(run_, 1))) break;
  }
  begin_file();
  if (file_) append(Made{now, settings_, snapshot}, buffer_);
  flush();
}

void Journal::applies(Time now, const Input& input) {
  if (is_whole_) flush();
  now_ = now;
  remember(input);
  if (!file_) return;
  append_applied(now, input, buffer_);
  if (buffer_.size() > kBufferMax) flush();
}

void Journal::committed(const Engine& engine, std::span<const Change> changes,
                        std::span<const Output> messages) {
  if (!file_) return;
  Digest digest;
  for (const Change& change : changes) digest.put(change);
  for (const Output& message : messages) digest.put(message);
  append(Committed{digest.value()}, buffer_);
  is_whole_ = true;
  if (file_->size() + buffer_.size() <= options_.file_bytes && day() == file_day_) return;
  flush();
  if (file_) go_on(engine);
}

/// Until then whoever is let in by the batch would wait for the file.
void Journal::sent() {
  if (is_whole_) flush();
}

void Journal::dropped(Time now, const Error& why) {
  if (!file_) return;
  append(Dropped{now, why.code}, buffer_);
  flush();
}

void Journal::reconfigured(const EngineSettings& settings) {
  settings_ = settings_of(settings, plugins_);
  if (!file_) return;
  append(Reconfigured{settings_}, buffer_);
  flush();
}

void Journal::mark(const PluginMark& mark) {
  note(mark, plugins_);
  note(mark, settings_.plugins);
  if (!file_) return;
  append(mark, buffer_);
  flush();
}

/// Who begins to read here, because the files before are gone, finds the engine as it is.
void Journal::go_on(const Engine& engine) {
  begin_file();
  if (!file_) return;
  Middle middle{{now_, settings_, engine.snapshot()}, {}};
  if (offset_ != Duration{0}) middle.primers.emplace_back(input::ClockStep{offset_});
  for (const auto& [id, peer] : peers_) middle.primers.emplace_back(peer);
  for (const auto& [agent, attach] : desks_) middle.primers.emplace_back(attach);
  for (const Leg& leg : middle.engine.snapshot.legs) {
    if (const auto report = as_reported(leg)) middle.primers.emplace_back(*report);
  }
  append(std::move(middle), buffer_);
  flush();
}

/// What the leg's proxy said last, said again: an engine made of a snapshot gives up legs of which
/// nobody speaks.
std::optional<input::LegReport> Journal::as_reported(const Leg& leg) const {
  const auto proxy = std::find_if(peers_.begin(), peers_.end(), [&](const auto& known) {
    return known.second.name == leg.proxy;
  });
  if (!is_live(leg.state) || leg.received == 0 || proxy == peers_.end()) return std::nullopt;
  return input::LegReport{.peer = proxy->first,
                          .leg = leg.id,
                          .seq = leg.received,
                          .ack = leg.sent,
                          .epoch = leg.epoch,
                          .state = leg.state,
                          .channels = leg.channels};
}

void Journal::remember(const Input& input) {
  if (const auto* up = std::get_if<input::PeerUp>(&input)) {
    std::erase_if(peers_, [&](const auto& known) { return known.second.name == up->name; });
    peers_[up->peer] = *up;
  } else if (const auto* down = std::get_if<input::PeerDown>(&input)) {
    peers_.erase(down->peer);
    std::erase_if(desks_, [&](const auto& desk) { return desk.second.peer == down->peer; });
  } else if (const auto* attach = std::get_if<input::Attach>(&input)) {
    desks_[attach->agent] = *attach;
  } else if (const auto* detach = std::get_if<input::Detach>(&input)) {
    desks_.erase(detach->agent);
  } else if (const auto* step = std::get_if<input::ClockStep>(&input)) {
    offset_ = step->offset;
  }
}

void Journal::begin_file() {
  file_.reset();
  buffer_.clear();
  remove_old();
  auto file = FileWriter::create(options_.folder / file_name(run_, ++number_));
  if (!file) return fail(file.error());
  file_ = std::move(*file);
  file_day_ = day();
  ++counters_.files;
  append(Head{options_.program, options_.node, run_, number_, now_}, buffer_);
}

void Journal::flush() {
  is_whole_ = false;
  if (!file_ || buffer_.empty()) return;
  const std::uint64_t before = file_->size();
  const Status written = file_->append(buffer_, seal_);
  buffer_.clear();
  if (!written) return fail(written.error());
  ++counters_.frames;
  counters_.bytes += file_->size() - before;
}

void Journal::fail(const Error& error) {
  file_.reset();
  buffer_.clear();
  if (options_.log) {
    options_.log(3, "journal.stopped",
                 "why=\"" + error.text + "\" folder=" + options_.folder.string());
  }
}

/// A run's files go one by one: what is left can still be read, from a later place on.
void Journal::remove_old() const {
  const auto oldest =
      fs::file_time_type::clock::now() - std::chrono::hours(24) * options_.keep_days;
  std::error_code failed;
  std::uint64_t removed = 0;
  for (const auto& entry : fs::directory_iterator(options_.folder, failed)) {
    if (entry.path().extension() != ".journal") continue;
    std::error_code gone;
    const auto written = entry.last_write_time(gone);
    if (!gone && written < oldest && fs::remove(entry.path(), gone)) ++removed;
  }
  if (removed > 0 && options_.log)
    options_.log(1, "journal.removed", "files=" + std::to_string(removed));
}

JournalCounters Journal::counters() const {
  JournalCounters out = counters_;
  out.writing = file_.has_value();
  return out;
}

}  // namespace convene::journal
