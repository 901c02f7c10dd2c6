// Asks the node which state transactions will touch, together with a run's first missing state:
// otherwise each dependent slot takes a round trip. Only the list of keys is used; values are
// fetched by block hash.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "components/eth/transaction.hpp"
#include "components/evm/state_reader.hpp"
#include "components/state/head_state.hpp"

namespace viz::state {

// A transaction about to be executed.
struct PlannedCall {
    const eth::Transaction* tx{}; // must outlive the run; never null
    eth::Address sender;
};

// The planned execution: calls, or a whole block.
struct Plan {
    std::vector<PlannedCall> calls;
    std::optional<eth::Hash> block; // a child of the state's block
};

// The outcome of one request.
enum class PrefetchResult : std::uint8_t {
    listed,
    method_unknown, // this method is not used again
    refused,
    malformed,
    unanswered, // or the whole batch was unanswered
};
inline constexpr std::size_t kPrefetchResults = 5;
std::string_view to_string(PrefetchResult result);
using PrefetchCounts = std::array<std::uint64_t, kPrefetchResults>;

// Requests and answers of one run in rounds.
struct Prefetch {
    Plan plan;                         // to be requested; the source empties it once requested
    std::vector<evm::Missing> touched; // from the node; unverified and bounded
};

// `missing`, then the items of `touched` that are neither in it nor known to `state`; at most
// `most`.
std::vector<evm::Missing> with_touched(const std::vector<evm::Missing>& missing,
                                       const std::vector<evm::Missing>& touched,
                                       const HeadState& state, std::size_t most);

} // namespace viz::state
