// tests/day/erlang.hpp - queues whose answers are known: Erlang C and Erlang A.
#pragma once

#include <vector>

namespace convene::sim {

/// What is asked of a queue with `servers`, Poisson arrivals, exponential service and, for Erlang A,
/// exponential patience. Rates are per second.
struct KnownQueue {
  double waits = 0;      ///< Share of customers that find all servers busy.
  double delay = 0;      ///< Mean time in the queue, of everybody, in seconds.
  double abandons = 0;   ///< Share of customers that give up.
  double occupancy = 0;  ///< Share of the servers' time that is taken.
};

/// The stationary birth-death chain of the number in the system; Little's law gives the rest. With
/// `give_up` = 0 this is M/M/c (A. K. Erlang, 1917), else M/M/c+M (C. Palm, 1946).
inline KnownQueue known_queue(int servers, double arrive, double serve, double give_up) {
  constexpr int kStates = 4000;
  std::vector<double> p(kStates);
  p[0] = 1;
  double sum = 1;
  for (int n = 1; n < kStates; ++n) {
    const int busy = n < servers ? n : servers;
    const double leave = busy * serve + (n - busy) * give_up;
    p[n] = p[n - 1] * arrive / leave;
    sum += p[n];
  }
  KnownQueue out;
  double queue = 0, busy = 0;
  for (int n = 0; n < kStates; ++n) {
    const double part = p[n] / sum;
    if (n >= servers) out.waits += part;
    queue += part * (n > servers ? n - servers : 0);
    busy += part * (n < servers ? n : servers);
  }
  out.delay = queue / arrive;
  out.abandons = give_up * queue / arrive;
  out.occupancy = busy / servers;
  return out;
}

}  // namespace convene::sim
