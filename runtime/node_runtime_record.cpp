// Opening, waiting for and reading the record at start, and what retention may delete.
#include <chrono>
#include <filesystem>
#include <thread>

#include <spdlog/spdlog.h>

#include "runtime/node_runtime_live.hpp"
#include "runtime/service_manager.hpp"

namespace viz::runtime {

namespace {

// Logged once, for a record of an earlier version; extends the service manager's start limit
// meanwhile.
void report_seal(std::uint64_t seq_id) {
    if (seq_id % 500'000 < 5'000)
        spdlog::info("adding checksums to events of an earlier version seq_id={}", seq_id);
    service_manager::extend_start(std::chrono::seconds(60));
}

} // namespace

std::unique_ptr<storage::EventStore> open_store(const Config& config, RecordDamage& damage) {
    auto opened = storage::EventStore::open(config.storage_path,
                                            {.synchronous = config.storage_synchronous == "normal"
                                                                ? storage::Synchronous::normal
                                                                : storage::Synchronous::full,
                                             .sim_cases = config.sim_cases,
                                             .on_sealed = report_seal});
    if (!opened) throw StartError(opened.error().message(config.storage_path));
    damage.note((*opened)->opening());
    return std::move(*opened);
}

storage::Retention NodeRuntime::Live::make_retention() {
    const storage::RetentionPolicy policy{
        .max_age = std::chrono::hours(plan.config.retention_hours),
        .max_bytes = static_cast<std::uint64_t>(plan.config.retention_mib) << 20};
    return {*store, policy, [this](std::uint64_t after) -> std::optional<storage::CutPoint> {
                if (!checkpoints) return std::nullopt;
                const auto rows = checkpoints->rows(after, 1);
                if (!rows || rows->empty()) return std::nullopt;
                const auto seq_id = rows->front().seq_id;
                const auto written_by = store->written_by(seq_id);
                return storage::CutPoint{seq_id, written_by ? *written_by : std::nullopt};
            }};
}

namespace {

// When another process writes the record, it may be about to create it.
template <class Read> auto patiently(const Config& config, bool ours, Read read) {
    constexpr std::chrono::milliseconds kRetry{100};
    const auto wait = std::chrono::seconds(ours ? 0 : config.peer_wait_secs);
    const auto end = std::chrono::steady_clock::now() + wait;
    for (;;) {
        try {
            return read();
        } catch (const StartError&) {
            if (std::chrono::steady_clock::now() >= end) throw;
        }
        std::this_thread::sleep_for(kRetry);
    }
}

} // namespace

// Components that start from the record wait for its file. Without one they start empty and know
// only what arrives from now on.
void NodeRuntime::Live::find_record() {
    const std::filesystem::path path = plan.config.storage_path;
    std::error_code ignored; // a file that cannot be checked is reported when it is read
    const auto missing = [&] {
        return std::filesystem::status(path, ignored).type() ==
               std::filesystem::file_type::not_found;
    };
    std::string readers;
    for (const auto* name : {"ingest", "lifecycle", "search", "http"})
        if (runs(plan.config, name)) readers += (readers.empty() ? "" : ",") + std::string(name);
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::seconds(readers.empty() ? 0 : plan.config.peer_wait_secs);
    while (!store && missing() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    has_record = store != nullptr || !missing();
    if (!has_record && !readers.empty())
        spdlog::warn("the record's file is missing: {} start without history "
                     "reason=record_elsewhere storage={} "
                     "advice=\"run them on the host of storage to use its history\"",
                     readers, plan.config.storage_path);
}

Recovered NodeRuntime::Live::read_record() {
    if (!has_record) return {};
    if (!runs(plan.config, "lifecycle") && !runs(plan.config, "ingest")) return {};
    return patiently(plan.config, store != nullptr,
                     [this] { return recover(history.reader(), plan.config); });
}

void NodeRuntime::Live::rehydrate() {
    if (!has_record) return;
    if (checkpoints) {
        if (store) check_checkpoints(history.reader(), *checkpoints);
        history.use_checkpoints(checkpoints.get());
    }
    patiently(plan.config, store != nullptr, [this] {
        try {
            model.rehydrate();
        } catch (const http::RecordUnavailable& failure) {
            throw StartError("cannot read " + plan.config.storage_path + ": " + failure.what());
        }
    });
}

} // namespace viz::runtime
