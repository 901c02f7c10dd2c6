// Limits how much history the record keeps. Events beyond the policy's age or size are deleted from
// the oldest on, in small transactions between the writer's commits, so that no commit waits long.
// Numbers are never reused: the newest event always remains.
//
// The log is cut only right after stored checkpoints, one stretch between two checkpoints at a
// time: the pending set at the cut stays known, and every replay of the remaining log works. A
// transaction's row is deleted when the transaction is final and its last event is no longer in the
// log; findings are deleted with the events of their time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "components/storage/event_store.hpp"

namespace viz::storage {

struct RetentionPolicy {
    std::chrono::milliseconds max_age{0}; // 0: unlimited
    std::uint64_t max_bytes{0}; // of pages in use, without the write-ahead log; 0: unlimited

    bool limits_anything() const { return max_age.count() > 0 || max_bytes > 0; }
};

// A possible cut of the log: a stored checkpoint, and the time by which its event was written
// (EventStore::written_by, not the event's own time). If that time is unknown, age does not cut
// there.
struct CutPoint {
    std::uint64_t seq_id{};
    std::optional<bus::UnixMs> written_by;
};
// The first cut point above `after`; empty if there is none (yet).
using NextCut = std::function<std::optional<CutPoint>(std::uint64_t after)>;

class Retention {
  public:
    // The store must outlive this object. `next_cut` is called on the thread that calls step().
    Retention(EventStore& store, const RetentionPolicy& policy, NextCut next_cut);

    // Performs at most one small delete.
    struct Done {
        TrimCounts counts;
        StoreExtent extent; // after the delete
    };
    // `now` is empty while the clock is in doubt; then only the size limit applies.
    Result<Done, StoreFailure> step(std::optional<bus::UnixMs> now);
    const RetentionPolicy& policy() const { return policy_; }

  private:
    std::uint64_t target_for(const StoreExtent& extent, std::optional<bus::UnixMs> now) const;

    EventStore& store_;
    RetentionPolicy policy_;
    NextCut next_cut_;
};

} // namespace viz::storage
