// Updates the checkpoints from the log: reads committed events through a read-only connection in
// short snapshots, folds them, and writes a checkpoint every kCheckpointEvery events. Used by one
// thread.
#pragma once

#include <string>
#include <vector>

#include "components/storage/checkpoint_file.hpp"
#include "components/storage/reader.hpp"

namespace viz::storage {

class Checkpointer {
  public:
    // Both arguments must outlive this object.
    Checkpointer(Reader& log, CheckpointFile& file) : log_(log), file_(file) {}

    // Continues from the newest checkpoint that verifies and belongs to this log; deletes newer
    // ones. Reports problems in `notes`, one line each.
    std::optional<StoreFailure> resume(std::vector<std::string>& notes);

    // Writes the next checkpoint when its events are committed. Returns false when none is due.
    Result<bool, StoreFailure> advance();

    // Deletes checkpoints for events that the log no longer holds.
    std::optional<StoreFailure> prune();

    std::uint64_t seq_id() const { return seq_id_; } // number of the newest checkpoint

  private:
    Reader& log_;
    CheckpointFile& file_;
    bus::PendingSet set_;
    std::uint64_t seq_id_{};
    std::uint64_t pruned_to_{};
};

} // namespace viz::storage
