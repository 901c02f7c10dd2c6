#include "bus/messages.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace viz::bus {

namespace {

constexpr std::array<std::pair<EventType, std::string_view>, 23> kEventNames{{
    {EventType::tx_seen, "TxSeen"},
    {EventType::tx_fetched, "TxFetched"},
    {EventType::tx_decoded, "TxDecoded"},
    {EventType::tx_ready, "TxReady"},
    {EventType::tx_blocked, "TxBlocked"},
    {EventType::tx_replaced, "TxReplaced"},
    {EventType::tx_dropped, "TxDropped"},
    {EventType::tx_confirmed_provisional, "TxConfirmedProvisional"},
    {EventType::tx_confirmed_final, "TxConfirmedFinal"},
    {EventType::tx_reorged, "TxReorged"},
    {EventType::candidate_queued, "CandidateQueued"},
    {EventType::sim_dispatched, "SimDispatched"},
    {EventType::opp_detected, "OppDetected"},
    {EventType::sim_completed, "SimCompleted"},
    {EventType::assembly_decision_applied, "AssemblyDecisionApplied"},
    {EventType::bundle_submitted, "BundleSubmitted"},
    {EventType::damaged, "Damaged"},
    {EventType::feature_record, "FeatureRecord"},
    {EventType::block_record, "BlockRecord"},
    {EventType::opp_outcome_record, "OppOutcomeRecord"},
    {EventType::sim_parity_record, "SimParityRecord"},
    {EventType::exposure_record, "ExposureRecord"},
    {EventType::sim_case_record, "SimCaseRecord"},
}};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

std::string_view to_string(EndpointState state) {
    switch (state) {
    case EndpointState::booting:
        return "booting";
    case EndpointState::connecting:
        return "connecting";
    case EndpointState::subscribed:
        return "subscribed";
    case EndpointState::silent_timeout:
        return "silent_timeout";
    case EndpointState::error:
        return "error";
    case EndpointState::rotating:
        return "rotating";
    case EndpointState::disconnected:
        return "disconnected";
    }
    return "unknown";
}

std::string_view to_string(EventType type) {
    for (const auto& [candidate, name] : kEventNames)
        if (candidate == type) return name;
    return "Unknown";
}

std::optional<EventType> event_type_from_string(std::string_view name) {
    for (const auto& [type, candidate] : kEventNames)
        if (is_numbered(type) && equal_ignoring_case(candidate, name)) return type;
    return std::nullopt;
}

EventType type_of(const EventData& data) {
    // Same order as the variant.
    constexpr std::array kTypes{
        EventType::tx_seen,
        EventType::tx_fetched,
        EventType::tx_decoded,
        EventType::tx_ready,
        EventType::tx_blocked,
        EventType::tx_replaced,
        EventType::tx_dropped,
        EventType::tx_confirmed_provisional,
        EventType::tx_confirmed_final,
        EventType::tx_reorged,
        EventType::feature_record,
        EventType::block_record,
        EventType::sim_dispatched,
        EventType::sim_completed,
        EventType::candidate_queued,
        EventType::opp_detected,
        EventType::assembly_decision_applied,
        EventType::bundle_submitted,
        EventType::opp_outcome_record,
        EventType::sim_parity_record,
        EventType::exposure_record,
        EventType::sim_case_record,
        EventType::damaged,
    };
    static_assert(kTypes.size() == std::variant_size_v<EventData>);
    return kTypes[data.index()];
}

std::optional<Hash> hash_of(const EventData& data) {
    return std::visit(
        [](const auto& event) -> std::optional<Hash> {
            using Event = std::decay_t<decltype(event)>;
            if constexpr (std::is_same_v<Event, BlockRecord> || std::is_same_v<Event, Damaged>)
                return std::nullopt;
            else
                return event.hash;
        },
        data);
}

} // namespace viz::bus
