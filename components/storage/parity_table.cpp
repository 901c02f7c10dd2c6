#include "components/storage/parity_table.hpp"

#include <algorithm>
#include <array>

#include "components/storage/row_values.hpp"

namespace viz::storage {

namespace {
constexpr std::array<std::string_view, 3> kResults{"match", "mismatch", "unchecked"};
} // namespace

ParityTable::ParityTable(Connection& connection)
    : insert_(connection.prepare("INSERT INTO sim_parity(hash, chain_id, unix_ms, result, differs, "
                                 "block_number, block_hash) VALUES (?1,?2,?3,?4,?5,?6,?7)")),
      count_(connection.prepare("UPDATE sim_parity_totals SET count = count + ?2 "
                                "WHERE result = ?1")) {}

void ParityTable::note(const bus::Envelope& event) {
    const auto* parity = std::get_if<bus::SimParity>(&event.data);
    if (parity == nullptr) return;
    const auto result = bus::parity_result_from_string(parity->result);
    if (!result) return;
    RowBinder row(insert_);
    row.bytes(parity->hash)
        .u64(event.chain_id.value)
        .integer(event.ingest_ts_unix_ms.value)
        .text(parity->result)
        .text(parity->differs)
        .u64(parity->block_number.value)
        .bytes(parity->block_hash);
    insert_.run();
    ++counts_.of(*result);
}

void ParityTable::write() {
    for (const auto name : kResults)
        if (const auto more = counts_.of(*bus::parity_result_from_string(name)); more != 0)
            count_.bind(1, name).bind_u64(2, more).run();
}

bus::ParityHistory parity_history(Connection& connection, std::size_t checked, std::size_t misses) {
    bus::ParityHistory past;
    auto totals = connection.prepare("SELECT result, count FROM sim_parity_totals");
    while (totals.step())
        if (const auto result = bus::parity_result_from_string(totals.text(0)))
            past.totals.of(*result) = totals.u64(1);

    auto newest = connection.prepare("SELECT result = 'match' FROM sim_parity "
                                     "WHERE result <> 'unchecked' ORDER BY id DESC LIMIT ?1");
    newest.bind(1, static_cast<std::int64_t>(checked));
    while (newest.step()) past.checked.push_back(newest.integer(0) != 0);
    std::reverse(past.checked.begin(), past.checked.end()); // std::ranges::reverse needs references

    auto rows = connection.prepare("SELECT hash, chain_id, result, differs, block_number, "
                                   "block_hash FROM sim_parity WHERE result = 'mismatch' "
                                   "ORDER BY id DESC LIMIT ?1");
    rows.bind(1, static_cast<std::int64_t>(misses));
    while (rows.step())
        past.misses.push_back({.chain_id = bus::ChainId{rows.u64(1)},
                               .parity = {.hash = fixed<bus::Hash>(rows, 0),
                                          .result = std::string(rows.text(2)),
                                          .differs = std::string(rows.text(3)),
                                          .block_number = bus::BlockNumber{rows.u64(4)},
                                          .block_hash = fixed<bus::Hash>(rows, 5)}});
    std::ranges::reverse(past.misses);
    return past;
}

} // namespace viz::storage
