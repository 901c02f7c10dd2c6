// JSON shapes that more than one route uses.
#pragma once

#include <span>
#include <string>

#include "http/feature_board.hpp"
#include "http/json.hpp"
#include "http/propagation.hpp"
#include "http/read_model.hpp"
#include "http/replay_track.hpp"

namespace viz::http {

void append_replay_point(JsonOut& json, const ReplayPoint& point);
void append_edges(JsonOut& json, std::span<const PropagationEdge> edges);
void append_feature(JsonOut& json, const bus::Feature& feature, bool with_actions);
void append_feature_counts(JsonOut& json, std::span<const FeatureCount> counts);
// The row of /transactions.
void append_transaction_row(JsonOut& json, const TransactionRecord& record);
void append_simulation(JsonOut& json, const SimView& view);
// TransactionDetail; unknown values are null.
void append_transaction_detail(JsonOut& json, const TransactionRecord& record);
void append_chain_status(JsonOut& json, const bus::EndpointStatus& status,
                         const std::optional<bus::BlockRecord>& head, bus::UnixMs now);

// Lists, newest first.
void append_features(JsonOut& json, const ReadModel& model, std::size_t limit,
                     const FeatureFilter& filter, bool with_actions);
void append_transaction_rows(JsonOut& json, const ReadModel& model, std::size_t limit,
                             std::optional<bus::ChainId> chain);
void append_transaction_details(JsonOut& json, const ReadModel& model, std::size_t limit,
                                std::optional<bus::ChainId> chain);
void append_chain_statuses(JsonOut& json, const ReadModel& model, bus::UnixMs now);
// Since the model began: number of labels, decoded transactions, labels by risk, and the share of
// included transactions among the settled ones (included, replaced or dropped), in 1/10000.
void append_market_stats(JsonOut& json, const ReadModel& model, std::optional<bus::ChainId> chain);

} // namespace viz::http
