// The pending transactions at points of the log, stored in a database beside it
// (`<store>.checkpoints`), so that /replay need not read the log from its start. Derived from the
// log: it can be deleted at any time and is rebuilt. It is a separate file so that writing it never
// delays a commit of the log.
//
// A checkpoint is either whole or the changes since the previous one; a whole one is written when
// the changes since the last whole one have grown as large as the set. So reading one costs at most
// two sets, and the file grows with the log's changes, not with the size of the pool.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bus/pending_set.hpp"
#include "components/eth/result.hpp"
#include "components/storage/store_error.hpp"

namespace viz::storage {

// Checkpoints are at multiples of kCheckpointEvery events; between them there is a count every
// kPointEvery events.
inline constexpr std::uint64_t kCheckpointEvery = 10'000;
inline constexpr std::uint64_t kPointEvery = 1'000;

// The set after event `seq_id`.
struct CheckpointState {
    std::uint64_t seq_id{};
    std::vector<bus::PendingSet::Member> members; // sorted
    std::vector<bus::PendingSet::Gone> gone;
};

// A row of the file, without the state.
struct CheckpointRow {
    std::uint64_t seq_id{};
    bus::UnixMs timestamp;
    std::uint64_t pending_count{};
    bus::Hash set_hash; // bus::checkpoint_hash
    bus::Hash tip;      // Keccak-256 of the payload of event seq_id; identifies the log
    std::vector<bus::PendingPoint> points; // since the previous checkpoint
};

struct NewCheckpoint {
    CheckpointRow row;
    bus::PendingSet::Changes changes; // since the newest checkpoint of the file
    std::vector<bus::PendingSet::Gone> gone;
};

// Thread-safe.
class CheckpointFile {
  public:
    enum class Mode : std::uint8_t { read, write };
    template <class T> using Answer = Result<T, StoreFailure>;

    static std::string path_of(const std::string& store_path) {
        return store_path + ".checkpoints";
    }
    // For writing: creates the file if it is absent, of another version or broken. For reading:
    // fails if it is absent.
    static Answer<std::unique_ptr<CheckpointFile>> open(const std::string& path, Mode mode);
    ~CheckpointFile();
    CheckpointFile(const CheckpointFile&) = delete;
    CheckpointFile& operator=(const CheckpointFile&) = delete;

    Answer<std::optional<CheckpointRow>> newest();
    // The newest verified checkpoint at or before `seq_id`. Invalid ones are skipped and reported
    // in `skipped`, one line each.
    Answer<std::optional<CheckpointState>> load(std::uint64_t seq_id,
                                                std::vector<std::string>& skipped);
    // Counts with from <= seq_hi <= to, ascending.
    Answer<std::vector<bus::PendingPoint>> points(std::uint64_t from, std::uint64_t to);
    // Rows above `after`, ascending, at most `limit`.
    Answer<std::vector<CheckpointRow>> rows(std::uint64_t after, std::size_t limit);

    // Calls `whole` for the complete set when a whole checkpoint is to be written.
    std::optional<StoreFailure> append(const NewCheckpoint& checkpoint,
                                       const bus::PendingSet& whole);
    // Deletes newer checkpoints.
    std::optional<StoreFailure> truncate_after(std::uint64_t seq_id);
    // Deletes checkpoints that a log starting at `oldest` no longer needs.
    std::optional<StoreFailure> prune(std::uint64_t oldest);

  private:
    struct Impl;
    explicit CheckpointFile(std::unique_ptr<Impl> impl);
    std::mutex mutex_;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::storage
