#include "components/storage/component.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace viz::storage {

namespace {
constexpr std::chrono::milliseconds kRetryEvery{250};
constexpr std::chrono::milliseconds kTrimEvery{100};
constexpr std::chrono::milliseconds kLookEvery{1000};
// Four times what the log is cut to when it starts anew: a reader holds it.
constexpr std::uint64_t kLargeWalBytes = 256U << 20;
constexpr std::int64_t kWalEveryNs = 60'000'000'000;
// Entries are some hundred bytes, cases of simulations with their codes at most 4 MiB; what a
// foreign process sends beyond this is neither.
constexpr std::size_t kMaxEntryBytes = 5U << 20;
// How exactly the record knows when it was written.
constexpr std::uint64_t kNoteTimeEvents = 10'000;
constexpr std::int64_t kNoteTimeNs = 60'000'000'000;
// A doubt that lasts is a matter for /health; the log repeats it.
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
      failures_total_(metrics.counter("storage_failures_total", "Commits that failed.")),
      lost_total_(metrics.counter("storage_lost_total",
                                  "Entries given up at shutdown because they could not be "
                                  "written; nobody was shown them.")),
      commit_seconds_(metrics.histogram("storage_commit_seconds", "One group commit.")),
      trim_seconds_(metrics.histogram("storage_trim_seconds",
                                      "One small delete of what retention does not keep.")),
      trimmed_events_(
          metrics.counter("storage_trimmed_events_total", "Events that retention deleted.")),
      trimmed_transactions_(metrics.counter("storage_trimmed_transactions_total",
                                            "Rows of transactions that retention deleted.")),
      oldest_seq_id_(metrics.gauge("storage_oldest_seq_id", "Oldest event that is kept.")),
      used_bytes_(metrics.gauge("storage_used_bytes", "Pages in use, without the log ahead.")),
      clock_doubt_(metrics.gauge("storage_clock_in_doubt",
                                 "1 while the wall clock has made a step that neither the "
                                 "monotonic clock nor a block explains: nothing is deleted by "
                                 "age.")),
      clock_step_(metrics.gauge("storage_clock_step_seconds",
                                "The wall clock minus what the log's time lets expect of it.")),
      wal_bytes_(metrics.gauge("storage_wal_bytes", "Size of the write-ahead log's file.")),
      foreign_readers_(metrics.gauge("storage_foreign_readers",
                                     "Other processes that hold a snapshot of the record, seen "
                                     "while the write-ahead log is larger than it should be.")) {
    // A part that hands us entries is told of none that is not on the disk.
    ports_.journal.settle_by_hand();
    // A group is what has gathered while the last one was written: no timer, no waiting.
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

// While the disk refuses, this thread does nothing else: the journal fills behind it, and who
// cannot enqueue counts the drop. False only when stopped meanwhile.
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

// The commit stands; only the guard against giving its numbers out again is missing.
void StorageComponent::note_mark() {
    const auto& trouble = store_.mark_trouble();
    if (!trouble.empty() && !mark_failing_)
        spdlog::warn("the mark of the record's end cannot be written detail=\"{}\"", trouble);
    mark_failing_ = !trouble.empty();
}

void StorageComponent::look_at_files() {
    const bool replaced = !store_.names_its_file();
    if (replaced != std::exchange(file_replaced_, replaced)) {
        health_.set_problem("record_file", replaced ? "the path no longer names the file that is "
                                                      "written: it was moved, deleted or replaced"
                                                    : "");
        if (replaced)
            spdlog::error(
                "the record's file was moved, deleted or replaced while it is written "
                "reason=record_replaced advice=\"copy what is to be kept, then restart\"");
        else
            spdlog::info("the record's path names the file that is written again");
    }
    look_at_log_ahead();
}

// No bound makes a reader lose: its snapshot is a lock that only its own process can give up, and
// to overwrite what it reads would hand it a torn database. Refusing to write would lose events
// instead. So it is named.
void StorageComponent::look_at_log_ahead() {
    const auto ahead = store_.log_ahead();
    const auto bytes = ahead.bytes();
    wal_bytes_.Set(static_cast<double>(bytes));
    if (bytes < kLargeWalBytes) {
        if (std::exchange(wal_large_, false)) {
            health_.set_problem("wal", "");
            foreign_readers_.Set(0);
            spdlog::info("the write-ahead log is of its usual size again bytes={}", bytes);
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

// By which retention may delete; nothing while in doubt.
std::optional<bus::UnixMs> StorageComponent::trusted_time() {
    if (!log_clock_) {
        const auto last = store_.newest_time();
        if (!last) return std::nullopt; // what fails here fails in the step, too, and is logged
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
    if (store_.note_time(time)) return; // the next turn tries again
    noted_seq_id_ = latest;
    noted_ns_ = now;
}

void StorageComponent::report_doubt(const LogClock::Reading& reading) {
    const auto now = clock_.mono_ns();
    if (reading.doubt == ClockDoubt::none) {
        if (doubt_since_ns_) {
            spdlog::info("retention believes the clock again");
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
                                ": nothing is deleted by age until a block agrees with the clock");
    if (!begins && now - doubt_reported_ns_ < kDoubtEveryNs) return;
    doubt_reported_ns_ = now;
    spdlog::warn("retention does not believe the clock, nothing is deleted by age reason={} "
                 "step_s={} advice=\"check the clock; a new block that agrees with it ends this\"",
                 to_string(reading.doubt), reading.step_ms / 1000);
}

// Between commits; what it deletes at once is little, so that no commit waits long.
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
