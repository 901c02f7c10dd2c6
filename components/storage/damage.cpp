#include "components/storage/damage.hpp"

namespace viz::storage {

std::string_view to_string(DamageReason reason) {
    switch (reason) {
    case DamageReason::checksum_mismatch:
        return "checksum_mismatch";
    case DamageReason::undecodable:
        return "undecodable";
    case DamageReason::unreadable:
        return "unreadable";
    case DamageReason::missing:
        return "missing";
    }
    return "unknown";
}

void DamageReport::add(std::uint64_t seq_id, DamageReason reason) {
    const std::scoped_lock lock(mutex_);
    if (known_.size() >= kRemembered || !known_.insert(seq_id).second) return;
    if (on_first_) on_first_(seq_id, reason);
}

bool DamageReport::any() const {
    const std::scoped_lock lock(mutex_);
    return !known_.empty();
}

} // namespace viz::storage
