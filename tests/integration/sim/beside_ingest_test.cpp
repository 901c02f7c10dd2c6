// One node for all: what ingest asks for is answered while the node holds every batch of state.
// Ingest has connections of its own, and each worker that asks for state has one request under way.
#include <gtest/gtest.h>

#include "components/state/node_source.hpp"
#include "tests/integration/ingest/bench_of_ingest.hpp"

namespace viz::ingest {
namespace {

using namespace std::chrono_literals;

struct HeldState {
    explicit HeldState(test::FakeNode& node) {
        node.answer_http([this](const std::string& body) -> std::optional<test::FakeHttpAnswer> {
            if (body.find("eth_getProof") == std::string::npos) return std::nullopt;
            ++held;
            return test::FakeHttpAnswer{.silent = true};
        });
        for (std::uint64_t n = 0; n < kWorkers; ++n)
            workers.emplace_back([url = node.http_url(), n](const std::stop_token& stop) {
                state::NodeSource source(*node::parse_url(url), "",
                                         {.connect_timeout = 1h, .request_timeout = 1h});
                evm::RunGuard guard(stop);
                source.serve(&guard);
                state::HeadState into({test::hash_of(1), 1});
                const evm::Missing missing{.kind = evm::Missing::Kind::account,
                                           .address = test::address_of(n)};
                EXPECT_FALSE(source.fetch({&missing, 1}, into));
            });
    }
    static constexpr std::size_t kWorkers = 16;
    std::atomic<std::size_t> held{0};
    std::vector<std::jthread> workers;
};

TEST(StateBesideIngest, BodiesAndNoncesAreLookedUpWhileTheNodeHoldsTheState) {
    test::FakeNode node({.dialect = test::Dialect::hashes});
    HeldState state(node);
    ASSERT_TRUE(test::eventually([&] { return state.held == HeldState::kWorkers; }));
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(test::eventually([&] { return node.subscribers() > 0; }));
    for (std::uint64_t n = 1; n <= 100; ++n) node.announce(hex_of(test::hash_of(n)), tx(n));
    EXPECT_TRUE(test::eventually([&] { return ingest.count<bus::PendingTx>() == 100; }));
    node.set_nonce(eth::to_hex(test::address_of(7).view()), 9);
    ingest.send(
        bus::ChainQuery{.chain_id = kChain, .addresses = {test::address_of(7)}, .hashes = {}});
    EXPECT_TRUE(test::eventually([&] { return ingest.count<bus::AccountNonce>() == 1; }));
    EXPECT_EQ(state.held, HeldState::kWorkers) << "one request of each, all of them held";
}

} // namespace
} // namespace viz::ingest
