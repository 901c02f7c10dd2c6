// The rule by which one transaction displaces another of the same sender and nonce in the nodes'
// pools, and what the displacement means to a reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "bus/messages.hpp"
#include "components/lifecycle/config.hpp"

namespace viz::lifecycle {

// What a transaction offers to pay, in wei per gas.
struct Fees {
    bus::Wei max_fee;
    bus::Wei priority_fee;
    std::optional<bus::Wei> blob_fee; // type 3 only
};

// What a transaction does, as far as telling a repetition from a change needs it.
struct Intent {
    std::optional<bus::Address> to;
    bus::Wei value;
    std::uint32_t calldata_len{};
    // Of the calldata; nothing after a recovery, when only the length is on record. Not
    // cryptographic: it separates "speed_up" from "rewrite" for a reader, nothing depends on it.
    std::optional<std::uint64_t> calldata_fingerprint;
};

Fees fees_of(const bus::DecodedTx& tx);
Intent intent_of(const bus::DecodedTx& tx);

enum class ReplacementKind : std::uint8_t {
    speed_up, // the same action for a higher fee
    cancel,   // nothing sent to oneself
    rewrite,  // another action
};
std::string_view to_string(ReplacementKind kind);

// True when the newcomer raises the maximum fee and the priority fee, each by at least
// fee_bump_bps. If either side carries blobs, blob_fee_bump_bps holds instead, for the blob fee
// too where both have one.
bool displaces(const Fees& incumbent, const Fees& newcomer, const Config& config);

// The smaller of the two fee increases in 1/10000; 0 when a fee does not rise, the maximum of the
// type when it grows beyond (also from zero).
std::uint32_t bump_bps(const Fees& incumbent, const Fees& newcomer);

ReplacementKind classify(const bus::Address& sender, const Intent& incumbent,
                         const Intent& newcomer);

} // namespace viz::lifecycle
