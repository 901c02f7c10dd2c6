// Parses a relay's answer to a bundle. The answer is untrusted input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace viz::builder {

// A connection carries one request at a time, so all requests use the same id.
inline constexpr std::uint64_t kRelayRequestId = 1;

enum class Verdict : std::uint8_t {
    accepted,  // the bundle ran, and every required transaction succeeded
    rejected,  // the relay rejects it, or a required transaction failed
    malformed, // not a valid answer to the request
};

struct RelayAnswer {
    Verdict verdict{Verdict::malformed};
    std::string reason; // why it is not accepted; at most kMostReason bytes

    static constexpr std::size_t kMostReason = 200;
};

// `body` is the reply to relay_request(). eth_callBundle returns {"results":[…]} with an `error` or
// `revert` for a failed transaction; mev_simBundle returns {"success", "error" or "execError"};
// both can return a JSON-RPC error. `may_revert` lists the transactions that may fail, as 0x…
// hashes.
RelayAnswer parse_relay_answer(std::string_view body, const std::vector<std::string>& may_revert);

} // namespace viz::builder
