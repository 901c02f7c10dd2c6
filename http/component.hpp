// Shell of http: feeds the read model with committed events and the chains' live state.
#pragma once

#include "bus/clock.hpp"
#include "bus/component.hpp"
#include "bus/metrics.hpp"
#include "bus/reactor.hpp"
#include "bus/socket.hpp"
#include "http/read_model.hpp"

namespace viz::http {

struct Ports {
    bus::Receiver events;
    bus::ChainIn chain; // chain.status only
};

class HttpComponent final : public bus::Component {
  public:
    // All outlive the component; `model` has been rehydrated.
    HttpComponent(Ports& ports, ReadModel& model, const bus::Clock& clock, bus::Metrics& metrics);

    void run(std::stop_token stop) override { reactor_.run(stop); }
    std::int64_t last_turn_ns() const override { return reactor_.last_turn_ns(); }

  private:
    void on_event(bus::Received& received);
    void export_figures();

    Ports& ports_;
    ReadModel& model_;
    const bus::Clock& clock_;
    bus::Histogram& visible_;
    bus::Gauge& event_bytes_;
    bus::Gauge& transaction_bytes_;
    bus::Gauge& label_bytes_;
    bus::Counter& refetched_;
    bus::Counter& missing_;
    bus::Reactor reactor_;
};

} // namespace viz::http
