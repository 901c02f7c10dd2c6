#include "components/node/name_lookup.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "components/node/blocking_http.hpp"

namespace {

using namespace viz::node;
namespace asio = boost::asio;

HostAddresses loopback() {
    return {.error = {}, .addresses = {asio::ip::make_address("127.0.0.1")}};
}

// A name server that answers when the test says so.
struct HeldLookup {
    std::promise<void> release;
    std::shared_future<void> released{release.get_future()};
    std::shared_ptr<std::atomic<int>> asked{std::make_shared<std::atomic<int>>(0)};

    HostLookup lookup() const {
        return [released = released, asked = asked](const std::string&) {
            ++*asked;
            released.wait();
            return loopback();
        };
    }
};

Url url_of(const std::string& text) {
    return *parse_url(text);
}

TEST(NameLookup, AStopDoesNotWaitForANameServerThatNeverAnswers) {
    HeldLookup held;
    {
        BlockingHttp http(url_of("http://node.invalid:8545"), "", {}, held.lookup());
        std::stop_source stop;
        std::jthread stopper([&] {
            while (*held.asked == 0) std::this_thread::yield();
            stop.request_stop();
        });
        const auto answer = http.post("{}", stop.get_token());
        ASSERT_TRUE(std::holds_alternative<HttpFailure>(answer));
    } // the loop ends although the lookup has not
    EXPECT_EQ(held.released.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    held.release.set_value();
}

TEST(NameLookup, OneLookupServesAllWhoAskForTheSameHost) {
    HeldLookup held;
    asio::io_context loop;
    asio::use_service<NameLookups>(loop).use(held.lookup());
    NameResolver first(loop);
    NameResolver second(loop);
    std::vector<std::uint16_t> ports;
    const auto note = [&](const boost::system::error_code& error,
                          const NameLookups::Endpoints& endpoints) {
        EXPECT_FALSE(error);
        for (const auto& endpoint : endpoints) ports.push_back(endpoint.port());
    };
    first.async_resolve("node.invalid", 1, note);
    second.async_resolve("node.invalid", 2, note);
    held.release.set_value();
    loop.run();
    EXPECT_EQ(*held.asked, 1);
    EXPECT_EQ(ports, (std::vector<std::uint16_t>{1, 2}));
}

TEST(NameLookup, ACancelledLookupIsNotAnswered) {
    HeldLookup held;
    asio::io_context loop;
    asio::use_service<NameLookups>(loop).use(held.lookup());
    int answers = 0;
    NameResolver kept(loop);
    {
        NameResolver cancelled(loop);
        const auto count = [&](const boost::system::error_code&, const NameLookups::Endpoints&) {
            ++answers;
        };
        cancelled.async_resolve("node.invalid", 1, count);
        kept.async_resolve("node.invalid", 1, count);
    }
    held.release.set_value();
    loop.run();
    EXPECT_EQ(answers, 1);
}

TEST(NameLookup, HostsBeyondTheLimitAreRefusedAndAnAddressNeedsNoThread) {
    HeldLookup held;
    asio::io_context loop;
    asio::use_service<NameLookups>(loop).use(held.lookup());
    std::vector<std::unique_ptr<NameResolver>> resolvers;
    std::size_t refused = 0;
    std::size_t found = 0;
    const auto ask = [&](const std::string& host) {
        resolvers.push_back(std::make_unique<NameResolver>(loop));
        resolvers.back()->async_resolve(
            host, 1, [&](const boost::system::error_code& error, const NameLookups::Endpoints&) {
                ++(error ? refused : found);
            });
    };
    for (std::size_t n = 0; n <= NameLookups::kMostHosts; ++n)
        ask("node" + std::to_string(n) + ".invalid");
    ask("127.0.0.1");
    loop.poll();
    EXPECT_EQ(refused, 1u);
    EXPECT_EQ(found, 1u);
    held.release.set_value();
    loop.run();
    EXPECT_EQ(found, 1 + NameLookups::kMostHosts);
}

TEST(NameLookup, TheSystemFindsTheLocalHost) {
    const auto found = system_lookup("localhost");
    EXPECT_FALSE(found.error);
    ASSERT_FALSE(found.addresses.empty());
    EXPECT_TRUE(found.addresses.front().is_loopback());
}

} // namespace
