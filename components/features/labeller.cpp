#include "components/features/labeller.hpp"

#include <algorithm>

#include "components/eth/transaction_rlp.hpp"
#include "components/features/action_fields.hpp"
#include "components/features/scoring.hpp"
#include "components/features/signature_list.hpp"
#include "components/features/slippage.hpp"

namespace viz::features {
namespace {

struct Meaning {
    std::string_view protocol{"unknown"};
    Category category{Category::call};
    const Contract* contract{};
    const Method* method{};
};

std::optional<bus::Selector> selector_of(const bus::DecodedTx& tx) {
    // The init code of a deployment begins with instructions, not with a selector.
    if (!tx.to || tx.calldata.size() < 4) return std::nullopt;
    bus::Selector selector;
    std::copy_n(tx.calldata.begin(), 4, selector.bytes.begin());
    return selector;
}

// The contract is stronger evidence for the protocol, the method for the action.
Meaning meaning_of(const bus::DecodedTx& tx, const std::optional<bus::Selector>& selector,
                   const ProtocolRegistry& registry) {
    if (!tx.to) return {.protocol = "native", .category = Category::deploy};
    Meaning meaning;
    meaning.contract = registry.contract(tx.chain_id, *tx.to);
    if (meaning.contract != nullptr) {
        meaning.protocol = meaning.contract->protocol;
        meaning.category = meaning.contract->category;
    }
    if (selector) {
        meaning.method = registry.method(*selector, meaning.protocol);
        if (meaning.method == nullptr) return meaning;
        meaning.category = meaning.method->category;
        if (meaning.contract == nullptr) meaning.protocol = meaning.method->protocol;
    } else if (tx.calldata.empty() && meaning.contract == nullptr) {
        meaning.protocol = "native";
        meaning.category = Category::transfer;
    }
    return meaning;
}

std::optional<std::uint32_t> widest_room(const std::vector<Action>& actions, eth::ChainId chain,
                                         const ProtocolRegistry& registry) {
    std::optional<std::uint32_t> widest;
    for (const auto& action : actions)
        if (const auto* swap = std::get_if<Swap>(&action))
            widest = std::max(widest, slippage_room(*swap, chain, registry));
    return widest;
}

} // namespace

bus::Feature Labeller::label(const bus::DecodedTx& tx, const LabelContext& around) const {
    bus::Feature feature;
    feature.hash = tx.hash;
    feature.chain_id = tx.chain_id;
    feature.method_selector = selector_of(tx);
    feature.engine_version = kFeatureEngineVersion;
    const Meaning meaning = meaning_of(tx, feature.method_selector, *registry_);
    feature.protocol = meaning.protocol;
    feature.category = to_string(meaning.category);
    feature.reasons.reserve(8);
    if (meaning.contract != nullptr)
        feature.reasons.push_back("contract:" + meaning.contract->name);
    if (meaning.method != nullptr)
        feature.reasons.push_back("method:" + std::string(meaning.method->name()));
    else if (feature.method_selector)
        if (const auto listed = listed_signature(*feature.method_selector); !listed.empty())
            feature.reasons.push_back("method:" + std::string(listed.substr(0, listed.find('('))));
    // The message has the number of blobs, but authorizations only as raw bytes.
    std::vector<eth::Authorization> authorizations;
    if (tx.type == bus::TxType::set_code)
        if (auto whole = eth::decode_transaction(tx.raw))
            authorizations = std::move(whole->authorization_list);
    const Call call{.chain_id = tx.chain_id,
                    .from = tx.sender,
                    .to = tx.to,
                    .value = tx.value,
                    .data = tx.calldata,
                    .blob_count = tx.blob_count,
                    .authorizations = authorizations};
    const auto actions = decode_actions(call, *registry_);
    const Scores scores =
        score({.category = meaning.category,
               .value = tx.value,
               .max_fee_per_gas = tx.max_fee_per_gas,
               .max_priority_fee_per_gas = tx.max_priority_fee_per_gas,
               .base_fee = around.base_fee,
               .calldata_len = tx.calldata.size(),
               .by_selector_only = meaning.contract == nullptr && meaning.method != nullptr,
               .actions = actions,
               .wrapped_native = registry_->wrapped_native(tx.chain_id),
               .tip_rank = around.tip_rank,
               .seen_unix_s = tx.first_seen_unix_ms.value / 1000,
               .slippage_bips = widest_room(actions, tx.chain_id, *registry_)},
              feature.reasons);
    feature.actions.reserve(actions.size());
    for (const auto& action : actions) feature.actions.push_back(to_message(action));
    feature.mev_score = scores.mev;
    feature.urgency_score = scores.urgency;
    return feature;
}

} // namespace viz::features
