// Which transactions of a chain have been seen, by which sources, and whether their body has gone
// on to decode. Bounded: the hash seen first the longest ago is forgotten first.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "components/ingest/time_source.hpp"

namespace viz::ingest {

class SeenSet {
  public:
    // Sources are numbered from 0; so many at most.
    static constexpr unsigned kMaxSources = 64;

    // capacity > 0. A hostile node chooses the hashes it announces; `salt` keeps it from choosing
    // ones that fall into the same bucket.
    explicit SeenSet(std::size_t capacity, std::uint64_t salt = 0);

    struct Sighting {
        bool first_ever{};
        bool first_from_source{};
        // Nobody has delivered the body and nobody is fetching it: the caller is to do either,
        // and to say so with body_wanted() or body_delivered().
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
    // The body did not get through: the next announcement, of any source, may bring it again.
    void body_lost(const eth::Hash& hash);
    // The body that was delivered turned out wrong: it is missing. What was first seen of the hash;
    // nothing when it has been forgotten, or another body is on its way already.
    std::optional<Sighting> body_refused(const eth::Hash& hash);

    // From the record: the hash is known, its body decoded, and `sources` (bit n: source n) have
    // their sighting recorded.
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
