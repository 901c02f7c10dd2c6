// Keeps the checkpoints of /replay up to date with the log. It runs in the background: a log
// without checkpoints is read at about ten thousand events per turn, beside the live work.
#pragma once

#include <memory>
#include <string>

#include "bus/component.hpp"
#include "bus/reactor.hpp"
#include "components/storage/checkpointer.hpp"

namespace viz::runtime {

class CheckpointComponent final : public bus::Component {
  public:
    // Both must outlive this object.
    CheckpointComponent(storage::Reader& log, storage::CheckpointFile& file);

    void run(std::stop_token stop) override { reactor_.run(stop); }
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    void turn();
    // Logs a failure once per burst; each turn retries.
    void report(const storage::StoreFailure& failure);

    storage::Checkpointer checkpointer_;
    bool resumed_{};
    bool failing_{};
    bus::Reactor reactor_;
};

// The checkpoint file beside the store. Null, with a warning, when it cannot be opened: replay then
// reads the log instead.
std::unique_ptr<storage::CheckpointFile> open_checkpoints(const std::string& store_path,
                                                          storage::CheckpointFile::Mode mode);

// Deletes checkpoints that do not match this log, so that answers from the file are correct from
// the start.
void check_checkpoints(storage::Reader& log, storage::CheckpointFile& file);

} // namespace viz::runtime
