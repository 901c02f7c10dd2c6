// Which transactions of a chain were seen, by which sources, and whether their body was forwarded
// to decode. Bounded: the hash with the oldest first sighting is evicted first.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "components/ingest/time_source.hpp"

namespace viz::ingest {

class SeenSet {
  public:
    // Sources are numbered from 0, up to this many.
    static constexpr unsigned kMaxSources = 64;

    // capacity > 0. A hostile node chooses the hashes it announces; `salt` keeps it from choosing
    // ones that fall into the same bucket.
    explicit SeenSet(std::size_t capacity, std::uint64_t salt = 0);

    struct Sighting {
        bool first_ever{};
        bool first_from_source{};
        // The body is neither delivered nor being fetched: the caller does one of the two and
        // reports it with body_wanted() or body_delivered().
        bool body_missing{};
        bool body_delivered{};
        // Of the first sighting by any source.
        eth::UnixMs first_wall;
        eth::MonoNs first_mono;
        // The first sighting was in a pool at (re)connect: it may be older than the times say.
        bool first_backfilled{};
    };
    Sighting observe(const eth::Hash& hash, unsigned source, Instant now, bool backfilled = false);

    void body_wanted(const eth::Hash& hash);
    // True when this is the first delivery.
    bool body_delivered(const eth::Hash& hash);
    bool delivered(const eth::Hash& hash) const;
    // The body was lost on the way: the next announcement from any source may deliver it again.
    void body_lost(const eth::Hash& hash);
    // The delivered body was rejected and is missing again. Returns the first sighting of the hash;
    // nothing when the hash was evicted or another body is already on its way.
    std::optional<Sighting> body_refused(const eth::Hash& hash);

    // From the record: the hash is known, its body was decoded, and the sightings of `sources` (bit
    // n: source n) are recorded.
    void seed(const eth::Hash& hash, std::uint64_t sources, eth::UnixMs first_wall);

    std::size_t size() const { return entries_.size(); }

  private:
    enum class Body : std::uint8_t { missing, wanted, delivered };
    struct Entry {
        std::uint64_t sources{};
        eth::UnixMs first_wall;
        eth::MonoNs first_mono;
        Body body{Body::missing};
        bool first_backfilled{};
    };

    struct SaltedHash {
        std::uint64_t salt;
        std::size_t operator()(const eth::Hash& hash) const noexcept;
    };

    Entry& insert(const eth::Hash& hash);

    std::size_t capacity_;
    std::unordered_map<eth::Hash, Entry, SaltedHash> entries_;
    std::deque<eth::Hash> order_; // oldest first; exactly the keys of entries_
};

} // namespace viz::ingest
