// core/sim/law.hpp - how long something takes, as a law of chance: fixed, exponential, lognormal...
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"
#include "core/model/time.hpp"
#include "core/sim/random.hpp"

namespace convene::sim {

/// A distribution of durations of zero and more. Copies share their samples.
class Law {
 public:
  enum class Kind : std::uint8_t { fixed, uniform, exponential, lognormal, samples, endless };

  Law() = default;  ///< At once.
  static Law fixed(Duration value);
  static Law uniform(Duration least, Duration most);
  static Law exponential(Duration mean);
  /// By the mean and standard deviation of the durations themselves, not of their logarithms.
  static Law lognormal(Duration mean, Duration deviation);
  /// One of these, each as likely as any other. Not empty.
  static Law samples(std::vector<Duration> values);
  static Law endless();

  /// "5m", "fixed 5m", "uniform 1m 9m", "exponential 5m", "lognormal 5m 3m" (mean, deviation),
  /// "endless". Errors say what is allowed.
  static Result<Law> parse(std::string_view text);

  /// Takes two numbers from `random` whatever the law, so that another law does not change others.
  Duration draw(Random& random) const;
  Duration mean() const;
  Kind kind() const { return kind_; }

 private:
  Kind kind_ = Kind::fixed;
  double a_ = 0;  ///< Least, or mean in ms, or mean of the logarithm.
  double b_ = 0;  ///< Most, or deviation of the logarithm.
  std::shared_ptr<const std::vector<Duration>> samples_;
};

/// From 0 to just below 1, in steps of 2^-53.
inline double unit(Random& random) { return static_cast<double>(random.next() >> 11) * 0x1.0p-53; }

}  // namespace convene::sim
