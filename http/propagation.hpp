// By how much one source tells of a transaction before another: measured first-seen differences,
// without those found in a pool at connect (their time says nothing).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bus/messages.hpp"

namespace viz::http {

struct PropagationEdge {
    std::string source;      // told first
    std::string destination; // told later
    double p50_delay_ms{};
    double p99_delay_ms{};
    std::uint64_t samples{}; // since start; the percentiles are of the newest kSamples
};

class Propagation {
  public:
    static constexpr std::size_t kSamples = 4096;
    static constexpr std::size_t kMaxEdges = 256;

    // `window`: of how many transactions the first telling is remembered.
    explicit Propagation(std::size_t window = 32768) : window_(window) {}

    void apply(const bus::Envelope& seen, const bus::TxSeen& data);

    // Most samples first.
    std::vector<PropagationEdge> edges() const;
    std::size_t edge_count() const { return edges_.size(); }

  private:
    struct First {
        std::string source;
        bus::MonoNs at;
    };
    struct Edge {
        std::vector<std::int64_t> delays_ns; // a ring
        std::uint64_t samples{};
    };

    std::size_t window_;
    std::unordered_map<bus::Hash, First> first_;
    std::deque<bus::Hash> order_;
    std::map<std::pair<std::string, std::string>, Edge> edges_;
};

} // namespace viz::http
