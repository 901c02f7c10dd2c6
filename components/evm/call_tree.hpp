// The calls of a transaction as a tree: who called whom, with what, and how each ended. Attach it
// as the machine's observer before a run; one tree holds one run.
#pragma once

#include <cstdint>
#include <vector>

#include "components/evm/machine.hpp"

namespace viz::evm {

struct TracedCall {
    static constexpr std::uint32_t kNone = UINT32_MAX;

    std::uint32_t parent{kNone}; // index into calls(); kNone for the transaction itself
    std::uint32_t depth{};       // 0 for the transaction itself
    CallKind kind{};
    eth::Address from;    // whose storage the caller works on
    eth::Address to;      // whose code runs, or the account created
    eth::Address storage; // whose storage it works on: `from` for CALLCODE and DELEGATECALL
    eth::Wei value;       // as CALLVALUE shows it
    eth::Bytes input;     // or initcode; cut at the limit
    eth::Bytes output;    // cut at the limit; the code, for a creation
    std::int64_t gas{};   // that it was given
    std::int64_t gas_used{};
    Status status{}; // an abort (is_abort) ends all calls that are open then
};

// Calls that are not made are not in it: beyond depth 1024, or with more value than there is.
class CallTree : public CallObserver {
  public:
    struct Limits {
        std::size_t calls{10'000}; // those beyond are left out, and `truncated` says so
        std::size_t bytes{1024};   // of each input and output
    };
    CallTree() = default;
    explicit CallTree(Limits limits) : limits_(limits) {}

    void enter(const Message& message, std::uint32_t depth) override;
    void leave(Status status, std::int64_t gas_left, eth::BytesView output) override;

    // In the order in which they began: a parent stands before its children.
    const std::vector<TracedCall>& calls() const { return calls_; }
    bool truncated() const { return truncated_; }
    void clear();

  private:
    Limits limits_;
    std::vector<TracedCall> calls_;
    std::vector<std::uint32_t> open_; // kNone for one that is left out
    bool truncated_{};
};

} // namespace viz::evm
