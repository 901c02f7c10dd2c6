// Findings that the window in memory is too small for are answered from the store, through the
// connections that the running service uses.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/storage/event_store.hpp"
#include "runtime/history.hpp"
#include "tests/support/http_fixture.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/temp_dir.hpp"

namespace viz::test {
namespace {

using nlohmann::json;

std::string id_text(std::uint64_t n) {
    return eth::to_hex(hash_of(n).view());
}

struct RecordedFindings : testing::Test {
    void append(std::vector<bus::EventData> all) {
        std::vector<storage::Entry> entries;
        for (auto& data : all) {
            auto envelope = event(std::move(data));
            auto payload = bus::encode(envelope);
            entries.push_back({std::move(envelope), std::move(payload)});
        }
        ASSERT_FALSE(store->append(entries));
    }
    // A candidate with its simulation, its bundle and what it exposes.
    void tell_of(std::uint64_t n) {
        auto done = sample_simulated().completed;
        done.sim_id = hash_of(n + 1'000);
        done.candidate_id = hash_of(n);
        auto tried = sample_submission();
        tried.bundle_id = hash_of(n + 2'000);
        tried.candidate_ids = {hash_of(n)};
        auto decision = sample_decision();
        decision.candidate_id = hash_of(n);
        auto exposure = sample_exposure();
        exposure.hash = hash_of(n + 3'000);
        append({bus::SimDispatched{.sim_id = done.sim_id, .candidate_id = hash_of(n)}, done,
                decision, tried, exposure});
    }
    // Of a process that starts on the record now, with a window of so many events.
    json started_with(std::size_t window, const std::string& path, int status = 200) {
        runtime::StoreHistory history(path_of_store, {bus::ChainId{1}});
        http::ReadModel model(&history, {.events = window, .simulations = 2, .bundles = 2});
        model.rehydrate();
        http::Api api({model, history, figures, health, clock, metrics}, {});
        const auto response = api.handle({.path = path});
        EXPECT_EQ(response.status, status) << path << response.body;
        return json::parse(response.body);
    }

    TempDir dir;
    std::string path_of_store{dir.file("record.db")};
    std::unique_ptr<storage::EventStore> store{*storage::EventStore::open(path_of_store)};
    FixedFigures figures;
    FixedHealth health;
    FakeClock clock;
    bus::Metrics metrics;
};

TEST_F(RecordedFindings, AreAnsweredWhateverTheirAge) {
    for (std::uint64_t n = 1; n <= 20; ++n) tell_of(n);
    for (std::uint64_t n = 1; n <= 50; ++n) append({bus::TxSeen{.hash = hash_of(n)}});
    for (const std::uint64_t n : {1U, 10U, 20U}) {
        EXPECT_EQ(started_with(5, "/sim/" + id_text(n + 1'000))["gas_used"], 41);
        EXPECT_EQ(started_with(5, "/sim/" + id_text(n))["sim_id"], id_text(n + 1'000));
        EXPECT_EQ(started_with(5, "/bundle/" + id_text(n + 2'000))["submissions"].size(), 1U);
        EXPECT_EQ(started_with(5, "/bundle/" + id_text(n))["bundle_id"], id_text(n + 2'000));
        EXPECT_EQ(started_with(5, "/tx/" + id_text(n + 3'000) + "/exposure")["loss"], "2");
    }
    EXPECT_EQ(started_with(5, "/sim/latest")["sim_id"], id_text(1'020));
    EXPECT_EQ(started_with(5, "/bundle/latest")["bundle_id"], id_text(2'020));
    started_with(5, "/sim/" + id_text(999), 404);
    started_with(5, "/bundle/" + id_text(999), 404);
}

TEST_F(RecordedFindings, AreCountedOnceWhereverTheWindowBegins) {
    for (std::uint64_t n = 1; n <= 20; ++n) tell_of(n);
    for (const std::size_t window : {1U, 5U, 37U, 1'000U}) {
        const auto status = started_with(window, "/relay/dry-run/status");
        EXPECT_EQ(status["total_submissions"], 20) << window;
        EXPECT_EQ(status["total_accepted"], 20) << window;
        EXPECT_EQ(status["latest"]["bundle_id"], id_text(2'020)) << window;
        EXPECT_EQ(started_with(window, "/builder/metrics")["rejected_total"], 20) << window;
    }
}

} // namespace
} // namespace viz::test
