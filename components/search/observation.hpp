// Executes pending transactions on a head whose state is only partly loaded, each by itself and
// within its own bounds, so that none blocks the others. Missing state is fetched together, for the
// transactions with the fewest missing items first.
#pragma once

#include <utility>

#include "components/search/mempool.hpp"
#include "components/search/strategy.hpp"
#include "components/state/chain_view.hpp"

namespace viz::search {

// What a search needs to run.
struct SearchContext {
    const state::ViewedHead& head;
    evm::CodeCache& codes;
    state::StateSource& source; // for missing state
    evm::RunGuard* guard{};     // ends the search from outside; may be null
};

struct ObservationLimits {
    state::RoundLimits each{state::kTransactionLimits};
    std::size_t sender_requests{4'096}; // for all transactions of one sender
    std::size_t all_requests{16'384};
    std::size_t round_requests{1'024};
    // A longer execution waits until all others are done; then it may take `most_steps`.
    std::uint64_t first_steps{500'000};
    std::chrono::milliseconds first_time{20};
    std::uint64_t most_steps{5'000'000};
    std::chrono::milliseconds most_time{200};
    std::uint64_t all_long_steps{40'000'000};
    std::chrono::milliseconds all_long_time{400};
};

struct SetAsideCall {
    eth::Hash hash;
    state::RoundsEnd reason{};
    bool lasting{}; // the transaction itself is the cause
};

struct Observation {
    // `complete` when each call was observed or set aside.
    state::Rounds rounds;
    std::vector<Observed> observed; // in the order of the calls
    std::vector<SetAsideCall> set_aside;
};

Observation observe_all(const SearchContext& context, PoolView& pools,
                        std::span<const PooledCall* const> calls, const ObservationLimits& limits);

} // namespace viz::search
