// adapters/web/metrics.cpp - one line per number.
#include "adapters/web/metrics.hpp"

#include <string_view>

namespace convene::web {
namespace {

template <class N>
void line(std::string& out, std::string_view name, std::string_view type,
          const std::atomic<N>& value) {
  out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  out.append(name)
      .append(" ")
      .append(std::to_string(value.load(std::memory_order_relaxed)))
      .append("\n");
}

}  // namespace

std::string Metrics::text() const {
  std::string out = "# TYPE convene_web_responses_total counter\n";
  for (std::size_t i = 1; i < responses.size(); ++i)
    out += "convene_web_responses_total{class=\"" + std::to_string(i) + "xx\"} " +
           std::to_string(responses[i].load(std::memory_order_relaxed)) + "\n";
  line(out, "convene_web_connections", "gauge", connections);
  line(out, "convene_web_sockets", "gauge", sockets);
  line(out, "convene_web_messages_in_total", "counter", messages_in);
  line(out, "convene_web_messages_out_total", "counter", messages_out);
  line(out, "convene_web_refused_total", "counter", refused);
  line(out, "convene_web_identifier_misses_total", "counter", misses);
  line(out, "convene_web_throttled_total", "counter", throttled);
  line(out, "convene_web_sign_in_failures_total", "counter", sign_in_failures);
  line(out, "convene_web_slow_closed_total", "counter", slow_closed);
  line(out, "convene_web_sessions", "gauge", sessions);
  line(out, "convene_web_core_up", "gauge", core_up);
  return out;
}

}  // namespace convene::web
