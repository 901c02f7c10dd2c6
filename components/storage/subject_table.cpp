#include "components/storage/subject_table.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "bus/opportunity_fold.hpp"
#include "components/storage/event_log.hpp"

namespace viz::storage {

namespace {

// Enough bytes of a hash to be unique in a store almost always; callers compare the complete id
// with the event.
constexpr std::size_t kPrefix = 8;

std::span<const std::uint8_t> prefix(const bus::Hash& id) {
    return id.view().first(kPrefix);
}

// Empty if the row is damaged, which is registered in `report`.
std::optional<bus::Envelope> sound_event(const Statement& row, DamageReport* report) {
    const auto event = check_event(row, true);
    auto envelope = envelope_of(event, {});
    if (!std::holds_alternative<bus::Damaged>(envelope.data)) return envelope;
    if (report != nullptr)
        report->add(event.seq_id, event.damage.value_or(DamageReason::undecodable));
    return std::nullopt;
}

std::vector<bus::Envelope> newest_of(Connection& connection, bus::EventType type, std::size_t limit,
                                     std::uint64_t last, DamageReport* report) {
    auto rows =
        connection.prepare("SELECT " + std::string(kEventColumns) +
                           " FROM (SELECT DISTINCT seq_id FROM event_subjects "
                           "WHERE type = ?1 AND seq_id <= ?2 ORDER BY seq_id DESC LIMIT ?3) AS s "
                           "CROSS JOIN events e ON e.seq_id = s.seq_id");
    rows.bind(1, static_cast<std::int64_t>(type)).bind_u64(2, last);
    rows.bind(3, static_cast<std::int64_t>(limit));
    std::vector<bus::Envelope> found;
    while (rows.step())
        if (auto event = sound_event(rows, report)) found.push_back(std::move(*event));
    return found;
}

} // namespace

SubjectTable::SubjectTable(Connection& connection)
    : insert_(connection.prepare("INSERT OR IGNORE INTO event_subjects VALUES (?1,?2,?3)")),
      remove_(connection.prepare("DELETE FROM event_subjects WHERE type = ?1 AND seq_id <= ?2")) {}

void SubjectTable::note(const bus::Envelope& event) {
    for (const auto& id : bus::subjects_of(event.data))
        insert_.bind(1, static_cast<std::int64_t>(bus::type_of(event.data)))
            .bind_u64(2, event.seq_id)
            .bind(3, prefix(id))
            .run();
}

void SubjectTable::forget_up_to(std::uint64_t seq_id) {
    for (const auto type : bus::kTypesWithSubjects)
        remove_.bind(1, static_cast<std::int64_t>(type)).bind_u64(2, seq_id).run();
}

std::vector<bus::Envelope> events_about(Connection& connection, const bus::Hash& id,
                                        std::span<const bus::EventType> types, std::size_t limit,
                                        DamageReport* report) {
    std::string sql = "SELECT " + std::string(kEventColumns) +
                      " FROM event_subjects s "
                      "CROSS JOIN events e ON e.seq_id = s.seq_id WHERE s.subject = ?1 "
                      "AND s.type IN (";
    for (const auto type : types) sql += std::to_string(static_cast<int>(type)) + ",";
    sql.back() = ')';
    auto rows = connection.prepare(sql + " ORDER BY s.seq_id DESC LIMIT ?2");
    rows.bind(1, prefix(id)).bind(2, static_cast<std::int64_t>(limit));
    std::vector<bus::Envelope> found;
    while (rows.step()) {
        auto event = sound_event(rows, report);
        if (event && std::ranges::count(bus::subjects_of(event->data), id) != 0)
            found.push_back(std::move(*event));
    }
    std::ranges::reverse(found);
    return found;
}

std::vector<bus::Envelope> newest_about(Connection& connection,
                                        std::span<const bus::EventType> types, std::size_t limit,
                                        std::uint64_t last, DamageReport* report) {
    std::vector<bus::Envelope> found;
    for (const auto type : types) {
        auto some = newest_of(connection, type, limit, last, report);
        found.insert(found.end(), std::make_move_iterator(some.begin()),
                     std::make_move_iterator(some.end()));
    }
    std::ranges::sort(found, {}, &bus::Envelope::seq_id);
    return found;
}

} // namespace viz::storage
