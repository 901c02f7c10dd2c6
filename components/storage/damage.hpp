// What was found damaged in the record, as it was met: each event once, however often it is read.
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
    checksum_mismatch, // a bit of the row is not what was written
    undecodable,       // the row is what was written, and no event
    unreadable,        // SQLite cannot read the row's page
    missing,           // there is no row of that number
};
std::string_view to_string(DamageReason reason); // stable: contract and metrics

class DamageReport {
  public:
    // `on_first` is called for each event that was not known to be damaged, by the thread that
    // read it, with a lock held: it must not ask back.
    using Listener = std::function<void(std::uint64_t seq_id, DamageReason reason)>;
    explicit DamageReport(Listener on_first = {}) : on_first_(std::move(on_first)) {}

    void add(std::uint64_t seq_id, DamageReason reason);
    bool any() const;

  private:
    // Beyond so many, further ones are not counted.
    static constexpr std::size_t kRemembered = 100'000;

    Listener on_first_;
    mutable std::mutex mutex_;
    std::set<std::uint64_t> known_;
};

} // namespace viz::storage
