#include "bus/private_endpoint.hpp"
#include "bus/tap.hpp"

#include <csignal>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/private_endpoint.hpp"
#include "bus/socket.hpp"
#include "bus/tap_client.hpp"
#include "bus/tap_report.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::bus {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::hash_of;

DecodedTx decoded(std::uint64_t n, std::size_t bytes = 1) {
    return DecodedTx{.chain_id = ChainId{1},
                     .source_id = "a",
                     .hash = hash_of(n),
                     .sender = test::address_of(n),
                     .nonce = n,
                     .raw = Bytes(bytes, 1)};
}

// A bus with its tap, as the runtime runs it.
class Tap : public testing::Test {
  protected:
    ~Tap() override { stop(); }

    void start() {
        tap_ = bus_->tap(endpoint_);
        thread_ = std::jthread([this](std::stop_token stop_asked) { tap_->run(stop_asked); });
    }
    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
        tap_.reset();
    }
    double metric(const std::string& name) {
        const auto text = metrics_.text();
        const auto at = text.find("\nviz_api_" + name + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 10));
    }
    // Sends until the client has one: from then on its subscription is in force.
    void until_tapped(TxOut& out, TxIn& in, TapClient& client) {
        ASSERT_TRUE(eventually([&] {
            out.send(decoded(0));
            drain(in);
            return client.next(1ms).has_value();
        }));
        while (client.next(50ms)) {
        }
    }
    std::size_t drain(TxIn& in) {
        Received received;
        std::size_t count = 0;
        while (in.receiver().try_receive(received)) ++count;
        return count;
    }

    test::TempDir folder_;
    Endpoint endpoint_{"ipc://" + folder_.file("tap.sock")};
    Metrics metrics_;
    SystemClock clock_;
    std::unique_ptr<Bus> bus_{std::make_unique<Bus>(metrics_, clock_)};
    std::unique_ptr<Component> tap_;
    std::jthread thread_;
};

TEST_F(Tap, ShowsACopyOfEachMessageWithItsHeader) {
    start();
    TxIn in(bus_->receiver(Stream::tx));
    TxOut out(bus_->sender(Stream::tx, "decode.0"));
    TapClient client(endpoint_, {"tx."});
    until_tapped(out, in, client);
    std::uint64_t last = 0;
    for (std::uint64_t n = 1; n <= 100; ++n) {
        ASSERT_EQ(out.send(decoded(n)), SendStatus::sent);
        const auto message = client.next(5s);
        ASSERT_TRUE(message) << n;
        EXPECT_EQ(message->topic, "tx.decoded.1");
        EXPECT_EQ(message->header.producer_name(), "decode.0");
        EXPECT_TRUE(last == 0 || message->header.sequence == last + 1) << n;
        last = message->header.sequence;
        const auto copy = decode<DecodedTx>(message->payload);
        ASSERT_TRUE(copy);
        EXPECT_EQ(copy->hash, hash_of(n));
    }
    EXPECT_EQ(drain(in), 100u);
}

TEST_F(Tap, QueuesWithOneReceiverAreCopiedAsWell) {
    start();
    auto in = bus_->receiver(Stream::journal);
    JournalOut out(bus_->sender(Stream::journal, "ingest"), "ingest", metrics_);
    TapClient client(endpoint_, {"journal.TxSeen."});
    std::optional<TapMessage> copy;
    std::uint64_t sent = 0;
    ASSERT_TRUE(eventually([&] {
        EXPECT_EQ(out.try_enqueue(test::seen(++sent)), SendStatus::sent);
        copy = client.next(1ms);
        return copy.has_value();
    }));
    EXPECT_EQ(copy->topic, "journal.TxSeen.1");
    Received received;
    std::uint64_t got = 0;
    EXPECT_TRUE(eventually([&] { return in.try_receive(received) && ++got == sent; }));
}

TEST_F(Tap, OnlyWhatIsSubscribedToIsCopied) {
    EXPECT_EQ(tapped_streams({}), 0u);
    EXPECT_EQ(tapped_streams({"tap."}), 0u);
    EXPECT_EQ(tapped_streams({"tx."}), 1u << static_cast<unsigned>(Stream::tx));
    EXPECT_EQ(tapped_streams({"tx.decoded.1"}), tapped_streams({"tx."}));
    EXPECT_EQ(tapped_streams({"events.TxSeen.", "chain."}),
              tapped_streams({"events."}) | tapped_streams({"chain."}));
    EXPECT_EQ(tapped_streams({""}), (1u << kStreamCount) - 1);
}

TEST_F(Tap, WhenTheLastClientLeavesNothingIsCopiedAnyMore) {
    start();
    TxIn in(bus_->receiver(Stream::tx));
    TxOut out(bus_->sender(Stream::tx, "decode.0"));
    {
        TapClient client(endpoint_, {"tx."});
        until_tapped(out, in, client);
    }
    // The loop hears of it within a turn; from then on the count stands still.
    ASSERT_TRUE(eventually([&] {
        const auto before = metric("bus_tap_messages_total");
        for (int n = 0; n < 10; ++n) out.send(decoded(1));
        drain(in);
        TapClient reports(endpoint_, {"tap."});
        return reports.next(5s) && metric("bus_tap_messages_total") == before;
    }));
    EXPECT_EQ(metric("bus_tap_drops_total"), 0);
}

TEST_F(Tap, ReportsWhatPassedThroughEachStream) {
    start();
    TxIn in(bus_->receiver(Stream::tx));
    TxOut out(bus_->sender(Stream::tx, "decode.0"));
    for (std::uint64_t n = 0; n < 7; ++n) out.send(decoded(n));
    TapClient client(endpoint_, {"tap."});
    const auto message = client.next(5s);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->topic, kTapReportTopic);
    const auto report = decode<TapReport>(message->payload);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->streams.size(), kStreamCount);
    const auto& tx = report->streams[static_cast<std::size_t>(Stream::tx)];
    EXPECT_EQ(tx.name, "tx");
    EXPECT_EQ(tx.sent, 7u);
    EXPECT_EQ(tx.dropped, 0u);
}

TEST_F(Tap, SocketIsForItsOwnerOnly) {
    start();
    struct stat status {};
    ASSERT_EQ(stat(folder_.file("tap.sock").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777u, 0600u);
}

TEST_F(Tap, NeverRemovesAFileThatIsNoSocket) {
    std::ofstream(folder_.file("tap.sock")) << "precious";
    EXPECT_THROW(bus_->tap(endpoint_), EndpointError);
    std::string kept;
    std::ifstream(folder_.file("tap.sock")) >> kept;
    EXPECT_EQ(kept, "precious");
}

TEST_F(Tap, SocketLeftByAKilledProcessIsTakenOver) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    folder_.file("tap.sock").copy(address.sun_path, sizeof address.sun_path - 1);
    const int left = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(left);
    start();
    EXPECT_NO_THROW(TapClient(endpoint_, {"tap."}));
}

TEST_F(Tap, CanBeMadeAnewAfterAFailure) {
    start();
    stop();
    endpoint_.address += ".2";
    start();
    EXPECT_TRUE(TapClient(endpoint_, {"tap."}).next(5s));
}

TEST_F(Tap, RefusesEndpointsThatItCannotKeepPrivate) {
    EXPECT_THROW(bus_->tap({"tcp://127.0.0.1:1"}), EndpointError);
    EXPECT_THROW(bus_->tap({"ipc://" + std::string(200, 'x')}), EndpointError);
}

TEST_F(Tap, ClientLearnsThatNobodyListens) {
    try {
        const TapClient client(endpoint_, {""});
        FAIL() << "connected to nothing";
    } catch (const EndpointError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("No such file or directory"));
    }
}

// Another process that taps `tx`. Made before this one has threads; it says when it has received
// its first message.
class ClientProcess {
  public:
    explicit ClientProcess(const Endpoint& endpoint) {
        if (pipe(ready_) != 0) throw std::runtime_error("pipe");
        child_ = fork();
        if (child_ == 0) tap_for_ever(endpoint);
    }
    ~ClientProcess() {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
        close(ready_[0]);
        close(ready_[1]);
    }
    ClientProcess(const ClientProcess&) = delete;
    ClientProcess& operator=(const ClientProcess&) = delete;

    void wait_until_tapping() const {
        char byte = 0;
        ASSERT_EQ(read(ready_[0], &byte, 1), 1);
    }
    void suspend() const { ASSERT_EQ(kill(child_, SIGSTOP), 0); }

  private:
    [[noreturn]] void tap_for_ever(const Endpoint& endpoint) const {
        std::unique_ptr<TapClient> client;
        while (!client) {
            try {
                client = std::make_unique<TapClient>(endpoint, std::vector<std::string>{"tx."});
            } catch (const EndpointError&) {
                std::this_thread::sleep_for(1ms); // the parent has not started its tap yet
            }
        }
        if (client->next(20s) && write(ready_[1], "r", 1) != 1) _exit(1);
        for (;;) client->next(1s);
    }

    int ready_[2]{};
    pid_t child_{};
};

TEST_F(Tap, StoppedClientTakesNothingFromTheLiveStreamsOrAnotherClient) {
    const ClientProcess stopped(endpoint_);
    start();
    TxIn in(bus_->receiver(Stream::tx));
    TxOut out(bus_->sender(Stream::tx, "decode.0"));
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    const auto send_one = [&] {
        EXPECT_EQ(out.send(decoded(++sent, 512)), SendStatus::sent);
        received += drain(in);
    };
    {
        std::jthread feeder([&](std::stop_token stop_asked) {
            while (!stop_asked.stop_requested()) {
                send_one();
                std::this_thread::sleep_for(1ms);
            }
        });
        stopped.wait_until_tapping();
    }
    stopped.suspend();

    TapClient other(endpoint_, {"tx."});
    SequenceGaps gaps;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t copies = 0;
    const auto read_other = [&](std::chrono::milliseconds wait) {
        while (const auto message = other.next(wait)) {
            if (first == 0) first = message->header.sequence;
            last = message->header.sequence;
            gaps.note("tx", message->header);
            ++copies;
        }
        return first != 0;
    };
    ASSERT_TRUE(eventually([&] {
        send_one();
        return read_other(1ms);
    }));
    // More than the tap, the kernel and the stopped client have room for.
    for (int n = 0; n < 30'000; ++n) {
        send_one();
        if (n % 64 == 0) read_other(0ms);
    }
    EXPECT_TRUE(eventually([&] { return (received += drain(in)) == sent; }))
        << received << " of " << sent;
    EXPECT_EQ(metric("bus_drops_total{stream=\"tx\"}"), 0);
    EXPECT_TRUE(eventually([&] { return metric("bus_tap_lagged_total") >= 1; }));

    const auto before_the_end = sent;
    ASSERT_TRUE(eventually([&] {
        send_one();
        read_other(1ms);
        return last > before_the_end;
    }));
    EXPECT_EQ(copies + gaps.total(), last - first + 1);
    EXPECT_GT(copies, 20'000u) << "the other client has to read most of it";
}

TEST(SequenceGaps, CountWhatIsMissingOfEachProducerAndStream) {
    SequenceGaps gaps;
    const auto header = [](char producer, std::uint64_t sequence) {
        return Header{.producer = {producer}, .sequence = sequence};
    };
    EXPECT_EQ(gaps.note("tx", header('a', 5)), 0u);
    EXPECT_EQ(gaps.note("tx", header('a', 6)), 0u);
    EXPECT_EQ(gaps.note("tx", header('b', 1)), 0u);
    EXPECT_EQ(gaps.note("events", header('a', 1)), 0u);
    EXPECT_EQ(gaps.note("tx", header('a', 9)), 2u);
    EXPECT_EQ(gaps.note("tx", header('b', 3)), 1u);
    EXPECT_EQ(gaps.note("tx", header('a', 1)), 0u) << "the service was started anew";
    EXPECT_EQ(gaps.total(), 3u);
}

} // namespace
} // namespace viz::bus
