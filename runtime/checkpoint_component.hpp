// Keeps the checkpoints of /replay up to the log. It takes its time: a log without checkpoints is
// gone through at some ten thousand events a turn, beside the live work.
#pragma once

#include <memory>
#include <string>

#include "bus/component.hpp"
#include "bus/reactor.hpp"
#include "components/storage/checkpointer.hpp"

namespace viz::runtime {

class CheckpointComponent final : public bus::Component {
  public:
    // Both outlive it.
    CheckpointComponent(storage::Reader& log, storage::CheckpointFile& file);

    void run(std::stop_token stop) override { reactor_.run(stop); }
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    void turn();
    // Told once a burst: it is tried again every turn.
    void report(const storage::StoreFailure& failure);

    storage::Checkpointer checkpointer_;
    bool resumed_{};
    bool failing_{};
    bus::Reactor reactor_;
};

// The file of checkpoints beside the store. Null, and a warning, when it cannot be opened: replay
// works without, from the log.
std::unique_ptr<storage::CheckpointFile> open_checkpoints(const std::string& store_path,
                                                          storage::CheckpointFile::Mode mode);

// Drops what is not of this log, so that what is served from the file is right from the start.
void check_checkpoints(storage::Reader& log, storage::CheckpointFile& file);

} // namespace viz::runtime
