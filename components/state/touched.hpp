// The questions of a prefetch as JSON-RPC requests, and their answers, which are not trusted.
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

// About the first calls, on the state of a block: at most 16, with 256 KiB of calldata. Of plain
// transfers nothing is asked: they touch who is in them.
std::vector<TouchedQuestion> questions_about(std::span<const PlannedCall> calls,
                                             PrefetchStyle style, const eth::Hash& block);
// About a block as it was executed.
TouchedQuestion question_about(const eth::Hash& block);

// The `result` as accounts and slots, each once and no more of them than of a call (256 and 1,024)
// or a block (4,096 and 16,384) is taken; nothing where it is of another shape.
std::optional<std::vector<evm::Missing>> read_touched(const simdjson::dom::element& result,
                                                      PrefetchStyle style);
// The `error`: method_unknown or refused.
PrefetchResult read_touched_error(const simdjson::dom::element& error);

} // namespace viz::state
