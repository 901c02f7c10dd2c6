// The fields of a case's text and their order, in one place for TextWriter and TextReader.
// Private to components/sim.
#pragma once

#include "components/sim/case.hpp"
#include "components/sim/text_kinds.hpp"

namespace viz::sim {

inline constexpr std::array<std::string_view, 2> kPoolKinds{"v2", "v3"}; // as evm::PoolKind

void layout(auto& text, MaybeConst<CaseId> auto& id) {
    text.field("sim_id", id.sim_id);
    text.field("candidate_id", id.candidate_id);
}

void layout(auto& text, MaybeConst<state::BlockRef> auto& block) {
    text.field("number", block.number);
    text.field("hash", block.hash);
}

void layout(auto& text, MaybeConst<evm::BlobParameters> auto& blob) {
    text.field("target", blob.target);
    text.field("max", blob.max);
    text.field("update_fraction", blob.update_fraction);
    text.field("max_per_transaction", blob.max_per_transaction);
}

void layout(auto& text, MaybeConst<CaseRules> auto& rules) {
    text.field("fork", rules.fork);
    text.field("blobs", rules.blob);
}

void layout(auto& text, MaybeConst<evm::BlockEnvironment> auto& block) {
    text.field("chain_id", block.chain_id);
    text.field("number", block.number);
    text.field("timestamp", block.timestamp);
    text.field("coinbase", block.coinbase);
    text.field("gas_limit", block.gas_limit);
    text.field("base_fee", block.base_fee);
    text.field("prev_randao", block.prev_randao);
    text.field("excess_blob_gas", block.excess_blob_gas);
}

void layout(auto& text, MaybeConst<SimSettings> auto& settings) {
    text.field("step_budget", settings.step_budget);
    text.field("swap_gas_limit", settings.swap_gas_limit);
    text.field("oldest_state", settings.oldest_state);
    text.field("robustness", settings.robustness);
    text.field("sender", settings.sender);
    text.field("swapper", settings.swapper);
    text.field("rival", settings.rival);
    text.field("rival_swapper", settings.rival_swapper);
}

void layout(auto& text, MaybeConst<evm::SwapLeg> auto& leg) {
    text.choice("kind", leg.kind, kPoolKinds);
    text.field("pool", leg.pool);
    text.field("token_in", leg.token_in);
    text.field("token_out", leg.token_out);
    text.field("zero_for_one", leg.zero_for_one);
    text.field("fee_numerator", leg.fee_numerator);
    text.field("fee_denominator", leg.fee_denominator);
    text.field("amount_in", leg.amount_in);
}

void layout(auto& text, MaybeConst<SimMember> auto& member) {
    text.field("hash", member.hash);
    text.field("sender", member.sender);
    text.transaction("tx", member.tx);
}

void layout(auto& text, MaybeConst<SimStep> auto& step) {
    if (text.alternative(std::holds_alternative<SimLegs>(step), "legs", "member")) {
        if constexpr (!std::is_const_v<std::remove_reference_t<decltype(step)>>)
            step.template emplace<SimLegs>();
        text.field("legs", std::get<SimLegs>(step));
    } else {
        if constexpr (!std::is_const_v<std::remove_reference_t<decltype(step)>>)
            step.template emplace<SimMember>();
        text.field("member", std::get<SimMember>(step));
    }
}

void layout(auto& text, MaybeConst<SlotClaim> auto& claim) {
    text.field("address", claim.address);
    text.field("key", claim.key);
    text.field("value", claim.value);
}

void layout(auto& text, MaybeConst<SimRequest> auto& request) {
    text.field("base_token", request.base_token);
    text.field("capital", request.capital);
    text.field("wei_numerator", request.wei_numerator);
    text.field("wei_denominator", request.wei_denominator);
    text.field("bribe_bps", request.bribe_bps);
    text.field("partial_ticks", request.partial_ticks);
    text.field("state_age_blocks", request.state_age_blocks);
    text.field("claims", request.claims);
    text.field("steps", request.steps);
}

void layout(auto& text, MaybeConst<evm::AccountState> auto& account) {
    text.field("nonce", account.nonce);
    text.field("balance", account.balance);
    text.field("code_hash", account.code_hash);
    text.field("has_storage", account.has_storage);
}

void layout(auto& text, MaybeConst<CaseSlot> auto& slot) {
    text.field("key", slot.key);
    text.field("value", slot.value);
}

void layout(auto& text, MaybeConst<CaseAccount> auto& account) {
    text.field("address", account.address);
    text.field("account", account.state);
    text.field("slots", account.slots);
}

void layout(auto& text, MaybeConst<evm::ReadBlockHash> auto& read) {
    text.field("number", read.number);
    text.field("hash", read.hash);
}

void layout(auto& text, MaybeConst<CaseState> auto& state) {
    text.field("accounts", state.accounts);
    text.field("block_hashes", state.block_hashes);
    text.field("code_hashes", state.code_hashes);
}

// The result is separate text.
void layout(auto& text, MaybeConst<Case> auto& of) {
    text.field("id", of.id);
    text.field("block", of.block);
    text.field("rules", of.rules);
    text.field("environment", of.environment);
    text.field("settings", of.settings);
    text.field("request", of.request);
    text.field("state", of.state);
}

} // namespace viz::sim
