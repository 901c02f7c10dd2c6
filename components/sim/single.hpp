// One transaction by itself, on the state of the head, in the environment of the next block.
#pragma once

#include <string>
#include <string_view>

#include "components/evm/transaction.hpp"
#include "components/state/rounds.hpp"

namespace viz::sim {

// Why a simulation shows no success. The texts are label values of metrics: they do not change.
enum class FailCategory : std::uint8_t {
    none,
    revert, // or an instruction that always fails
    out_of_gas,
    nonce_mismatch,
    insufficient_funds,
    state_mismatch, // the state could not be had
    unsupported_precompile,
    timeout, // more instructions than the budget
    unknown, // anything else that keeps it out of a block
};
inline constexpr std::size_t kFailCategories = 9;
std::string_view to_string(FailCategory category);

struct SingleLimits {
    state::RoundLimits rounds{};
    std::uint64_t steps{50'000'000}; // instructions of one run
};

struct Single {
    FailCategory category{};
    std::string reason; // for people; empty on success
    // Transactions of the sender that come before it are not in: it was run as if they were,
    // without what they do.
    bool nonce_ahead{};
    evm::TransactionResult result;
    state::Rounds rounds;
};

Single simulate_single(state::HeadState& head, evm::CodeCache& codes, state::StateSource& source,
                       const evm::Rules& rules, const evm::BlockEnvironment& next,
                       const eth::Transaction& tx, const eth::Address& sender,
                       const SingleLimits& limits = {});

// What may make it end otherwise in the block: "nonce_ahead", "reads_coinbase", "reads_prevrandao",
// "reads_timestamp".
std::vector<std::string> flags_of(const Single& single);

} // namespace viz::sim
