// Journal entries for the store's tests.
#pragma once

#include <vector>

#include "components/storage/event_store.hpp"
#include "components/storage/reader.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/values.hpp"

namespace viz::storage::test {

using viz::test::address_of;
using viz::test::hash_of;
using viz::test::source_dir;

inline Entry entry(bus::EventData data, std::int64_t time = 1'700'000'000'000,
                   const std::string& source = "node-a", std::uint64_t chain = 1) {
    bus::Envelope envelope{.ingest_ts_unix_ms = bus::UnixMs{time},
                           .ingest_ts_mono_ns = bus::MonoNs{time * 1'000'000},
                           .source_id = source,
                           .chain_id = bus::ChainId{chain},
                           .data = std::move(data)};
    auto payload = bus::encode(envelope);
    return {std::move(envelope), std::move(payload)};
}

inline Entry seen(std::uint64_t n, std::int64_t time = 1'700'000'000'000) {
    return entry(bus::TxSeen{.hash = hash_of(n)}, time);
}

inline std::vector<Entry> sights(std::uint64_t from, std::uint64_t count) {
    std::vector<Entry> entries;
    for (std::uint64_t n = from; n < from + count; ++n) entries.push_back(seen(n));
    return entries;
}

inline std::unique_ptr<EventStore> open_store(const std::string& path,
                                              const StoreOptions& options = {
                                                  .synchronous = Synchronous::normal}) {
    auto opened = EventStore::open(path, options);
    if (!opened) throw std::runtime_error(opened.error().message(path));
    return std::move(*opened);
}

inline void append(EventStore& store, std::vector<Entry> entries) {
    if (const auto failure = store.append(entries)) throw std::runtime_error(failure->detail);
}

inline std::vector<bus::Envelope> all_events(Reader& reader) {
    auto events = reader.events({.after = 0, .types = {}, .chain_id = {}, .limit = 1'000'000});
    if (!events) throw std::runtime_error(events.error().detail);
    return std::move(*events);
}

// The log holds exactly the numbers 1 to its newest, each once.
inline bool gapless(Reader& reader) {
    std::uint64_t expected = 0;
    for (const auto& event : all_events(reader))
        if (event.seq_id != ++expected) return false;
    return true;
}

} // namespace viz::storage::test
