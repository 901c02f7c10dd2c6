#include "bus/stream_stats.hpp"

#include <string>

namespace viz::bus {

namespace {
Metrics::Labels labels(const StreamSpec& spec) {
    return {{"stream", std::string(spec.name)}};
}
} // namespace

StreamStats::StreamStats(Metrics& metrics, const StreamSpec& spec)
    : each_to_one_(spec.pattern == Pattern::push_pull),
      messages_(metrics.counter("bus_messages_total", "Messages sent.", labels(spec))),
      drops_(metrics.counter("bus_drops_total", "Messages not sent because the queue was full.",
                             labels(spec))),
      refused_(metrics.counter("bus_refused_total",
                               "Messages refused by the receiver: schema version or content.",
                               labels(spec))),
      hop_seconds_(metrics.histogram("bus_hop_seconds",
                                     "Time from a producer's stamp to a receiver in this process, "
                                     "sampled; includes queueing and other processes.",
                                     labels(spec))) {}

} // namespace viz::bus
