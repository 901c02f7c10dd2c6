// A bounded list of rows in order of arrival that one thread changes while others read earlier
// states: view() is O(1), and the contents of a view never change. A reader needs the owner's lock
// only to take a view, and reads it without.
//
// Rows are kept in chunks under a spine of pointers. Both store the version at which they were
// made; a view ends a version, and data older than the current version is copied before it is
// changed. A new row needs no copy: it is beyond the end of every view.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace viz::http {

template <class T> class VersionedLog {
    static constexpr std::size_t kChunk = 64;
    struct Chunk {
        std::uint64_t version{};
        std::array<T, kChunk> rows{};
    };
    struct Spine {
        std::uint64_t version{};
        std::uint64_t first{}; // number of the first chunk: its rows begin at first * kChunk
        std::vector<std::shared_ptr<Chunk>> chunks;

        Chunk& of(std::uint64_t position) const { return *chunks[index(position)]; }
        std::size_t index(std::uint64_t position) const {
            return static_cast<std::size_t>(position / kChunk - first);
        }
    };

  public:
    // The rows at positions begin() to end() - 1 at one moment. Positions count all rows ever
    // pushed, so that a row's position never changes. Any thread may read and release a view.
    class View {
      public:
        View() = default;
        std::uint64_t begin() const { return begin_; }
        std::uint64_t end() const { return end_; }
        std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
        bool empty() const { return begin_ == end_; }
        const T& operator[](std::uint64_t position) const {
            return spine_->of(position).rows[position % kChunk];
        }
        // Newest first, until `visit(row)` returns false.
        template <class Visit> void newest_first(Visit visit) const {
            for (auto at = end_; at > begin_; --at)
                if (!visit((*this)[at - 1])) return;
        }

      private:
        friend class VersionedLog;
        std::shared_ptr<const Spine> spine_;
        std::uint64_t begin_{};
        std::uint64_t end_{};
    };

    explicit VersionedLog(std::size_t capacity,
                          std::size_t max_bytes = std::numeric_limits<std::size_t>::max())
        : capacity_(capacity), max_bytes_(max_bytes) {}

    // Returns the row's position. Evicts the oldest rows at the limits, the newest never. `bytes`:
    // what the row keeps; 0 where the number of rows is limit enough.
    std::uint64_t push(T row, std::size_t bytes = 0) {
        if (end_ % kChunk == 0 || spine_->chunks.empty()) {
            auto chunk = std::make_shared<Chunk>();
            chunk->version = version_;
            own_spine().chunks.push_back(std::move(chunk));
        }
        spine_->of(end_).rows[end_ % kChunk] = std::move(row);
        ++end_;
        sizes_.push_back(bytes);
        bytes_ += bytes;
        while (size() > 1 && (size() > capacity_ || bytes_ > max_bytes_)) pop_front();
        return end_ - 1;
    }
    // The row keeps more or less than it did. Evicts nothing.
    void resize(std::uint64_t position, std::size_t bytes) {
        auto& size = sizes_[static_cast<std::size_t>(position - begin_)];
        bytes_ += bytes - size;
        size = bytes;
    }
    // Its memory is released with the last row of its chunk.
    void pop_front() {
        bytes_ -= sizes_.front();
        sizes_.pop_front();
        if (++begin_ % kChunk != 0) return;
        auto& spine = own_spine();
        spine.chunks.erase(spine.chunks.begin());
        ++spine.first;
    }
    void clear() {
        begin_ = end_;
        sizes_.clear();
        bytes_ = 0;
        spine_ = std::make_shared<Spine>();
        spine_->version = version_;
        spine_->first = end_ / kChunk;
    }

    std::uint64_t begin() const { return begin_; }
    std::uint64_t end() const { return end_; }
    std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
    bool empty() const { return begin_ == end_; }
    std::size_t bytes() const { return bytes_; }
    const T& operator[](std::uint64_t position) const {
        return spine_->of(position).rows[position % kChunk];
    }
    // A mutable row; existing views keep the old value.
    T& edit(std::uint64_t position) {
        if (spine_->of(position).version != version_) {
            auto& chunk = own_spine().chunks[spine_->index(position)];
            chunk = std::make_shared<Chunk>(*chunk);
            chunk->version = version_;
        }
        return spine_->of(position).rows[position % kChunk];
    }

    // Not concurrent with changes.
    View view() const {
        View view;
        view.spine_ = spine_;
        view.begin_ = begin_;
        view.end_ = end_;
        ++version_;
        return view;
    }
    // Incremented by every view: data made at an earlier version may be visible to readers.
    std::uint64_t version() const { return version_; }

  private:
    Spine& own_spine() {
        if (spine_->version != version_) {
            spine_ = std::make_shared<Spine>(*spine_);
            spine_->version = version_;
        }
        return *spine_;
    }

    std::size_t capacity_;
    std::size_t max_bytes_;
    std::deque<std::size_t> sizes_; // of each row
    std::size_t bytes_{};
    std::uint64_t begin_{};
    std::uint64_t end_{};
    mutable std::uint64_t version_{1};
    std::shared_ptr<Spine> spine_{std::make_shared<Spine>(Spine{.version = 1})};
};

// The same for large rows that change: each is copied separately, at most once per view.
template <class T> class VersionedRows {
    struct Row {
        std::uint64_t version{};
        std::shared_ptr<T> value{};
    };

  public:
    class View {
      public:
        View() = default;
        std::uint64_t begin() const { return rows_.begin(); }
        std::uint64_t end() const { return rows_.end(); }
        const T& operator[](std::uint64_t position) const { return *rows_[position].value; }
        template <class Visit> void newest_first(Visit visit) const {
            rows_.newest_first([&](const Row& row) { return visit(std::as_const(*row.value)); });
        }

      private:
        friend class VersionedRows;
        typename VersionedLog<Row>::View rows_;
    };

    explicit VersionedRows(std::size_t capacity) : rows_(capacity) {}

    std::uint64_t push(T value, std::size_t bytes = 0) {
        return rows_.push({rows_.version(), std::make_shared<T>(std::move(value))}, bytes);
    }
    void pop_front() { rows_.pop_front(); }
    void resize(std::uint64_t position, std::size_t bytes) { rows_.resize(position, bytes); }
    std::size_t bytes() const { return rows_.bytes(); }
    std::uint64_t begin() const { return rows_.begin(); }
    std::uint64_t end() const { return rows_.end(); }
    std::size_t size() const { return rows_.size(); }
    const T& operator[](std::uint64_t position) const { return *rows_[position].value; }
    // The current row as an immutable value. Not concurrent with changes.
    std::shared_ptr<const T> share(std::uint64_t position) const {
        auto shared = rows_[position].value;
        (void)rows_.view(); // ends the version
        return shared;
    }
    T& edit(std::uint64_t position) {
        auto& row = rows_.edit(position);
        if (row.version != rows_.version()) {
            row.value = std::make_shared<T>(*row.value);
            row.version = rows_.version();
        }
        return *row.value;
    }

    View view() const {
        View view;
        view.rows_ = rows_.view();
        return view;
    }

  private:
    VersionedLog<Row> rows_;
};

// A small value that one thread changes while others keep earlier states: copied before the first
// change after it was shared.
template <class T> class CopyOnWrite {
  public:
    CopyOnWrite() : value_(std::make_shared<T>()) {}

    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_.get(); }
    T& edit() {
        if (std::exchange(shared_, false)) value_ = std::make_shared<T>(*value_);
        return *value_;
    }
    // Not concurrent with changes.
    std::shared_ptr<const T> share() const {
        shared_ = true;
        return value_;
    }

  private:
    std::shared_ptr<T> value_;
    mutable bool shared_{};
};

} // namespace viz::http
