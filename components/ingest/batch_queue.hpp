// Collects requests to a node into batches: a bounded queue, a bounded number of batches in flight,
// retries with jittered exponential back-off. Has no connection and no clock: the caller passes the
// time, sends what take() returns, and reports the answers with finish().
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "components/ingest/time_source.hpp"

namespace viz::ingest {

struct BatchLimits {
    std::size_t batch_size{32};
    std::size_t max_in_flight{4}; // batches
    std::size_t capacity{8192};   // items waiting, those between two attempts included
    std::uint32_t retry_attempts{2};
    Millis retry_backoff{100};
    Millis retry_backoff_max{10'000};
    Millis flush{40}; // longest wait of an incomplete batch for more items
};

// The node's answer for one item. All but `done` are retried while attempts remain.
enum class Answer : std::uint8_t {
    done,
    null,   // it does not know (yet)
    wrong,  // its answer is for another item
    failed, // no answer, or an error
};

template <class Item> class BatchQueue {
  public:
    BatchQueue(BatchLimits limits, Random random) : limits_(limits), random_(std::move(random)) {}

    struct Batch {
        std::uint64_t id{};
        std::vector<Item> items;
    };

    // False: the queue is full and the item is not accepted.
    bool push(Item item, Mono now) {
        if (waiting() >= limits_.capacity) return false;
        ready_.push_back({std::move(item), 0, now});
        return true;
    }

    // The next batch to send, if one is due: full, or its oldest item has waited for `flush`.
    std::optional<Batch> take(Mono now) {
        collect_due(now);
        if (ready_.empty() || in_flight_.size() >= limits_.max_in_flight || now < paused_until_)
            return std::nullopt;
        if (ready_.size() < limits_.batch_size && now < ready_.front().since + limits_.flush)
            return std::nullopt;
        const auto count = std::min(ready_.size(), limits_.batch_size);
        Batch batch{++last_id_, {}};
        auto& kept = in_flight_[batch.id];
        for (std::size_t i = 0; i < count; ++i) {
            batch.items.push_back(ready_.front().item);
            kept.push_back(std::move(ready_.front()));
            ready_.pop_front();
        }
        return batch;
    }

    struct Abandoned {
        Item item;
        Answer last;
    };

    // `answers[i]` belongs to the batch's item i; missing ones count as failed. Returns the
    // abandoned items: no attempt left, or the queue is full. An unknown batch is ignored.
    std::vector<Abandoned> finish(std::uint64_t batch_id, const std::vector<Answer>& answers,
                                  Mono now) {
        std::vector<Abandoned> abandoned;
        auto node = in_flight_.extract(batch_id);
        if (node.empty()) return abandoned;
        auto& entries = node.mapped();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto answer = i < answers.size() ? answers[i] : Answer::failed;
            if (answer == Answer::done) continue;
            auto& entry = entries[i];
            if (entry.retries >= limits_.retry_attempts || waiting() >= limits_.capacity) {
                abandoned.push_back({std::move(entry.item), answer});
                continue;
            }
            const auto wait =
                doubled(limits_.retry_backoff, entry.retries, limits_.retry_backoff_max);
            ++entry.retries;
            entry.since = now + jittered(wait, random_);
            delayed_.push_back(std::move(entry));
        }
        return abandoned;
    }

    // The connection is gone: items in flight are queued again without counting an attempt. Returns
    // those that do not fit.
    std::vector<Abandoned> requeue_in_flight(Mono now) {
        std::vector<Abandoned> abandoned;
        for (auto& [id, entries] : in_flight_) {
            for (auto& entry : entries) {
                if (waiting() >= limits_.capacity) {
                    abandoned.push_back({std::move(entry.item), Answer::failed});
                    continue;
                }
                entry.since = now;
                ready_.push_back(std::move(entry));
            }
        }
        in_flight_.clear();
        return abandoned;
    }

    // Nothing is sent before this time: the node asked for a pause (Retry-After).
    void pause_until(Mono when) { paused_until_ = std::max(paused_until_, when); }

    // When to call take() next if nothing else happens.
    std::optional<Mono> next_due() const {
        if (in_flight_.size() >= limits_.max_in_flight) return std::nullopt;
        std::optional<Mono> due;
        const auto consider = [&due](Mono at) { due = due ? std::min(*due, at) : at; };
        if (ready_.size() >= limits_.batch_size)
            consider(Mono::min());
        else if (!ready_.empty())
            consider(ready_.front().since + limits_.flush);
        for (const auto& entry : delayed_) consider(entry.since + limits_.flush);
        if (due) due = std::max(*due, paused_until_);
        return due;
    }

    std::size_t waiting() const { return ready_.size() + delayed_.size(); }
    std::size_t batches_in_flight() const { return in_flight_.size(); }
    std::size_t unfinished() const {
        std::size_t n = waiting();
        for (const auto& [id, entries] : in_flight_) n += entries.size();
        return n;
    }

  private:
    struct Entry {
        Item item;
        std::uint32_t retries{};
        Mono since{}; // ready since, or (delayed) not before
    };

    void collect_due(Mono now) {
        const auto due = std::stable_partition(delayed_.begin(), delayed_.end(),
                                               [now](const Entry& e) { return e.since > now; });
        std::move(due, delayed_.end(), std::back_inserter(ready_));
        delayed_.erase(due, delayed_.end());
    }

    BatchLimits limits_;
    Random random_;
    std::deque<Entry> ready_;
    std::vector<Entry> delayed_; // between two attempts
    std::unordered_map<std::uint64_t, std::vector<Entry>> in_flight_;
    std::uint64_t last_id_{};
    Mono paused_until_{Mono::min()};
};

} // namespace viz::ingest
