// Damage found in the record: a metric by reason, one log line per burst, and a reason for /health
// until the next start.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "bus/clock.hpp"
#include "bus/metrics.hpp"
#include "components/storage/damage.hpp"
#include "components/storage/event_store.hpp"

namespace viz::runtime {

class RecordDamage {
  public:
    RecordDamage(bus::Metrics& metrics, const bus::Clock& clock);

    // Records the findings of opening a store.
    void note(const storage::OpeningReport& opening);
    // For readers; valid as long as this object.
    storage::DamageReport& report() { return report_; }
    // For /health; empty: no damage found. Thread-safe.
    std::string trouble() const;

  private:
    void on_first(std::uint64_t seq_id, storage::DamageReason reason);

    bus::Metrics& metrics_;
    const bus::Clock& clock_;
    std::atomic<bool> cut_{false};
    std::int64_t reported_ns_{0}; // under the report's lock
    bool reported_{false};
    storage::DamageReport report_;
};

} // namespace viz::runtime
