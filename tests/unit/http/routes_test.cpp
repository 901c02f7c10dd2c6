// Which requests reach an answer: the table of routes against the OpenAPI document, methods, and
// cross-origin headers.
#include <gmock/gmock.h>

#include "answers.hpp"
#include "http/openapi.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::test {
namespace {

using http::Method;
using testing::Contains;
using testing::Each;
using testing::Key;
using testing::Not;
using testing::Pair;

// Everything there is to ask for exists in it.
struct Served : ApiParts {
    explicit Served(http::ApiConfig config = {}) : ApiParts(std::move(config)) {
        feed_transaction(1);
        bus::EndpointStatus status;
        status.chain_key = "mainnet";
        model.apply(status);
        feed(event(bus::SimDispatched{.hash = hash_of(1), .sim_id = hash_of(9)}));
        feed(event(bus::SimCompleted{.hash = hash_of(1), .sim_id = hash_of(9), .success = true}));
        parts_of_an_opportunity();
        feed(event(sample_submission()));
        health.value.ready = true;
    }
    void parts_of_an_opportunity() {
        feed(event(sample_opportunity()));
        feed(event(sample_outcome()));
        feed(event(sample_parity()));
        auto exposure = sample_exposure();
        exposure.hash = hash_of(1);
        feed(event(exposure));
    }
    http::Response ask(Method method, const std::string& path,
                       std::optional<std::string> origin = {}) {
        return api.handle({.method = method, .path = path, .origin = std::move(origin)});
    }
    // A path that the pattern matches.
    static std::string path_of(std::string pattern) {
        const auto fill = [&](const std::string& name, const std::string& value) {
            if (const auto at = pattern.find(name); at != std::string::npos)
                pattern.replace(at, name.size(), value);
        };
        fill("{hash}", hex(1));
        fill("{chain_key}", "mainnet");
        fill("{id}", "latest");
        fill("{file}", "index.html");
        return pattern;
    }
};

std::vector<std::string> described_paths() {
    return keys(json::parse(http::openapi_document())["paths"]);
}

TEST(Routes, EveryDescribedOneAnswers) {
    Served parts;
    for (const auto& pattern : described_paths()) {
        const auto response = parts.ask(Method::get, Served::path_of(pattern));
        EXPECT_EQ(response.status, 200) << pattern << ' ' << response.body;
        EXPECT_EQ(response.route, pattern);
    }
}

// What the document promises of an answer's fields is there.
TEST(Routes, AnswerWithTheFieldsTheDocumentRequires) {
    Served parts;
    const auto document = json::parse(http::openapi_document());
    const auto resolve = [&](json schema) {
        while (schema.contains("$ref"))
            schema = document[json::json_pointer(schema["$ref"].get<std::string>().substr(1))];
        return schema;
    };
    int checked = 0;
    for (const auto& pattern : described_paths()) {
        const auto& content = document["paths"][pattern]["get"]["responses"]["200"]["content"];
        if (!content.contains("application/json")) continue;
        auto schema = resolve(content["application/json"]["schema"]);
        auto body = json::parse(
            parts.api.handle({.path = Served::path_of(pattern), .accept = "application/json"})
                .body);
        if (schema.value("type", "") == "array") {
            ASSERT_TRUE(body.is_array()) << pattern;
            if (body.empty()) continue;
            body = json(body.front());
            schema = resolve(schema["items"]);
        }
        if (!schema.contains("required")) continue;
        for (const auto& name : schema["required"]) {
            ++checked;
            EXPECT_TRUE(body.contains(name)) << pattern << ' ' << name;
        }
    }
    EXPECT_GT(checked, 80);
}

TEST(Routes, NoOtherPathAnswers) {
    Served parts;
    for (const auto* path : {"",
                             "/nothing",
                             "/events/",
                             "//events",
                             "/Events",
                             "/transactions/",
                             "/tx",
                             "/tx/",
                             "/transactions/a/b",
                             "/chains",
                             "/chains//status",
                             "/chains/a/b/status",
                             "/chains/status/",
                             "/health/x",
                             "/sim",
                             "/sim/",
                             "/sim/parity/x",
                             "/tx//exposure",
                             "/tx/a/exposure/",
                             "/bundle",
                             "/relay/dry-run",
                             "/../health",
                             "events",
                             "/metrics/"}) {
        const auto response = parts.ask(Method::get, path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(json::parse(response.body)["error"]["code"], "not_found");
        EXPECT_EQ(response.route, "unmatched");
    }
}

TEST(Routes, OtherMethodsAre405AndSayWhichAreAllowed) {
    Served parts;
    for (const auto& pattern : described_paths()) {
        const auto response = parts.ask(Method::other, Served::path_of(pattern));
        EXPECT_EQ(response.status, 405) << pattern;
        EXPECT_EQ(json::parse(response.body)["error"]["code"], "method_not_allowed");
        EXPECT_THAT(response.headers, Contains(Pair("Allow", "GET, HEAD, OPTIONS")));
    }
    EXPECT_EQ(parts.ask(Method::other, "/nothing").status, 404);
}

TEST(Routes, HeadIsAnsweredLikeGet) {
    Served parts;
    for (const auto& pattern : described_paths())
        EXPECT_EQ(parts.ask(Method::head, Served::path_of(pattern)).status, 200) << pattern;
    EXPECT_EQ(parts.ask(Method::head, "/nothing").status, 404);
}

TEST(Routes, OptionsNeedsNoKeySoThatBrowsersCanAsk) {
    Served parts({.auth_enabled = true, .api_keys = {"k"}});
    for (const auto& pattern : described_paths()) {
        const auto response = parts.ask(Method::options, Served::path_of(pattern), "https://a");
        EXPECT_EQ(response.status, 204) << pattern;
        EXPECT_EQ(response.body, "");
        EXPECT_THAT(response.headers, Contains(Pair("Allow", "GET, HEAD, OPTIONS")));
    }
}

TEST(Routes, OpenOnesNeedNoKeyAndAllOthersDo) {
    Served parts({.auth_enabled = true, .api_keys = {"k"}});
    const std::vector<std::string> open{"/health",       "/ready", "/metrics",
                                        "/openapi.json", "/",      "/page/{file}"};
    for (const auto& pattern : described_paths()) {
        const bool is_open = std::ranges::find(open, pattern) != open.end();
        for (const auto method : {Method::get, Method::head})
            EXPECT_EQ(parts.ask(method, Served::path_of(pattern)).status, is_open ? 200 : 401)
                << pattern;
    }
}

TEST(Routes, APathOfAnUnknownRouteRevealsNothingAboutKeys) {
    Served parts({.auth_enabled = true, .api_keys = {"k"}});
    EXPECT_EQ(parts.ask(Method::get, "/nothing").status, 404);
}

TEST(Cors, AnyOriginByDefault) {
    Served parts;
    for (const auto* path : {"/health", "/nothing", "/tx/broken"})
        EXPECT_THAT(parts.ask(Method::get, path).headers,
                    Contains(Pair("Access-Control-Allow-Origin", "*")));
}

TEST(Cors, OnlyTheListedOriginsWhereThereIsAList) {
    Served parts({.cors_origins = {"https://a", "https://b"}});
    const auto of = [&](std::optional<std::string> origin) {
        return parts.ask(Method::get, "/health", std::move(origin)).headers;
    };
    EXPECT_THAT(of("https://b"), Contains(Pair("Access-Control-Allow-Origin", "https://b")));
    for (const auto& headers : {of("https://c"), of("https://a.evil"), of(std::nullopt)}) {
        EXPECT_THAT(headers, Not(Contains(Key("Access-Control-Allow-Origin"))));
        EXPECT_THAT(headers, Contains(Pair("Vary", "Origin"))) << "a cache must not mix them up";
    }
}

TEST(Cors, PreflightListsMethodsAndHeaders) {
    Served parts;
    const auto headers = parts.ask(Method::options, "/events", "https://a").headers;
    EXPECT_THAT(headers, Contains(Pair("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")));
    EXPECT_THAT(headers, Contains(Pair("Access-Control-Allow-Headers",
                                       "x-api-key, last-event-id, content-type")));
    EXPECT_THAT(parts.ask(Method::get, "/events", "https://a").headers,
                Contains(Pair("Access-Control-Expose-Headers", "retry-after")));
}

TEST(Cors, NothingWhereItIsOff) {
    Served parts({.cors_origins = {}});
    for (const auto method : {Method::get, Method::options})
        EXPECT_THAT(parts.ask(method, "/health", "https://a").headers,
                    Each(Key(Not(testing::StartsWith("Access-Control")))));
}

TEST(Routes, StreamIsHandedToTheServerWithWhatWasAskedFor) {
    Served parts;
    const auto response = parts.api.handle(
        {.path = "/stream", .query = "after=5&types=TxSeen&chain_id=10", .last_event_id = "9"});
    ASSERT_TRUE(response.stream);
    EXPECT_EQ(response.content_type, "text/event-stream");
    EXPECT_EQ(response.stream->after, 9u) << "where a reconnecting client got to";
    EXPECT_EQ(response.stream->filter.types, std::vector{bus::EventType::tx_seen});
    EXPECT_EQ(response.stream->filter.chain_id, bus::ChainId{10});
    EXPECT_FALSE(parts.get("/dashboard/events-v1").stream->after);
    for (const auto* id : {"x", "", "1&types=TxSeen"})
        EXPECT_EQ(parts.api.handle({.path = "/stream", .last_event_id = id}).status, 400) << id;
}

} // namespace
} // namespace viz::test
