// Selects the codes to send with a case. Most cases need the same few contracts, so recently sent
// codes are omitted. Each code is sent again after at most `again_after` cases: a code that was
// lost or that its receiver dropped is missing no longer than that.
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
    // Per message. A larger case is not a trade and not worth its space.
    static constexpr std::size_t kMaxBytes = 4U << 20;

    explicit RecentlySentCodes(std::size_t again_after = kAgainAfter,
                               std::size_t max_bytes = kMaxBytes)
        : again_after_(again_after), max_bytes_(max_bytes) {}

    // The codes to send with the next case's body. Nothing when the message would be too long: the
    // case is then not sent.
    std::optional<std::vector<evm::CodePointer>> due(std::size_t body_bytes,
                                                     std::span<const evm::CodePointer> codes);
    // A case was not accepted: its codes did not arrive.
    void forget();

  private:
    const std::size_t again_after_;
    const std::size_t max_bytes_;
    std::mutex mutex_;
    std::uint64_t cases_{};
    std::unordered_map<eth::Hash, std::uint64_t> sent_with_; // case
};

} // namespace viz::sim
