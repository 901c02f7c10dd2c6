// A tracer that ends a transaction after a number of instructions or when its run is interrupted,
// for callers that must bound time as well as gas. The result is Status::step_budget; the outcome
// on chain is then unknown.
#pragma once

#include "components/evm/run_guard.hpp"
#include "components/evm/transaction_run.hpp"

namespace viz::evm {

class StepBudget {
  public:
    static constexpr bool enabled = true;

    // Counts the instructions of all frames of all transactions that run with this tracer. The
    // guard must outlive the budget.
    explicit StepBudget(std::uint64_t steps, RunGuard* guard = nullptr)
        : left_(guard != nullptr && guard->check() != Interrupt::none ? 0 : steps), guard_(guard) {}
    std::uint64_t left() const { return left_; }

    bool step(const Frame&, const std::uint8_t*, const U256*, std::int64_t gas, std::uint32_t) {
        if (left_ == 0) return false;
        --left_;
        if (guard_ == nullptr) return true;
        // Large gas steps come from calls and expensive instructions and trigger an extra check: a
        // precompiled contract may take as long as a million other instructions.
        const auto spent = checked_gas_ > gas ? checked_gas_ - gas : gas - checked_gas_;
        if (--until_check_ != 0 && spent < kGasPerCheck) return true;
        until_check_ = kStepsPerCheck;
        checked_gas_ = gas;
        if (guard_->check() == Interrupt::none) return true;
        left_ = 0;
        return false;
    }

  private:
    static constexpr std::uint32_t kStepsPerCheck = 1024; // about 5 us
    static constexpr std::int64_t kGasPerCheck = 50'000;

    std::uint64_t left_;
    RunGuard* guard_;
    std::uint32_t until_check_{kStepsPerCheck};
    std::int64_t checked_gas_{};
};

} // namespace viz::evm
