// JSON of opportunities and their results.
#pragma once

#include "http/json.hpp"
#include "http/read_model.hpp"

namespace viz::http {

void append_opportunity(JsonOut& json, const bus::OpportunityRecord& record);
// Newest first.
void append_opportunities(JsonOut& json, const ReadModel& model, std::size_t limit,
                          const OppFilter& filter);
void append_parity(JsonOut& json, const ParityBoard& board);
void append_exposure(JsonOut& json, const bus::ExposureRecord& record);
// The members of a simulation that describe a candidate's profit; null without a profit.
void append_profit(JsonOut& json, const bus::SimCompleted& done);

} // namespace viz::http
