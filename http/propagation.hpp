// Propagation delay between sources: measured first-seen differences, without transactions found in
// a pool at connect (their times are not first-seen times).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bus/messages.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

struct PropagationEdge {
    std::string source;      // announced first
    std::string destination; // announced later
    double p50_delay_ms{};
    double p99_delay_ms{};
    std::uint64_t samples{}; // since start; percentiles cover the newest kSamples
};

class Propagation {
  public:
    static constexpr std::size_t kSamples = 4096;
    static constexpr std::size_t kMaxEdges = 256;

    // `window`: the number of transactions whose first announcement is remembered.
    explicit Propagation(std::size_t window = 32768) : window_(window) {}

    void apply(const bus::Envelope& seen, const bus::TxSeen& data);

    class View;
    View view() const;

  private:
    using Names = std::pair<std::string, std::string>;
    struct First {
        std::string source;
        bus::MonoNs at;
    };
    struct Edge {
        std::shared_ptr<const Names> names;
        VersionedLog<std::int64_t> delays_ns{kSamples};
    };

    std::size_t window_;
    std::unordered_map<bus::Hash, First> first_;
    std::deque<bus::Hash> order_;
    std::map<Names, Edge> edges_;
};

// The measurements at one moment; usable on any thread.
class Propagation::View {
  public:
    // Most samples first. Computes the percentiles here, outside any lock.
    std::vector<PropagationEdge> edges() const;
    std::size_t edge_count() const { return edges_.size(); }

  private:
    friend class Propagation;
    struct Edge {
        std::shared_ptr<const Names> names;
        VersionedLog<std::int64_t>::View delays_ns; // its end is the number of samples
    };
    std::vector<Edge> edges_;
};

} // namespace viz::http
