// What search and simulation are given, from the configuration and the registry.
#include "runtime/searching.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "components/eth/hex.hpp"
#include "tests/support/temp_dir.hpp"

namespace viz::runtime {
namespace {

using testing::HasSubstr;

std::string chains(const std::string& more, const std::string& id = "1") {
    return R"([{"chain_key":"c","chain_id":)" + id + R"(,"endpoints":[
        {"ws_url":"ws://127.0.0.1:1","http_url":"http://127.0.0.1:2"},
        {"ws_url":"ws://127.0.0.1:3","http_url":"http://127.0.0.1:4"}])" +
           more + "}]";
}

Config config_of(Environment env) {
    env.emplace("VIZ_API_CHAINS", chains(""));
    return parse_configuration({}, env).config;
}

std::string error_of(const Environment& env) {
    try {
        (void)config_of(env);
    } catch (const ConfigError& error) {
        return error.message;
    }
    return "accepted";
}

std::shared_ptr<features::RegistrySlot> built_in() {
    return std::make_shared<features::RegistrySlot>(features::ProtocolRegistry::built_in());
}
// With custom entries.
features::ProtocolRegistry registry_with(const std::string& overlay) {
    const test::TempDir dir;
    std::ofstream(dir.file("overlay.json")) << overlay;
    return *features::ProtocolRegistry::load("", dir.file("overlay.json"));
}

search::Options options_of(const Config& config) {
    return search_options(config, make_views(config), built_in());
}

TEST(Searching, IsOffUnlessAskedFor) {
    EXPECT_EQ(config_of({}).search, "off");
    EXPECT_FALSE(sim_options(config_of({}), {}).candidates);
    EXPECT_TRUE(sim_options(config_of({{"VIZ_API_SEARCH", "on"}}), {}).candidates);
    EXPECT_THAT(error_of({{"VIZ_API_SEARCH", "maybe"}}), HasSubstr("VIZ_API_SEARCH"));
}

TEST(Searching, ProfitsAreInTheWrappedNativeTokenAndWhatTheChainFileNames) {
    const auto config = config_of({{"VIZ_API_SEARCH_CAPITAL_WEI", "2000000000000000000"},
                                   {"VIZ_API_CHAINS", chains(R"(,"base_tokens":[
            {"address":"0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48","units_per_ether":"2500000000"}])")}});
    const auto options = options_of(config);
    const auto& bases = options.chains.at(eth::ChainId{1}).hunt.market.bases;
    ASSERT_EQ(bases.size(), 2u);
    EXPECT_EQ(eth::to_hex(bases[0].address.view()), "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2");
    EXPECT_EQ(bases[0].capital, eth::U256(2'000'000'000'000'000'000));
    EXPECT_EQ(bases[1].wei_denominator, eth::U256(2'500'000'000));
    EXPECT_EQ(bases[1].capital, eth::U256(5'000'000'000)) << "two ether's worth";
}

TEST(Searching, FactoriesOfTheRegistryGiveThePoolsAndTheirFees) {
    const auto options = options_of(config_of({}));
    const auto& pools = options.chains.at(eth::ChainId{1}).hunt.market.pools;
    const auto uniswap = *eth::address_from_hex("0x5C69bEe701ef814a2B6a3EDD4B1652CB9cc5aA6f");
    EXPECT_EQ(pools.v2_fees.at(uniswap), (search::amm::V2Fee{997, 1000}));
    EXPECT_FALSE(pools.v2_factories.empty());
    EXPECT_FALSE(pools.v3_factories.empty());
}

TEST(Searching, AChainWithoutABaseTokenWaitsForOne) {
    const auto config = config_of({{"VIZ_API_CHAINS", chains("", "424242")}});
    EXPECT_TRUE(options_of(config).chains.at(eth::ChainId{424242}).hunt.market.bases.empty());
}

// Reported once for each replacement: to each life of the component anew.
TEST(Searching, HearsOfARegistryThatIsReadAgain) {
    const auto registry = built_in();
    const auto config = config_of({});
    const auto options = search_options(config, make_views(config), registry);
    const auto news = options.chains.at(eth::ChainId{1}).news;
    const auto news_of_a_second_life = news;
    EXPECT_FALSE(news());

    registry->replace(registry_with(R"({"schema":2,"protocols":[{"name":"forked","category":"swap",
        "factories":[{"name":"Fork","kind":"v2","fee":2500,"source":"this test",
        "init_code_hash":"0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f",
        "addresses":{"1":["0x00000000000000000000000000000000000000f0"]}}]}]})"));
    const auto market = news();
    ASSERT_TRUE(market);
    const auto factory = *eth::address_from_hex("0x00000000000000000000000000000000000000f0");
    EXPECT_EQ(market->pools.v2_fees.at(factory), (search::amm::V2Fee{399, 400}));
    EXPECT_THAT(market->pools.v2_factories,
                testing::Contains(testing::Field(&search::amm::PoolFactory::creator, factory)));
    EXPECT_EQ(market->bases.size(), 1u) << "those of the registry as it was";
    EXPECT_FALSE(news());
    EXPECT_TRUE(news_of_a_second_life());
}

TEST(Searching, BothLookThroughTheSameViewAndAskTheNodesInTheirOrder) {
    const auto config = config_of({});
    const auto views = make_views(config);
    const auto searching = search_options(config, views, built_in()).chains.at(eth::ChainId{1});
    const auto simulating = sim_options(config, views);
    EXPECT_EQ(searching.view, simulating.views.at(eth::ChainId{1}));
    ASSERT_EQ(searching.nodes.size(), 2u);
    EXPECT_EQ(searching.nodes[1].port, 4);
}

TEST(Searching, NodesAreAskedBeforehandUnlessThatIsSwitchedOff) {
    EXPECT_TRUE(options_of(config_of({})).limits.prefetch);
    const auto config = config_of({{"VIZ_API_STATE_PREFETCH", "off"}});
    EXPECT_FALSE(options_of(config).limits.prefetch);
    EXPECT_FALSE(sim_options(config, {}).limits.prefetch);
}

TEST(Searching, BadValuesNameThePlace) {
    EXPECT_THAT(error_of({{"VIZ_API_SEARCH_CAPITAL_WEI", "0"}}), HasSubstr("SEARCH_CAPITAL_WEI"));
    EXPECT_THAT(error_of({{"VIZ_API_SEARCH_CAPITAL_WEI", std::string(30, '9')}}),
                HasSubstr("2^96"));
    EXPECT_THAT(error_of({{"VIZ_API_SIM_BRIBE_BPS", "10001"}}), HasSubstr("SIM_BRIBE_BPS"));
    EXPECT_THAT(error_of({{"VIZ_API_CHAINS", chains(R"(,"base_tokens":{})")}}),
                HasSubstr("chains[0].base_tokens"));
    EXPECT_THAT(
        error_of({{"VIZ_API_CHAINS",
                   chains(R"(,"base_tokens":[{"address":"0x12","units_per_ether":"1"}])")}}),
        HasSubstr("base_tokens[0].address"));
    EXPECT_THAT(
        error_of(
            {{"VIZ_API_CHAINS",
              chains(R"(,"base_tokens":[{"address":"0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
                             "units_per_ether":"0"}])")}}),
        HasSubstr("base_tokens[0].units_per_ether"));
}

} // namespace
} // namespace viz::runtime
