// A small store on the disk, and viz-replay run on it as from a shell.
#pragma once

#include <fstream>
#include <sstream>

#include "components/eth/hex.hpp"
#include "components/storage/checkpointer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"
#include "tools/viz_replay/commands.hpp"

namespace viz::replay::test {

using storage::test::append;
using storage::test::entry;
using viz::test::address_of;
using viz::test::hash_of;

struct Said {
    int status{};
    std::string out;
    std::string error;

    std::vector<std::string> lines() const {
        std::vector<std::string> split;
        std::istringstream in(out);
        for (std::string line; std::getline(in, line);) split.push_back(line);
        return split;
    }
};

inline Said run(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream error;
    const auto status = replay::run(arguments, out, error);
    return {status, out.str(), error.str()};
}

inline bus::TxDecoded decoded(std::uint64_t n) {
    return {.hash = hash_of(n),
            .sender = address_of(n),
            .tx_type = bus::TxType::dynamic_fee,
            .nonce = n,
            .to = address_of(7),
            .value = bus::Wei{1'000'000},
            .gas_limit = bus::Gas{21'000},
            .max_fee_per_gas = bus::Wei{30'000'000'000},
            .max_priority_fee_per_gas = bus::Wei{2'000'000'000},
            .calldata_len = 68,
            .raw_tx_len = 180,
            .selector = bus::Selector{{{0xa9, 0x05, 0x9c, 0xbb}}},
            .first_seen_unix_ms = bus::UnixMs{1'700'000'000'000},
            .first_seen_mono_ns = bus::MonoNs{1}};
}

struct Scene {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<storage::EventStore> store{storage::test::open_store(path)};

    void add(bus::EventData data, std::int64_t time = 1'700'000'000'000,
             const std::string& source = "node-a", std::uint64_t chain = 1) {
        append(*store, {entry(std::move(data), time, source, chain)});
    }
    // `count` transactions; every third is dropped at once.
    void fill(std::uint64_t count) {
        std::vector<storage::Entry> batch;
        for (std::uint64_t n = 0; n < count; ++n) {
            const auto time = 1'700'000'000'000 + static_cast<std::int64_t>(n);
            batch.push_back(entry(bus::TxSeen{.hash = hash_of(n)}, time));
            batch.push_back(entry(decoded(n), time));
            if (n % 3 == 0) batch.push_back(entry(bus::TxDropped{.hash = hash_of(n)}, time));
        }
        append(*store, std::move(batch));
    }
    void write_checkpoints() {
        storage::Reader log(path);
        auto file = storage::CheckpointFile::open(storage::CheckpointFile::path_of(path),
                                                  storage::CheckpointFile::Mode::write);
        storage::Checkpointer checkpointer(log, **file);
        std::vector<std::string> notes;
        if (checkpointer.resume(notes)) throw std::runtime_error("resume");
        while (*checkpointer.advance()) {
        }
    }
};

} // namespace viz::replay::test
