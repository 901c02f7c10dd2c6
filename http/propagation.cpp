#include "http/propagation.hpp"

#include <algorithm>

namespace viz::http {

namespace {

// The value that `percent` of the samples do not exceed.
double percentile_ms(std::vector<std::int64_t>& ns, std::size_t percent) {
    const auto rank = (ns.size() * percent + 99) / 100;
    const auto at = ns.begin() + static_cast<std::ptrdiff_t>(rank == 0 ? 0 : rank - 1);
    std::nth_element(ns.begin(), at, ns.end());
    return static_cast<double>(*at) / 1e6;
}

} // namespace

void Propagation::apply(const bus::Envelope& seen, const bus::TxSeen& data) {
    if (data.backfilled) return;
    const auto [found, made] =
        first_.try_emplace(data.hash, First{seen.source_id, seen.ingest_ts_mono_ns});
    if (made) {
        order_.push_back(data.hash);
        if (order_.size() > window_) {
            first_.erase(order_.front());
            order_.pop_front();
        }
        return;
    }
    if (found->second.source == seen.source_id) return;
    // Records of two sources may be written in either order: the earlier time is the first.
    First later{seen.source_id, seen.ingest_ts_mono_ns};
    const bool swapped = later.at < found->second.at;
    auto& earlier = found->second;
    const auto delay =
        swapped ? earlier.at.value - later.at.value : later.at.value - earlier.at.value;
    Names names{earlier.source, later.source};
    if (swapped) {
        std::swap(names.first, names.second);
        std::swap(earlier, later);
    }
    if (edges_.size() >= kMaxEdges && !edges_.contains(names)) return;
    auto& edge = edges_[names];
    if (!edge.names) edge.names = std::make_shared<const Names>(std::move(names));
    edge.delays_ns.push(delay);
}

Propagation::View Propagation::view() const {
    View view;
    view.edges_.reserve(edges_.size());
    for (const auto& [names, edge] : edges_)
        view.edges_.push_back({edge.names, edge.delays_ns.view()});
    return view;
}

std::vector<PropagationEdge> Propagation::View::edges() const {
    std::vector<PropagationEdge> out;
    std::vector<std::int64_t> delays;
    for (const auto& edge : edges_) {
        delays.clear();
        edge.delays_ns.newest_first([&](std::int64_t delay) {
            delays.push_back(delay);
            return true;
        });
        out.push_back({.source = edge.names->first,
                       .destination = edge.names->second,
                       .p50_delay_ms = percentile_ms(delays, 50),
                       .p99_delay_ms = percentile_ms(delays, 99),
                       .samples = edge.delays_ns.end()});
    }
    std::ranges::stable_sort(out, std::ranges::greater{}, &PropagationEdge::samples);
    return out;
}

} // namespace viz::http
