#include "components/lifecycle/replacement.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace viz::lifecycle {
namespace {

constexpr std::uint64_t kWholeBps = 10'000;

// Fees below this limit stay exact in products with a factor below 2^33.
bool is_absurd(const bus::Wei& fee) {
    return (fee.limbs[3] >> 31) != 0;
}

bool raises(const bus::Wei& old_fee, const bus::Wei& new_fee, std::uint32_t bps) {
    if (new_fee <= old_fee || is_absurd(new_fee)) return false;
    return new_fee * bus::Wei{kWholeBps} >= old_fee * bus::Wei{kWholeBps + bps};
}

std::uint32_t bump_of(bus::Wei old_fee, bus::Wei new_fee) {
    constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
    if (new_fee <= old_fee) return 0;
    // Scales both prices down until the product with kWholeBps fits (below 2^50); the lost low bits
    // do not matter for a ratio.
    while (!new_fee.fits_u64() || (new_fee.low_u64() >> 50) != 0) {
        for (bus::Wei* fee : {&old_fee, &new_fee}) {
            for (std::size_t i = 0; i < 4; ++i) {
                const std::uint64_t above = i < 3 ? fee->limbs[i + 1] << 63 : 0;
                fee->limbs[i] = (fee->limbs[i] >> 1) | above;
            }
        }
    }
    if (old_fee == bus::Wei{}) return kMax;
    const std::uint64_t ratio = (new_fee - old_fee).low_u64() * kWholeBps / old_fee.low_u64();
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(ratio, kMax));
}

std::uint64_t fingerprint(eth::BytesView bytes) {
    std::uint64_t state = 0x9e3779b97f4a7c15U ^ bytes.size();
    while (!bytes.empty()) {
        const std::size_t n = std::min<std::size_t>(bytes.size(), 8);
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), n);
        state = (state ^ word) * 0xff51afd7ed558ccdU;
        state ^= state >> 32;
        bytes = bytes.subspan(n);
    }
    return state;
}

} // namespace

Fees fees_of(const bus::DecodedTx& tx) {
    return {.max_fee = tx.max_fee_per_gas,
            .priority_fee = tx.max_priority_fee_per_gas,
            .blob_fee = tx.max_fee_per_blob_gas};
}

Intent intent_of(const bus::DecodedTx& tx) {
    return {.to = tx.to,
            .value = tx.value,
            .calldata_len = static_cast<std::uint32_t>(tx.calldata.size()),
            .calldata_fingerprint = fingerprint(tx.calldata)};
}

std::string_view to_string(ReplacementKind kind) {
    switch (kind) {
    case ReplacementKind::speed_up:
        return "speed_up";
    case ReplacementKind::cancel:
        return "cancel";
    case ReplacementKind::rewrite:
        return "rewrite";
    }
    return "unknown";
}

bool displaces(const Fees& incumbent, const Fees& newcomer, const Config& config) {
    const bool blobs = incumbent.blob_fee || newcomer.blob_fee;
    const std::uint32_t bps = blobs ? config.blob_fee_bump_bps : config.fee_bump_bps;
    if (!raises(incumbent.max_fee, newcomer.max_fee, bps)) return false;
    if (!raises(incumbent.priority_fee, newcomer.priority_fee, bps)) return false;
    if (incumbent.blob_fee && newcomer.blob_fee)
        return raises(*incumbent.blob_fee, *newcomer.blob_fee, bps);
    return true;
}

std::uint32_t bump_bps(const Fees& incumbent, const Fees& newcomer) {
    return std::min(bump_of(incumbent.max_fee, newcomer.max_fee),
                    bump_of(incumbent.priority_fee, newcomer.priority_fee));
}

ReplacementKind classify(const bus::Address& sender, const Intent& incumbent,
                         const Intent& newcomer) {
    const bool same_calldata = incumbent.calldata_len == newcomer.calldata_len &&
                               (!incumbent.calldata_fingerprint || !newcomer.calldata_fingerprint ||
                                *incumbent.calldata_fingerprint == *newcomer.calldata_fingerprint);
    if (same_calldata && incumbent.to == newcomer.to && incumbent.value == newcomer.value)
        return ReplacementKind::speed_up;
    if (newcomer.to == sender && newcomer.value == bus::Wei{} && newcomer.calldata_len == 0)
        return ReplacementKind::cancel;
    return ReplacementKind::rewrite;
}

} // namespace viz::lifecycle
