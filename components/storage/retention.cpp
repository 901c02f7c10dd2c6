#include "components/storage/retention.hpp"

namespace viz::storage {

namespace {
// Maximum rows per delete: a few milliseconds including the commit.
constexpr std::uint64_t kEventsPerStep = 2'000;
constexpr std::uint64_t kTransactionsPerStep = 500;
constexpr std::uint64_t kBlocksPerStep = 1'000;
constexpr std::uint64_t kFindingsPerStep = 500;
} // namespace

Retention::Retention(EventStore& store, const RetentionPolicy& policy, NextCut next_cut)
    : store_(store), policy_(policy), next_cut_(std::move(next_cut)) {}

// The last event to delete now; the last deleted one if there is nothing to delete.
std::uint64_t Retention::target_for(const StoreExtent& extent,
                                    std::optional<bus::UnixMs> now) const {
    const auto gone = extent.oldest_seq_id - 1;
    auto cut = next_cut_(gone == 0 ? 0 : gone - 1);
    const bool in_a_stretch = gone != 0 && cut && cut->seq_id != gone;
    if (cut && cut->seq_id == gone) cut = next_cut_(gone);
    if (!cut || cut->seq_id >= extent.latest_seq_id) return gone;
    const bool too_much = policy_.max_bytes > 0 && extent.used_bytes > policy_.max_bytes;
    const bool too_old = policy_.max_age.count() > 0 && now && cut->written_by &&
                         cut->written_by->value < now->value - policy_.max_age.count();
    return in_a_stretch || too_much || too_old ? cut->seq_id : gone;
}

Result<Retention::Done, StoreFailure> Retention::step(std::optional<bus::UnixMs> now) {
    Done done;
    const auto extent = store_.extent();
    if (!extent) return Failure{extent.error()};
    done.extent = *extent;
    if (!policy_.limits_anything() || extent->oldest_seq_id == 0) return done;
    const auto trimmed = store_.trim({.up_to_seq_id = target_for(*extent, now),
                                      .max_events = kEventsPerStep,
                                      .max_transactions = kTransactionsPerStep,
                                      .max_blocks = kBlocksPerStep,
                                      .max_findings = kFindingsPerStep});
    if (!trimmed) return Failure{trimmed.error()};
    done.counts = *trimmed;
    done.extent.oldest_seq_id += trimmed->events;
    return done;
}

} // namespace viz::storage
