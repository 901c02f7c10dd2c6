// A tracer that ends a transaction after so many instructions, for who must bound time as well as
// gas: the result is then Status::step_budget, and nothing is known of how it ends on chain.
#pragma once

#include "components/evm/transaction_run.hpp"

namespace viz::evm {

class StepBudget {
  public:
    static constexpr bool enabled = true;

    // Instructions of all frames of all transactions run with it.
    explicit StepBudget(std::uint64_t steps) : left_(steps) {}
    std::uint64_t left() const { return left_; }

    bool step(const Frame&, const std::uint8_t*, const U256*, std::int64_t, std::uint32_t) {
        if (left_ == 0) return false;
        --left_;
        return true;
    }

  private:
    std::uint64_t left_;
};

} // namespace viz::evm
