// Ingest of one chain: its endpoint slots, one intake for the observations of all slots, and heads
// and answers from the first live slot.
#pragma once

#include <memory>
#include <vector>

#include "components/ingest/endpoint_slot.hpp"
#include "components/ingest/head_follower.hpp"
#include "components/ingest/node_queries.hpp"

namespace viz::ingest {

class ChainSession {
  public:
    // `config` must outlive the session; `chain` is one of its chains.
    ChainSession(boost::asio::io_context& io, std::shared_ptr<boost::asio::ssl::context> tls,
                 const IngestConfig& config, const ChainConfig& chain,
                 const ChainRecovery& recovery, const RecoverAuthority& recover, const Now& now,
                 const Random& random, ChainSink& sink);

    // Never fails: endpoints that are down are retried.
    void start();
    void take(const bus::ChainQuery& query) { desk_.ask(query); }
    // Decode rejected a body: counted against its source, and another source is asked.
    void take(const bus::BodyRefused& refused);
    // Call a few times per silence limit.
    void tick();
    // Publishes the status of every slot.
    void publish_status();
    bool up() const { return primary_ != nullptr; }

  private:
    void went_live(EndpointSlot& slot);
    void went_away(EndpointSlot& slot);
    void lead_with(EndpointSlot* slot);
    void publish_status(const EndpointSlot& slot);

    const ChainConfig& chain_;
    ChainSink& sink_;
    Intake intake_;
    HeadFollower heads_;
    NodeQueries desk_;
    std::vector<std::unique_ptr<EndpointSlot>> slots_;
    EndpointSlot* primary_{}; // live, or null
};

} // namespace viz::ingest
