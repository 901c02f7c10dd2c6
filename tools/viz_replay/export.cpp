#include "tools/viz_replay/commands.hpp"
#include "tools/viz_replay/export_rows.hpp"
#include "tools/viz_replay/progress.hpp"

namespace viz::replay {

namespace {

constexpr std::size_t kPage = 2000;

void export_transactions(const Options& options, storage::Reader& record, std::ostream& out) {
    const bool csv = options.format == Format::csv;
    if (csv) out << kTransactionHeader << '\n';
    Progress progress("transactions", 0);
    std::uint64_t done = 0;
    std::int64_t after = 0;
    for (;;) {
        const auto page = must(record.transactions_after(after, kPage), options.store);
        for (const auto& row : page) {
            progress.at(++done);
            if (!options.wants_chain(row.record.chain_id.value) ||
                !options.in_window(row.record.first_seen_unix_ms.value))
                continue;
            out << (csv ? transaction_csv(row) : transaction_json(row)) << '\n';
        }
        if (page.size() < kPage || !out) return;
        after = page.back().id;
    }
}

void export_sources(const Options& options, storage::Reader& record, std::ostream& out) {
    const bool csv = options.format == Format::csv;
    if (csv) out << kSourceHeader << '\n';
    const auto latest = must(record.latest_seq_id(), options.store);
    Progress progress("events", latest);
    std::uint64_t after = 0;
    for (;;) {
        const auto page = must(record.events({.after = after,
                                              .types = {bus::EventType::tx_seen},
                                              .chain_id = {},
                                              .limit = kPage}),
                               options.store);
        for (const auto& event : page) {
            progress.at(event.seq_id);
            if (event.seq_id > latest) return; // the service continues to record
            if (!options.wants_chain(event.chain_id.value) ||
                !options.in_window(event.ingest_ts_unix_ms.value))
                continue;
            out << (csv ? source_csv(event) : source_json(event)) << '\n';
        }
        if (page.size() < kPage || !out) return;
        after = page.back().seq_id;
    }
}

} // namespace

int export_rows(const Options& options, std::ostream& out) {
    storage::Reader record(options.store);
    if (options.what == What::transactions)
        export_transactions(options, record, out);
    else
        export_sources(options, record, out);
    return kOk;
}

} // namespace viz::replay
