// Cases of simulations, the newest so many, and the codes that they need: see bus::SimCase. What is
// in a body is the business of whoever reads it (components/sim, viz-replay).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bus/messages.hpp"
#include "components/eth/result.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

extern const std::string_view kCaseTables; // part of the schema

// The writing half; all calls stand in a transaction of the writer.
class CaseTable {
  public:
    // Cases, and rows of codes, that one call deletes besides as many as it has added.
    static constexpr std::int64_t kDeletedAtOnce = 64;
    // A code stays while one of the cases that it came with is among the kept ones or the so many
    // before: whoever sends cases may leave out for that long what it has sent.
    static constexpr std::int64_t kCodesOutlive = 1024;

    // `keep` 0: none are written, and those that are there go.
    CaseTable(Connection& connection, std::int64_t keep);

    // One of the same simulation is replaced.
    void write(bus::ChainId chain_id, bus::UnixMs at, const bus::SimCase& of);
    // What is more than is to be kept, in small deletes.
    void trim();

  private:
    std::int64_t newest();

    std::int64_t keep_;
    std::int64_t written_{}; // since the last trim()
    Statement newest_;
    Statement insert_;
    Statement insert_code_;
    Statement delete_cases_;
    Statement delete_codes_;
};

struct StoredCase {
    std::int64_t case_id{}; // ascending in order of arrival
    bus::Hash sim_id;
    std::optional<bus::Hash> candidate_id;
    bus::ChainId chain_id;
    bus::UnixMs at;
    bus::Bytes body;
};

// The reading half, by a read-only connection of its own. One thread at a time.
class StoredCases {
  public:
    template <class T> using Answer = Result<T, StoreFailure>;

    explicit StoredCases(std::string path) : path_(std::move(path)) {}

    // The newest one whose simulation, candidate or transaction has this hash, or else whose body
    // holds `text`.
    Answer<std::optional<StoredCase>> find(const bus::Hash& id, std::string_view text);
    // Nothing where it is not kept.
    Answer<std::optional<bus::Bytes>> code(const bus::Hash& code_hash);

  private:
    template <class F>
    auto ask(F question) -> Answer<decltype(question(std::declval<Connection&>()))>;

    std::string path_;
    std::optional<Connection> connection_;
};

} // namespace viz::storage
