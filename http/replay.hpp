// The pending set at two points of the log: from the nearest stored checkpoints before them and the
// events in between. One at a time, since without checkpoints it reads the log from its beginning.
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
    state_gone,  // retention has deleted the events needed for the state at `from`
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
    std::uint64_t stride{};            // the actual stride, raised to limit the frames
    std::vector<ReplayPoint> frames{}; // newest first
};

using bus::checkpoint_hash;

class RangeReplay {
  public:
    static constexpr std::size_t kMaxFrames = 5000;
    // A range of up to this many events is replayed event by event. Frames of a longer range are at
    // its ends and at multiples of the stride, which is then a multiple of History::kPointEvery.
    static constexpr std::uint64_t kExactRange = 20'000;

    explicit RangeReplay(History& history) : history_(history) {}

    // The state at `seq` is the state after that event. from <= to; stride >= 1.
    Result<RangeSummary, ReplayError> run(std::uint64_t from, std::uint64_t to,
                                          std::uint64_t stride);

  private:
    // False: the state at the beginning of the range is not known.
    bool go_through(RangeSummary& out, std::vector<eth::Hash>& before,
                    std::vector<eth::Hash>& after);
    bool step_over(RangeSummary& out, std::vector<eth::Hash>& before,
                   std::vector<eth::Hash>& after);
    bool is_whole(const PendingStart& start);

    History& history_;
    std::mutex running_;
};

} // namespace viz::http
