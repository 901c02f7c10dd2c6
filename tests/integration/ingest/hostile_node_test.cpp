// Ingest at a broken or hostile node: counted, left where it persists, never a crash, bounded.
#include <atomic>

#include <gtest/gtest.h>

#include "tests/integration/ingest/bench_of_ingest.hpp"

namespace viz::ingest {
namespace {

using bus::EndpointState;
using std::chrono::milliseconds;
using test::Dialect;
using test::eventually;
using test::FakeAnswer;
using test::FakeHttpAnswer;
using test::FakeNode;
using test::hash_of;
using test::RpcCall;

bool subscribed(const FakeNode& node) {
    return eventually([&] { return node.subscribers() == 1; });
}
// Proof that ingest still works, at this node.
void expect_alive(IngestBench& ingest, FakeNode& node, std::uint64_t n = 9000) {
    ASSERT_TRUE(subscribed(node));
    node.announce(hex_of(hash_of(n)), tx(n));
    EXPECT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(n)).size() == 1; }));
}
std::string error_text(const std::string& id, const std::string& message) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":-32000,"message":")" + message +
           R"("}})";
}

TEST(HostileNode, OccasionalGarbageIsCountedAndLivedWith) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.send_text("{\"jsonrpc\":");
    node.send_text("[1,2");
    node.send_text("\x01\x02 not json at all");
    node.send_text(FakeNode::pending_notice("17"));
    node.send_text(FakeNode::pending_notice("{\"hash\":\"0x12\"}"));
    ASSERT_TRUE(eventually([&] { return ingest.dropped("invalid_pending_hash") == 2; }));
    EXPECT_EQ(ingest.faults("not_json"), 3);
    EXPECT_TRUE(eventually([&] { return ingest.faults("bad_pending") == 2; }));
    expect_alive(ingest, node);
    EXPECT_FALSE(ingest.was_in(EndpointState::error));
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(HostileNode, PersistentGarbageIsLeftForTheNextEndpoint) {
    FakeNode bad;
    FakeNode good;
    IngestBench ingest(config_of(chain_of({&bad, &good})));
    ASSERT_TRUE(subscribed(bad));
    for (int i = 0; i < 30; ++i) bad.send_text("garbage");
    expect_alive(ingest, good);
    EXPECT_TRUE(ingest.saw_error("malformed_messages"));
    EXPECT_TRUE(eventually([&] { return ingest.status()->rotation_count == 1; }));
    EXPECT_EQ(ingest.status()->endpoint_index, 1u);
}

TEST(HostileNode, AFrameBeyondTheCapIsLeft) {
    FakeNode bad;
    FakeNode good;
    auto config = config_of(chain_of({&bad, &good}));
    config.max_message_bytes = 64u << 10;
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(bad));
    bad.send_text(FakeNode::pending_notice("\"" + std::string(100'000, 'a') + "\""));
    expect_alive(ingest, good);
    EXPECT_TRUE(ingest.saw_error("message_too_big"));
}

TEST(HostileNode, AFrameThatClaimsExabytesAllocatesNothing) {
    FakeNode bad;
    FakeNode good;
    IngestBench ingest(config_of(chain_of({&bad, &good})));
    ASSERT_TRUE(subscribed(bad));
    bad.send_bytes(std::string("\x81\x7f\x0f\xff\xff\xff\xff\xff\xff\xff", 10));
    expect_alive(ingest, good);
    EXPECT_TRUE(ingest.saw_error("message_too_big"));
}

TEST(HostileNode, ALargeMessageBelowTheCapPasses) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    auto json = tx(1);
    json.insert(json.size() - 1, ",\"blobs\":\"0x" + std::string(2u << 20, 'a') + "\"");
    node.announce(hex_of(hash_of(1)), json);
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_EQ(ingest.bodies_of(hash_of(1)).front().body.size(), json.size());
}

TEST(HostileNode, BytesThatAreNoWebSocketFramesAreLeft) {
    FakeNode bad;
    FakeNode good;
    IngestBench ingest(config_of(chain_of({&bad, &good})));
    ASSERT_TRUE(subscribed(bad));
    bad.send_bytes(std::string(20, '\xff'));
    expect_alive(ingest, good);
}

TEST(HostileNode, ADrippedMessageIsSilence) {
    FakeNode bad;
    FakeNode good;
    auto config = config_of(chain_of({&bad, &good}));
    config.silence_limit = milliseconds{400};
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(bad));
    bad.drip(FakeNode::pending_notice(tx(1)), 1, milliseconds{50});
    ASSERT_TRUE(subscribed(good));
    EXPECT_TRUE(eventually([&] { return ingest.was_in(EndpointState::silent_timeout); }));
}

TEST(HostileNode, ASilentConnectionIsLeft) {
    FakeNode silent;
    FakeNode good;
    auto config = config_of(chain_of({&silent, &good}));
    config.silence_limit = milliseconds{300};
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(silent));
    ASSERT_TRUE(subscribed(good));
    EXPECT_TRUE(ingest.was_in(EndpointState::silent_timeout));
    EXPECT_TRUE(ingest.saw_error("silent"));
}

TEST(HostileNode, HeadsAloneAreNotSilence) {
    FakeNode node;
    auto config = config_of(chain_of({&node}));
    config.silence_limit = milliseconds{1500};
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(node));
    const auto end = std::chrono::steady_clock::now() + milliseconds{3000};
    std::size_t mined = 0;
    EXPECT_TRUE(eventually([&] {
        const auto elapsed = end - std::chrono::steady_clock::now();
        if (elapsed < milliseconds{3000} - milliseconds{300} * static_cast<int>(mined)) {
            node.mine();
            ++mined;
        }
        return std::chrono::steady_clock::now() > end;
    }));
    EXPECT_FALSE(ingest.was_in(EndpointState::silent_timeout));
}

TEST(HostileNode, ANodeThatNeverAcknowledgesIsLeft) {
    FakeNode bad;
    FakeNode good;
    bad.answer_calls([](const RpcCall& call) -> std::optional<FakeAnswer> {
        if (call.method != "eth_subscribe") return std::nullopt;
        return FakeAnswer{.text = {}, .silent = true};
    });
    auto config = config_of(chain_of({&bad, &good}));
    config.request_timeout = milliseconds{200};
    IngestBench ingest(config);
    expect_alive(ingest, good);
    EXPECT_TRUE(ingest.saw_error("subscribe_timed_out"));
}

TEST(HostileNode, AnErrorInsteadOfTheAcknowledgementIsLeft) {
    FakeNode bad;
    FakeNode good;
    bad.answer_calls([](const RpcCall& call) -> std::optional<FakeAnswer> {
        if (call.method != "eth_subscribe") return std::nullopt;
        return FakeAnswer{.text = error_text(call.id, "notifications not supported")};
    });
    IngestBench ingest(config_of(chain_of({&bad, &good})));
    expect_alive(ingest, good);
    EXPECT_TRUE(ingest.saw_error("subscribe_refused"));
    EXPECT_EQ(bad.calls("eth_subscribe"), 3u); // every dialect was tried
}

TEST(HostileNode, AnErrorWithoutIdDoesNotEndTheConnection) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.send_text(error_text("null", "internal error"));
    node.send_text(R"({"jsonrpc":"2.0","error":{"code":-32603,"message":"x"}})");
    ASSERT_TRUE(eventually([&] { return ingest.faults("rpc_error_without_id") == 2; }));
    expect_alive(ingest, node);
    EXPECT_FALSE(ingest.was_in(EndpointState::error));
}

TEST(HostileNode, TheWrongChainIsNeverTakenIn) {
    FakeNode other({.chain_id = 1});
    IngestBench ingest(config_of(chain_of({&other})));
    ASSERT_TRUE(eventually([&] { return ingest.saw_error("wrong_chain_id"); }));
    EXPECT_TRUE(ingest.was_in(EndpointState::error));
    EXPECT_EQ(other.subscribers(), 0u);
    EXPECT_EQ(ingest.received(), 0);
}

TEST(HostileNode, TheWrongChainBehindHttpIsNeverTakenIn) {
    FakeNode right;
    FakeNode other({.chain_id = 1});
    auto chain = chain_of({&right});
    chain.endpoints[0].http_url = other.http_url();
    IngestBench ingest(config_of(chain));
    ASSERT_TRUE(eventually([&] { return ingest.saw_error("wrong_chain_id"); }));
    EXPECT_EQ(right.subscribers(), 0u);
}

TEST(HostileNode, ABodyThatIsNullAtFirstIsAskedForAgain) {
    FakeNode node({.dialect = Dialect::hashes});
    std::atomic<int> asked{0};
    node.answer_calls([&](const RpcCall& call) -> std::optional<FakeAnswer> {
        if (call.method != "eth_getTransactionByHash" || ++asked > 2) return std::nullopt;
        return FakeAnswer{.text = R"({"jsonrpc":"2.0","id":)" + call.id + R"(,"result":null})"};
    });
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.announce(hex_of(hash_of(1)), tx(1));
    EXPECT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_EQ(asked, 3);
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(HostileNode, ALostHashComesBackWhenItIsAnnouncedAgain) {
    FakeNode node({.dialect = Dialect::hashes});
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.announce_hash(hex_of(hash_of(1))); // the node does not know it
    ASSERT_TRUE(eventually([&] { return ingest.dropped("fetch_null") == 1; }));
    node.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_EQ(ingest.journal_of<bus::TxSeen>(hash_of(1)).size(), 1u);
    const auto seen = ingest.journal_of<bus::TxSeen>(hash_of(1)).front();
    EXPECT_EQ(ingest.bodies_of(hash_of(1)).front().first_seen_unix_ms, seen.ingest_ts_unix_ms);
    EXPECT_TRUE(eventually([&] { return ingest.conserved(); }));
}

TEST(HostileNode, ABodyOfAnotherTransactionIsNotTaken) {
    FakeNode node({.dialect = Dialect::hashes});
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.know_transaction(hex_of(hash_of(1)), tx(2));
    node.announce_hash(hex_of(hash_of(1)));
    ASSERT_TRUE(eventually([&] { return ingest.dropped("fetch_wrong_hash") == 1; }));
    ingest.stop();
    EXPECT_EQ(ingest.observed("new"), 0);
}

TEST(HostileNode, BatchAnswersInAnyOrderAreMatchedAndWrongIdsCounted) {
    FakeNode node({.dialect = Dialect::hashes});
    node.answer_http([](const std::string& body) -> std::optional<FakeHttpAnswer> {
        const auto request = nlohmann::json::parse(body, nullptr, false);
        if (!request.is_array() || request.empty() ||
            request[0]["method"] != "eth_getTransactionByHash")
            return std::nullopt;
        std::string out = R"([{"jsonrpc":"2.0","id":999999,"result":null})";
        for (auto it = request.rbegin(); it != request.rend(); ++it) {
            const auto wanted = eth::hash_from_hex((*it)["params"][0].get<std::string>());
            out += R"(,{"jsonrpc":"2.0","id":)" + (*it)["id"].dump() + R"(,"result":)" +
                   test::transaction_json(*wanted, test::address_of(1), 1) + "}";
        }
        return FakeHttpAnswer{.body = out + "]", .retry_after = {}};
    });
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    for (std::uint64_t n = 1; n <= 10; ++n) node.announce_hash(hex_of(hash_of(n)));
    ASSERT_TRUE(eventually([&] { return ingest.faults("wrong_id") > 0; }));
    ASSERT_TRUE(eventually([&] { return ingest.conserved() && ingest.received() == 10; }));
}

TEST(HostileNode, AnEndlessBatchIsCutOff) {
    FakeNode node({.dialect = Dialect::hashes});
    node.answer_http([](const std::string& body) -> std::optional<FakeHttpAnswer> {
        if (body.find("eth_getTransactionByHash") == std::string::npos) return std::nullopt;
        std::string out = "[";
        for (int i = 0; i < 20'000; ++i) out += R"({"jsonrpc":"2.0","id":7777777,"result":null},)";
        return FakeHttpAnswer{.body = out + "null]", .retry_after = {}};
    });
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    node.announce_hash(hex_of(hash_of(1)));
    EXPECT_TRUE(eventually([&] { return ingest.dropped("fetch_failed") == 1; }));
    EXPECT_LE(ingest.faults("wrong_id"), 3);
    EXPECT_EQ(ingest.faults("not_rpc"), 3);
}

TEST(HostileNode, TooManyRequestsIsWaitedOut) {
    FakeNode node({.dialect = Dialect::hashes});
    std::atomic<int> refused{0};
    node.answer_http([&](const std::string& body) -> std::optional<FakeHttpAnswer> {
        if (body.find("eth_getTransactionByHash") == std::string::npos || refused >= 2)
            return std::nullopt;
        ++refused;
        return FakeHttpAnswer{.status = refused == 1 ? 429u : 503u,
                              .body = "slow down",
                              .retry_after = refused == 1 ? "1" : ""};
    });
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(subscribed(node));
    const auto start = std::chrono::steady_clock::now();
    node.announce(hex_of(hash_of(1)), tx(1));
    ASSERT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{1000});
    EXPECT_EQ(ingest.faults("http_429"), 1);
    EXPECT_EQ(ingest.faults("http_5xx"), 1);
}

TEST(HostileNode, HttpThatHangsOrBreaksOffIsGivenUp) {
    FakeNode node({.dialect = Dialect::hashes});
    std::atomic<int> asked{0};
    node.answer_http([&](const std::string& body) -> std::optional<FakeHttpAnswer> {
        if (body.find("eth_getTransactionByHash") == std::string::npos) return std::nullopt;
        if (++asked == 1) return FakeHttpAnswer{.retry_after = {}, .silent = true};
        return FakeHttpAnswer{
            .body = std::string(1000, ' '), .retry_after = {}, .close_midway = true};
    });
    auto config = config_of(chain_of({&node}));
    config.request_timeout = milliseconds{300};
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(node));
    node.announce_hash(hex_of(hash_of(1)));
    ASSERT_TRUE(eventually([&] { return ingest.dropped("fetch_failed") == 1; }));
    EXPECT_EQ(ingest.faults("timed_out"), 1);
    EXPECT_EQ(ingest.faults("closed_by_peer"), 2);
    node.answer_http({});
    expect_alive(ingest, node, 2);
}

TEST(HostileNode, AFloodFillsTheDecodeQueueAndNothingElse) {
    FakeNode node;
    auto config = config_of(chain_of({&node}));
    config.max_seen_hashes = 500;
    IngestBench ingest(config, {}, 100, false); // decode does not read
    ASSERT_TRUE(subscribed(node));
    auto notices = std::make_shared<std::vector<std::string>>();
    for (std::uint64_t n = 1; n <= 2000; ++n) notices->push_back(FakeNode::pending_notice(tx(n)));
    node.play(notices, 1e6, 20'000);
    ASSERT_TRUE(eventually([&] { return ingest.received() == 20'000; }));
    ASSERT_TRUE(eventually([&] { return ingest.conserved(); }));
    EXPECT_EQ(ingest.observed("new"), 100);
    EXPECT_TRUE(eventually(
        [&] { return ingest.dropped("decode_queue_full") == ingest.observed("dropped"); }));
}

TEST(HostileNode, AFloodOfHashesFillsTheFetchQueueAndNothingElse) {
    FakeNode node({.dialect = Dialect::hashes});
    node.answer_http([](const std::string& body) -> std::optional<FakeHttpAnswer> {
        if (body.find("eth_getTransactionByHash") == std::string::npos) return std::nullopt;
        return FakeHttpAnswer{.retry_after = {}, .silent = true};
    });
    auto config = config_of(chain_of({&node}));
    config.rpc_queue_capacity = 200;
    IngestBench ingest(config);
    ASSERT_TRUE(subscribed(node));
    auto notices = std::make_shared<std::vector<std::string>>();
    for (std::uint64_t n = 1; n <= 5000; ++n)
        notices->push_back(FakeNode::pending_notice('"' + hex_of(hash_of(n)) + '"'));
    node.play(notices, 1e6, 5000);
    ASSERT_TRUE(eventually([&] { return ingest.received() == 5000; }));
    EXPECT_TRUE(
        eventually([&] { return ingest.dropped("fetch_queue_full") >= 5000 - 200 - 4 * 32; }));
}

TEST(HostileNode, ABlockTheNodeAnnouncesAndDoesNotHaveIsFilledInLater) {
    FakeNode node;
    IngestBench ingest(config_of(chain_of({&node})));
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 1; }));
    std::atomic<bool> hide{true};
    node.answer_calls([&](const RpcCall& call) -> std::optional<FakeAnswer> {
        if (!hide || call.method != "eth_getBlockByHash") return std::nullopt;
        return FakeAnswer{.text = R"({"jsonrpc":"2.0","id":)" + call.id + R"(,"result":null})"};
    });
    node.mine();
    ASSERT_TRUE(eventually([&] { return ingest.faults("head_given_up") == 1; }));
    hide = false;
    node.mine();
    ASSERT_TRUE(eventually([&] { return ingest.count<bus::Head>() == 3; }));
    const auto heads = ingest.all<bus::Head>();
    EXPECT_EQ(heads[1].number.value, 1u);
    EXPECT_TRUE(heads[1].catch_up);
    EXPECT_EQ(heads[2].number.value, 2u);
}

} // namespace
} // namespace viz::ingest
