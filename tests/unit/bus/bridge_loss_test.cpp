// What is lost between processes is counted, at any load. Sent here, taken there: each message is
// taken once and in order, or counted here.
#include <csignal>
#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>

#include "bus/bridge_core.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/bus/bridged_process.hpp"
#include "tests/unit/bus/cut_relay.hpp"

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace viz::bus {
namespace {

using namespace std::chrono_literals;
using test::eventually;

// Long enough for any load; what is awaited comes at once.
constexpr auto kLong = 60s;

class BridgeLoss : public testing::Test {
  protected:
    unsigned percent() { return static_cast<unsigned>(random_() % 100); }
    Endpoint endpoint(const std::string& name) const { return {"ipc://" + folder_.file(name)}; }

    test::TempDir folder_;
    const std::uint64_t seed_{std::random_device{}()};
    const testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
    std::mt19937_64 random_{seed_};
};

// What was sent and what was taken of it.
struct Books {
    std::uint64_t sent{};
    std::vector<std::uint64_t> taken{};

    void send_to(TxOut& out, std::uint64_t messages) {
        for (std::uint64_t n = 0; n < messages; ++n)
            EXPECT_EQ(out.send(decoded(++sent)), SendStatus::sent);
    }
    void take_from(TxIn& in) {
        for (const auto n : take(in)) taken.push_back(n);
    }
    bool balance(const Process& sender) const {
        return static_cast<double>(taken.size()) + sender.lost("tx") >= static_cast<double>(sent);
    }
    void expect_order_without_repeats() const {
        EXPECT_EQ(std::ranges::adjacent_find(taken, std::greater_equal<>()), taken.end());
    }
};

// With a consumer that stays: it gets new messages, and the last of them; all others are accounted
// for.
template <class Take>
void expect_balance_in_the_end(const Process& here, Books& books, TxOut& out, Take take) {
    const auto before = books.sent; // these may still come from the one that was there before
    EXPECT_TRUE(eventually(
        [&] {
            books.send_to(out, 1);
            take();
            return !books.taken.empty() && books.taken.back() > before;
        },
        kLong));
    EXPECT_TRUE(eventually(
        [&] {
            take();
            return books.taken.back() == books.sent && books.balance(here);
        },
        kLong))
        << books.sent << " sent, " << books.taken.size() << " taken, " << here.metrics.text();
    books.expect_order_without_repeats();
}

TEST_F(BridgeLoss, WhatABrokenConnectionSwallowedIsCountedThoughNothingFollowsIt) {
    Process here(1);
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    here.exports(Stream::tx, endpoint("tx"), {"features"});
    test::CutRelay relay(folder_.file("relay"), folder_.file("tx"));
    Process there(2);
    TxIn in(there.bus.receiver(Stream::tx));
    there.imports(Stream::tx, endpoint("relay"), {"features"});
    Books books;
    books.send_to(out, 100);
    ASSERT_TRUE(eventually([&] {
        books.take_from(in);
        return books.taken.size() == 100;
    }));
    relay.swallow();
    books.send_to(out, 100);
    ASSERT_TRUE(
        eventually([&] { return here.metric("bus_exported_total{stream=\"tx\"}") >= 200; }));
    relay.cut();
    EXPECT_TRUE(eventually([&] {
        books.take_from(in);
        return books.balance(here);
    })) << here.metrics.text();
    books.send_to(out, 100);
    EXPECT_TRUE(eventually([&] {
        books.take_from(in);
        return !books.taken.empty() && books.taken.back() == books.sent;
    }));
    books.expect_order_without_repeats();
}

TEST_F(BridgeLoss, WhatNoConsumerTookIsCountedWhenItsProcessEnds) {
    for (const auto stream : {Stream::tx, Stream::chain}) {
        SCOPED_TRACE(to_string(stream));
        Process here(1);
        TxOut tx(here.bus.sender(Stream::tx, "decode.0"));
        ChainOut chain(here.bus.sender(Stream::chain, "ingest"));
        here.exports(stream, endpoint("to"), {"features"});
        const std::string name(to_string(stream));
        {
            Process there(2);
            auto in = there.bus.receiver(stream); // takes nothing
            there.imports(stream, endpoint("to"), {"features"});
            ASSERT_TRUE(here.board.wait_for(stream, {"features"}, kLong));
            for (std::uint64_t n = 0; n < 100; ++n) {
                if (stream == Stream::tx)
                    tx.send(decoded(n));
                else
                    chain.send(Head{.chain_id = ChainId{1}});
            }
            ASSERT_TRUE(eventually([&] {
                return there.metric("bus_imported_total{stream=\"" + name + "\"}") == 100;
            }));
        }
        EXPECT_TRUE(eventually([&] { return here.lost(name) == 100; }));
    }
}

TEST_F(BridgeLoss, WhatAReceiverKeepsInHandIsCountedWhenItsProcessEnds) {
    Process here(1);
    JournalOut journal(here.bus.sender(Stream::journal, "features"), "features", here.metrics);
    here.exports(Stream::journal, endpoint("journal"), {"storage"});
    {
        Process there(2);
        auto in = there.bus.receiver(Stream::journal);
        in.settle_by_hand();
        there.imports(Stream::journal, endpoint("journal"), {"storage"});
        Received received;
        std::uint64_t got = 0;
        const auto take_until = [&](std::uint64_t all) {
            return eventually([&] {
                while (in.try_receive(received)) ++got;
                return got == all;
            });
        };
        for (std::uint64_t n = 1; n <= 60; ++n) journal.try_enqueue(test::seen(n));
        ASSERT_TRUE(take_until(60));
        in.settle();
        for (std::uint64_t n = 61; n <= 100; ++n) journal.try_enqueue(test::seen(n));
        ASSERT_TRUE(take_until(100));
    }
    Process next(3);
    auto in = next.bus.receiver(Stream::journal);
    next.imports(Stream::journal, endpoint("journal"), {"storage"});
    EXPECT_TRUE(eventually([&] { return here.lost("journal") == 40; })) << here.metrics.text();
}

TEST_F(BridgeLoss, WhatWaitsWhenTheSenderStopsIsCounted) {
    Process here(1);
    {
        TxOut out(here.bus.sender(Stream::tx, "decode.0"));
        here.exports(Stream::tx, endpoint("tx"), {"features"});
        for (std::uint64_t n = 0; n < 10; ++n) out.send(decoded(n));
    }
    here.stop();
    EXPECT_EQ(here.lost("tx"), 10);
}

TEST_F(BridgeLoss, AQueueThatStaysFullForLongLosesNothing) {
    Process here(1);
    JournalOut journal(here.bus.sender(Stream::journal, "features"), "features", here.metrics);
    auto owned = std::make_unique<test::FakeClock>();
    auto& clock = *owned;
    Process there(2, {}, std::move(owned));
    there.bus.set_capacity(Stream::journal, 16);
    auto in = there.bus.receiver(Stream::journal);
    there.imports(Stream::journal, endpoint("journal"), {"storage"});
    here.exports(Stream::journal, endpoint("journal"), {"storage"});
    for (std::uint64_t n = 1; n <= 500; ++n) journal.try_enqueue(test::seen(n));
    const auto until = [&](auto&& condition) {
        return eventually([&] {
            clock.advance_ms(5);
            return condition();
        });
    };
    const std::string imported = "bus_imported_total{stream=\"journal\"}";
    ASSERT_TRUE(until([&] { return there.metric(imported) >= 16; }));
    const auto full = clock.mono_ns();
    ASSERT_TRUE(until([&] { return clock.mono_ns() - full > 2 * kBridgeSilenceNs; }));
    Received received;
    std::size_t got = 0;
    EXPECT_TRUE(until([&] {
        while (in.try_receive(received)) ++got;
        return got == 500;
    })) << got;
    EXPECT_EQ(here.lost("journal"), 0);
    EXPECT_EQ(there.metric("bus_peers_refused_total{reason=\"shape\",stream=\"journal\"}"), 0);
}

TEST_F(BridgeLoss, BooksBalanceThroughRestartsBrokenConnectionsAndFullQueues) {
    Process here(1);
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    here.exports(Stream::tx, endpoint("tx"), {"features"});
    test::CutRelay relay(folder_.file("relay"), folder_.file("tx"));
    struct Part {
        explicit Part(std::uint64_t incarnation) : process(incarnation) {}
        Process process;
        std::optional<TxIn> in;
    };
    std::unique_ptr<Part> part;
    Books books;
    const auto start = [&](bool small) {
        part = std::make_unique<Part>(random_());
        if (small) part->process.bus.set_capacity(Stream::tx, 8);
        part->in.emplace(part->process.bus.receiver(Stream::tx));
        part->process.imports(Stream::tx, endpoint("relay"), {"features"});
    };
    for (int step = 0; step < 120; ++step) {
        if (!part && percent() < 50) start(percent() < 50);
        books.send_to(out, random_() % 200);
        if (part && percent() < 60) books.take_from(*part->in);
        if (percent() < 4) relay.swallow();
        if (percent() < 8) relay.cut();
        if (percent() < 6) part.reset(); // with what has come and was not taken
        if (percent() < 50) std::this_thread::yield();
    }
    part.reset();
    start(false);
    expect_balance_in_the_end(here, books, out, [&] { books.take_from(*part->in); });
}

// A real process, killed with SIGKILL: what it takes, it hands back as features.
class KilledPart {
  public:
    KilledPart(std::uint64_t incarnation, std::string tx, std::string feature) {
        std::string program =
            std::filesystem::read_symlink("/proc/self/exe").replace_filename("bridged_part");
        auto number = std::to_string(incarnation);
        std::array<char*, 5> arguments{program.data(), number.data(), tx.data(), feature.data(),
                                       nullptr};
        if (posix_spawn(&pid_, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0)
            throw std::runtime_error("cannot start " + program);
    }
    ~KilledPart() {
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    KilledPart(const KilledPart&) = delete;
    KilledPart& operator=(const KilledPart&) = delete;

  private:
    pid_t pid_{};
};

TEST_F(BridgeLoss, WhatAKilledProcessMadeOfMessagesArrivesOrTheyAreCounted) {
    Process here(1);
    TxOut out(here.bus.sender(Stream::tx, "decode.0"));
    FeatureIn features(here.bus.receiver(Stream::feature));
    here.exports(Stream::tx, endpoint("tx"), {"features"});
    here.imports(Stream::feature, endpoint("feature"), {"search"});
    Books books;
    const auto take_features = [&] {
        Received received;
        while (features.receiver().try_receive(received))
            if (const auto feature = features.decode(received))
                books.taken.push_back(std::get<Feature>(*feature).chain_id.value);
    };
    std::optional<KilledPart> part;
    for (int life = 0; life < 6; ++life) {
        part.emplace(random_(), endpoint("tx").address, endpoint("feature").address);
        const auto enough = books.taken.size() + 1 + random_() % 500;
        ASSERT_TRUE(eventually(
            [&] {
                books.send_to(out, 1 + random_() % 50);
                take_features();
                return books.taken.size() >= enough;
            },
            kLong));
        part.reset();
    }
    part.emplace(random_(), endpoint("tx").address, endpoint("feature").address);
    expect_balance_in_the_end(here, books, out, take_features);
}

} // namespace
} // namespace viz::bus
