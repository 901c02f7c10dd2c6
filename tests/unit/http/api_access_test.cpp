// Who may ask how often, and what a failure inside looks like from outside.
#include <gmock/gmock.h>

#include "answers.hpp"
#include "http/api.hpp"

namespace viz::test {
namespace {

using testing::HasSubstr;

TEST(ApiAccess, NeedsAKeyWhereKeysAreOn) {
    ApiParts parts({.auth_enabled = true, .api_keys = {"k1", "k2"}});
    const auto status = [&](std::optional<std::string> key) {
        return parts.api.handle({.path = "/events", .api_key = std::move(key)}).status;
    };
    EXPECT_EQ(status(std::nullopt), 401);
    EXPECT_EQ(status("k3"), 401);
    EXPECT_EQ(status(""), 401);
    EXPECT_EQ(status("k1"), 200);
    EXPECT_EQ(status("k2"), 200);
    EXPECT_EQ(json::parse(parts.get("/events").body)["error"]["code"], "unauthorized");
}

TEST(ApiAccess, LimitsTheRateOfEachKeyAndSaysWhenToComeBack) {
    ApiParts parts({.auth_enabled = true, .api_keys = {"a", "b"}, .rate_limit_per_minute = 2});
    const auto ask = [&](const char* key) {
        return parts.api.handle({.path = "/events", .api_key = key});
    };
    EXPECT_EQ(ask("a").status, 200);
    EXPECT_EQ(ask("a").status, 200);
    const auto refused = ask("a");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(json::parse(refused.body)["error"]["code"], "rate_limited");
    EXPECT_THAT(refused.headers, testing::Contains(testing::Pair("Retry-After", "30")));
    EXPECT_EQ(ask("b").status, 200);
    EXPECT_EQ(parts.get("/health").status, 200) << "public routes spend nothing";
}

class BrokenHistory final : public http::History {
  public:
    std::vector<bus::Envelope> events(const http::EventQuery&) override { fail(); }
    std::optional<bus::TransactionRecord> transaction(const bus::Hash&) override { fail(); }
    std::vector<bus::TransactionRecord> open_transactions(std::size_t) override { fail(); }
    std::vector<bus::OpportunityRecord> newest_opportunities(std::size_t) override { fail(); }
    bus::ParityHistory parity_history(std::size_t, std::size_t) override { fail(); }
    std::optional<bus::ExposureRecord> exposure(const bus::Hash&) override { fail(); }
    std::vector<bus::Envelope> events_about(const bus::Hash&,
                                            std::span<const bus::EventType>) override {
        fail();
    }
    std::vector<bus::Envelope> newest_about(std::span<const bus::EventType>, std::size_t,
                                            std::uint64_t) override {
        fail();
    }
    bus::BuilderHistory builder_history() override { fail(); }
    std::vector<bus::Envelope> newest_blocks() override { fail(); }
    std::uint64_t latest_seq_id() override { fail(); }
    std::uint64_t oldest_seq_id() override { fail(); }

  private:
    [[noreturn]] void fail() const {
        if (unavailable) throw http::RecordUnavailable("/secret/path.db: disk I/O error");
        throw std::runtime_error("/secret/path.db is locked");
    }

  public:
    bool unavailable{};
};

TEST(ApiFailures, Are500WithoutTheInsideStoryAndCounted) {
    ApiParts parts;
    BrokenHistory broken;
    http::Api api(
        http::Sources{parts.model, broken, parts.figures, parts.health, parts.clock, parts.metrics},
        {});
    const auto response = api.handle({.path = "/events"});
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(json::parse(response.body)["error"]["code"], "internal");
    EXPECT_THAT(response.body, testing::Not(HasSubstr("secret")));
    EXPECT_THAT(parts.metrics.text(), HasSubstr("viz_api_http_handler_failures_total 1"));
}

TEST(ApiFailures, ARecordThatCannotBeReadIs503AndNotAnEmptyList) {
    ApiParts parts;
    BrokenHistory broken;
    broken.unavailable = true;
    http::Api api(
        http::Sources{parts.model, broken, parts.figures, parts.health, parts.clock, parts.metrics},
        {});
    const std::string unknown = "/tx/0x" + std::string(64, 'a');
    for (const std::string& path : std::vector<std::string>{"/events", unknown, "/replay"}) {
        const auto response =
            api.handle({.path = path, .query = path == "/replay" ? "from=1&to=2" : ""});
        EXPECT_EQ(response.status, 503) << path;
        EXPECT_THAT(response.body, testing::Not(HasSubstr("secret")));
        EXPECT_EQ(json::parse(response.body)["error"]["code"], "unavailable");
    }
}

} // namespace
} // namespace viz::test
