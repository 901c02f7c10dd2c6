// Sends lifecycle's queries to the node: account nonces and the block of a transaction. Each
// subject is queued at most once; queries wait while no node is connected.
#pragma once

#include <functional>
#include <unordered_set>

#include "components/ingest/batch_driver.hpp"
#include "components/ingest/chain_sink.hpp"
#include "components/ingest/config.hpp"

namespace viz::ingest {

class NodeQueries {
  public:
    // `tip`: the newest block known, zero before the first.
    NodeQueries(boost::asio::io_context& io, eth::ChainId chain_id, const IngestConfig& config,
                const Random& random, const Now& now, std::function<eth::BlockNumber()> tip,
                ChainSink& sink);

    void ask(const bus::ChainQuery& query);
    void attach(HttpClient& http);
    void detach();

  private:
    struct NonceOf {
        eth::Address address;
        eth::BlockNumber
            known_tip; // at the time of the request: the answer is of this block or a later one
    };

    Answer nonce_answered(const NonceOf& item, PaddedText result);
    Answer presence_answered(const eth::Hash& hash, PaddedText result);

    eth::ChainId chain_id_;
    std::function<eth::BlockNumber()> tip_;
    ChainSink& sink_;
    RpcReader reader_;
    std::unordered_set<eth::Address> addresses_; // queued or in flight
    std::unordered_set<eth::Hash> hashes_;
    BatchDriver<NonceOf> nonces_;
    BatchDriver<eth::Hash> presences_;
};

} // namespace viz::ingest
