// The rules by which an observation becomes a delivery to decode, a repeat or a counted loss, and
// by which it is recorded. Every observation ends in exactly one Outcome.
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

    // A hash without body. The answer is what to fetch: the observation stays open until
    // fetched() or lost() says how it ended.
    std::optional<WantedBody> announced(const eth::Hash& hash, const SourceRef& source,
                                        Instant now);
    // A transaction object (JSON) that calls itself `hash`.
    void body(const eth::Hash& hash, std::string_view json, const SourceRef& source, Instant now,
              bool backfilled);
    // A notification or pool entry without a usable hash.
    void unusable();

    void fetched(const WantedBody& wanted, std::string_view json, const SourceRef& source,
                 Instant now);
    void lost(const WantedBody& wanted, DropReason reason);

    // The body delivered for this hash was not believed: it is missing again. The answer is what
    // could be fetched elsewhere; whoever does begins with reopen(), a new observation that ends
    // with fetched() or lost(). Nothing where the hash has been forgotten.
    std::optional<WantedBody> refused(const eth::Hash& hash);
    void reopen(const WantedBody& wanted);

    std::size_t fetching() const { return fetching_; }

  private:
    SeenSet::Sighting sight(const eth::Hash& hash, const SourceRef& source, Instant now,
                            bool backfilled);
    // True when it went through.
    bool deliver(const eth::Hash& hash, std::string_view json, const SourceRef& source,
                 eth::UnixMs first_wall, eth::MonoNs first_mono, bool backfilled);

    eth::ChainId chain_id_;
    SeenSet seen_;
    ChainSink& sink_;
    std::size_t fetching_{};
};

} // namespace viz::ingest
