#include "bus/socket.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <zmq.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::bus {
namespace {

using test::eventually;
using test::hash_of;

class Sockets : public testing::Test {
  protected:
    DecodedTx decoded(std::uint64_t n) {
        return DecodedTx{.chain_id = ChainId{1},
                         .source_id = "a",
                         .hash = hash_of(n),
                         .sender = test::address_of(n),
                         .nonce = n,
                         .raw = {1}};
    }
    std::optional<DecodedTx> next(TxIn& in) {
        Received received;
        if (!eventually([&] { return in.receiver().try_receive(received); })) return {};
        auto message = in.decode(received);
        return message ? std::optional(std::get<DecodedTx>(*message)) : std::nullopt;
    }
    double metric(const std::string& line_start) {
        const auto text = metrics_.text();
        const auto at = text.find("\n" + line_start + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + line_start.size() + 2));
    }

    Metrics metrics_;
    test::FakeClock clock_;
    Bus bus_{metrics_, clock_};
};

TEST_F(Sockets, SubscriberThatWasThereFirstGetsEveryMessage) {
    TxIn in(bus_.receiver(Stream::tx));
    TxOut out(bus_.sender(Stream::tx, "decode"));
    for (std::uint64_t n = 0; n < 100; ++n) ASSERT_EQ(out.send(decoded(n)), SendStatus::sent);
    for (std::uint64_t n = 0; n < 100; ++n) {
        const auto got = next(in);
        ASSERT_TRUE(got) << n;
        EXPECT_EQ(got->nonce, n);
    }
}

TEST_F(Sockets, OneOfSixteenHopsIsMeasured) {
    TxIn in(bus_.receiver(Stream::tx));
    TxOut out(bus_.sender(Stream::tx, "decode"));
    for (std::uint64_t n = 0; n < 32; ++n) out.send(decoded(n));
    clock_.advance_ms(3);
    for (std::uint64_t n = 0; n < 32; ++n) ASSERT_TRUE(next(in));
    EXPECT_EQ(metric("viz_api_bus_hop_seconds_count{stream=\"tx\"}"), 2);
    EXPECT_NEAR(metric("viz_api_bus_hop_seconds_sum{stream=\"tx\"}"), 0.006, 1e-9);
}

TEST_F(Sockets, SeveralProducersReachOneSubscriber) {
    TxIn in(bus_.receiver(Stream::tx, {}, 2));
    TxOut first(bus_.sender(Stream::tx, "decode.0", 0));
    TxOut second(bus_.sender(Stream::tx, "decode.1", 1));
    ASSERT_EQ(first.send(decoded(1)), SendStatus::sent);
    ASSERT_EQ(second.send(decoded(2)), SendStatus::sent);
    std::vector<Nonce> nonces{next(in)->nonce, next(in)->nonce};
    EXPECT_THAT(nonces, testing::UnorderedElementsAre(1, 2));
}

TEST_F(Sockets, HeaderNamesTheProducerAndCountsWithoutGaps) {
    auto in = bus_.receiver(Stream::tx);
    TxOut out(bus_.sender(Stream::tx, "decode.0"));
    for (std::uint64_t n = 1; n <= 3; ++n) {
        out.send(decoded(n));
        Received received;
        ASSERT_TRUE(eventually([&] { return in.try_receive(received); }));
        EXPECT_EQ(received.topic(), "tx.decoded.1");
        EXPECT_EQ(received.header().producer_name(), "decode.0");
        EXPECT_EQ(received.header().sequence, n);
        EXPECT_EQ(received.header().mono_ns, clock_.mono_ns());
    }
}

TEST_F(Sockets, FullDropStreamAnswersFullAndCounts) {
    bus_.set_capacity(Stream::journal, 4);
    auto in = bus_.receiver(Stream::journal);
    JournalOut out(bus_.sender(Stream::journal, "decode"), "decode", metrics_);
    for (std::uint64_t n = 0; n < 4; ++n)
        ASSERT_EQ(out.try_enqueue(test::seen(n)), SendStatus::sent);
    EXPECT_EQ(out.try_enqueue(test::seen(4)), SendStatus::full);
    EXPECT_EQ(metric("viz_api_bus_drops_total{stream=\"journal\"}"), 1);
    EXPECT_EQ(metric("viz_api_ingest_drops_total{component=\"decode\","
                     "reason=\"storage_queue_full\"}"),
              1);

    Received received;
    ASSERT_TRUE(eventually([&] { return in.try_receive(received); }));
    EXPECT_EQ(out.try_enqueue(test::seen(5)), SendStatus::sent) << "room again";
}

TEST_F(Sockets, AQueueIsFullAlsoByTheBytesOfItsMessages) {
    auto in = bus_.receiver(Stream::pending);
    auto out = bus_.sender(Stream::pending, "ingest");
    const std::vector<std::uint8_t> payload(32u << 20);
    int sent = 0;
    while (sent < 100 && out.send("pending.raw.1", payload) == SendStatus::sent) ++sent;
    EXPECT_EQ(sent, kMostQueuedBytes / static_cast<std::int64_t>(payload.size()));
    EXPECT_EQ(bus_.stats(Stream::pending).queued_bytes(), kMostQueuedBytes);

    Received received;
    ASSERT_TRUE(eventually([&] { return in.try_receive(received); }));
    EXPECT_EQ(out.send("pending.raw.1", payload), SendStatus::sent) << "room again";
}

TEST_F(Sockets, ClosedJournalCountsItsOwnReason) {
    auto in = bus_.receiver(Stream::journal);
    JournalOut out(bus_.sender(Stream::journal, "decode"), "decode", metrics_);
    bus_.stop_sending();
    EXPECT_EQ(out.try_enqueue(test::seen(1)), SendStatus::closed);
    EXPECT_EQ(metric("viz_api_ingest_drops_total{component=\"decode\","
                     "reason=\"storage_queue_closed\"}"),
              1);
}

TEST_F(Sockets, BackPressureWaitsForTheSlowSubscriberAndLosesNothing) {
    bus_.set_capacity(Stream::tx, 8);
    TxIn in(bus_.receiver(Stream::tx));
    TxOut out(bus_.sender(Stream::tx, "decode"));
    constexpr std::uint64_t kMany = 500;
    std::atomic<std::uint64_t> sent{0};
    std::jthread producer([&] {
        for (std::uint64_t n = 0; n < kMany; ++n)
            if (out.send(decoded(n)) == SendStatus::sent) ++sent;
    });
    ASSERT_TRUE(eventually([&] { return sent >= 8; }));
    EXPECT_LT(sent, 100u) << "the bound holds while nobody receives";
    for (std::uint64_t n = 0; n < kMany; ++n) {
        const auto got = next(in);
        ASSERT_TRUE(got) << n;
        ASSERT_EQ(got->nonce, n);
    }
    producer.join();
    EXPECT_EQ(sent, kMany);
}

TEST_F(Sockets, StopReleasesABlockedSender) {
    bus_.set_capacity(Stream::tx, 2);
    auto in = bus_.receiver(Stream::tx);
    TxOut out(bus_.sender(Stream::tx, "decode"));
    std::atomic<bool> closed{false};
    std::jthread producer([&] {
        while (out.send(decoded(1)) == SendStatus::sent) {
        }
        closed = true;
    });
    ASSERT_TRUE(eventually([&] { return bus_.stats(Stream::tx).sent_total() >= 4; }));
    bus_.stop_sending();
    EXPECT_TRUE(eventually([&] { return closed.load(); }));
}

TEST_F(Sockets, ForeignBytesAreRefusedAndCountedAndHarmless) {
    const test::TempDir dir;
    EndpointTable endpoints;
    endpoints.set(Stream::journal, Endpoint{"ipc://" + dir.file("journal")});
    Bus bus(metrics_, clock_, endpoints);
    auto in = bus.receiver(Stream::journal);

    zmq::context_t context(1);
    zmq::socket_t stranger(context, zmq::socket_type::push);
    stranger.connect("ipc://" + dir.file("journal"));
    const auto send = [&](const std::vector<std::string>& frames) {
        for (std::size_t i = 0; i < frames.size(); ++i)
            stranger.send(zmq::buffer(frames[i]),
                          i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    };
    Header other_version{.schema_version = kSchemaVersion + 1};
    const auto bytes = encode_header(other_version);
    send({"one frame"});
    send({"two", "frames"});
    send({"journal.TxSeen.1", "short header", "x"});
    send({"journal.TxSeen.1", std::string(bytes.begin(), bytes.end()), "x"});
    send({"a", "b", "c", "d", "e"});

    Received received;
    EXPECT_TRUE(eventually([&] {
        EXPECT_FALSE(in.try_receive(received));
        return metric("viz_api_bus_refused_total{stream=\"journal\"}") == 5;
    }));
}

TEST_F(Sockets, TypedSubscriberCountsWhatDoesNotVerify) {
    TxIn in(bus_.receiver(Stream::tx));
    auto out = bus_.sender(Stream::tx, "decode");
    const std::vector<std::uint8_t> garbage(64, 0x5a);
    out.send("tx.decoded.1", garbage);
    out.send("tx.unknown.1", garbage);
    for (int n = 0; n < 2; ++n) {
        Received received;
        ASSERT_TRUE(eventually([&] { return in.receiver().try_receive(received); }));
        EXPECT_FALSE(in.decode(received));
    }
    EXPECT_EQ(metric("viz_api_bus_refused_total{stream=\"tx\"}"), 2);
}

} // namespace
} // namespace viz::bus
