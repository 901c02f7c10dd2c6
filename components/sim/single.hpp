// One transaction by itself, on the state of the head, in the environment of the next block.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "components/evm/transaction.hpp"
#include "components/sim/fail_category.hpp"
#include "components/state/rounds.hpp"

namespace viz::sim {

struct SingleLimits {
    state::RoundLimits rounds{state::kTransactionLimits};
    std::uint64_t steps{50'000'000}; // instructions of one run
};

struct Single {
    std::optional<FailCategory> failed;
    std::string reason; // for people; empty on success
    // Transactions of the sender that come before it are not in: it was run as if they were,
    // without what they do.
    bool nonce_ahead{};
    evm::TransactionResult result;
    state::Rounds rounds;
};

// `guard` ends it from outside: a timeout, with the reason for it.
Single simulate_single(state::HeadState& head, evm::CodeCache& codes, state::StateSource& source,
                       const evm::Rules& rules, const evm::BlockEnvironment& next,
                       const eth::Transaction& tx, const eth::Address& sender,
                       const SingleLimits& limits = {}, evm::RunGuard* guard = nullptr);

// What may make it end otherwise in the block: "nonce_ahead", "reads_coinbase", "reads_prevrandao",
// "reads_timestamp".
std::vector<std::string> flags_of(const Single& single);

} // namespace viz::sim
