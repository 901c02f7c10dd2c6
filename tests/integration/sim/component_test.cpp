// The shell over a real bus, with a node whose answers the test holds: what ends a simulation, and
// that its result says so.
#include "components/sim/component.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "components/eth/transaction_rlp.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/state_node.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::sim {
namespace {

using bus::Stream;
using namespace std::chrono_literals;
using test::eventually;

// Reads slot n, where it says n + 1, and so on: one more each run.
constexpr auto kChainOfSlots = "0x60015b5480600257";
// JUMPDEST, PUSH1 0, JUMP.
constexpr auto kBurner = "0x5b600056";

struct SimOnTheBus : evm::Fixture {
    SimOnTheBus() {
        block.chain_id = chain;
        block.timestamp = 1'800'000'000;
        made.ref = {test::hash_of(77), 1};
        made.environment = block;
    }
    // The contract's code, and a component whose view is at the block.
    void start(const char* code, Options options = {}) {
        fill(below, code);
        for (std::uint8_t n = 1; n < 100; ++n) {
            const eth::Address sender{{{0x11, n}}};
            below.accounts[sender].balance = evm::kEther;
        }
        node.emplace(below, made.ref, rules, block);
        node->traces = node->lists = false;
        node->node.answer_http([this](const std::string&) -> std::optional<test::FakeHttpAnswer> {
            const auto n = asked++;
            if (n >= answered) return test::FakeHttpAnswer{.silent = true};
            return std::nullopt;
        });
        auto view = std::make_shared<state::ChainView>();
        test::MemorySource source{below};
        view->take(
            made.ref.hash, [this] { return made; }, source, 0);
        options.singles = SingleSimulations::all;
        options.nodes[chain] = {*node::parse_url(node->node.http_url())};
        options.views[chain] = std::move(view);
        options.limits = {.connect_timeout = 1h, .request_timeout = 1h, .prefetch = false};
        component.emplace(ports, clock, metrics, std::move(options));
        thread = std::jthread([this](std::stop_token stop) { component->run(std::move(stop)); });
    }
    bus::DecodedTx send(std::uint64_t n, std::uint8_t sender, std::uint64_t gas = 200'000) {
        auto tx = call(n);
        tx.type = eth::TxType::dynamic_fee;
        tx.chain_id = chain;
        tx.gas_limit = eth::Gas(gas);
        bus::DecodedTx sent;
        sent.chain_id = chain;
        sent.hash = test::hash_of(n);
        sent.sender = {{{0x11, sender}}};
        sent.gas_limit = tx.gas_limit;
        sent.raw = eth::encode_transaction(tx);
        tx_out.send(sent);
        return sent;
    }
    // The next result that is recorded.
    std::optional<bus::SimCompleted> completed() {
        std::optional<bus::SimCompleted> found;
        eventually([&] {
            bus::Received received;
            while (!found && journal_in.try_receive(received)) {
                const auto entry = bus::decode<bus::Envelope>(received.payload());
                if (entry)
                    if (const auto* done = std::get_if<bus::SimCompleted>(&entry->data))
                        found = *done;
            }
            return found.has_value();
        });
        return found;
    }
    bool shows(const std::string& line) const {
        return metrics.text().find("viz_api_" + line + "\n") != std::string::npos;
    }
    std::int64_t stop_ms() {
        const auto began = clock.mono_ns();
        thread.request_stop();
        thread.join();
        return (clock.mono_ns() - began) / 1'000'000;
    }

    const eth::ChainId chain{31337};
    test::MemoryState below;
    state::NodeBlock made;
    std::optional<test::StateNode> node;
    std::atomic<std::size_t> asked{0};
    std::atomic<std::size_t> answered{1'000'000};
    bus::SystemClock clock;
    bus::Metrics metrics;
    bus::Bus bus{metrics, clock};
    bus::Receiver journal_in{bus.receiver(Stream::journal)};
    Ports ports{.tx = bus::TxIn(bus.receiver(Stream::tx)),
                .chain = bus::ChainIn(bus.receiver(Stream::chain)),
                .feature = bus::FeatureIn(bus.receiver(Stream::feature)),
                .candidate = bus::CandidateIn(bus.receiver(Stream::candidate)),
                .simulated = bus::SimulatedOut(bus.sender(Stream::simulated, "sim")),
                .journal = bus::JournalOut(bus.sender(Stream::journal, "sim"), "sim", metrics)};
    bus::TxOut tx_out{bus.sender(Stream::tx, "decode")};
    std::optional<SimComponent> component;
    std::jthread thread;
};

TEST_F(SimOnTheBus, ARunThatTheNodeHoldsUpEndsByItsTimeAndSaysSo) {
    answered = 2;
    start(evm::kCounter, {.run_time = 200ms});
    send(0, 1);
    const auto done = completed();
    ASSERT_TRUE(done);
    EXPECT_EQ(done->fail_category, "timeout");
    EXPECT_EQ(done->revert_reason, "out_of_time");
    EXPECT_GE(done->duration_us, 200'000);
    EXPECT_TRUE(
        eventually([&] { return shows(R"(sim_ended_early_total{reason="out_of_time"} 1)"); }));
}

TEST_F(SimOnTheBus, ARunThatAsksForSomethingElseEachTimeEndsByItsRoundsAndSaysSo) {
    for (std::uint64_t n = 1; n < 300; ++n)
        below.accounts[evm::kContract].storage[eth::U256(n)] = eth::U256(n + 1);
    start(kChainOfSlots);
    send(0, 1, 16'000'000);
    const auto done = completed();
    ASSERT_TRUE(done);
    EXPECT_EQ(done->revert_reason, "too_many_rounds");
    EXPECT_EQ(done->rounds, state::kTransactionLimits.rounds);
}

TEST_F(SimOnTheBus, ASenderWhoseTimeOnTheHeadIsSpentIsNotSimulatedAndOthersAre) {
    answered = 0;
    start(evm::kCounter, {.run_time = 300ms, .sender_time = 300ms});
    send(0, 1);
    ASSERT_TRUE(completed());
    send(1, 1);
    EXPECT_TRUE(
        eventually([&] { return shows(R"(sim_dropped_total{reason="sender_time_spent"} 1)"); }));
    answered = 1'000'000;
    send(0, 2);
    const auto done = completed();
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->success) << done->revert_reason;
}

TEST_F(SimOnTheBus, AStopEndsAWorkerThatWaitsForABatch) {
    answered = 1;
    start(evm::kCounter, {.run_time = 1h});
    send(0, 1);
    ASSERT_TRUE(eventually([&] { return asked == 2; }));
    const auto took = stop_ms();
    RecordProperty("stop_ms", std::to_string(took));
    EXPECT_LT(took, 10'000);
}

TEST_F(SimOnTheBus, AStopEndsAWorkerInTheMiddleOfExecutions) {
    start(kBurner, {.run_time = 1h, .sender_time = 1h});
    for (std::uint8_t n = 1; n < 100; ++n) send(n, n, 16'000'000);
    ASSERT_TRUE(completed());
    const auto took = stop_ms();
    RecordProperty("stop_ms", std::to_string(took));
    EXPECT_LT(took, 10'000);
}

// Forty senders' bombs are in the queue when the transfer comes; the node holds up each of them
// until its time is over.
TEST_F(SimOnTheBus, ATransferWaitsForTheBombInWorkAndForNoOther) {
    answered = 0;
    start(kBurner, {.run_time = 1'500ms});
    for (std::uint8_t n = 1; n < 41; ++n) send(n, n, 16'700'000);
    ASSERT_TRUE(eventually([&] { return asked == 1 && shows("sim_queue_depth 39"); }));
    const auto transfer = send(99, 99, 21'000);
    std::size_t before = 0;
    for (auto done = completed(); done && done->hash != transfer.hash; done = completed()) ++before;
    EXPECT_LE(before, 2u) << "the one in work, and one that was taken before the transfer came";
}

} // namespace
} // namespace viz::sim
