#include "components/storage/component.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace viz::storage {

namespace {
constexpr std::chrono::milliseconds kRetryEvery{250};
constexpr std::chrono::milliseconds kTrimEvery{100};
constexpr std::chrono::milliseconds kLookEvery{1000};
// Four times the size to which the log is truncated on a restart: a larger log means that a reader
// holds it.
constexpr std::uint64_t kLargeWalBytes = 256U << 20;
constexpr std::int64_t kWalEveryNs = 60'000'000'000;
// Entries have some hundred bytes, simulation cases with their codes at most 4 MiB; a larger
// message is neither.
constexpr std::size_t kMaxEntryBytes = 5U << 20;
// The precision of the log's time: a note is due after this many events.
constexpr std::uint64_t kNoteTimeEvents = 10'000;
constexpr std::int64_t kNoteTimeNs = 60'000'000'000;
// A doubt that lasts this long is reported in /health; the log message is repeated.
constexpr std::int64_t kDoubtLastsNs = 60'000'000'000;
constexpr std::int64_t kDoubtEveryNs = 600'000'000'000;
} // namespace

void Health::set(std::string trouble) {
    const std::scoped_lock lock(mutex_);
    trouble_ = std::move(trouble);
}

std::string Health::trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
}

void Health::set_problem(const std::string& kind, std::string trouble) {
    const std::scoped_lock lock(mutex_);
    problems_[kind] = std::move(trouble);
}

std::map<std::string, std::string> Health::problems() const {
    const std::scoped_lock lock(mutex_);
    return problems_;
}

StorageComponent::StorageComponent(Ports& ports, EventStore& store, Retention retention,
                                   Health& health, const bus::Clock& clock, bus::Metrics& metrics)
    : ports_(ports), store_(store), retention_(std::move(retention)), health_(health),
      clock_(clock),
      events_total_(metrics.counter("storage_events_total", "Events committed to the log.")),
      failures_total_(metrics.counter("storage_failures_total", "Failed commits.")),
      lost_total_(metrics.counter("storage_lost_total",
                                  "Entries dropped at shutdown because they could not be "
                                  "written; they were never published.")),
      commit_seconds_(metrics.histogram("storage_commit_seconds", "Duration of one group commit.")),
      trim_seconds_(
          metrics.histogram("storage_trim_seconds", "Duration of one retention delete step.")),
      trimmed_events_(
          metrics.counter("storage_trimmed_events_total", "Events deleted by retention.")),
      trimmed_transactions_(metrics.counter("storage_trimmed_transactions_total",
                                            "Transaction rows deleted by retention.")),
      oldest_seq_id_(
          metrics.gauge("storage_oldest_seq_id", "Number of the oldest event in the log.")),
      used_bytes_(metrics.gauge("storage_used_bytes",
                                "Bytes of pages in use, without the write-ahead log.")),
      clock_doubt_(metrics.gauge("storage_clock_in_doubt",
                                 "1 while the wall clock has made a step that neither the "
                                 "monotonic clock nor a block explains: nothing is deleted by "
                                 "age.")),
      clock_step_(metrics.gauge("storage_clock_step_seconds",
                                "The wall clock minus its expected value from the log's time.")),
      wal_bytes_(metrics.gauge("storage_wal_bytes", "Size of the write-ahead log's file.")),
      foreign_readers_(metrics.gauge("storage_foreign_readers",
                                     "Other processes that hold a snapshot of the record, seen "
                                     "while the write-ahead log is larger than it should be.")) {
    // Acknowledge entries to their sender only after they are on disk.
    ports_.journal.settle_by_hand();
    // A group is all entries received during the previous commit: no timer, no waiting.
    reactor_.on_message(
        ports_.journal, [this](bus::Received& received) { take(received); }, [this] { commit(); });
    reactor_.every(kTrimEvery, [this] { trim(); });
    reactor_.every(kLookEvery, [this] { look_at_files(); });
}

void StorageComponent::run(std::stop_token stop) {
    stop_ = stop;
    reactor_.run(std::move(stop), std::chrono::milliseconds(2000));
    commit();
}

std::int64_t StorageComponent::last_turn_ns() const {
    return std::max(reactor_.last_turn_ns(), last_try_ns_.load(std::memory_order_relaxed));
}

void StorageComponent::take(bus::Received& received) {
    const auto bytes = std::as_const(received).payload();
    if (bytes.size() > kMaxEntryBytes) return ports_.journal.count_refused();
    auto envelope = bus::decode<bus::Envelope>(bytes);
    if (!envelope || envelope->seq_id != 0 || std::holds_alternative<bus::Damaged>(envelope->data))
        return ports_.journal.count_refused();
    if (const auto* block = std::get_if<bus::BlockRecord>(&envelope->data);
        block != nullptr && block->canonical && log_clock_)
        log_clock_->note_block(block->timestamp_s);
    batch_.push_back({std::move(*envelope), bus::Payload(bytes.begin(), bytes.end())});
    if (batch_.size() >= kMaxBatch) commit();
}

void StorageComponent::commit() {
    if (!batch_.empty()) {
        if (append_with_retries())
            publish();
        else
            lost_total_.Increment(static_cast<double>(batch_.size()));
        batch_.clear();
    }
    ports_.journal.settle();
}

// While the disk fails, this thread only retries: the journal fills, and producers that cannot
// enqueue count the drop. Returns false only when stopped.
bool StorageComponent::append_with_retries() {
    std::mutex mutex;
    std::condition_variable_any wait;
    for (bool failing = false;; failing = true) {
        const auto start = clock_.mono_ns();
        const auto failure = store_.append(batch_);
        last_try_ns_.store(start, std::memory_order_relaxed);
        if (!failure) {
            commit_seconds_.Observe(static_cast<double>(clock_.mono_ns() - start) * 1e-9);
            note_mark();
            if (failing) {
                health_.set("");
                spdlog::info("storage writes again");
            }
            return true;
        }
        failures_total_.Increment();
        health_.set(std::string(to_string(*failure)));
        if (!failing)
            spdlog::error("storage cannot write reason={} detail=\"{}\" advice=\"{}\"",
                          to_string(failure->reason), failure->detail, advice(failure->reason));
        if (stop_.stop_requested()) return false;
        std::unique_lock lock(mutex);
        wait.wait_for(lock, stop_, kRetryEvery, [] { return false; });
    }
}

// The commit is durable; only the protection against reusing its numbers is missing.
void StorageComponent::note_mark() {
    const auto& trouble = store_.mark_trouble();
    if (!trouble.empty() && !mark_failing_)
        spdlog::warn("cannot write the end mark of the record detail=\"{}\"", trouble);
    mark_failing_ = !trouble.empty();
}

void StorageComponent::look_at_files() {
    const bool replaced = !store_.names_its_file();
    if (replaced != std::exchange(file_replaced_, replaced)) {
        health_.set_problem("record_file", replaced ? "the path no longer refers to the open file: "
                                                      "it was moved, deleted or replaced"
                                                    : "");
        if (replaced)
            spdlog::error("the record's file was moved, deleted or replaced while in use "
                          "reason=record_replaced advice=\"copy the data to keep, then restart\"");
        else
            spdlog::info("the record's path refers to the open file again");
    }
    look_at_log_ahead();
}

// A reader's snapshot cannot be ended from here: only its own process can release its lock.
// Overwriting its pages would corrupt its view, and refusing to write would lose events. So the
// process is only reported.
void StorageComponent::look_at_log_ahead() {
    store_.restart_long_log();
    const auto ahead = store_.log_ahead();
    const auto bytes = ahead.bytes();
    wal_bytes_.Set(static_cast<double>(bytes));
    if (bytes < kLargeWalBytes) {
        if (std::exchange(wal_large_, false)) {
            health_.set_problem("wal", "");
            foreign_readers_.Set(0);
            spdlog::info("the write-ahead log has its usual size again bytes={}", bytes);
        }
        return;
    }
    const auto readers = ahead.readers();
    foreign_readers_.Set(static_cast<double>(readers.size()));
    std::string holders;
    for (const auto& reader : readers)
        holders += (holders.empty() ? "" : ",") + std::to_string(reader.pid) +
                   (reader.command.empty() ? "" : "(" + reader.command + ")");
    if (holders.empty()) holders = "none";
    health_.set_problem("wal", "the write-ahead log has " + std::to_string(bytes >> 20) +
                                   " MiB; processes that hold a snapshot: " + holders);
    const auto now = clock_.mono_ns();
    const bool begins = !std::exchange(wal_large_, true);
    if (!begins && now - wal_reported_ns_ < kWalEveryNs) return;
    wal_reported_ns_ = now;
    spdlog::warn("the write-ahead log grows reason=reader_holds_snapshot bytes={} pids={} "
                 "advice=\"end the transaction of that process\"",
                 bytes, holders);
}

// The current time for retention; empty while the clock is in doubt.
std::optional<bus::UnixMs> StorageComponent::trusted_time() {
    if (!log_clock_) {
        const auto last = store_.newest_time();
        if (!last) return std::nullopt; // retention's step fails too, and logs the error
        log_clock_.emplace(*last);
    }
    const auto reading = log_clock_->read(clock_.unix_ms(), clock_.mono());
    clock_doubt_.Set(reading.doubt == ClockDoubt::none ? 0 : 1);
    clock_step_.Set(static_cast<double>(reading.step_ms) / 1000);
    if (retention_.policy().max_age.count() > 0) report_doubt(reading);
    if (reading.at_most) note_time(*reading.at_most);
    return reading.at_least;
}

void StorageComponent::note_time(const LogTime& time) {
    const auto latest = store_.latest_seq_id();
    const auto now = clock_.mono_ns();
    const bool due = latest >= noted_seq_id_ + kNoteTimeEvents || noted_seq_id_ == 0 ||
                     now - noted_ns_ >= kNoteTimeNs;
    if (latest == noted_seq_id_ || !due) return;
    if (store_.note_time(time)) return; // the next call retries
    noted_seq_id_ = latest;
    noted_ns_ = now;
}

void StorageComponent::report_doubt(const LogClock::Reading& reading) {
    const auto now = clock_.mono_ns();
    if (reading.doubt == ClockDoubt::none) {
        if (doubt_since_ns_) {
            spdlog::info("retention trusts the clock again");
            health_.set_problem("retention", "");
        }
        doubt_since_ns_.reset();
        return;
    }
    const bool begins = !doubt_since_ns_;
    if (begins) doubt_since_ns_ = now;
    if (now - *doubt_since_ns_ >= kDoubtLastsNs)
        health_.set_problem("retention",
                            std::string(to_string(reading.doubt)) +
                                ": nothing is deleted by age until a block confirms the clock");
    if (!begins && now - doubt_reported_ns_ < kDoubtEveryNs) return;
    doubt_reported_ns_ = now;
    spdlog::warn("retention does not trust the clock, nothing is deleted by age reason={} "
                 "step_s={} advice=\"check the clock; a new block with a matching time ends this\"",
                 to_string(reading.doubt), reading.step_ms / 1000);
}

// Runs between commits; deletes little at a time, so that no commit waits long.
void StorageComponent::trim() {
    const auto start = clock_.mono_ns();
    const auto done = retention_.step(trusted_time());
    if (!done) {
        if (!trim_failing_)
            spdlog::warn("retention cannot delete reason={} detail=\"{}\"",
                         to_string(done.error().reason), done.error().detail);
        trim_failing_ = true;
        return;
    }
    trim_failing_ = false;
    oldest_seq_id_.Set(static_cast<double>(done->extent.oldest_seq_id));
    used_bytes_.Set(static_cast<double>(done->extent.used_bytes));
    if (done->counts == TrimCounts{}) return;
    trim_seconds_.Observe(static_cast<double>(clock_.mono_ns() - start) * 1e-9);
    trimmed_events_.Increment(static_cast<double>(done->counts.events));
    trimmed_transactions_.Increment(static_cast<double>(done->counts.transactions));
}

void StorageComponent::publish() {
    std::size_t numbered = 0;
    for (const auto& entry : batch_) {
        const auto type = bus::type_of(entry.envelope.data);
        numbered += bus::is_numbered(type) ? 1 : 0;
        ports_.events.send(
            bus::make_topic(bus::Stream::events, bus::to_string(type), entry.envelope.chain_id),
            entry.payload);
    }
    events_total_.Increment(static_cast<double>(numbered));
}

} // namespace viz::storage
