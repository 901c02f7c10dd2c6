// What transactions will touch, asked of the node along with the first state that a run misses:
// what is found out slot after slot would take a round trip each. What the node says is a list of
// what to fetch, and nothing else of it is believed: values come by fetches of the block's hash.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "components/eth/transaction.hpp"
#include "components/evm/state_reader.hpp"
#include "components/state/head_state.hpp"

namespace viz::state {

// A transaction that is about to be run.
struct PlannedCall {
    const eth::Transaction* tx{}; // outlives the run; never null
    eth::Address sender;
};

// What is about to be run: calls, or a whole block.
struct Plan {
    std::vector<PlannedCall> calls;
    std::optional<eth::Hash> block; // a child of the state's block
};

// What came of one question.
enum class PrefetchResult : std::uint8_t {
    listed,
    method_unknown, // and not asked that way again
    refused,
    malformed,
    unanswered, // or the batch as a whole was not
};
inline constexpr std::size_t kPrefetchResults = 5;
std::string_view to_string(PrefetchResult result);
using PrefetchCounts = std::array<std::uint64_t, kPrefetchResults>;

// Questions and answers of one run in rounds.
struct Prefetch {
    Plan plan;                         // to be asked about; a source empties it once it has
    std::vector<evm::Missing> touched; // as the node said; may be wrong, and is bounded
};

// `missing`, then what of `touched` is neither in it nor known to `state`; `most` in all.
std::vector<evm::Missing> with_touched(const std::vector<evm::Missing>& missing,
                                       const std::vector<evm::Missing>& touched,
                                       const HeadState& state, std::size_t most);

} // namespace viz::state
