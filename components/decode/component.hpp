// Shell of decode: reads pending; writes tx, journal, and rejected bodies to ingest. Several
// workers run in parallel.
#pragma once

#include <array>

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "components/decode/decoder.hpp"

namespace viz::decode {

struct Ports {
    bus::PendingIn pending;
    bus::TxOut tx;
    bus::QueryOut refused;
    bus::JournalOut journal;
};

class DecodeComponent final : public bus::Component {
  public:
    DecodeComponent(Ports& ports, const bus::Clock& clock, bus::Metrics& metrics);

    void run(std::stop_token stop) override;
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    void on_pending(const bus::PendingTx& pending);
    void reject(const bus::PendingTx& pending, eth::DecodeError error);

    Ports& ports_;
    const bus::Clock& clock_;
    bus::Counter& decoded_total_;
    bus::Counter& failed_total_;
    bus::Counter& dropped_;
    bus::Counter& unreported_;
    std::array<bus::Counter*, eth::kDecodeErrors> by_reason_{}; // indexed by DecodeError
    bus::Histogram& duration_;
    std::int64_t last_warning_ns_{};
    Decoder decoder_;
    bus::Reactor reactor_;
};

} // namespace viz::decode
