// The interface of all strategies: takes executed pending transactions in execution order and
// returns candidates.
#pragma once

#include <memory>

#include "components/search/candidate.hpp"
#include "components/search/unsized_swaps.hpp"

namespace viz::search {

// A pending transaction executed on the head, with nothing before it.
struct Observed {
    Pending pending;
    bool succeeded{};
    std::vector<TouchedPool> pools;
    UnsizedSwaps unsized;
};

class BoundMemo;

struct SearchInput {
    Trial& trial; // on the head's state
    PoolView& pools;
    std::span<const BaseToken> bases;
    std::span<const Observed> observed;
    // The number of leading transactions that were already searched on this state: their
    // opportunities without the others are known.
    std::size_t known{0};
    BoundMemo* bounds{nullptr}; // cache of victims' bounds on this state; may be null

    bool is_new(const Observed& one) const { return &one >= observed.data() + known; }
};

class Strategy {
  public:
    Strategy() = default;
    Strategy(const Strategy&) = default;
    Strategy& operator=(const Strategy&) = default;
    virtual ~Strategy() = default;
    virtual std::string_view name() const = 0;
    // Increases whenever the same input may give a different result.
    virtual std::uint32_t version() const = 0;
    // Returns executed candidates. Leaves the trial's state unchanged.
    virtual std::vector<Candidate> search(const SearchInput& input) const = 0;
};

// Executes a pending transaction on the head and reports what it touched.
Observed observe(Trial& trial, PoolView& pools, const Pending& pending);

const BaseToken* find_base(std::span<const BaseToken> bases, const eth::Address& token);
evm::SwapLeg leg_of(const Pool& pool, bool zero_for_one, const U256& amount_in);

} // namespace viz::search
