// Records the calls of a transaction as a tree: caller, callee, input and outcome. Attach it as the
// machine's observer before a run; one tree holds one run.
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
    eth::Address from; // account whose storage the caller uses
    eth::Address to;   // account whose code runs, or the account created
    eth::Address
        storage;        // account whose storage the call uses: `from` for CALLCODE and DELEGATECALL
    eth::Wei value;     // the CALLVALUE that the callee sees
    eth::Bytes input;   // or initcode; truncated at the limit
    eth::Bytes output;  // truncated at the limit; for a creation, the code
    std::int64_t gas{}; // gas passed to the call
    std::int64_t gas_used{};
    Status status{}; // an abort (is_abort) ends all open calls
};

// Omits calls that the EVM does not execute: beyond depth 1024, or with insufficient balance.
class CallTree : public CallObserver {
  public:
    struct Limits {
        std::size_t calls{10'000}; // further calls are omitted and `truncated` is set
        std::size_t bytes{1024};   // per input and output
    };
    CallTree() = default;
    explicit CallTree(Limits limits) : limits_(limits) {}

    void enter(const Message& message, std::uint32_t depth) override;
    void leave(Status status, std::int64_t gas_left, eth::BytesView output) override;

    // In order of execution start: a parent precedes its children.
    const std::vector<TracedCall>& calls() const { return calls_; }
    bool truncated() const { return truncated_; }
    void clear();

  private:
    Limits limits_;
    std::vector<TracedCall> calls_;
    std::vector<std::uint32_t> open_; // kNone for an omitted call
    bool truncated_{};
};

} // namespace viz::evm
