#include "components/storage/event_log.hpp"

#include <algorithm>

#include "bus/codec.hpp"
#include "components/storage/chain_state.hpp"

namespace viz::storage {

const std::string_view kEventColumns =
    "e.seq_id, e.ts_unix_ms, e.mono_ns, e.chain_id, e.source, e.type, e.payload, e.checksum";

namespace {

constexpr std::int64_t kSealedSince = 4;
// After an unreadable page, this many numbers are read one by one.
constexpr std::uint64_t kSingly = 64;
// When the path of the B-tree to a stretch is damaged, the scan starts this many numbers before it:
// more than the rows below one page of the lowest inner level.
constexpr std::uint64_t kLookBack = 20'000;

std::string columns(bool sealed) {
    std::string list(kEventColumns);
    if (!sealed) list.replace(list.find("e.checksum"), 10, "NULL");
    return list;
}

} // namespace

CheckedEvent check_event(const Statement& row, bool sealed) {
    CheckedEvent event{.seq_id = row.u64(0)};
    event.row = {.seq_id = row.integer(0),
                 .ts_unix_ms = row.integer(1),
                 .mono_ns = row.integer(2),
                 .chain_id = row.integer(3),
                 .source = row.integer(4),
                 .type = row.integer(5),
                 .payload = row.blob(6)};
    if (!sealed) return event;
    // A value of another storage class can read as the same number or bytes.
    bool intact = row.is_blob(6) && row.is_blob(7);
    for (int column = 0; column < 6; ++column) intact = intact && row.is_integer(column);
    if (!intact || !verifies(event.row, row.blob(7)))
        event.damage = DamageReason::checksum_mismatch;
    else
        event.link = link_of(row.blob(7).first<16>());
    return event;
}

bus::Envelope envelope_of(const CheckedEvent& event, bus::UnixMs time_before) {
    auto reason = event.damage;
    if (!reason) {
        if (auto decoded = bus::decode<bus::Envelope>(event.row.payload);
            decoded && decoded->seq_id == event.seq_id)
            return std::move(*decoded);
        reason = DamageReason::undecodable;
    }
    return {.seq_id = event.seq_id,
            .ingest_ts_unix_ms = time_before,
            .ingest_ts_mono_ns = {},
            .source_id = "storage",
            .chain_id = {},
            .data = bus::Damaged{std::string(to_string(*reason))}};
}

EventLog::EventLog(Connection& connection)
    : connection_(connection), sealed_(connection.integer("PRAGMA user_version") >= kSealedSince),
      newest_(connection.prepare("SELECT " + columns(sealed_) +
                                 " FROM events e ORDER BY e.seq_id DESC LIMIT 64")),
      above_(connection.prepare("SELECT " + columns(sealed_) +
                                " FROM events e WHERE e.seq_id > ?1 ORDER BY e.seq_id")),
      one_(connection.prepare("SELECT " + columns(sealed_) +
                              " FROM events e WHERE e.seq_id = ?1")) {}

std::uint64_t EventLog::oldest() {
    const auto last = latest();
    if (sealed_)
        if (const auto start = read_log_start(connection_))
            return start->before_seq_id < last ? start->before_seq_id + 1 : 0;
    return static_cast<std::uint64_t>(
        connection_.integer("SELECT coalesce(min(seq_id), 0) FROM events"));
}

// Each broken row after the newest intact one counts as one number, whatever number it holds.
std::uint64_t EventLog::latest() {
    std::uint64_t broken = 0;
    std::uint64_t last = 0;
    {
        const ResetOnExit reset(newest_);
        while (newest_.step()) {
            const auto event = check_event(newest_, sealed_);
            if (broken == 0) last = event.seq_id; // the result when no row is intact
            if (!event.damage) {
                last = event.seq_id + broken;
                break;
            }
            ++broken;
        }
    }
    if (!sealed_) return last;
    const auto lost = read_lost(connection_);
    return lost.stretches.empty() ? last : std::max(last, lost.stretches.back().last_seq_id);
}

// A pass over the numbers up to `last`. A broken row may hold a wrong number or be in the wrong
// place: it is only counted (`strays`) until the next intact row, and then explains the missing
// numbers before that row.
struct EventLog::Pass {
    std::uint64_t next; // next number to report
    std::uint64_t last;
    const Visit& visit;
    std::uint64_t strays{};
    bool looked_back{};

    bool answer(const CheckedEvent& event) {
        ++next;
        return visit(event);
    }
    // Reports the numbers before `end`.
    bool name_gap(std::uint64_t end) {
        while (next < end) {
            const auto reason =
                strays > 0 ? DamageReason::checksum_mismatch : DamageReason::missing;
            strays -= strays > 0 ? 1 : 0;
            if (!answer({.seq_id = next, .damage = reason})) return false;
        }
        strays = 0;
        return true;
    }
};

// Returns false when the visitor stops or all numbers are reported.
bool EventLog::scan_rows(Pass& pass) {
    const ResetOnExit reset(above_);
    const auto start = pass.next - 1;
    above_.bind_u64(1, pass.looked_back ? start - std::min(start, kLookBack) : start);
    while (above_.step()) {
        const auto event = check_event(above_, sealed_);
        if (event.damage) {
            // At its expected number: reported at once. Rows before the requested stretch are
            // ignored.
            if (event.seq_id == pass.next && pass.next <= pass.last) {
                if (!pass.answer(event)) return false;
            } else if (!pass.looked_back || pass.next > start + 1) {
                ++pass.strays;
            }
            continue;
        }
        if (event.seq_id < pass.next) continue;
        if (event.seq_id > pass.next && pass.next == start + 1 && !pass.looked_back && sealed_ &&
            start > 0) {
            pass.looked_back = true; // finds whether the rows or the path to them are missing
            return true;
        }
        if (!pass.name_gap(std::min(event.seq_id, pass.last + 1))) return false;
        if (event.seq_id > pass.last) return false;
        if (!pass.answer(event)) return false;
        if (pass.next > pass.last) return false;
    }
    pass.name_gap(pass.last + 1);
    return false;
}

bool EventLog::read_singly(Pass& pass) {
    const auto until = pass.next + std::min(kSingly, pass.last - pass.next + 1);
    while (pass.next < until) {
        CheckedEvent event{.seq_id = pass.next, .damage = DamageReason::unreadable};
        const ResetOnExit reset(one_);
        try {
            one_.bind_u64(1, pass.next);
            if (one_.step()) event = check_event(one_, sealed_);
        } catch (const StoreFailure& failure) {
            if (failure.reason != StoreError::corrupt) throw;
        }
        event.seq_id = pass.next;
        if (!pass.answer(event)) return false;
    }
    pass.strays = 0;
    return pass.next <= pass.last;
}

void EventLog::scan(std::uint64_t after, std::uint64_t last, const Visit& visit) {
    if (after >= last) return;
    Pass pass{.next = after + 1, .last = last, .visit = visit};
    for (bool more = true; more;) {
        try {
            more = scan_rows(pass);
            continue;
        } catch (const StoreFailure& failure) {
            if (failure.reason != StoreError::corrupt) throw;
        }
        // Rows before the broken page were reported; read its own rows one by one.
        if (pass.next > last) return;
        more = read_singly(pass);
    }
}

} // namespace viz::storage
