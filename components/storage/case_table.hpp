// The newest simulation cases and the contract codes that they need: see bus::SimCase. The body's
// format is defined by its readers (components/sim, viz-replay).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bus/messages.hpp"
#include "components/eth/result.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

extern const std::string_view kCaseTables; // included in the schema

// The writing half; all calls must be within a transaction of the writer.
class CaseTable {
  public:
    // Maximum cases, and maximum codes, deleted per call, in addition to as many as were added.
    static constexpr std::int64_t kDeletedAtOnce = 64;
    // A code remains while a case that it was sent with is among the kept cases or the
    // kCodesOutlive cases before them: for that long, senders may omit codes that they have already
    // sent.
    static constexpr std::int64_t kCodesOutlive = 1024;

    // With `keep` 0 no cases are written, and existing ones are deleted.
    CaseTable(Connection& connection, std::int64_t keep);

    // Replaces an existing case of the same simulation.
    void write(bus::ChainId chain_id, bus::UnixMs at, const bus::SimCase& of);
    // Deletes surplus cases and codes, in small steps.
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
    std::int64_t case_id{}; // ascending, in order of arrival
    bus::Hash sim_id;
    std::optional<bus::Hash> candidate_id;
    bus::ChainId chain_id;
    bus::UnixMs at;
    bus::Bytes body;
};

// The reading half, with its own read-only connection. Not thread-safe.
class StoredCases {
  public:
    template <class T> using Answer = Result<T, StoreFailure>;

    explicit StoredCases(std::string path) : path_(std::move(path)) {}

    // The newest case whose simulation, candidate or transaction has this hash, or whose body
    // contains `text`.
    Answer<std::optional<StoredCase>> find(const bus::Hash& id, std::string_view text);
    // Empty if the code is not stored.
    Answer<std::optional<bus::Bytes>> code(const bus::Hash& code_hash);

  private:
    template <class F>
    auto ask(F question) -> Answer<decltype(question(std::declval<Connection&>()))>;

    std::string path_;
    std::optional<Connection> connection_;
};

} // namespace viz::storage
