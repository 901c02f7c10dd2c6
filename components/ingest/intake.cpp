#include "components/ingest/intake.hpp"

namespace viz::ingest {

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
    case Outcome::fresh:
        return "new";
    case Outcome::duplicate:
        return "duplicate";
    case Outcome::dropped:
        return "dropped";
    }
    return "unknown";
}

SeenSet::Sighting Intake::sight(const eth::Hash& hash, const SourceRef& source, Instant now,
                                bool backfilled) {
    sink_.count_received();
    const auto sighting = seen_.observe(hash, source.number, now, backfilled);
    if (sighting.first_from_source)
        sink_.record({.seq_id = 0,
                      .ingest_ts_unix_ms = now.wall,
                      .ingest_ts_mono_ns = now.mono,
                      .source_id = source.id,
                      .chain_id = chain_id_,
                      .data = bus::TxSeen{.hash = hash, .backfilled = backfilled}});
    return sighting;
}

std::optional<WantedBody> Intake::announced(const eth::Hash& hash, const SourceRef& source,
                                            Instant now) {
    const auto sighting = sight(hash, source, now, false);
    if (!sighting.body_missing) {
        sink_.count(Outcome::duplicate);
        return std::nullopt;
    }
    seen_.body_wanted(hash);
    sink_.fetching(++fetching_);
    return WantedBody{.hash = hash,
                      .first_wall = sighting.first_wall,
                      .first_mono = sighting.first_mono,
                      .backfilled = sighting.first_backfilled};
}

void Intake::body(const eth::Hash& hash, std::string_view json, const SourceRef& source,
                  Instant now, bool backfilled) {
    const auto sighting = sight(hash, source, now, backfilled);
    if (sighting.body_delivered)
        sink_.count(Outcome::duplicate);
    else
        deliver(hash, json, source, sighting.first_wall, sighting.first_mono,
                sighting.first_backfilled);
}

void Intake::unusable() {
    sink_.count_received();
    sink_.count(Outcome::dropped);
    sink_.count(DropReason::invalid_pending_hash);
}

void Intake::fetched(const WantedBody& wanted, std::string_view json, const SourceRef& source,
                     Instant now) {
    sink_.fetching(--fetching_);
    if (!seen_.body_delivered(wanted.hash)) { // it came another way meanwhile
        sink_.count(Outcome::duplicate);
        return;
    }
    if (!deliver(wanted.hash, json, source, wanted.first_wall, wanted.first_mono,
                 wanted.backfilled))
        return;
    sink_.record({.seq_id = 0,
                  .ingest_ts_unix_ms = now.wall,
                  .ingest_ts_mono_ns = now.mono,
                  .source_id = source.id,
                  .chain_id = chain_id_,
                  .data = bus::TxFetched{.hash = wanted.hash,
                                         .body_bytes = static_cast<std::uint32_t>(json.size())}});
}

void Intake::lost(const WantedBody& wanted, DropReason reason) {
    sink_.fetching(--fetching_);
    if (seen_.delivered(wanted.hash)) {
        sink_.count(Outcome::duplicate);
        return;
    }
    seen_.body_lost(wanted.hash);
    sink_.count(Outcome::dropped);
    sink_.count(reason);
}

std::optional<WantedBody> Intake::refused(const eth::Hash& hash) {
    const auto sighting = seen_.body_refused(hash);
    if (!sighting) return std::nullopt;
    return WantedBody{.hash = hash,
                      .first_wall = sighting->first_wall,
                      .first_mono = sighting->first_mono,
                      .backfilled = sighting->first_backfilled};
}

void Intake::reopen(const WantedBody& wanted) {
    sink_.count_received();
    seen_.body_wanted(wanted.hash);
    sink_.fetching(++fetching_);
}

bool Intake::deliver(const eth::Hash& hash, std::string_view json, const SourceRef& source,
                     eth::UnixMs first_wall, eth::MonoNs first_mono, bool backfilled) {
    const auto status = sink_.deliver({.chain_id = chain_id_,
                                       .source_id = source.id,
                                       .announced_hash = hash,
                                       .first_seen_unix_ms = first_wall,
                                       .first_seen_mono_ns = first_mono,
                                       .backfilled = backfilled,
                                       .format = bus::BodyFormat::node_json,
                                       .body = {json.begin(), json.end()}});
    if (status == Delivery::sent) {
        seen_.body_delivered(hash);
        sink_.count(Outcome::fresh);
        return true;
    }
    seen_.body_lost(hash);
    sink_.count(Outcome::dropped);
    sink_.count(status == Delivery::full ? DropReason::decode_queue_full
                                         : DropReason::decode_queue_closed);
    return false;
}

} // namespace viz::ingest
