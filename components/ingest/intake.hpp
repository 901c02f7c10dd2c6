// Decides whether an observation is delivered to decode, a repeat, or a counted loss, and records
// it. Every observation ends in exactly one Outcome.
#pragma once

#include <string>
#include <string_view>

#include "components/ingest/chain_sink.hpp"
#include "components/ingest/dedup.hpp"
#include "components/ingest/fetch_queue.hpp"

namespace viz::ingest {

struct SourceRef {
    unsigned number{}; // below SeenSet::kMaxSources
    std::string id;
};

class Intake {
  public:
    Intake(eth::ChainId chain_id, SeenSet seen, ChainSink& sink)
        : chain_id_(chain_id), seen_(std::move(seen)), sink_(sink) {}

    // A hash without body. Returns the hash to fetch: the observation stays open until fetched() or
    // lost() reports its end.
    std::optional<WantedBody> announced(const eth::Hash& hash, const SourceRef& source,
                                        Instant now);
    // A transaction object (JSON) that claims to be `hash`.
    void body(const eth::Hash& hash, std::string_view json, const SourceRef& source, Instant now,
              bool backfilled);
    // A notification or pool entry without a usable hash.
    void unusable();

    void fetched(const WantedBody& wanted, std::string_view json, const SourceRef& source,
                 Instant now);
    void lost(const WantedBody& wanted, DropReason reason);

    // Decode rejected the body of this hash: it is missing again. Returns what may be fetched from
    // another source, which begins with reopen(), a new observation that ends with fetched() or
    // lost(). Nothing when the hash was evicted.
    std::optional<WantedBody> refused(const eth::Hash& hash);
    void reopen(const WantedBody& wanted);

    std::size_t fetching() const { return fetching_; }

  private:
    SeenSet::Sighting sight(const eth::Hash& hash, const SourceRef& source, Instant now,
                            bool backfilled);
    // True when it was delivered.
    bool deliver(const eth::Hash& hash, std::string_view json, const SourceRef& source,
                 eth::UnixMs first_wall, eth::MonoNs first_mono, bool backfilled);

    eth::ChainId chain_id_;
    SeenSet seen_;
    ChainSink& sink_;
    std::size_t fetching_{};
};

} // namespace viz::ingest
