#include "components/lifecycle/metrics.hpp"

#include <string>

namespace viz::lifecycle {

PoolMetrics::PoolMetrics(bus::Metrics& metrics, bus::ChainId chain_id)
    : senders_(metrics.gauge("lifecycle_senders", "Senders with tracked transactions.",
                             {{"chain_id", std::to_string(chain_id.value)}})),
      reorg_depth_(metrics.gauge("replay_reorg_depth", "Blocks reverted by the last reorg.",
                                 {{"chain_id", std::to_string(chain_id.value)}})) {
    const bus::Metrics::Labels chain{{"chain_id", std::to_string(chain_id.value)}};
    const auto labels = [&](const char* name, std::string_view value) {
        auto made = chain;
        made.emplace(name, value);
        return made;
    };
    for (std::size_t i = 0; i < kStatusCount; ++i)
        transactions_[i] =
            &metrics.gauge("lifecycle_transactions", "Tracked transactions, by status.",
                           labels("status", to_string(static_cast<Status>(i))));
    const auto run = [&](std::uint64_t Counters::*source, const char* name, const char* help,
                         const bus::Metrics::Labels& with) {
        running_.push_back({&metrics.counter(name, help, with), source});
    };
    const char* evictions = "Transactions evicted at a limit, by reason.";
    run(&Counters::evicted_sender_limit, "lifecycle_evictions_total", evictions,
        labels("reason", "sender_limit"));
    run(&Counters::evicted_pool_limit, "lifecycle_evictions_total", evictions,
        labels("reason", "pool_limit"));
    run(&Counters::forgotten_losers, "lifecycle_evictions_total", evictions,
        labels("reason", "lost_already"));
    run(&Counters::nonce_queries, "nonce_queries_total", "Queries for an account nonce.", chain);
    run(&Counters::presence_queries, "presence_queries_total",
        "Queries for the presence of a transaction.", chain);
    run(&Counters::answers_unmatched, "lifecycle_answers_unmatched_total",
        "Answers about an untracked account or transaction.", chain);
    run(&Counters::duplicates, "lifecycle_duplicates_total", "Transactions received again.", chain);
    run(&Counters::rebroadcasts, "lifecycle_rebroadcasts_total",
        "Transactions received again after they became final.", chain);
    run(&Counters::replacements, "lifecycle_replacements_total",
        "Transactions replaced in the pool.", chain);
    run(&Counters::private_winners, "lifecycle_private_winners_total",
        "Nonces used by a transaction never seen pending.", chain);
    run(&Counters::reorgs, "lifecycle_reorgs_total", "Reorganisations.", chain);
    run(&Counters::reorgs_beyond_window, "lifecycle_reorgs_beyond_window_total",
        "Reorganisations deeper than the block window.", chain);
    run(&Counters::head_gaps, "lifecycle_head_gaps_total", "Heads whose parent is unknown.", chain);
}

void PoolMetrics::update(const Counters& counters) {
    for (std::size_t i = 0; i < kStatusCount; ++i)
        transactions_[i]->Set(static_cast<double>(counters.transactions[i]));
    senders_.Set(static_cast<double>(counters.senders));
    reorg_depth_.Set(static_cast<double>(counters.last_reorg_depth));
    for (Running& running : running_) {
        const std::uint64_t now = counters.*running.source;
        running.counter->Increment(static_cast<double>(now - running.exported));
        running.exported = now;
    }
}

} // namespace viz::lifecycle
