#include "components/storage/builder_table.hpp"

#include <string_view>

namespace viz::storage {

BuilderTable::BuilderTable(Connection& connection)
    : count_(connection.prepare("INSERT INTO building_totals VALUES (?1,?2,?3,?4) ON CONFLICT "
                                "DO UPDATE SET count = count + excluded.count")) {}

void BuilderTable::note(const bus::Envelope& event) {
    if (const auto* decision = std::get_if<bus::AssemblyDecisionApplied>(&event.data))
        ++counts_[{event.chain_id, decision->decision, decision->reason}];
    else if (const auto* submitted = std::get_if<bus::BundleSubmitted>(&event.data))
        ++counts_[{event.chain_id, std::string(bus::BuilderCounts::kSubmitted),
                   submitted->final_state}];
}

void BuilderTable::write() {
    for (const auto& [of, more] : counts_) {
        const auto& [chain, what, reason] = of;
        count_.bind_u64(1, chain.value)
            .bind(2, std::string_view(what))
            .bind(3, std::string_view(reason))
            .bind_u64(4, more)
            .run();
    }
}

bus::BuilderHistory builder_history(Connection& connection) {
    bus::BuilderHistory past;
    // The first column is the same in all rows. Without rows there are no counts, so no event
    // number is needed.
    auto rows = connection.prepare("SELECT (SELECT max(seq_id) FROM events), chain_id, what, "
                                   "reason, count FROM building_totals");
    while (rows.step()) {
        past.up_to_seq_id = rows.u64(0);
        past.counts.push_back({.chain_id = bus::ChainId{rows.u64(1)},
                               .what = std::string(rows.text(2)),
                               .reason = std::string(rows.text(3)),
                               .count = rows.u64(4)});
    }
    return past;
}

} // namespace viz::storage
