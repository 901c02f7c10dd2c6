// Which codes go with a case. Most cases need the same few contracts, so a code that went out
// lately is left out. It goes again with every `again_after`-th case at the latest: one that was
// lost on the way, or that whoever keeps it has given up, is missing for no longer than that.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "components/evm/code.hpp"

namespace viz::sim {

// Thread-safe: one for all workers of a process.
class RecentlySentCodes {
  public:
    static constexpr std::size_t kAgainAfter = 64; // cases
    // Of a message. A case that takes more is not one of trading and not worth its place.
    static constexpr std::size_t kMaxBytes = 4U << 20;

    explicit RecentlySentCodes(std::size_t again_after = kAgainAfter,
                               std::size_t max_bytes = kMaxBytes)
        : again_after_(again_after), max_bytes_(max_bytes) {}

    // Of the next case's codes those to send with its body. Nothing where all of it is longer than
    // a message may be: then the case is not to be sent.
    std::optional<std::vector<evm::CodePointer>> due(std::size_t body_bytes,
                                                     std::span<const evm::CodePointer> codes);
    // A case was not taken: what went with it did not arrive.
    void forget();

  private:
    const std::size_t again_after_;
    const std::size_t max_bytes_;
    std::mutex mutex_;
    std::uint64_t cases_{};
    std::unordered_map<eth::Hash, std::uint64_t> sent_with_; // case
};

} // namespace viz::sim
