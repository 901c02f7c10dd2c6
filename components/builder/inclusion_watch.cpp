#include "components/builder/inclusion_watch.hpp"

namespace viz::builder {

namespace {

bool in_order(const std::vector<bus::Hash>& wanted, const std::vector<bus::BlockTx>& block) {
    auto next = wanted.begin();
    for (const auto& tx : block)
        if (next != wanted.end() && tx.hash == *next) ++next;
    return next == wanted.end();
}

} // namespace

void InclusionWatch::add(const Bundle& bundle) {
    if (watched_.size() >= kMost) watched_.pop_front();
    watched_.push_back(
        {bundle.chain_id, bundle.signed_hashes(), bundle.target_block, bundle.max_block});
}

std::size_t InclusionWatch::on_head(const bus::Head& head) {
    const auto of_chain = [&](const Watched& one) { return one.chain_id == head.chain_id; };
    const auto included = std::erase_if(watched_, [&](const Watched& one) {
        return of_chain(one) && one.target_block <= head.number && head.number <= one.max_block &&
               in_order(one.hashes, head.transactions);
    });
    std::erase_if(watched_, [&](const Watched& one) {
        return of_chain(one) && one.max_block <= head.number;
    });
    return included;
}

} // namespace viz::builder
