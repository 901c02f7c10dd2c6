#include "components/storage/component.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace viz::storage {

namespace {
constexpr std::chrono::milliseconds kRetryEvery{250};
constexpr std::chrono::milliseconds kTrimEvery{100};
// Entries are some hundred bytes, cases of simulations with their codes at most 4 MiB; what a
// foreign process sends beyond this is neither.
constexpr std::size_t kMaxEntryBytes = 5U << 20;
} // namespace

void Health::set(std::string trouble) {
    const std::scoped_lock lock(mutex_);
    trouble_ = std::move(trouble);
}

std::string Health::trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
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
      used_bytes_(metrics.gauge("storage_used_bytes", "Pages in use, without the log ahead.")) {
    // A part that hands us entries is told of none that is not on the disk.
    ports_.journal.settle_by_hand();
    // A group is what has gathered while the last one was written: no timer, no waiting.
    reactor_.on_message(
        ports_.journal, [this](bus::Received& received) { take(received); }, [this] { commit(); });
    reactor_.every(kTrimEvery, [this] { trim(); });
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

// Between commits; what it deletes at once is little, so that no commit waits long.
void StorageComponent::trim() {
    const auto start = clock_.mono_ns();
    const auto done = retention_.step(clock_.unix_ms());
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
