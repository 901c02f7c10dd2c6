// A tracer that ends a transaction after so many instructions, or when its run is interrupted, for
// callers that must bound time as well as gas: the result is then Status::step_budget, and nothing
// is known of how it ends on chain.
#pragma once

#include "components/evm/run_guard.hpp"
#include "components/evm/transaction_run.hpp"

namespace viz::evm {

class StepBudget {
  public:
    static constexpr bool enabled = true;

    // Instructions of all frames of all transactions run with it. The guard outlives the budget.
    explicit StepBudget(std::uint64_t steps, RunGuard* guard = nullptr)
        : left_(guard != nullptr && guard->check() != Interrupt::none ? 0 : steps), guard_(guard) {}
    std::uint64_t left() const { return left_; }

    bool step(const Frame&, const std::uint8_t*, const U256*, std::int64_t gas, std::uint32_t) {
        if (left_ == 0) return false;
        --left_;
        if (guard_ == nullptr) return true;
        // Gas jumps with calls and with expensive instructions, which are worth a look of their
        // own: a precompiled contract may take as long as a million of others.
        const auto spent = checked_gas_ > gas ? checked_gas_ - gas : gas - checked_gas_;
        if (--until_check_ != 0 && spent < kGasPerCheck) return true;
        until_check_ = kStepsPerCheck;
        checked_gas_ = gas;
        if (guard_->check() == Interrupt::none) return true;
        left_ = 0;
        return false;
    }

  private:
    static constexpr std::uint32_t kStepsPerCheck = 1024; // some 5 us
    static constexpr std::int64_t kGasPerCheck = 50'000;

    std::uint64_t left_;
    RunGuard* guard_;
    std::uint32_t until_check_{kStepsPerCheck};
    std::int64_t checked_gas_{};
};

} // namespace viz::evm
