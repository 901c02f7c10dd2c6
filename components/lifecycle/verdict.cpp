#include "components/lifecycle/verdict.hpp"

#include "components/lifecycle/entry.hpp"

namespace viz::lifecycle {

std::optional<bus::Verdict> verdict_of(bus::ChainId chain, const bus::EventData& event) {
    if (const auto* replaced = std::get_if<bus::TxReplaced>(&event))
        return bus::Verdict{.chain_id = chain,
                            .hash = replaced->hash,
                            .replaced = true,
                            .reason = replaced->reason,
                            .by = replaced->replaced_by};
    const auto* dropped = std::get_if<bus::TxDropped>(&event);
    if (dropped == nullptr) return std::nullopt;
    const auto reason = drop_reason_from_string(dropped->reason);
    if (reason == DropReason::sender_limit || reason == DropReason::pool_limit) return std::nullopt;
    return bus::Verdict{.chain_id = chain,
                        .hash = dropped->hash,
                        .replaced = reason == DropReason::nonce_used,
                        .reason = dropped->reason,
                        .by = dropped->by};
}

} // namespace viz::lifecycle
