#include "bus/bridge.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <zmq.hpp>

#include "bus/bridge_core.hpp"
#include "bus/private_endpoint.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/bus/bridged_process.hpp"

namespace viz::bus {
namespace {

using namespace std::chrono_literals;
using test::eventually;

CurveKey new_key() {
    std::array<char, 41> public_key{};
    std::array<char, 41> secret_key{};
    zmq_curve_keypair(public_key.data(), secret_key.data());
    return {public_key.data(), secret_key.data()};
}

std::string free_tcp() {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::pull);
    socket.bind("tcp://127.0.0.1:*");
    return socket.get(zmq::sockopt::last_endpoint);
}

class Bridge : public testing::Test {
  protected:
    test::TempDir folder_;
    Endpoint ipc_{"ipc://" + folder_.file("tx.sock")};
};

TEST_F(Bridge, CarriesAStreamInOrderWithTheProducersHeaders) {
    Process here(1);
    Process there(2);
    TxIn in(there.bus.receiver(Stream::tx));
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    here.exports(Stream::tx, ipc_, {"features"});
    there.imports(Stream::tx, ipc_, {"features"});
    ASSERT_TRUE(here.board.wait_for(Stream::tx, {"features"}, 5s));
    for (std::uint64_t n = 0; n < 20'000; ++n) ASSERT_EQ(out.send(decoded(n)), SendStatus::sent);
    std::uint64_t next = 0;
    Received received;
    EXPECT_TRUE(eventually([&] {
        while (in.receiver().try_receive(received)) {
            EXPECT_EQ(received.header().producer_name(), "decode.0");
            EXPECT_EQ(received.header().sequence, ++next);
        }
        return next == 20'000;
    }));
    EXPECT_EQ(there.metric("bus_imported_total{stream=\"tx\"}"), 20'000);
}

TEST_F(Bridge, SlowJoinerGetsTheFirstMessages) {
    Process here(1);
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    here.exports(Stream::tx, ipc_, {"features"});
    for (std::uint64_t n = 0; n < 100; ++n) out.send(decoded(n));
    Process there(2);
    TxIn in(there.bus.receiver(Stream::tx));
    there.imports(Stream::tx, ipc_, {"features"});
    std::vector<std::uint64_t> got;
    EXPECT_TRUE(eventually([&] {
        for (const auto n : take(in)) got.push_back(n);
        return got.size() == 100;
    }));
    EXPECT_TRUE(std::ranges::is_sorted(got));
}

TEST_F(Bridge, WaitsForPeersOnlySoLong) {
    PeerBoard board;
    EXPECT_FALSE(board.wait_for(Stream::tx, {"features"}, 10ms));
    board.set(Stream::tx, {"features", "lifecycle"});
    EXPECT_TRUE(board.wait_for(Stream::tx, {"features"}, 0ms));
    EXPECT_FALSE(board.wait_for(Stream::tx, {"http"}, 0ms));
}

TEST_F(Bridge, ConsumersThatTakeOnlySomeKindsDoNotHoldUpTheStream) {
    Process here(1);
    Process there(2);
    ChainIn in(there.bus.receiver(Stream::chain, {"chain.head."}));
    ChainOut out(here.bus.sender(Stream::chain, "ingest"));
    here.exports(Stream::chain, ipc_, {"features"});
    there.imports(Stream::chain, ipc_, {"features"});
    ASSERT_TRUE(here.board.wait_for(Stream::chain, {"features"}, 5s));
    Received received;
    std::uint64_t got = 0;
    for (std::uint64_t n = 0; n < 2 * kBridgeWindow; ++n) {
        out.send(AccountNonce{.chain_id = ChainId{1}, .nonce = n});
        while (in.receiver().try_receive(received)) ++got;
    }
    out.send(Head{.chain_id = ChainId{1}});
    EXPECT_TRUE(eventually([&] {
        while (in.receiver().try_receive(received)) ++got;
        return got == 1;
    }));
}

TEST_F(Bridge, QueueOfAnAbsentConsumerIsBoundedByItsStreamAlone) {
    Process here(1);
    here.bus.set_capacity(Stream::journal, 100);
    JournalOut out(here.bus.sender(Stream::journal, "features"), "features", here.metrics);
    here.exports(Stream::journal, ipc_, {"storage"});
    std::uint64_t n = 0;
    while (n < 100) ASSERT_EQ(out.try_enqueue(test::seen(++n)), SendStatus::sent);
    EXPECT_EQ(out.try_enqueue(test::seen(++n)), SendStatus::full);
    Process there(2);
    auto in = there.bus.receiver(Stream::journal);
    there.imports(Stream::journal, ipc_, {"storage"});
    Received received;
    std::size_t got = 0;
    EXPECT_TRUE(eventually([&] {
        while (in.try_receive(received)) ++got;
        return got == 100;
    }));
}

TEST_F(Bridge, FullQueueAtTheFarSideLosesNothing) {
    Process here(1);
    Process there(2);
    there.bus.set_capacity(Stream::journal, 16);
    auto in = there.bus.receiver(Stream::journal);
    JournalOut out(here.bus.sender(Stream::journal, "features"), "features", here.metrics);
    there.imports(Stream::journal, ipc_, {"storage"});
    here.exports(Stream::journal, ipc_, {"storage"});
    for (std::uint64_t n = 1; n <= 1'000; ++n)
        ASSERT_EQ(out.try_enqueue(test::seen(n)), SendStatus::sent);
    Received received;
    std::size_t got = 0;
    EXPECT_TRUE(eventually(
        [&] {
            if (in.try_receive(received)) ++got;
            return got == 1'000;
        },
        20s));
}

TEST_F(Bridge, OtherSchemaVersionsAndOtherShapesAreRefusedAndCounted) {
    Process here(1);
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    here.exports(Stream::tx, ipc_, {"features"});
    zmq::context_t context;
    zmq::socket_t stranger(context, zmq::socket_type::dealer);
    stranger.set(zmq::sockopt::linger, 0);
    stranger.connect(ipc_.address);
    stranger.send(zmq::buffer(encode(Hello{
        .schema_version = kSchemaVersion + 1, .incarnation = 9, .components = {"features"}})));
    stranger.send(zmq::str_buffer("who is there?"));
    EXPECT_TRUE(eventually([&] {
        return here.metric("bus_peers_refused_total{reason=\"schema\",stream=\"tx\"}") == 1 &&
               here.metric("bus_peers_refused_total{reason=\"shape\",stream=\"tx\"}") == 1;
    }));
    EXPECT_TRUE(here.board.of(Stream::tx).empty());

    // Where we listen and take: no word counts before an offer of our version.
    const Endpoint journal{"ipc://" + folder_.file("journal.sock")};
    auto in = here.bus.receiver(Stream::journal);
    here.imports(Stream::journal, journal, {"storage"});
    zmq::socket_t liar(context, zmq::socket_type::dealer);
    liar.set(zmq::sockopt::linger, 0);
    liar.connect(journal.address);
    liar.send(zmq::buffer(encode(Offer{.schema_version = kSchemaVersion + 1})));
    liar.send(zmq::buffer(std::string(100, '\0'))); // a message, by its shape
    liar.send(zmq::str_buffer("two"), zmq::send_flags::sndmore);
    liar.send(zmq::str_buffer("frames"));
    EXPECT_TRUE(eventually([&] {
        return here.metric("bus_peers_refused_total{reason=\"schema\",stream=\"journal\"}") == 1 &&
               here.metric("bus_peers_refused_total{reason=\"shape\",stream=\"journal\"}") == 2;
    }));
    Received received;
    EXPECT_FALSE(in.try_receive(received));
}

TEST_F(Bridge, OverTcpOnlyWhoHoldsTheKeyIsSpokenTo) {
    const Endpoint tcp{free_tcp()};
    const auto key = new_key();
    Process here(1, key);
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    here.exports(Stream::tx, tcp, {"features"});
    {
        Process stranger(2, new_key());
        stranger.imports(Stream::tx, tcp, {"features"});
        EXPECT_TRUE(eventually([&] {
            return here.metric("bus_peers_refused_total{reason=\"handshake\",stream=\"tx\"}") > 0;
        }));
    }
    { // Knows the service's public key, but is not one of it.
        zmq::context_t context;
        zmq::socket_t knowing(context, zmq::socket_type::dealer);
        const auto own = new_key();
        knowing.set(zmq::sockopt::linger, 0);
        knowing.set(zmq::sockopt::curve_serverkey, key.public_z85);
        knowing.set(zmq::sockopt::curve_publickey, own.public_z85);
        knowing.set(zmq::sockopt::curve_secretkey, own.secret_z85);
        knowing.connect(tcp.address);
        EXPECT_TRUE(eventually([&] {
            return here.metric("bus_peers_refused_total{reason=\"key\",stream=\"tx\"}") > 0;
        }));
    }
    EXPECT_TRUE(here.board.of(Stream::tx).empty());
    Process there(3, key);
    TxIn in(there.bus.receiver(Stream::tx));
    there.imports(Stream::tx, tcp, {"features"});
    ASSERT_TRUE(here.board.wait_for(Stream::tx, {"features"}, 10s));
    out.send(decoded(5));
    EXPECT_TRUE(eventually([&] { return !take(in).empty(); }));
}

TEST_F(Bridge, TcpWithoutAKeyIsRefusedAtStart) {
    Process here(1);
    EXPECT_THROW(here.exports(Stream::tx, {free_tcp()}, {"features"}), EndpointError);
    EXPECT_THROW(here.imports(Stream::chain, {free_tcp()}, {"features"}), EndpointError);
}

TEST_F(Bridge, IpcEndpointIsForItsOwnerOnly) {
    Process here(1);
    here.exports(Stream::tx, ipc_, {"features"});
    struct stat status {};
    ASSERT_EQ(stat(folder_.file("tx.sock").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777u, 0600u);
}

TEST_F(Bridge, KeyFileHasToBePrivateAndWhole) {
    const auto path = folder_.file("key");
    const auto key = new_key();
    const auto write = [&](const std::string& text, mode_t mode) {
        std::ofstream(path) << text;
        chmod(path.c_str(), mode);
    };
    const auto good = "public " + key.public_z85 + "\nsecret " + key.secret_z85 + "\n";
    write(good, 0600);
    EXPECT_EQ(read_curve_key(path).secret_z85, key.secret_z85);
    write(good, 0640);
    EXPECT_THROW(read_curve_key(path), CurveError);
    write("public " + new_key().public_z85 + "\nsecret " + key.secret_z85 + "\n", 0600);
    EXPECT_THROW(read_curve_key(path), CurveError);
    write("nonsense", 0600);
    EXPECT_THROW(read_curve_key(path), CurveError);
    EXPECT_THROW(read_curve_key(folder_.file("none")), CurveError);
}

} // namespace
} // namespace viz::bus
