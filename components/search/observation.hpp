// Executing pending transactions on a head whose state is not all here, each by itself and within
// bounds of its own, so that none keeps the others from being observed. What they miss is fetched
// together, those that miss least first.
#pragma once

#include <utility>

#include "components/search/mempool.hpp"
#include "components/search/strategy.hpp"
#include "components/state/chain_view.hpp"

namespace viz::search {

// What a search runs on.
struct SearchContext {
    const state::ViewedHead& head;
    evm::CodeCache& codes;
    state::StateSource& source; // of what is missing
    evm::RunGuard* guard{};     // ends the search from outside; null: nothing does
};

struct ObservationLimits {
    state::RoundLimits each{state::kTransactionLimits};
    std::size_t sender_requests{4'096}; // of all transactions of one sender
    std::size_t all_requests{16'384};
    std::size_t round_requests{1'024};
    // An execution that is longer waits until all others are done; then it may take `most_steps`.
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
    bool lasting{}; // its own doing
};

struct Observation {
    // `complete` where each call was observed or set aside.
    state::Rounds rounds;
    std::vector<Observed> observed; // in the order of the calls
    std::vector<SetAsideCall> set_aside;
};

Observation observe_all(const SearchContext& context, PoolView& pools,
                        std::span<const PooledCall* const> calls, const ObservationLimits& limits);

} // namespace viz::search
