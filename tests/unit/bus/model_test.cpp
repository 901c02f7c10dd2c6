// Reactor and topology under random stops, restarts and full queues: whatever happens, the books
// balance. Each test prints its seed when it fails.
#include <deque>
#include <random>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "bus/reactor.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::bus {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::hash_of;

// A consumer whose thread is stopped and started at random; its socket lives on, as in the
// supervisor's restarts.
template <class In> class Consumer {
  public:
    explicit Consumer(In in) : in_(std::move(in)) {}
    ~Consumer() { stop(); }
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;

    void start() {
        if (thread_.joinable()) return;
        thread_ = std::jthread([this](std::stop_token stop) {
            Reactor reactor;
            reactor.on(in_, [this](const auto& message) {
                if constexpr (requires { message.nonce; })
                    taken_.push_back(message.nonce);
                else if constexpr (requires { message.first_seen_mono_ns; })
                    taken_.push_back(static_cast<std::uint64_t>(message.first_seen_mono_ns.value));
                count_.fetch_add(1);
            });
            reactor.run(stop, 0ms);
        });
    }
    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }
    std::uint64_t count() const { return count_.load(); }
    // Only while stopped.
    const std::vector<std::uint64_t>& taken() const { return taken_; }

  private:
    In in_;
    std::vector<std::uint64_t> taken_;
    std::atomic<std::uint64_t> count_{0};
    std::jthread thread_;
};

class BusModel : public testing::Test {
  protected:
    unsigned percent() { return static_cast<unsigned>(random_() % 100); }

    const std::uint64_t seed_{std::random_device{}()};
    const testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
    std::mt19937_64 random_{seed_};
    Metrics metrics_;
    SystemClock clock_;
    Bus bus_{metrics_, clock_};
};

TEST_F(BusModel, PublishedMessagesReachEverySubscriberOnceAndInOrderThroughRestarts) {
    std::deque<Consumer<TxIn>> consumers;
    for (int i = 0; i < 3; ++i) consumers.emplace_back(TxIn(bus_.receiver(Stream::tx)));
    TxOut out(bus_.sender(Stream::tx, "decode.0"));
    std::uint64_t sent = 0;
    for (int step = 0; step < 300; ++step) {
        auto& consumer = consumers[random_() % consumers.size()];
        if (percent() < 30) consumer.stop();
        if (percent() < 40) consumer.start();
        // Less than the queues hold: a consumer that stands still may not block us here.
        const auto batch = random_() % 16;
        for (std::uint64_t n = 0; n < batch; ++n)
            ASSERT_EQ(out.send(DecodedTx{.chain_id = ChainId{1}, .nonce = ++sent}),
                      SendStatus::sent);
    }
    for (auto& consumer : consumers) consumer.start();
    for (auto& consumer : consumers) {
        EXPECT_TRUE(eventually([&] { return consumer.count() == sent; }));
        consumer.stop();
        std::vector<std::uint64_t> all(sent);
        for (std::uint64_t n = 0; n < sent; ++n) all[n] = n + 1;
        EXPECT_EQ(consumer.taken(), all);
    }
}

TEST_F(BusModel, QueuedMessagesAreTakenOnceOrWereRefusedAtOnce) {
    constexpr std::int64_t kCapacity = 50;
    bus_.set_capacity(Stream::pending, kCapacity);
    PendingOut out(bus_.sender(Stream::pending, "ingest"));
    std::deque<Consumer<PendingIn>> workers;
    for (int i = 0; i < 2; ++i) workers.emplace_back(PendingIn(bus_.receiver(Stream::pending)));
    std::uint64_t sent = 0;
    std::uint64_t full = 0;
    for (int step = 0; step < 300; ++step) {
        auto& worker = workers[random_() % workers.size()];
        if (percent() < 30) worker.stop();
        if (percent() < 30) worker.start();
        const auto batch = random_() % 32;
        for (std::uint64_t n = 0; n < batch; ++n) {
            const auto status = out.send(
                PendingTx{.chain_id = ChainId{1},
                          .first_seen_mono_ns = MonoNs{static_cast<std::int64_t>(sent + full + 1)},
                          .body = {1}});
            ASSERT_NE(status, SendStatus::closed);
            ++(status == SendStatus::sent ? sent : full);
        }
        EXPECT_LE(bus_.stats(Stream::pending).depth(), kCapacity);
    }
    for (auto& worker : workers) worker.start();
    const auto taken = [&] { return workers[0].count() + workers[1].count(); };
    EXPECT_TRUE(eventually([&] { return taken() == sent; })) << taken() << " of " << sent;
    std::set<std::uint64_t> different;
    for (auto& worker : workers) {
        worker.stop();
        EXPECT_TRUE(std::ranges::is_sorted(worker.taken()));
        different.insert(worker.taken().begin(), worker.taken().end());
    }
    EXPECT_EQ(different.size(), sent) << "one was taken twice";
    EXPECT_EQ(bus_.stats(Stream::pending).depth(), 0);
    EXPECT_EQ(bus_.stats(Stream::pending).dropped_total(), full);
}

TEST_F(BusModel, BlockedSenderGoesOnWhenThereIsRoomAndEndsWhenTheBusStops) {
    bus_.set_capacity(Stream::tx, 8);
    for (int round = 0; round < 5; ++round) {
        Consumer<TxIn> consumer(TxIn(bus_.receiver(Stream::tx, {}, 8)));
        std::atomic<std::uint64_t> sent{0};
        std::jthread sender(
            [&, out = std::make_shared<TxOut>(bus_.sender(
                    Stream::tx, "decode", static_cast<unsigned>(round)))](std::stop_token stop) {
                while (!stop.stop_requested())
                    if (out->send(DecodedTx{.chain_id = ChainId{1}, .nonce = sent + 1}) ==
                        SendStatus::sent)
                        ++sent;
                    else
                        return;
            });
        for (int step = 0; step < 20; ++step) {
            const auto before = consumer.count();
            consumer.start();
            EXPECT_TRUE(eventually([&] { return consumer.count() >= before + random_() % 20; }));
            if (percent() < 50) consumer.stop();
        }
        consumer.stop();
        if (round == 4) bus_.stop_sending();
        sender.request_stop();
        if (round < 4) consumer.start(); // it may be waiting for capacity
        sender.join();
        consumer.start();
        EXPECT_TRUE(eventually([&] { return consumer.count() == sent; }));
    }
}

} // namespace
} // namespace viz::bus
