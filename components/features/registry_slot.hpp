// Holds the current registry, which may be replaced while transactions are labelled: a reader keeps
// one complete registry and periodically checks for a newer version.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "components/features/protocol_registry.hpp"

namespace viz::features {

// Thread-safe.
class RegistrySlot {
  public:
    explicit RegistrySlot(ProtocolRegistry first)
        : held_(std::make_shared<const ProtocolRegistry>(std::move(first))) {}

    // Increases with every replacement; cheap enough to check per transaction.
    std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
    std::shared_ptr<const ProtocolRegistry> current() const {
        const std::lock_guard lock(mutex_);
        return held_;
    }
    void replace(ProtocolRegistry next) {
        auto made = std::make_shared<const ProtocolRegistry>(std::move(next));
        const std::lock_guard lock(mutex_);
        held_ = std::move(made);
        version_.fetch_add(1, std::memory_order_release);
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const ProtocolRegistry> held_;
    std::atomic<std::uint64_t> version_{0};
};

} // namespace viz::features
