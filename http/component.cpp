#include "http/component.hpp"

namespace viz::http {

namespace {

bus::Gauge& table_bytes(bus::Metrics& metrics, const char* table) {
    return metrics.gauge("http_table_bytes", "What the read model keeps in memory, by table.",
                         {{"table", table}});
}

} // namespace

HttpComponent::HttpComponent(Ports& ports, ReadModel& model, const bus::Clock& clock,
                             bus::Metrics& metrics)
    : ports_(ports), model_(model), clock_(clock),
      visible_(metrics.histogram("ingest_to_visible_seconds",
                                 "Time from the node's announcement to the read model.")),
      event_bytes_(table_bytes(metrics, "events")),
      transaction_bytes_(table_bytes(metrics, "transactions")),
      label_bytes_(table_bytes(metrics, "labels")),
      refetched_(metrics.counter("http_refetched_events_total",
                                 "Events read from the record because they did not arrive.")),
      missing_(metrics.counter("http_missing_events_total",
                               "Events that neither arrived nor were in the record.")) {
    export_figures();
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
    export_figures();
    const auto* decoded = std::get_if<bus::TxDecoded>(&event->data);
    if (decoded == nullptr) return;
    const auto lag_ns = clock_.mono_ns() - decoded->first_seen_mono_ns.value;
    visible_.Observe(static_cast<double>(lag_ns) * 1e-9);
}

void HttpComponent::export_figures() {
    const auto bytes = model_.bytes();
    event_bytes_.Set(static_cast<double>(bytes.events));
    transaction_bytes_.Set(static_cast<double>(bytes.transactions));
    label_bytes_.Set(static_cast<double>(bytes.features));
    refetched_.Increment(static_cast<double>(model_.refetched_events()) - refetched_.Value());
    missing_.Increment(static_cast<double>(model_.lost_events()) - missing_.Value());
}

} // namespace viz::http
