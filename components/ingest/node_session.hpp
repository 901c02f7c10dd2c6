// One connection to one node, from connect to failure: checks the chain id, finds the dialect in
// which the node sends full pending transactions, subscribes and waits for both acknowledgements,
// then forwards the node's messages.
#pragma once

#include <memory>
#include <string>

#include "components/ingest/config.hpp"
#include "components/ingest/node_link.hpp"
#include "components/ingest/rpc_message.hpp"

namespace viz::ingest {

class NodeEvents {
  public:
    virtual ~NodeEvents() = default;
    virtual void on_live() = 0;
    virtual void on_heard() = 0; // before each of the following
    virtual void on_pending_hash(const eth::Hash& hash) = 0;
    virtual void on_pending_body(const eth::Hash& hash, std::string_view json) = 0;
    virtual void on_head(const HeadNotice& head) = 0;
    virtual void on_malformed(Malformed reason) = 0;
    virtual void on_rpc_error(const ErrorReply& error) = 0; // not an answer to one of our requests
    // At most once, the last call; never from within the constructor or shut().
    virtual void on_failed(LinkError error) = 0;
};

class NodeSession {
  public:
    NodeSession(boost::asio::io_context& io, const std::shared_ptr<boost::asio::ssl::context>& tls,
                const EndpointConfig& endpoint, eth::ChainId chain_id, const IngestConfig& config,
                NodeEvents& events);
    ~NodeSession();
    NodeSession(const NodeSession&) = delete;
    NodeSession& operator=(const NodeSession&) = delete;

    // Valid until shut().
    HttpClient& http();
    // Ends both connections; no event follows, and no callback of http() either.
    void shut();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared: one of its callbacks may be running during shut()
};

} // namespace viz::ingest
