#include "components/storage/log_end.hpp"

#include <algorithm>
#include <chrono>

#include "components/eth/keccak.hpp"
#include "components/storage/checkpoint_file.hpp"
#include "components/storage/event_log.hpp"

namespace viz::storage {

namespace {

std::int64_t unix_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string number(std::uint64_t seq_id) {
    return std::to_string(seq_id);
}

// A record without a usable `log_start` has no known identity: it gets a new one.
LogStart start_of(Connection& connection, OpeningReport& report) {
    if (const auto start = read_log_start(connection)) return *start;
    report.warnings.emplace_back("the row with the record's identity is damaged; it is created "
                                 "again, without the link of the event before the first");
    connection.execute("DELETE FROM log_start");
    seal_earlier_events(connection, [](auto) {});
    return read_log_start(connection).value_or(LogStart{});
}

// The end according to the record alone.
EndMark::Value recorded_end(Connection& connection, const LogStart& start, OpeningReport& report) {
    EndMark::Value end{
        .record_id = start.record_id, .seq_id = start.before_seq_id, .link = start.before_link};
    const auto latest = EventLog(connection).latest();
    const auto lost = read_lost(connection);
    if (lost.damaged > 0)
        report.warnings.push_back(number(lost.damaged) + " rows of lost_events are damaged");
    auto newest = connection.prepare("SELECT checksum FROM events WHERE seq_id = ?1");
    newest.bind_u64(1, latest);
    if (newest.step() && newest.blob(0).size() == 16)
        end.link = link_of(newest.blob(0).first<16>());
    else if (!lost.stretches.empty() && lost.stretches.back().last_seq_id == latest)
        end.link = lost.stretches.back().link;
    end.seq_id = std::max(latest, start.before_seq_id);
    return end;
}

bool is_tip(Connection& connection, const CheckpointRow& checkpoint) {
    auto row = connection.prepare("SELECT payload FROM events WHERE seq_id = ?1");
    row.bind_u64(1, checkpoint.seq_id);
    return row.step() && eth::keccak256(row.blob(0)) == checkpoint.tip;
}

// The number of the newest checkpoint if it is beyond the log's end; 0 if an earlier checkpoint
// shows that the file belongs to another log.
std::uint64_t checkpointed_end(Connection& connection, const std::string& store_path,
                               std::uint64_t recorded) {
    const auto path = CheckpointFile::path_of(store_path);
    const auto file = CheckpointFile::open(path, CheckpointFile::Mode::read);
    if (!file) return 0;
    const auto newest = (*file)->newest();
    if (!newest || !*newest || (*newest)->seq_id <= recorded) return 0;
    const auto covered = recorded / kCheckpointEvery * kCheckpointEvery;
    if (covered > 0) {
        const auto known = (*file)->rows(covered - 1, 1);
        if (known && !known->empty() && known->front().seq_id == covered &&
            !is_tip(connection, known->front()))
            return 0;
    }
    return (*newest)->seq_id;
}

void record_loss(Connection& connection, const EndMark::Value& recorded, EndMark::Value shown,
                 LogEnd& end) {
    connection.execute("BEGIN IMMEDIATE");
    add_lost(connection, {.first_seq_id = recorded.seq_id + 1,
                          .last_seq_id = shown.seq_id,
                          .found_unix_ms = unix_ms(),
                          .link = shown.link});
    connection.execute("COMMIT");
    end.report.first_lost = recorded.seq_id + 1;
    end.report.last_lost = shown.seq_id;
    end.mark = shown;
}

} // namespace

LogEnd find_end(Connection& connection, const std::string& store_path) {
    LogEnd end;
    const auto start = start_of(connection, end.report);
    const auto recorded = recorded_end(connection, start, end.report);
    end.mark = recorded;
    const auto mark = EndMark::read(store_path);
    const bool is_new = recorded.seq_id == 0 && mark.state == EndMark::State::absent;
    if (is_new) return end;
    if (mark.slot_damaged)
        end.report.warnings.push_back("a slot of " + EndMark::path_of(store_path) +
                                      " is damaged; the other one is used");
    if (mark.state == EndMark::State::usable && mark.value.record_id == start.record_id) {
        if (mark.value.seq_id > recorded.seq_id)
            record_loss(connection, recorded, mark.value, end);
        else if (mark.value.seq_id == recorded.seq_id)
            end.mark.link = mark.value.link; // the newest event's own link may be damaged
        return end;
    }
    if (mark.state == EndMark::State::usable)
        end.report.warnings.push_back(EndMark::path_of(store_path) +
                                      " belongs to another record; it is created again");
    else
        end.report.warnings.push_back(
            EndMark::path_of(store_path) +
            " is absent or damaged: the end of the log can be checked only against the newest "
            "checkpoint");
    const auto checkpoint = checkpointed_end(connection, store_path, recorded.seq_id);
    if (recorded.seq_id > 0 && checkpoint > recorded.seq_id) {
        auto shown = recorded;
        shown.seq_id = checkpoint;
        record_loss(connection, recorded, shown, end);
    }
    return end;
}

} // namespace viz::storage
