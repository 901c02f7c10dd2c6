#include "runtime/checkpoint_component.hpp"

#include <spdlog/spdlog.h>

namespace viz::runtime {

namespace {

constexpr std::chrono::milliseconds kTurn{200};

void log_notes(const std::vector<std::string>& notes) {
    constexpr std::size_t kMax = 3;
    for (std::size_t i = 0; i < notes.size() && i < kMax; ++i)
        spdlog::warn("checkpoint ignored, replay reads the log instead: {}", notes[i]);
    if (notes.size() > kMax) spdlog::warn("{} more checkpoints ignored", notes.size() - kMax);
}

} // namespace

CheckpointComponent::CheckpointComponent(storage::Reader& log, storage::CheckpointFile& file)
    : checkpointer_(log, file) {
    reactor_.every(kTurn, [this] { turn(); });
}

void CheckpointComponent::report(const storage::StoreFailure& failure) {
    if (!failing_)
        spdlog::warn("checkpoints are not written reason={} detail=\"{}\"",
                     storage::to_string(failure.reason), failure.detail);
    failing_ = true;
}

void CheckpointComponent::turn() {
    if (!resumed_) {
        std::vector<std::string> notes;
        if (const auto failure = checkpointer_.resume(notes)) return report(*failure);
        log_notes(notes);
        resumed_ = true;
    }
    const auto written = checkpointer_.advance();
    if (!written) return report(written.error());
    if (const auto failure = checkpointer_.prune()) return report(*failure);
    if (failing_) spdlog::info("checkpoints can be written again");
    failing_ = false;
}

std::unique_ptr<storage::CheckpointFile> open_checkpoints(const std::string& store_path,
                                                          storage::CheckpointFile::Mode mode) {
    const auto path = storage::CheckpointFile::path_of(store_path);
    auto file = storage::CheckpointFile::open(path, mode);
    if (file) return std::move(*file);
    if (mode == storage::CheckpointFile::Mode::write)
        spdlog::warn("no checkpoints, /replay reads the log: {}", file.error().message(path));
    return nullptr;
}

void check_checkpoints(storage::Reader& log, storage::CheckpointFile& file) {
    std::vector<std::string> notes;
    if (const auto failure = storage::Checkpointer(log, file).resume(notes))
        spdlog::warn("checkpoints cannot be checked reason={} detail=\"{}\"",
                     storage::to_string(failure->reason), failure->detail);
    log_notes(notes);
}

} // namespace viz::runtime
