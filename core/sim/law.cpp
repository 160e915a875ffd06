// core/sim/law.cpp - durations by chance, from two numbers each.
#include "core/sim/law.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "convene/duration.hpp"

namespace convene::sim {
namespace {

constexpr double kMost = 365.0 * 24 * 3'600'000;

double ms(Duration d) { return static_cast<double>(d.count()); }

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (true) {
    const std::size_t from = text.find_first_not_of(' ');
    if (from == std::string_view::npos) return found;
    const std::size_t to = std::min(text.find(' ', from), text.size());
    found.push_back(text.substr(from, to - from));
    text.remove_prefix(to);
  }
}

Error wrong(std::string_view text) {
  return {"sim.law", "'" + std::string(text.substr(0, 64)) +
                         "' is no law: write \"5m\", \"uniform 1m 9m\", \"exponential 5m\", "
                         "\"lognormal 5m 3m\" (mean, deviation) or \"endless\""};
}

}  // namespace

Law Law::fixed(Duration value) {
  Law law;
  law.a_ = ms(value);
  return law;
}

Law Law::uniform(Duration least, Duration most) {
  Law law;
  law.kind_ = Kind::uniform;
  law.a_ = ms(std::min(least, most));
  law.b_ = ms(std::max(least, most));
  return law;
}

Law Law::exponential(Duration mean) {
  Law law;
  law.kind_ = Kind::exponential;
  law.a_ = ms(mean);
  return law;
}

Law Law::lognormal(Duration mean, Duration deviation) {
  if (mean <= Duration{0}) return {};
  Law law;
  law.kind_ = Kind::lognormal;
  const double ratio = ms(deviation) / ms(mean);
  const double variance = std::log1p(ratio * ratio);
  law.a_ = std::log(ms(mean)) - variance / 2;
  law.b_ = std::sqrt(variance);
  return law;
}

Law Law::samples(std::vector<Duration> values) {
  Law law;
  law.kind_ = Kind::samples;
  law.samples_ = std::make_shared<const std::vector<Duration>>(std::move(values));
  return law;
}

Law Law::endless() {
  Law law;
  law.kind_ = Kind::endless;
  return law;
}

Result<Law> Law::parse(std::string_view text) {
  const std::vector<std::string_view> part = words(text);
  if (part.empty()) return wrong(text);
  if (part.size() == 1 && part[0] == "endless") return endless();
  std::vector<Duration> times;
  const bool bare = parse_duration_ms(part[0]).has_value();
  for (std::size_t i = bare ? 0 : 1; i < part.size(); ++i) {
    const auto time = parse_duration_ms(part[i]);
    if (!time) return wrong(text);
    times.emplace_back(*time);
  }
  if ((bare || part[0] == "fixed") && times.size() == 1) return fixed(times[0]);
  if (part[0] == "exponential" && times.size() == 1) return exponential(times[0]);
  if (part[0] == "uniform" && times.size() == 2 && times[0] <= times[1]) {
    return uniform(times[0], times[1]);
  }
  if (part[0] == "lognormal" && times.size() == 2) return lognormal(times[0], times[1]);
  return wrong(text);
}

Duration Law::draw(Random& random) const {
  const double u = unit(random);
  const double v = unit(random);
  double value = 0;
  switch (kind_) {
    case Kind::fixed:
      value = a_;
      break;
    case Kind::uniform:
      value = a_ + u * (b_ - a_);
      break;
    case Kind::exponential:
      value = -a_ * std::log1p(-u);
      break;
    case Kind::lognormal: {  // Box and Muller (1958)
      const double normal = std::sqrt(-2 * std::log1p(-u)) * std::cos(2 * std::numbers::pi * v);
      value = std::exp(a_ + b_ * normal);
      break;
    }
    case Kind::samples:
      return (*samples_)[static_cast<std::size_t>(u * static_cast<double>(samples_->size()))];
    case Kind::endless:
      value = kMost;
      break;
  }
  return Duration{std::llround(std::clamp(value, 0.0, kMost))};
}

Duration Law::mean() const {
  switch (kind_) {
    case Kind::fixed:
    case Kind::exponential:
      return Duration{std::llround(a_)};
    case Kind::uniform:
      return Duration{std::llround((a_ + b_) / 2)};
    case Kind::lognormal:
      return Duration{std::llround(std::min(std::exp(a_ + b_ * b_ / 2), kMost))};
    case Kind::samples: {
      double sum = 0;
      for (const Duration d : *samples_) sum += ms(d);
      return Duration{std::llround(sum / static_cast<double>(samples_->size()))};
    }
    case Kind::endless:
      break;
  }
  return Duration{std::llround(kMost)};
}

}  // namespace convene::sim
