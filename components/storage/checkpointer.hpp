// Brings the checkpoints up to the log: reads what was committed, by a read-only connection and in
// short snapshots, folds it and writes a checkpoint every kCheckpointEvery events. Used by one
// thread.
#pragma once

#include <string>
#include <vector>

#include "components/storage/checkpoint_file.hpp"
#include "components/storage/reader.hpp"

namespace viz::storage {

class Checkpointer {
  public:
    // Both outlive it.
    Checkpointer(Reader& log, CheckpointFile& file) : log_(log), file_(file) {}

    // Finds the newest checkpoint that is of this log and verifies, and forgets what is newer:
    // from there it goes on. What was found wrong is told in `notes`, a line each.
    std::optional<StoreFailure> resume(std::vector<std::string>& notes);

    // Writes the next checkpoint when its events are there. False: nothing is due.
    Result<bool, StoreFailure> advance();

    // Forgets checkpoints of what the log no longer holds.
    std::optional<StoreFailure> prune();

    std::uint64_t seq_id() const { return seq_id_; } // of the newest checkpoint

  private:
    Reader& log_;
    CheckpointFile& file_;
    bus::PendingSet set_;
    std::uint64_t seq_id_{};
    std::uint64_t pruned_to_{};
};

} // namespace viz::storage
