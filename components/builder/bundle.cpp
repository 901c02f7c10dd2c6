#include "components/builder/bundle.hpp"

#include <algorithm>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/evm/swapper.hpp"

namespace viz::builder {

namespace {

bus::Bytes call_of(const std::vector<bus::PoolLeg>& legs) {
    std::vector<evm::SwapLeg> swaps;
    swaps.reserve(legs.size());
    for (const auto& leg : legs)
        swaps.push_back({.kind = leg.v3 ? evm::PoolKind::v3 : evm::PoolKind::v2,
                         .pool = leg.pool,
                         .token_in = leg.token_in,
                         .token_out = leg.token_out,
                         .zero_for_one = leg.zero_for_one,
                         .fee_numerator = leg.fee_numerator,
                         .fee_denominator = leg.fee_denominator,
                         .amount_in = leg.amount_in});
    return evm::swapper_call(swaps);
}

bus::Hash id_of(const bus::Hash& candidate_id, bus::BlockNumber target) {
    bus::Bytes text(candidate_id.bytes.begin(), candidate_id.bytes.end());
    for (unsigned shift = 64; shift != 0; shift -= 8)
        text.push_back(static_cast<std::uint8_t>(target.value >> (shift - 8)));
    return eth::keccak256(text);
}

} // namespace

std::vector<bus::Hash> Bundle::signed_hashes() const {
    std::vector<bus::Hash> hashes;
    for (const auto& step : steps)
        if (const auto* tx = std::get_if<SignedTransaction>(&step)) hashes.push_back(tx->hash);
    return hashes;
}

bool Bundle::has_own_calls() const {
    return std::ranges::any_of(
        steps, [](const auto& step) { return std::holds_alternative<OwnCall>(step); });
}

Bundle make_bundle(const bus::Simulated& simulated, const BuildHead& head,
                   const BundleOptions& options) {
    const auto& candidate = simulated.candidate;
    Bundle out;
    out.chain_id = simulated.chain_id;
    out.candidate_id = candidate.candidate_id;
    out.target_block = bus::BlockNumber{head.number.value + 1};
    out.max_block = bus::BlockNumber{head.number.value + options.blocks};
    out.bundle_id = id_of(candidate.candidate_id, out.target_block);
    out.parent_hash = head.hash;
    if (head.slot_s) out.timestamp_s = head.timestamp_s + *head.slot_s;
    out.replacement_uuid = replacement_uuid(candidate.candidate_id);

    const auto& steps = candidate.steps;
    const auto last_own = std::find_if(steps.rbegin(), steps.rend(), [](const auto& step) {
                              return !step.member;
                          }).base();
    for (auto step = steps.begin(); step != steps.end(); ++step) {
        if (!step->member) {
            out.steps.emplace_back(OwnCall{call_of(step->legs)});
            continue;
        }
        const auto& member = candidate.members[*step->member];
        const bool behind = last_own != steps.begin() && step >= last_own;
        out.steps.emplace_back(SignedTransaction{member.hash, member.raw, behind});
        if (!behind) continue;
        out.reverting_hashes.push_back(member.hash);
        out.dropping_hashes.push_back(member.hash);
    }
    if (options.refund_percent != 0 && !candidate.members.empty()) {
        out.refund_percent = options.refund_percent;
        out.refund_recipient = candidate.members.front().sender;
    }
    return out;
}

std::string replacement_uuid(const bus::Hash& candidate_id) {
    auto bits = eth::keccak256(candidate_id.view());
    bits.bytes[6] = static_cast<std::uint8_t>((bits.bytes[6] & 0x0f) | 0x80); // version 8
    bits.bytes[8] = static_cast<std::uint8_t>((bits.bytes[8] & 0x3f) | 0x80); // variant 10
    auto text = eth::to_hex(bits.view().first(16)).substr(2);
    for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
    return text;
}

std::string_view unfit(const Bundle& bundle) {
    bool any = false;
    for (const auto& step : bundle.steps) {
        const auto* tx = std::get_if<SignedTransaction>(&step);
        if (tx == nullptr) continue;
        any = true;
        // The blobs of a blob transaction are unknown, and relays reject it without them (EIP-4844,
        // networking).
        if (!tx->raw.empty() && tx->raw.front() == static_cast<std::uint8_t>(bus::TxType::blob))
            return "blob_without_sidecar";
    }
    return any ? std::string_view() : "nothing_signed";
}

} // namespace viz::builder
