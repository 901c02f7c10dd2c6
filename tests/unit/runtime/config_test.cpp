#include "runtime/config.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "runtime/settings_documents.hpp"
#include "tests/support/temp_dir.hpp"

namespace viz::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kChains = R"([{"chain_key":"dev","chain_id":31337,"source_id":"anvil",
    "endpoints":[{"ws_url":"ws://127.0.0.1:8545","http_url":"http://127.0.0.1:8545"}]}])";

Environment environment(Environment more = {}) {
    more.emplace("VIZ_API_CHAINS", kChains);
    return more;
}

std::string error_of(const std::vector<std::string>& arguments, const Environment& env) {
    try {
        (void)parse_configuration(arguments, env);
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.message, Not(HasSubstr("\n"))) << "one line";
        return error.message;
    }
    return "accepted";
}

std::string write(const test::TempDir& dir, const std::string& name, const std::string& text) {
    std::ofstream(dir.file(name)) << text;
    return dir.file(name);
}

TEST(Config, UrlsThatNameNoHostOrPortAreRefused) {
    for (const std::string rest : {"h:99999", "h:0", "h:x", "a b", ":8545", "[::1"}) {
        EXPECT_THAT(error_of({"--eth-ws-url", "ws://" + rest}, environment()),
                    HasSubstr("--eth-ws-url: expected ws://host[:port]"))
            << rest;
        EXPECT_THAT(error_of({"--eth-http-url", "https://" + rest}, environment()),
                    HasSubstr("--eth-http-url: expected https://host[:port]"))
            << rest;
    }
}

TEST(Config, AChainFileOfBracketsIsRefusedBeforeItIsParsed) {
    EXPECT_THAT(error_of({"--chains", std::string(100'000, '[')}, {}), HasSubstr("too_deep"));
    EXPECT_THAT(error_of({"--chains", "[" + std::string(1u << 20, ' ') + kChains.substr(1)}, {}),
                HasSubstr("too_large"));
    EXPECT_THAT(error_of({"--chain-config-path", "/dev/zero"}, {}), HasSubstr("at most 4 MiB"));
}

TEST(Config, DefaultsAreTheContract) {
    const auto config = parse_configuration({}, environment()).config;
    EXPECT_EQ(config.bind, "0.0.0.0:3000");
    EXPECT_EQ(config.ingest_mode, "rpc");
    EXPECT_EQ(config.max_seen_hashes, 10000u);
    EXPECT_EQ(config.rpc_batch_size, 32u);
    EXPECT_EQ(config.rpc_max_in_flight, 4u);
    EXPECT_EQ(config.rpc_retry_attempts, 2u);
    EXPECT_EQ(config.rpc_retry_backoff_ms, 100);
    EXPECT_EQ(config.rpc_batch_flush_ms, 40);
    EXPECT_EQ(config.silent_chain_timeout_secs, 20);
    EXPECT_FALSE(config.auth_enabled);
    EXPECT_EQ(config.rate_limit_per_minute, 600u);
    EXPECT_EQ(config.log, "info");
}

TEST(Config, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    const test::TempDir dir;
    const auto file =
        write(dir, "viz.conf", "# comment\nbind = 1.1.1.1:1\nrpc-batch-size = 5\nlog=warn\n");
    const auto config = parse_configuration({"--config", file, "--bind=3.3.3.3:3"},
                                            environment({{"VIZ_API_BIND", "2.2.2.2:2"},
                                                         {"VIZ_API_RPC_BATCH_SIZE", "6"}}))
                            .config;
    EXPECT_EQ(config.bind, "3.3.3.3:3");
    EXPECT_EQ(config.rpc_batch_size, 6u);
    EXPECT_EQ(config.log, "warn");
}

TEST(Config, EnvironmentBeatsCredentialBeatsFile) {
    const test::TempDir dir;
    const auto file = write(dir, "viz.conf", "api-keys = of-file\neth-ws-url = ws://file:1\n");
    write(dir, "viz-api.api-keys", "of-credential\n");
    const Environment only{{"CREDENTIALS_DIRECTORY", dir.path().string()},
                           {"VIZ_API_CHAINS", kChains}};
    const auto keys = [&](const std::vector<std::string>& arguments, const Environment& given) {
        return parse_configuration(arguments, given).config.api_keys;
    };
    EXPECT_THAT(keys({"--config", file}, {{"VIZ_API_CHAINS", kChains}}),
                testing::ElementsAre("of-file"));
    EXPECT_THAT(keys({"--config", file}, only), testing::ElementsAre("of-credential"));
    auto both = only;
    both["VIZ_API_API_KEYS"] = "of-environment";
    EXPECT_THAT(keys({"--config", file}, both), testing::ElementsAre("of-environment"));
    EXPECT_THAT(keys({"--api-keys", "of-flag"}, both), testing::ElementsAre("of-flag"));
    EXPECT_EQ(parse_configuration({"--config", file}, only).config.chains[0].endpoints[0].ws_url,
              "ws://file:1")
        << "what is no credential comes as before";
}

TEST(Config, CredentialsCarryKeysChainsAndUrls) {
    const test::TempDir dir;
    const Environment given{{"CREDENTIALS_DIRECTORY", dir.path().string()}};
    write(dir, "viz-api.api-keys", "first\nsecond, third\n\n");
    write(dir, "viz-api.chains", kChains + "\n");
    write(dir, "viz-api.eth-ws-url", "wss://node.example/v2/secret\n");
    write(dir, "viz-api.eth-http-url", "https://node.example/v2/secret\n");
    write(dir, "of-somebody-else", "\x01");
    const auto config = parse_configuration({}, given).config;
    EXPECT_THAT(config.api_keys, testing::ElementsAre("first", "second", "third"));
    EXPECT_EQ(config.chains.at(0).chain_key, "dev");
    EXPECT_EQ(config.chains.at(0).endpoints.at(0).ws_url, "wss://node.example/v2/secret");
    EXPECT_EQ(config.chains.at(0).endpoints.at(0).http_url, "https://node.example/v2/secret");
}

TEST(Config, ChainsOfACredentialWinOverTheChainFile) {
    const test::TempDir dir;
    const auto path = write(dir, "chains.json", R"([{"chain_key":"file","chain_id":1,"endpoints":
        [{"ws_url":"ws://a","http_url":"http://a"}]}])");
    write(dir, "viz-api.chains", kChains);
    const auto config = parse_configuration({}, {{"CREDENTIALS_DIRECTORY", dir.path().string()},
                                                 {"VIZ_API_CHAIN_CONFIG_PATH", path}})
                            .config;
    EXPECT_EQ(config.chains.at(0).chain_key, "dev");
}

TEST(Config, RelaysAreUrlsOfTheFirstChainOrOfTheOneNamed) {
    EXPECT_TRUE(parse_configuration({}, {{"VIZ_API_CHAINS", kChains}}).config.relays.empty());
    const auto config =
        parse_configuration({}, {{"VIZ_API_CHAINS", kChains},
                                 {"VIZ_API_RELAY_URLS", "https://r.example/KEY?a=b, "
                                                        "dev=http://user:KEY@127.0.0.1:8080"}})
            .config;
    ASSERT_EQ(config.relays.size(), 2u);
    EXPECT_EQ(config.relays[0].chain_key, "");
    EXPECT_EQ(config.relays[0].url, "https://r.example/KEY?a=b");
    EXPECT_EQ(config.relays[1].chain_key, "dev");
    EXPECT_EQ(config.relays[1].url, "http://user:KEY@127.0.0.1:8080");
    EXPECT_THAT(print_config(config),
                testing::AllOf(HasSubstr("https://r.example,dev=http://127.0.0.1:8080\n"),
                               Not(HasSubstr("KEY"))));
}

TEST(Config, BadRelaysAreNamedAndNotRepeated) {
    const auto error = [](const std::string& urls) {
        return error_of({}, environment({{"VIZ_API_RELAY_URLS", urls}}));
    };
    EXPECT_EQ(error("http://127.0.0.1:1"), "accepted");
    for (const auto* bad : {"SECRET", "ws://SECRET", "http://", "https://SECRET:99999/",
                            "http://127.0.0.1:1,ftp://SECRET"})
        EXPECT_THAT(error(bad), testing::AllOf(HasSubstr("VIZ_API_RELAY_URLS: expected"),
                                               Not(HasSubstr("SECRET"))))
            << bad;
    EXPECT_THAT(error("nowhere=http://127.0.0.1:1"), HasSubstr("nowhere"));
    std::string many;
    for (int n = 0; n < 17; ++n) many += "http://127.0.0.1:1,";
    EXPECT_THAT(error(many), HasSubstr("at most 16"));
}

TEST(Config, BrokenCredentialsAreNamedAndNotRepeated) {
    const auto error = [](const std::string& name, const std::string& text) {
        const test::TempDir dir;
        write(dir, name, text);
        return error_of({}, environment({{"CREDENTIALS_DIRECTORY", dir.path().string()}}));
    };
    EXPECT_THAT(error("viz-api.api-key", "a"), HasSubstr("viz-api.api-key: no such credential"));
    EXPECT_THAT(error("viz-api.bind", "127.0.0.1:1"), HasSubstr("no such credential"));
    EXPECT_EQ(error("viz-api.api-keys", "\n"), "accepted") << "an empty file is left out";
    const std::vector<std::pair<std::string, std::string>> broken{
        {"viz-api.eth-ws-url", "SECRET"},
        {"viz-api.eth-http-url", "ws://SECRET"},
        {"viz-api.api-keys", "SECRET" + std::string(256, 's')}};
    for (const auto& [name, text] : broken)
        EXPECT_THAT(error(name, text), testing::AllOf(HasSubstr(name), Not(HasSubstr("SECRET"))));
    const test::TempDir nothing;
    EXPECT_EQ(error_of({}, environment({{"CREDENTIALS_DIRECTORY", nothing.file("gone")}})),
              "accepted");
}

TEST(Config, SecretsOfCredentialsAreNeverPrinted) {
    const test::TempDir dir;
    write(dir, "viz-api.api-keys", "SECRET1\nSECRET2\n");
    write(dir, "viz-api.eth-ws-url", "ws://user:SECRET3@node:1/SECRET4?k=SECRET5");
    write(dir, "viz-api.eth-http-url", "http://node:1/SECRET6");
    const auto printed = print_config(
        parse_configuration({}, {{"CREDENTIALS_DIRECTORY", dir.path().string()}}).config);
    EXPECT_THAT(printed, Not(HasSubstr("SECRET")));
    EXPECT_THAT(printed, testing::AllOf(HasSubstr("<2 keys>"), HasSubstr("ws://node:1")));
}

TEST(Config, EmptyEnvironmentVariableCountsAsUnset) {
    EXPECT_EQ(parse_configuration({}, environment({{"VIZ_API_BIND", ""}})).config.bind,
              "0.0.0.0:3000");
}

TEST(Config, BadValueNamesTheKeyAndWhatWasExpected) {
    EXPECT_THAT(error_of({}, environment({{"VIZ_API_RPC_BATCH_SIZE", "many"}})),
                testing::AllOf(HasSubstr("VIZ_API_RPC_BATCH_SIZE"), HasSubstr("1-1000")));
    EXPECT_THAT(error_of({"--bind", "nowhere"}, environment()),
                testing::AllOf(HasSubstr("--bind"), HasSubstr("address:port")));
    EXPECT_THAT(error_of({"--bind", "127.0.0.1:70000"}, environment()), HasSubstr("0-65535"));
    EXPECT_THAT(error_of({"--log", "loud"}, environment()), HasSubstr("trace|debug|info"));
    EXPECT_THAT(error_of({"--auth-enabled", "yes"}, environment()), HasSubstr("true or false"));
    EXPECT_THAT(error_of({"--bogus", "1"}, environment()), HasSubstr("--bogus"));
    EXPECT_THAT(error_of({"stray"}, environment()), HasSubstr("--help"));
    EXPECT_THAT(error_of({"--config", "/does/not/exist"}, environment()),
                HasSubstr("/does/not/exist"));
}

TEST(Config, ModesThatDoNotExistYetAreRefused) {
    for (const char* mode : {"p2p", "hybrid", "carrier-pigeon"})
        EXPECT_THAT(error_of({"--ingest-mode", mode}, environment()), HasSubstr(mode));
}

TEST(Config, NoChainIsAnErrorThatSaysHowToNameOne) {
    EXPECT_THAT(error_of({}, {}), HasSubstr("VIZ_API_CHAIN_CONFIG_PATH"));
}

TEST(Config, ChainFileAndBareListAreBothTaken) {
    const test::TempDir dir;
    for (const auto& text : {kChains, "{\"chains\":" + kChains + "}"}) {
        const auto file = write(dir, "chains.json", text);
        const auto config = parse_configuration({}, {{"VIZ_API_CHAIN_CONFIG_PATH", file}}).config;
        ASSERT_EQ(config.chains.size(), 1u);
        EXPECT_EQ(config.chains[0].chain_key, "dev");
        EXPECT_EQ(config.chains[0].chain_id.value, 31337u);
        EXPECT_EQ(config.chains[0].source_id, "anvil");
    }
}

TEST(Config, UrlVariablesOverrideTheFirstChain) {
    const auto config =
        parse_configuration({}, environment({{"VIZ_API_ETH_WS_URL", "wss://node.example/key"},
                                             {"VIZ_API_ETH_HTTP_URL", "https://node.example"},
                                             {"VIZ_API_SOURCE_ID", "mine"}}))
            .config;
    EXPECT_EQ(config.chains[0].endpoints[0].ws_url, "wss://node.example/key");
    EXPECT_EQ(config.chains[0].endpoints[0].http_url, "https://node.example");
    EXPECT_EQ(config.chains[0].source_id, "mine");
}

TEST(Config, BrokenChainsNameThePlace) {
    const auto with = [](const std::string& chains) {
        return error_of({}, {{"VIZ_API_CHAINS", chains}});
    };
    EXPECT_THAT(with("{nonsense"), HasSubstr("JSON, error at byte 1"));
    EXPECT_THAT(with(R"([{"chain_key":"a","chain_key":"b"}])"),
                HasSubstr("\"chain_key\" is there twice"));
    EXPECT_THAT(with(std::string(17, '[')), HasSubstr("too_deep"));
    EXPECT_THAT(with("[]"), HasSubstr("at least one chain"));
    EXPECT_THAT(with(R"([{"chain_key":"a"}])"), HasSubstr("chains[0]: expected \"chain_id\""));
    EXPECT_THAT(with(R"([{"chain_key":"a","chain_id":1}])"), HasSubstr("endpoints"));
    EXPECT_THAT(with(R"([{"chain_key":"a","chain_id":1,"endpoints":[{"ws_url":"http://x",
                     "http_url":"http://x"}]}])"),
                HasSubstr("endpoints[0].ws_url"));
    EXPECT_THAT(with(R"([{"chain_key":"a","chain_id":-1,"endpoints":[]}])"), HasSubstr("chain_id"));
    auto twice = kChains;
    twice.pop_back();
    EXPECT_THAT(with(twice + "," + kChains.substr(1)), HasSubstr("repeats"));
}

TEST(Config, FanoutIsAModeOfTheChain) {
    auto fanout = kChains;
    fanout.insert(2, R"("mode":"fanout",)");
    EXPECT_TRUE(parse_configuration({}, {{"VIZ_API_CHAINS", fanout}}).config.chains[0].fanout);
    auto other = kChains;
    other.insert(2, R"("mode":"both",)");
    EXPECT_THAT(error_of({}, {{"VIZ_API_CHAINS", other}}), HasSubstr("failover or fanout"));
}

TEST(Config, AuthWithoutKeysIsRefused) {
    EXPECT_THAT(error_of({"--auth-enabled", "true"}, environment()), HasSubstr("VIZ_API_API_KEYS"));
    const auto config =
        parse_configuration({"--auth-enabled", "true", "--api-keys", "a, b"}, environment()).config;
    EXPECT_THAT(config.api_keys, testing::ElementsAre("a", "b"));
}

TEST(Config, EndpointsMoveStreams) {
    const auto config =
        parse_configuration({"--endpoints", "tx=tcp://127.0.0.1:7001,journal=ipc:///tmp/j",
                             "--curve-key-path", "service.key"},
                            environment())
            .config;
    EXPECT_EQ(config.endpoints.of(bus::Stream::tx).address, "tcp://127.0.0.1:7001");
    EXPECT_EQ(config.endpoints.of(bus::Stream::journal).address, "ipc:///tmp/j");
    EXPECT_EQ(config.endpoints.of(bus::Stream::chain).address, "inproc://viz.chain");
    EXPECT_THAT(error_of({"--endpoints", "nosuch=tcp://1:1"}, environment()), HasSubstr("nosuch"));
    EXPECT_THAT(error_of({"--endpoints", "tx=carrier://1"}, environment()), HasSubstr("inproc://"));
    EXPECT_THAT(error_of({"--endpoints", "tx=tcp://127.0.0.1:7001"}, environment()),
                HasSubstr("tcp needs curve-key-path"));
}

TEST(Config, SecretsAreNeverPrinted) {
    const auto config =
        parse_configuration({"--api-keys", "hunter2-key"},
                            environment({{"VIZ_API_ETH_WS_URL", "ws://user:pw1@h:1/v3/key2?k=3x"}}))
            .config;
    const auto text = print_config(config);
    for (const char* secret : {"hunter2", "user", "pw1", "key2", "3x"})
        EXPECT_THAT(text, Not(HasSubstr(secret)));
    EXPECT_THAT(text, HasSubstr("ws://h:1"));
    EXPECT_THAT(error_of({}, environment({{"VIZ_API_ETH_WS_URL", "ftp://secret"}})),
                Not(HasSubstr("secret")));
}

TEST(Config, CanBePrintedAlsoWhereItNamesNoChain) {
    EXPECT_EQ(parse_configuration({"--print-config"}, {}).action, Action::print_config);
    EXPECT_THROW(parse_configuration({"--check-config"}, {}), ConfigError);
    EXPECT_THROW(parse_configuration({}, {}), ConfigError);
}

TEST(Config, AnUnknownNameIsRefusedWithTheNearestKnownOne) {
    EXPECT_THAT(error_of({}, environment({{"VIZ_API_SEARH", "on"}})),
                HasSubstr("VIZ_API_SEARH: no such setting; did you mean \"VIZ_API_SEARCH\"?"));
    EXPECT_THAT(error_of({"--rpc-batchsize=3"}, environment()),
                HasSubstr("did you mean \"rpc-batch-size\"?"));
    const test::TempDir dir;
    EXPECT_THAT(
        error_of({"--config", write(dir, "a.conf", "VIZ_API_BIND = 1.1.1.1:1\n")}, environment()),
        HasSubstr("did you mean \"bind\"?"));
    EXPECT_THAT(error_of({}, environment({{"VIZ_API_QQQQQQQQ", "1"}})),
                testing::EndsWith("no such setting"));
    // Empty as well: it is misspelt all the same.
    EXPECT_THAT(error_of({}, environment({{"VIZ_API_SEARH", ""}})), HasSubstr("no such setting"));
}

TEST(Config, TheEnvironmentOfAKubernetesServiceIsNoSetting) {
    EXPECT_EQ(error_of({}, environment({{"VIZ_API_SERVICE_HOST", "10.0.0.1"},
                                        {"VIZ_API_SERVICE_PORT_HTTP", "3000"},
                                        {"VIZ_API_PORT", "tcp://10.0.0.1:3000"},
                                        {"VIZ_API_PORT_3000_TCP_ADDR", "10.0.0.1"}})),
              "accepted");
}

TEST(Config, TapIsOffUnlessAnIpcEndpointIsGiven) {
    const auto with = [](const std::vector<std::string>& flags) {
        auto all = flags;
        all.insert(all.end(), {"--components", "storage"});
        return parse_configuration(all, {}).config.tap_endpoint;
    };
    EXPECT_EQ(with({}), "");
    EXPECT_EQ(with({"--tap-endpoint", "ipc://tap.sock"}), "ipc://tap.sock");
    EXPECT_THROW(with({"--tap-endpoint", "tcp://127.0.0.1:7001"}), ConfigError);
    EXPECT_THROW(with({"--tap-endpoint", "ipc://"}), ConfigError);
}

TEST(Config, AnUnknownKeyOfTheChainFileIsRefusedWithItsPlace) {
    const auto with = [](const std::string& text) {
        return error_of({}, Environment{{"VIZ_API_CHAINS", text}});
    };
    EXPECT_THAT(with(R"([{"chain_key":"a","chain_id":1,"finalty_depth":3,"endpoints":[]}])"),
                HasSubstr("chains[0]: unknown key \"finalty_depth\"; did you mean "
                          "\"finality_depth\"?"));
    EXPECT_THAT(with(R"([{"chain_key":"a","chain_id":1,"endpoints":[{"ws":"ws://a"}]}])"),
                HasSubstr("endpoints[0]: unknown key \"ws\""));
    EXPECT_THAT(with(std::string(1 << 20, '[')), HasSubstr("16 levels"));
}

TEST(Config, UrlsWithHostsAndPortsThatCannotBeAreRefused) {
    for (const auto* url : {"ws://host:99999", "ws://a b:1", "ws://:1", "ws://256.0.0.1:1"})
        EXPECT_THAT(error_of({}, Environment{{"VIZ_API_ETH_WS_URL", url},
                                             {"VIZ_API_ETH_HTTP_URL", "http://127.0.0.1:1"}}),
                    HasSubstr("a port of 1-65535"))
            << url;
}

} // namespace
} // namespace viz::runtime
