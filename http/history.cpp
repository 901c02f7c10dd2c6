#include "http/history.hpp"

#include <algorithm>

namespace viz::http {

namespace {
constexpr std::size_t kBatch = 5000;
}

void History::walk(std::uint64_t after, std::uint64_t last,
                   const std::function<void(const bus::PendingStep&)>& visit) {
    while (after < last) {
        const auto batch = events({.after = after,
                                   .types = {},
                                   .chain_id = {},
                                   .limit = std::min<std::size_t>(kBatch, last - after)});
        if (batch.empty()) return;
        for (const auto& event : batch) {
            if (event.seq_id > last) return;
            visit(bus::step_of(event));
        }
        after = batch.back().seq_id;
    }
}

PendingStart History::pending_before(std::uint64_t) {
    return {};
}

std::vector<bus::PendingPoint> History::points(std::uint64_t, std::uint64_t) {
    return {};
}

} // namespace viz::http
