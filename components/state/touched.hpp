// Prefetch requests in JSON-RPC, and their untrusted answers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "components/state/prefetch.hpp"

namespace simdjson::dom {
class element;
}

namespace viz::state {

enum class PrefetchStyle : std::uint8_t {
    prestate,       // debug_traceCall with prestateTracer: one execution
    access_list,    // eth_createAccessList: several, until its list is stable
    block_prestate, // debug_traceBlockByHash with prestateTracer
};

struct TouchedQuestion {
    PrefetchStyle style{};
    std::string method;
    std::string parameters; // of JSON-RPC, without the brackets
};

// For the first calls, on the state of a block: at most 16, with 256 KiB of calldata. Plain
// transfers are skipped: they touch only the accounts they name.
std::vector<TouchedQuestion> questions_about(std::span<const PlannedCall> calls,
                                             PrefetchStyle style, const eth::Hash& block);
// For a block as it was executed.
TouchedQuestion question_about(const eth::Hash& block);

// The `result` as accounts and slots, each once, at most 256 and 1,024 for a call or 4,096 and
// 16,384 for a block; nothing when it has another type.
std::optional<std::vector<evm::Missing>> read_touched(const simdjson::dom::element& result,
                                                      PrefetchStyle style);
// The `error`: method_unknown or refused.
PrefetchResult read_touched_error(const simdjson::dom::element& error);

} // namespace viz::state
