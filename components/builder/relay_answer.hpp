// What a relay's answer to a bundle says. Anything may come.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace viz::builder {

// One request at a time on a connection: all have the same.
inline constexpr std::uint64_t kRelayRequestId = 1;

enum class Verdict : std::uint8_t {
    accepted,  // it ran to its end, and nothing failed that must not
    rejected,  // the relay refuses it, or a transaction failed
    malformed, // no answer to what was asked
};

struct RelayAnswer {
    Verdict verdict{Verdict::malformed};
    std::string reason; // of what is not accepted; at most kMostReason bytes

    static constexpr std::size_t kMostReason = 200;
};

// `body` of a reply to relay_request(). Of eth_callBundle {"results":[…]} with an `error` or
// `revert` where a transaction failed; of mev_simBundle {"success", "error" or "execError"}; of
// both a JSON-RPC error. `may_revert`: transactions whose failure is of no matter, as 0x… hashes.
RelayAnswer parse_relay_answer(std::string_view body, const std::vector<std::string>& may_revert);

} // namespace viz::builder
