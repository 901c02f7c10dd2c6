// The pending set between two points of the log, recomputed from the record. One at a time: it
// reads the log from its beginning.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "components/eth/result.hpp"
#include "components/eth/types.hpp"
#include "http/history.hpp"
#include "http/replay_track.hpp"

namespace viz::http {

enum class ReplayError : std::uint8_t {
    unknown_seq, // not (or no longer) in the log
    busy,        // another range is being replayed
};
std::string_view to_string(ReplayError error);

struct RangeSummary {
    std::uint64_t from_seq_id{};
    std::uint64_t to_seq_id{};
    eth::Hash from_checkpoint{};
    eth::Hash to_checkpoint{};
    std::uint64_t from_pending_count{};
    std::uint64_t to_pending_count{};
    std::vector<eth::Hash> added{};    // pending at `to`, not at `from`; sorted
    std::vector<eth::Hash> removed{};  // pending at `from`, not at `to`; sorted
    std::uint64_t stride{};            // the one used: raised so that frames stay few
    std::vector<ReplayPoint> frames{}; // newest first
};

// Names a set of pending transactions: Keccak-256 over their hashes, sorted ascending and
// concatenated. Equal sets give equal names whatever the order they came in.
eth::Hash checkpoint_hash(std::vector<eth::Hash> pending);

class RangeReplay {
  public:
    static constexpr std::size_t kMaxFrames = 5000;

    explicit RangeReplay(History& history) : history_(history) {}

    // The state at `seq` is the one after that event. from <= to; stride >= 1.
    Result<RangeSummary, ReplayError> run(std::uint64_t from, std::uint64_t to,
                                          std::uint64_t stride);

  private:
    History& history_;
    std::mutex running_;
};

} // namespace viz::http
