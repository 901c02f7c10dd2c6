// How much of the past the record keeps. What is older, or more, than the policy allows is deleted
// from the oldest on in small transactions between the writer's commits, so that none of them
// waits long. Numbers are never used again: the newest event always stays.
//
// The log is cut right behind stored checkpoints, a stretch between two of them at a time: what was
// pending at the cut stays known, and with it every replay of what is left. A transaction's row
// goes when its life is over and its last event is gone from the log; what was found about
// transactions goes with the events of its time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "components/storage/event_store.hpp"

namespace viz::storage {

struct RetentionPolicy {
    std::chrono::milliseconds max_age{0}; // 0: of any age
    std::uint64_t max_bytes{0};           // of pages in use, without the write-ahead log; 0: any

    bool limits_anything() const { return max_age.count() > 0 || max_bytes > 0; }
};

// Where the log may be cut: a stored checkpoint, and by when its event was written
// (EventStore::written_by, not the event's own time); nothing where that is not known, then age
// does not cut there.
struct CutPoint {
    std::uint64_t seq_id{};
    std::optional<bus::UnixMs> written_by;
};
// The first one above `after`; nothing where there is none (yet).
using NextCut = std::function<std::optional<CutPoint>(std::uint64_t after)>;

class Retention {
  public:
    // The store outlives it. `next_cut` is called on the thread that calls step().
    Retention(EventStore& store, const RetentionPolicy& policy, NextCut next_cut);

    // At most one small delete.
    struct Done {
        TrimCounts counts;
        StoreExtent extent; // after it
    };
    // `now`: nothing while the clock is in doubt; then only size cuts.
    Result<Done, StoreFailure> step(std::optional<bus::UnixMs> now);
    const RetentionPolicy& policy() const { return policy_; }

  private:
    std::uint64_t target_for(const StoreExtent& extent, std::optional<bus::UnixMs> now) const;

    EventStore& store_;
    RetentionPolicy policy_;
    NextCut next_cut_;
};

} // namespace viz::storage
