// Registers damaged events when they are read: each event once, however often it is read.
// Thread-safe; bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace viz::storage {

enum class DamageReason : std::uint8_t {
    checksum_mismatch, // the row differs from what was written
    undecodable,       // the row is intact but does not decode
    unreadable,        // SQLite cannot read the row's page
    missing,           // no row has this number
};
std::string_view to_string(DamageReason reason); // stable: part of the API and of metrics

class DamageReport {
  public:
    // `on_first` is called once per newly found damaged event, on the reading thread, with a lock
    // held: it must not call back into this object.
    using Listener = std::function<void(std::uint64_t seq_id, DamageReason reason)>;
    explicit DamageReport(Listener on_first = {}) : on_first_(std::move(on_first)) {}

    void add(std::uint64_t seq_id, DamageReason reason);
    bool any() const;

  private:
    // Maximum damaged events remembered; further ones are not counted.
    static constexpr std::size_t kRemembered = 100'000;

    Listener on_first_;
    mutable std::mutex mutex_;
    std::set<std::uint64_t> known_;
};

} // namespace viz::storage
