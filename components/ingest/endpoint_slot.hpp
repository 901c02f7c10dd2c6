// One connection of a chain, kept alive: connects, rotates on failure, hands observations to the
// chain's intake under its own source. A chain in rotate mode has one slot over all endpoints, in
// fanout mode one per endpoint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "components/ingest/batch_driver.hpp"
#include "components/ingest/endpoint_rotation.hpp"
#include "components/ingest/fault_window.hpp"
#include "components/ingest/intake.hpp"
#include "components/ingest/log_limit.hpp"
#include "components/ingest/node_session.hpp"
#include "components/ingest/pool_backfill.hpp"

namespace viz::ingest {

// What the slots of a chain share.
struct SlotContext {
    boost::asio::io_context& io;
    std::shared_ptr<boost::asio::ssl::context> tls;
    const IngestConfig& config;
    const ChainConfig& chain;
    Now now;
    Random random;
    Intake& intake;
    ChainSink& sink;
};

class EndpointSlot final : public NodeEvents {
  public:
    struct Handlers {
        std::function<void(EndpointSlot&)> live;
        std::function<void(EndpointSlot&)> gone; // after live
        std::function<void(EndpointSlot&, const HeadNotice&)> head;
        std::function<void(EndpointSlot&)> changed; // state worth publishing
    };

    // `endpoints`: indices into the chain's list.
    EndpointSlot(const SlotContext& context, SourceRef source, std::vector<std::uint32_t> endpoints,
                 Handlers handlers);
    ~EndpointSlot() override;
    EndpointSlot(const EndpointSlot&) = delete;
    EndpointSlot& operator=(const EndpointSlot&) = delete;

    void start();
    // Checks for a silent node; call a few times per silence limit.
    void tick();
    bool live() const { return rotation_.live(); }
    const std::string& source_id() const { return source_.id; }
    // Decode rejected a body of this source.
    void gave_refused_body();
    // Requests a body after another source delivered an invalid one.
    void fetch(const WantedBody& wanted);
    // While live.
    HttpClient& http() { return session_->http(); }
    bus::EndpointStatus status() const;

  private:
    void connect();
    void leave(LinkError error);
    void misbehaved(std::string_view kind);
    const EndpointConfig& endpoint() const;

    void on_live() override;
    void on_heard() override;
    void on_pending_hash(const eth::Hash& hash) override;
    void on_pending_body(const eth::Hash& hash, std::string_view json) override;
    void on_head(const HeadNotice& head) override;
    void on_malformed(Malformed reason) override;
    void on_rpc_error(const ErrorReply& error) override;
    void on_failed(LinkError error) override;

    SlotContext context_;
    SourceRef source_;
    std::vector<std::uint32_t> endpoints_;
    Handlers handlers_;
    EndpointRotation rotation_;
    FaultWindow faults_;
    LogLimit fault_log_;
    LogLimit link_log_;
    boost::asio::steady_timer retry_;
    BatchDriver<WantedBody> bodies_;
    PoolBackfill backfill_;
    std::unique_ptr<NodeSession> session_;
};

} // namespace viz::ingest
