#include "components/storage/exposure_table.hpp"

#include "components/storage/row_values.hpp"

namespace viz::storage {

namespace {

// In the order used by read() and note().
constexpr std::string_view kColumns =
    "hash,chain_id,updated_unix_ms,pool,token_out,amount_out,least_out,loss,protecting_out,"
    "attacker_net_wei,candidate_id,block_number,block_hash,pays_more,token_in,amount_in,most_in,"
    "protecting_in";

bus::ExposureRecord read(const Statement& row) {
    int c = 0;
    bus::ExposureRecord record;
    auto& exposure = record.exposure;
    exposure.hash = fixed<bus::Hash>(row, c++);
    record.chain_id = bus::ChainId{row.u64(c++)};
    record.updated_unix_ms = bus::UnixMs{row.integer(c++)};
    exposure.pool = fixed<bus::Address>(row, c++);
    exposure.token_out = fixed<bus::Address>(row, c++);
    exposure.amount_out = wei(row, c++);
    exposure.least_out = wei(row, c++);
    exposure.loss = wei(row, c++);
    if (!row.is_null(c)) exposure.protecting_out = wei(row, c);
    exposure.attacker_net = signed_wei(row, ++c);
    exposure.candidate_id = maybe_fixed<bus::Hash>(row, ++c);
    exposure.block_number = bus::BlockNumber{row.u64(++c)};
    exposure.block_hash = fixed<bus::Hash>(row, ++c);
    exposure.pays_more = row.integer(++c) != 0;
    exposure.token_in = maybe_fixed<bus::Address>(row, ++c);
    if (!row.is_null(++c)) exposure.amount_in = wei(row, c);
    if (!row.is_null(++c)) exposure.most_in = wei(row, c);
    if (!row.is_null(++c)) exposure.protecting_in = wei(row, c);
    return record;
}

} // namespace

ExposureTable::ExposureTable(Connection& connection)
    : upsert_(connection.prepare(upsert_sql("exposures", "hash,chain_id", kColumns))) {}

void ExposureTable::note(const bus::Envelope& event) {
    const auto* exposure = std::get_if<bus::Exposure>(&event.data);
    if (exposure == nullptr) return;
    RowBinder row(upsert_);
    row.bytes(exposure->hash)
        .u64(event.chain_id.value)
        .integer(event.ingest_ts_unix_ms.value)
        .bytes(exposure->pool)
        .bytes(exposure->token_out)
        .wei(exposure->amount_out)
        .wei(exposure->least_out)
        .wei(exposure->loss)
        .wei(exposure->protecting_out)
        .signed_wei(exposure->attacker_net)
        .bytes(exposure->candidate_id)
        .u64(exposure->block_number.value)
        .bytes(exposure->block_hash)
        .integer(exposure->pays_more ? 1 : 0)
        .bytes(exposure->token_in)
        .wei(exposure->amount_in)
        .wei(exposure->most_in)
        .wei(exposure->protecting_in);
    upsert_.run();
}

std::optional<bus::ExposureRecord> find_exposure(Connection& connection, const bus::Hash& hash) {
    auto row = connection.prepare(std::string("SELECT ").append(kColumns).append(
        " FROM exposures WHERE hash = ?1 ORDER BY updated_unix_ms DESC LIMIT 1"));
    row.bind(1, hash.view());
    return row.step() ? std::optional(read(row)) : std::nullopt;
}

} // namespace viz::storage
