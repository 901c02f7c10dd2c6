#include "components/node/url.hpp"

#include <gtest/gtest.h>

namespace viz::node {
namespace {

TEST(Url, TakesApartWhatNodesAreReachedBy) {
    const auto url = parse_url("WSS://user:p%40ss@node.example:8546/v3/key?x=1#frag");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "wss");
    EXPECT_EQ(url->user_info, "user:p@ss");
    EXPECT_EQ(url->host, "node.example");
    EXPECT_EQ(url->port, 8546);
    EXPECT_EQ(url->target, "/v3/key?x=1");
    EXPECT_TRUE(url->secure());
    EXPECT_TRUE(url->websocket());
}

TEST(Url, HasDefaults) {
    EXPECT_EQ(parse_url("http://a")->port, 80);
    EXPECT_EQ(parse_url("https://a")->port, 443);
    EXPECT_EQ(parse_url("ws://a")->target, "/");
    EXPECT_EQ(parse_url("ws://a?k=1")->target, "/?k=1");
    EXPECT_EQ(parse_url("http://a")->authority(), "a");
    EXPECT_EQ(parse_url("http://a:8545")->authority(), "a:8545");
}

TEST(Url, KnowsIpv6) {
    const auto url = parse_url("http://[::1]:8545/");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "::1");
    EXPECT_EQ(url->authority(), "[::1]:8545");
    EXPECT_EQ(redact(*url), "http://[::1]:8545");
}

TEST(Url, RefusesWhatIsNone) {
    for (const auto* text : {"", "node.example", "ftp://a", "http://", "http://:80", "http://a:0",
                             "http://a:65536", "http://a:8x", "http://a:", "http://a b",
                             "http://a\r\nX: y", "http://u%zz@a", "http://[::1", "http://[::1]x"})
        EXPECT_FALSE(parse_url(text)) << text;
}

TEST(Url, RedactionShowsSchemeHostAndPortOnly) {
    EXPECT_EQ(redact("https://user:secret@node.example/v3/apikey?token=1"),
              "https://node.example:443");
    EXPECT_EQ(redact("not a url with secret"), "invalid-url");
}

TEST(Url, CredentialsBecomeABasicHeader) {
    EXPECT_EQ(basic_authorization(*parse_url("http://Aladdin:open%20sesame@a")),
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); // RFC 7617
    EXPECT_EQ(basic_authorization(*parse_url("http://a")), "");
}

TEST(Url, RefusesHostsThatCannotBe) {
    for (const auto* host : {"a b", "a..b", "-a.example", "a-.example", "256.1.1.1", "1.2.3",
                             "[::zz]", "[1.2.3.4]", "exa$mple", "."})
        EXPECT_FALSE(parse_url("http://" + std::string(host) + ":1")) << host;
    EXPECT_FALSE(parse_url("http://" + std::string(64, 'a')));
    for (const auto* host :
         {"node_1", "a.example.", "localhost", "127.0.0.1", "[::1]", "1.example"})
        EXPECT_TRUE(parse_url("http://" + std::string(host) + ":1")) << host;
}

} // namespace
} // namespace viz::node
