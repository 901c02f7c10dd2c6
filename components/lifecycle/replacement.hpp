// The rule by which nodes' pools replace a transaction by another of the same sender and nonce, and
// the classification of the replacement.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "bus/messages.hpp"
#include "components/lifecycle/config.hpp"

namespace viz::lifecycle {

// A transaction's fee caps, in wei per gas.
struct Fees {
    bus::Wei max_fee;
    bus::Wei priority_fee;
    std::optional<bus::Wei> blob_fee; // type 3 only
};

// A transaction's action, as far as needed to distinguish a repetition from a change.
struct Intent {
    std::optional<bus::Address> to;
    bus::Wei value;
    std::uint32_t calldata_len{};
    // Fingerprint of the calldata; empty after a recovery, when only the length is recorded. Not
    // cryptographic: it only separates "speed_up" from "rewrite" in reports.
    std::optional<std::uint64_t> calldata_fingerprint;
};

Fees fees_of(const bus::DecodedTx& tx);
Intent intent_of(const bus::DecodedTx& tx);

enum class ReplacementKind : std::uint8_t {
    speed_up, // the same action for a higher fee
    cancel,   // an empty transfer to the sender itself
    rewrite,  // another action
};
std::string_view to_string(ReplacementKind kind);

// True when the newcomer raises both the maximum fee and the priority fee by at least fee_bump_bps.
// If either transaction carries blobs, blob_fee_bump_bps applies instead, also to the blob fee if
// both have one.
bool displaces(const Fees& incumbent, const Fees& newcomer, const Config& config);

// The smaller of the two fee increases in 1/10000; 0 when a fee does not rise, the type's maximum
// when the increase exceeds it (also from zero).
std::uint32_t bump_bps(const Fees& incumbent, const Fees& newcomer);

ReplacementKind classify(const bus::Address& sender, const Intent& incumbent,
                         const Intent& newcomer);

} // namespace viz::lifecycle
