#include "components/sim/recently_sent_codes.hpp"

namespace viz::sim {

namespace {
// 32 bytes and a number each; a process that meets more of them sends some again.
constexpr std::size_t kMostRemembered = 16'384;
} // namespace

std::optional<std::vector<evm::CodePointer>>
RecentlySentCodes::due(std::size_t body_bytes, std::span<const evm::CodePointer> codes) {
    const std::scoped_lock lock(mutex_);
    std::vector<evm::CodePointer> out;
    auto bytes = body_bytes;
    for (const auto& code : codes) {
        const auto sent = sent_with_.find(code->hash());
        if (sent != sent_with_.end() && cases_ - sent->second < again_after_) continue;
        bytes += code->size();
        out.push_back(code);
    }
    if (bytes > max_bytes_) return std::nullopt;
    if (sent_with_.size() + out.size() > kMostRemembered) sent_with_.clear();
    for (const auto& code : out) sent_with_[code->hash()] = cases_;
    ++cases_;
    return out;
}

void RecentlySentCodes::forget() {
    const std::scoped_lock lock(mutex_);
    sent_with_.clear();
}

} // namespace viz::sim
