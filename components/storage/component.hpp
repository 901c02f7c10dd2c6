// Shell of storage: reads the journal, publishes committed events. The only writer of the record.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/storage/log_clock.hpp"
#include "components/storage/retention.hpp"

namespace viz::storage {

struct Ports {
    bus::Receiver journal;
    bus::Sender events;
};

// The state of the record for /health. Thread-safe.
class Health {
  public:
    void set(std::string trouble);
    std::string trouble() const; // empty: the record can be written
    // Sets another problem of the record, by kind ("retention", "wal", "record_file"); an empty
    // text clears it.
    void set_problem(const std::string& kind, std::string trouble);
    std::map<std::string, std::string> problems() const;

  private:
    mutable std::mutex mutex_;
    std::string trouble_;
    std::map<std::string, std::string> problems_;
};

class StorageComponent final : public bus::Component {
  public:
    // All arguments must outlive the component.
    StorageComponent(Ports& ports, EventStore& store, Retention retention, Health& health,
                     const bus::Clock& clock, bus::Metrics& metrics);

    void run(std::stop_token stop) override;
    std::int64_t last_turn_ns() const override;

  private:
    void take(bus::Received& received);
    void commit();
    bool append_with_retries();
    void note_mark();
    void publish();
    void trim();
    std::optional<bus::UnixMs> trusted_time();
    void note_time(const LogTime& time);
    void report_doubt(const LogClock::Reading& reading);
    void look_at_files();
    void look_at_log_ahead();

    // Maximum entries per commit; further ones wait in the journal, where they are bounded and
    // counted.
    static constexpr std::size_t kMaxBatch = 4096;

    Ports& ports_;
    EventStore& store_;
    Retention retention_;
    std::optional<LogClock> log_clock_; // empty until the store's last time is read
    Health& health_;
    const bus::Clock& clock_;
    bus::Counter& events_total_;
    bus::Counter& failures_total_;
    bus::Counter& lost_total_;
    bus::Histogram& commit_seconds_;
    bus::Histogram& trim_seconds_;
    bus::Counter& trimmed_events_;
    bus::Counter& trimmed_transactions_;
    bus::Gauge& oldest_seq_id_;
    bus::Gauge& used_bytes_;
    bus::Gauge& clock_doubt_;
    bus::Gauge& clock_step_;
    bus::Gauge& wal_bytes_;
    bus::Gauge& foreign_readers_;
    bool file_replaced_{};
    bool wal_large_{};
    std::int64_t wal_reported_ns_{};
    bool trim_failing_{};
    bool mark_failing_{};
    std::optional<std::int64_t> doubt_since_ns_;
    std::int64_t doubt_reported_ns_{};
    std::uint64_t noted_seq_id_{};
    std::int64_t noted_ns_{};
    std::vector<Entry> batch_;
    std::stop_token stop_;
    std::atomic<std::int64_t> last_try_ns_{0};
    bus::Reactor reactor_;
};

} // namespace viz::storage
