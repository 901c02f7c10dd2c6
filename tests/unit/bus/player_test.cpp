#include "bus/player.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <zmq.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::bus {
namespace {

using test::eventually;
using test::hash_of;

class PlayerTest : public testing::Test {
  protected:
    PlayerTest() {
        player_ = make_player(bus_, metrics_, clock_, endpoint_);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.connect(endpoint_.address);
    }
    void start() {
        thread_ = std::jthread([this](std::stop_token stop) { player_->run(stop); });
    }
    ~PlayerTest() override {
        bus_.stop_sending();
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }
    void play(const std::string& topic, const Payload& payload,
              std::uint16_t schema = kSchemaVersion) {
        const auto header =
            encode_header({.schema_version = schema, .producer = {'x'}, .sequence = 77});
        socket_.send(zmq::buffer(topic), zmq::send_flags::sndmore);
        socket_.send(zmq::buffer(header), zmq::send_flags::sndmore);
        socket_.send(zmq::buffer(payload));
    }
    double metric(const std::string& name) {
        const auto text = metrics_.text();
        const auto at = text.find("\nviz_api_" + name + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 10));
    }

    test::TempDir folder_;
    Endpoint endpoint_{"ipc://" + folder_.file("play.sock")};
    Metrics metrics_;
    SystemClock clock_;
    Bus bus_{metrics_, clock_};
    PendingIn pending_{bus_.receiver(Stream::pending, {}, kPlayerInstance + 1)};
    Receiver journal_{bus_.receiver(Stream::journal)};
    zmq::context_t context_;
    zmq::socket_t socket_{context_, zmq::socket_type::push};
    std::unique_ptr<Component> player_;
    std::jthread thread_;
};

TEST_F(PlayerTest, SendsWhatIsPlayedUnderItsOwnName) {
    start();
    play("pending.tx.1", encode(PendingTx{.chain_id = ChainId{1}, .announced_hash = hash_of(3)}));
    Received received;
    ASSERT_TRUE(eventually([&] { return pending_.receiver().try_receive(received); }));
    EXPECT_EQ(received.header().producer_name(), "play");
    EXPECT_EQ(received.header().sequence, 1u);
    const auto back = pending_.decode(received);
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<PendingTx>(*back).announced_hash, hash_of(3));
}

TEST_F(PlayerTest, WaitsWhereAQueueIsFullAndLosesNothing) {
    bus_.set_capacity(Stream::journal, 16);
    start();
    std::jthread playing([&] {
        for (std::uint64_t n = 1; n <= 500; ++n) play("journal.TxSeen.1", encode(test::seen(n)));
    });
    Received received;
    int got = 0;
    EXPECT_TRUE(eventually([&] { return journal_.try_receive(received) && ++got == 500; }));
    EXPECT_EQ(metric("bus_drops_total{stream=\"journal\"}"), 0);
}

TEST_F(PlayerTest, BlocksDoNotOvertakeTheTransactionsBeforeThem) {
    ChainIn chain(bus_.receiver(Stream::chain, {}, kPlayerInstance + 1));
    start();
    constexpr std::uint64_t kBlocks = 50;
    std::jthread playing([&] {
        for (std::uint64_t n = 0; n < kBlocks; ++n) {
            for (int i = 0; i < 3; ++i)
                play("pending.tx.1", encode(PendingTx{.chain_id = ChainId{1}}));
            play("chain.head.1", encode(Head{.chain_id = ChainId{1}}));
        }
    });
    Received received;
    std::uint64_t blocks = 0;
    std::uint64_t transactions = 0;
    EXPECT_TRUE(eventually([&] {
        while (chain.receiver().try_receive(received))
            EXPECT_EQ(transactions, 3 * ++blocks) << "the last one is done with";
        if (pending_.receiver().try_receive(received)) ++transactions;
        return blocks == kBlocks;
    }));
}

TEST_F(PlayerTest, OtherStreamsVersionsAndShapesAreRefusedAndCounted) {
    start();
    play("events.TxSeen.1", encode(test::seen(1)));
    play("tx.decoded.1", encode(DecodedTx{}));
    play("nonsense", {1});
    play("journal.TxSeen.1", encode(test::seen(1)), kSchemaVersion + 1);
    socket_.send(zmq::str_buffer("alone"));
    for (int i = 0; i < 4; ++i) socket_.send(zmq::str_buffer("many"), zmq::send_flags::sndmore);
    socket_.send(zmq::str_buffer("end"));
    EXPECT_TRUE(eventually([&] { return metric("bus_play_refused_total") == 6; }));
    EXPECT_EQ(metric("bus_played_total"), 0);
    Received received;
    EXPECT_FALSE(journal_.try_receive(received));
}

} // namespace
} // namespace viz::bus
