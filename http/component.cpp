#include "http/component.hpp"

namespace viz::http {

HttpComponent::HttpComponent(Ports& ports, ReadModel& model, const bus::Clock& clock,
                             bus::Metrics& metrics)
    : ports_(ports), model_(model), clock_(clock),
      visible_(metrics.histogram("ingest_to_visible_seconds",
                                 "Time from the node's announcement to the read model.")) {
    reactor_.on_message(ports_.events, [this](bus::Received& received) { on_event(received); });
    reactor_.on(ports_.chain, [this](const auto& message) {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, bus::EndpointStatus>)
            model_.apply(message);
    });
}

void HttpComponent::on_event(bus::Received& received) {
    const auto event = bus::decode<bus::Envelope>(std::as_const(received).payload());
    if (!event) return ports_.events.count_refused();
    model_.apply(*event);
    const auto* decoded = std::get_if<bus::TxDecoded>(&event->data);
    if (decoded == nullptr) return;
    const auto lag_ns = clock_.mono_ns() - decoded->first_seen_mono_ns.value;
    visible_.Observe(static_cast<double>(lag_ns) * 1e-9);
}

} // namespace viz::http
