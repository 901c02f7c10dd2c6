// The one interface of all strategies: pending transactions in the order in which they would run,
// each as it went when executed, and what became of it as candidates.
#pragma once

#include <memory>

#include "components/search/candidate.hpp"
#include "components/search/unsized_swaps.hpp"

namespace viz::search {

// A pending transaction that ran on the head: what it did when nothing came before it.
struct Observed {
    Pending pending;
    bool succeeded{};
    std::vector<TouchedPool> pools;
    UnsizedSwaps unsized;
};

class BoundMemo;

struct SearchInput {
    Trial& trial; // as the head's state
    PoolView& pools;
    std::span<const BaseToken> bases;
    std::span<const Observed> observed;
    // The first so many of them have been searched before, on this state: what they make possible
    // without any of the others is known.
    std::size_t known{0};
    BoundMemo* bounds{nullptr}; // of victims on this state, where they are remembered

    bool is_new(const Observed& one) const { return &one >= observed.data() + known; }
};

class Strategy {
  public:
    Strategy() = default;
    Strategy(const Strategy&) = default;
    Strategy& operator=(const Strategy&) = default;
    virtual ~Strategy() = default;
    virtual std::string_view name() const = 0;
    // Raised whenever the same input may give another answer.
    virtual std::uint32_t version() const = 0;
    // Candidates that were executed. The trial's state is as before afterwards.
    virtual std::vector<Candidate> search(const SearchInput& input) const = 0;
};

// Executes a pending transaction on the head and says what it touched.
Observed observe(Trial& trial, PoolView& pools, const Pending& pending);

const BaseToken* find_base(std::span<const BaseToken> bases, const eth::Address& token);
evm::SwapLeg leg_of(const Pool& pool, bool zero_for_one, const U256& amount_in);

} // namespace viz::search
