// Which transactions were pending at points of the log, kept in a database beside it
// (`<store>.checkpoints`), so that /replay need not read the log from its beginning. Derived from
// the log alone: it can be deleted at any time and is made again. A file of its own, because then
// writing it never makes a commit of the log wait.
//
// A checkpoint is either whole or what changed since the one before it; a whole one is written
// when the changes since the last have grown as large as the set. So reading one costs at most
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

// One every so many events, at multiples; within, a count every so many.
inline constexpr std::uint64_t kCheckpointEvery = 10'000;
inline constexpr std::uint64_t kPointEvery = 1'000;

// The set after the event `seq_id`.
struct CheckpointState {
    std::uint64_t seq_id{};
    std::vector<bus::PendingSet::Member> members; // sorted
    std::vector<bus::PendingSet::Gone> gone;
};

// A line of the file, without the state.
struct CheckpointRow {
    std::uint64_t seq_id{};
    bus::UnixMs timestamp;
    std::uint64_t pending_count{};
    bus::Hash set_hash; // bus::checkpoint_hash
    bus::Hash tip;      // Keccak-256 of the payload of event seq_id: which log this is of
    std::vector<bus::PendingPoint> points; // of the events since the one before it
};

struct NewCheckpoint {
    CheckpointRow row;
    bus::PendingSet::Changes changes; // since the newest of the file
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
    // To write: made where there is none, and made anew where it is of another version or broken.
    // To read: fails where there is none.
    static Answer<std::unique_ptr<CheckpointFile>> open(const std::string& path, Mode mode);
    ~CheckpointFile();
    CheckpointFile(const CheckpointFile&) = delete;
    CheckpointFile& operator=(const CheckpointFile&) = delete;

    Answer<std::optional<CheckpointRow>> newest();
    // The newest at or before `seq_id` that verifies. What does not is skipped, and told of in
    // `skipped`, one line each.
    Answer<std::optional<CheckpointState>> load(std::uint64_t seq_id,
                                                std::vector<std::string>& skipped);
    // Counts with from <= seq_hi <= to, ascending.
    Answer<std::vector<bus::PendingPoint>> points(std::uint64_t from, std::uint64_t to);
    // Rows above `after`, ascending, at most `limit`.
    Answer<std::vector<CheckpointRow>> rows(std::uint64_t after, std::size_t limit);

    // `whole` is asked for the complete set when it is to be written.
    std::optional<StoreFailure> append(const NewCheckpoint& checkpoint,
                                       const bus::PendingSet& whole);
    // Forgets what is newer.
    std::optional<StoreFailure> truncate_after(std::uint64_t seq_id);
    // Forgets what no longer serves a log that begins at `oldest`.
    std::optional<StoreFailure> prune(std::uint64_t oldest);

  private:
    struct Impl;
    explicit CheckpointFile(std::unique_ptr<Impl> impl);
    std::mutex mutex_;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::storage
