// The shell of ingest: sockets of the bus on one side, connections to nodes on the other, all on
// one reactor and one thread.
#pragma once

#include <memory>
#include <vector>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/socket.hpp"
#include "components/ingest/config.hpp"
#include "components/ingest/time_source.hpp"

namespace viz::ingest {

struct IngestPorts {
    bus::PendingOut pending;
    bus::ChainOut chain;
    bus::QueryIn query;
    bus::JournalOut journal;
};

class IngestComponent final : public bus::Component {
  public:
    // `config` is valid (see validate()); throws on an unreadable tls_ca_file. `recovery` holds
    // the recorded state of the chains, in any order. The references must outlive the component.
    IngestComponent(IngestConfig config, IngestPorts& ports, const bus::Clock& clock,
                    bus::Metrics& metrics, const Random& random,
                    std::vector<ChainRecovery> recovery = {});
    ~IngestComponent() override;
    IngestComponent(const IngestComponent&) = delete;
    IngestComponent& operator=(const IngestComponent&) = delete;

    void run(std::stop_token stop) override;
    std::int64_t last_turn_ns() const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::ingest
