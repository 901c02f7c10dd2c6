#include "components/features/protocol_registry.hpp"

#include <gmock/gmock.h>

#include <cryptopp/keccak.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "tests/support/paths.hpp"

namespace viz::test {
namespace {

using features::Category;
using features::ProtocolRegistry;
using features::RegistryFault;

// A library of its own, so that the registry is not checked with the code that uses it.
std::array<std::uint8_t, 32> keccak(std::string_view text) {
    std::array<std::uint8_t, 32> digest{};
    CryptoPP::Keccak_256 hash;
    hash.Update(reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size());
    hash.Final(digest.data());
    return digest;
}

eth::Address address(std::string_view hex) {
    eth::Address out;
    for (std::size_t i = 0; i < 20; ++i)
        out.bytes[i] = static_cast<std::uint8_t>(
            std::stoi(std::string(hex.substr(2 + 2 * i, 2)), nullptr, 16));
    return out;
}

std::string file() {
    std::ifstream in(source_dir() / "components/features/registry.json");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(ProtocolRegistry, EverySelectorIsTheKeccakOfItsSignature) {
    const auto registry = ProtocolRegistry::built_in();
    ASSERT_GT(registry.methods().size(), 50u);
    for (const auto& method : registry.methods()) {
        const auto digest = keccak(method.signature);
        EXPECT_TRUE(
            std::equal(method.selector.bytes.begin(), method.selector.bytes.end(), digest.begin()))
            << method.signature;
    }
}

TEST(ProtocolRegistry, EveryAddressCarriesItsChecksum) {
    // EIP-55: a letter is upper case where the hash of the lower-case address has a digit above 7.
    const std::string text = file();
    std::size_t checked = 0;
    for (auto at = text.find("\"0x"); at != std::string::npos; at = text.find("\"0x", at + 1)) {
        const auto end = text.find('"', at + 1);
        if (end - at - 1 != 42) continue;
        const std::string digits = text.substr(at + 3, 40);
        std::string lower = digits;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto digest = keccak(lower);
        for (std::size_t i = 0; i < 40; ++i) {
            if (lower[i] < 'a') continue;
            const int nibble = i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15;
            EXPECT_EQ(digits[i] != lower[i], nibble > 7) << digits;
        }
        ++checked;
    }
    EXPECT_GT(checked, 40u);
}

TEST(ProtocolRegistry, KnowsContractsOnTheirChainOnly) {
    const auto registry = ProtocolRegistry::built_in();
    const auto router = address("0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D");
    const auto* known = registry.contract(eth::ChainId{1}, router);
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->protocol, "uniswap-v2");
    EXPECT_EQ(known->category, Category::swap);
    EXPECT_EQ(registry.contract(eth::ChainId{31337}, router), nullptr);
}

// A registry with the given members of its root, besides the schema and two chains.
std::string with(const std::string& rest) {
    return R"j({"schema":2,"chains":{"1":"mainnet","10":"optimism"},)j" + rest + "}";
}
// One with a protocol p of the given members.
std::string with_protocol(const std::string& rest) {
    return with(R"j("protocols":[{"name":"p","category":"swap",)j" + rest + "}]");
}
std::string with_contract(const std::string& rest) {
    return with_protocol(R"j("contracts":[{"name":"n","source":"s",)j" + rest + "}]");
}
std::string with_factory(const std::string& rest) {
    return with_protocol(R"j("factories":[{"name":"n","source":"s",)j" + rest + "}]");
}
std::string with_method(const std::string& rest) {
    return with_protocol(R"j("methods":[{"source":"s",)j" + rest + "}]");
}
std::string with_token(const std::string& rest) {
    return with(R"j("tokens":[{"source":"s",)j" + rest + "}]");
}

constexpr const char* kWeth = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2";

TEST(ProtocolRegistry, PrefersTheMeaningWithinTheContractsProtocol) {
    const auto registry = ProtocolRegistry::parse(with(R"j("protocols":[
        {"name":"a","category":"swap","methods":[{"signature":"f()","source":"s"}]},
        {"name":"b","category":"call","methods":[{"signature":"f()","source":"s"}]}])j"));
    ASSERT_TRUE(registry);
    const eth::Selector selector{{0x26, 0x12, 0x1f, 0xf0}};
    EXPECT_EQ(registry->method(selector, "b")->protocol, "b");
    EXPECT_EQ(registry->method(selector)->protocol, "a");
    EXPECT_EQ(registry->method({{1, 2, 3, 4}}), nullptr);
}

TEST(ProtocolRegistry, ACommonNameMeansNothingWithoutItsContract) {
    const auto registry = ProtocolRegistry::built_in();
    const eth::Selector mint{{0x12, 0x49, 0xc5, 0x8b}}; // mint(), of most collections too
    EXPECT_EQ(registry.method(mint), nullptr);
    ASSERT_NE(registry.method(mint, "compound-v2"), nullptr);
    EXPECT_EQ(registry.method(mint, "compound-v2")->category, Category::lending);
}

TEST(ProtocolRegistry, KnowsTokensWithTheirDecimals) {
    const auto registry = ProtocolRegistry::built_in();
    const auto usdc = address("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48");
    const auto* token = registry.token(eth::ChainId{1}, usdc);
    ASSERT_NE(token, nullptr);
    EXPECT_EQ(token->symbol, "USDC");
    EXPECT_EQ(token->decimals, 6);
    EXPECT_EQ(registry.token(eth::ChainId{10}, usdc), nullptr);
    EXPECT_EQ(registry.contract(eth::ChainId{1}, usdc)->protocol, "erc20");
    // A protocol's own token stays that protocol's.
    EXPECT_EQ(registry.contract(eth::ChainId{1}, address(kWeth))->protocol, "weth");
    EXPECT_EQ(registry.token(eth::ChainId{1}, address(kWeth))->symbol, "WETH");
}

TEST(ProtocolRegistry, CoversTheChainsItNames) {
    const auto registry = ProtocolRegistry::built_in();
    for (const std::uint64_t chain : {1U, 10U, 137U, 8453U, 31337U, 42161U}) {
        EXPECT_TRUE(registry.wrapped_native(eth::ChainId{chain})) << chain;
        EXPECT_NE(registry.factory(eth::ChainId{chain}, "uniswap-v2"), nullptr) << chain;
    }
}

TEST(ProtocolRegistry, DerivesPoolsFromTheirFactory) {
    const auto registry = ProtocolRegistry::built_in();
    const auto usdc = address("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48");
    const auto* v2 = registry.factory(eth::ChainId{1}, "uniswap-v2");
    const auto* v3 = registry.factory(eth::ChainId{1}, "uniswap-v3");
    ASSERT_TRUE(v2 != nullptr && v3 != nullptr);
    EXPECT_EQ(v2->fixed_fee, 3000u);
    EXPECT_EQ(v3->fixed_fee, std::nullopt);
    // The best known pools of both: USDC/WETH, and that of 0.05 %.
    EXPECT_EQ(v2->pool(address(kWeth), usdc, 0),
              address("0xB4e16d0168e52d35CaCD2c6185b44281Ec28C9Dc"));
    EXPECT_EQ(v3->pool(usdc, address(kWeth), 500),
              address("0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640"));
    EXPECT_EQ(registry.factory(eth::ChainId{5}, "uniswap-v2"), nullptr);
    // Of a protocol with both kinds that which is asked for: Pancake's USDC/WETH of 0.05 %.
    const auto* pancake =
        registry.factory(eth::ChainId{1}, "pancakeswap", features::Factory::Kind::pancake_v3);
    ASSERT_NE(pancake, nullptr);
    EXPECT_EQ(pancake->pool(usdc, address(kWeth), 500),
              address("0x1ac1A8FEaAEa1900C4166dEeed0C11cC10669D36"));
    EXPECT_EQ(registry.factory(eth::ChainId{1}, "pancakeswap")->fixed_fee, 2500u);
    // Sushi's on Arbitrum: bridged USDC and WETH.
    EXPECT_EQ(registry.factory(eth::ChainId{42161}, "sushiswap")
                  ->pool(address("0xFF970A61A04b1cA14834A43f5dE4533eBDDB5CC8"),
                         address("0x82aF49447D8a07e3bd95BD0d56f35241523fBab1"), 0),
              address("0x905dfCD5649217c42684f23958568e533C711Aa3"));
}

// Every protocol that is meant to be known, on the chains where it is.
TEST(ProtocolRegistry, KnowsTheContractsOfEachProtocolOnItsChains) {
    struct Fact {
        const char* address;
        const char* protocol;
        std::vector<std::uint64_t> chains;
    };
    const std::vector<std::uint64_t> everywhere{1, 10, 137, 8453, 42161};
    const std::vector<Fact> facts{
        {"0xE592427A0AEce92De3Edee1F18E0157C05861564", "uniswap-v3", {1, 10, 137, 42161}},
        {"0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45", "uniswap-v3", {1, 10, 137, 42161}},
        {"0x000000000022D473030F116dDEE9F6B43aC78BA3", "permit2", everywhere},
        {"0x4C82D1fBFe28C977cBB58D8C7FF8FCF9F70a2cCA", "uniswap-universal-router", {1}},
        {"0xFdf682F51FE81Aa4898F0AE2163d8A55c127fbC7", "uniswap-universal-router", {8453}},
        {"0x8B844f885672f333Bc0042cB669255f93a4C1E6b",
         "uniswap-universal-router",
         {10, 137, 42161}},
        {"0xDc264714F68d84CF29BC605589405E78bDBE7C9f", "uniswap-universal-router", {137}},
        {"0x23617e59A5925b2A4Bf75d73ff6711cD0b29De85", "uniswap-universal-router", {1}},
        {"0xab863E752Bf67D8DCDD929EaAe9Be9dc83Fb3BbB", "uniswap-universal-router", {1}},
        {"0x498581fF718922c3f8e6A244956aF099B2652b2b", "uniswap-v4", {8453}},
        {"0xaD89051bEd8d96f045E8912aE1672c6C0bF8a85E", "balancer-v3", {10, 42161}},
        {"0xBA12222222228d8Ba445958a75a0704d566BF2C8", "balancer-v2", everywhere},
        {"0x111111125421cA6dc452d289314280a0f8842A65", "1inch", everywhere},
        {"0x9008D19f58AAbD9eD0D60971565AA8510560ab41", "cow", everywhere},
        {"0x6131B5fae19EA4f9D964eAc0408E4408b66337b5", "kyberswap", everywhere},
        {"0x6A000F20005980200259B80c5102003040001068", "paraswap", everywhere},
        {"0x9dDA6Ef3D919c9bC8885D5560999A3640431e8e6", "metamask", {10, 8453, 42161}},
        {"0x794a61358D6845594F94dc1DB02A252b5b4814aD", "aave-v3", {10, 137, 42161}},
        {"0xBBBBBbbBBb9cC5e90e3b3Af64bdAF62C37EEFFCb", "morpho", {1, 8453}},
        {"0x0000000000000068F116a894984e2DB1123eB395", "seaport", everywhere},
        {"0x0000000071727De22E5E9d8BAf0edAc6f37da032", "erc4337", everywhere},
        {"0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108", "erc4337", everywhere},
        {"0x38869bf66a61cF6bDB996A6aE40D5853Fd43B526", "safe", everywhere},
        {"0xcA11bde05977b3631167028862bE2a173976CA11", "multicall3", everywhere},
    };
    const auto registry = ProtocolRegistry::built_in();
    for (const auto& fact : facts)
        for (const auto chain : fact.chains) {
            const auto* contract = registry.contract(eth::ChainId{chain}, address(fact.address));
            ASSERT_NE(contract, nullptr) << fact.address << " on " << chain;
            EXPECT_EQ(contract->protocol, fact.protocol) << fact.address << " on " << chain;
        }
}

TEST(ProtocolRegistry, SaysWhereAndWhyAFileIsRefused) {
    const std::string weth = kWeth;
    const std::string at_1 = R"j("addresses":{"1":[")j";
    struct Case {
        std::string json;
        std::string message;
    };
    const std::vector<Case> cases{
        {"[", "file: not_json"},
        {R"j({"schema":2,"tokens":[7 8]})j", "file: not_json (at byte 24)"},
        {"[]", "file: not_json"},
        {"{}", "schema: wrong_schema (expected 2)"},
        {R"j({"schema":1})j", "schema: wrong_schema (expected 2)"},
        {with(R"j("tokens":[],"tokens":[])j"), "file: duplicate (key tokens)"},
        {with(R"j("token":[])j"), "token: unknown_key"},
        {with(R"j("protocols":{})j"), "protocols: wrong_type (expected an array)"},
        {with(R"j("protocols":[7])j"), "protocols[0]: wrong_type (expected an object)"},
        {R"j({"schema":2,"chains":{"one":"x"}})j", "chains.one: bad_chain_id"},
        {with(R"j("protocols":[{"name":"p"}])j"), "protocols[0].category: missing_field"},
        {with(R"j("protocols":[{"name":"p","category":"nope"}])j"),
         "protocols[0].category: unknown_category (nope)"},
        {with(R"j("protocols":[{"name":"p","category":"swap"},{"name":"p","category":"swap"}])j"),
         "protocols[1].name: duplicate (p)"},
        {with_protocol(R"j("contract":[])j"), "protocols[0].contract: unknown_key"},
        {with_protocol(R"j("contracts":[{"name":"n"}])j"),
         "protocols[0].contracts[0].source: missing_field"},
        {with_contract(R"j("addresses":{})j"),
         "protocols[0].contracts[0].addresses: missing_field"},
        {with_contract(R"j("addresses":{"one":["0x00"]})j"),
         "protocols[0].contracts[0].addresses.one: bad_chain_id"},
        {with_contract(R"j("addresses":{"5":["0x00"]})j"),
         "protocols[0].contracts[0].addresses.5: unknown_chain"},
        {with_contract(at_1 + R"j(0x00"]})j"),
         "protocols[0].contracts[0].addresses.1[0]: bad_address (0x00)"},
        {with_contract(at_1 + R"j(0x0000000000000000000000000000000000000000"]})j"),
         "protocols[0].contracts[0].addresses.1[0]: bad_address "
         "(0x0000000000000000000000000000000000000000)"},
        {with_contract(at_1 + R"j(0xc02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"]})j"),
         "protocols[0].contracts[0].addresses.1[0]: bad_checksum (" + weth + ")"},
        {with_contract(at_1 + weth + R"j(","0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"]})j"),
         "protocols[0].contracts[0].addresses.1[1]: duplicate"},
        {with_factory(R"j("kind":"v9","init_code_hash":"0x00")j"),
         "protocols[0].factories[0].kind: unknown_kind (expected v2, v3 or pancake_v3)"},
        {with_factory(R"j("kind":"v2","init_code_hash":"0x00")j"),
         "protocols[0].factories[0].init_code_hash: bad_hash (0x00)"},
        {with_factory(R"j("kind":"v2","init_code_hash":")j" + ("0x" + std::string(64, '0')) +
                      R"j(","fee":1000001)j"),
         "protocols[0].factories[0].fee: out_of_range (at most 1000000)"},
        {with_factory(R"j("kind":"v3","init_code_hash":")j" + ("0x" + std::string(64, '0')) +
                      R"j(","fee":3000)j"),
         "protocols[0].factories[0].fee: unknown_key (the fee is part of each pool's key)"},
        {with_method(R"j("signature":"f")j"),
         "protocols[0].methods[0].signature: bad_signature (f)"},
        {with_method(R"j("signature":"f(uint)")j"),
         "protocols[0].methods[0].signature: bad_signature (f(uint))"},
        {with_method(R"j("signature":"f()","selector":"26121ff0")j"),
         "protocols[0].methods[0].selector: bad_selector (26121ff0)"},
        {with_method(R"j("signature":"f()","selector":"0x26121ff1")j"),
         "protocols[0].methods[0].selector: wrong_selector (expected 0x26121ff0)"},
        {with_method(R"j("signature":"f()","only_at_contract":1)j"),
         "protocols[0].methods[0].only_at_contract: wrong_type (expected true or false)"},
        {with_method(R"j("signature":"f()"},{"source":"s","signature":"f()")j"),
         "protocols[0].methods[1]: duplicate (0x26121ff0)"},
        {with_token(R"j("symbol":"T","decimals":78)j"),
         "tokens[0].decimals: out_of_range (at most 77)"},
        {with_token(R"j("symbol":"T","decimals":-1)j"),
         "tokens[0].decimals: wrong_type (expected a whole number)"},
        {with_token(R"j("symbol":"","decimals":6)j"),
         "tokens[0].symbol: wrong_type (expected a string)"},
    };
    for (const Case& c : cases) {
        const auto registry = ProtocolRegistry::parse(c.json);
        ASSERT_FALSE(registry) << c.json;
        EXPECT_EQ(registry.error().message(), c.message);
    }
    const auto missing = ProtocolRegistry::load("/nonexistent/registry.json");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().fault, RegistryFault::unreadable);
}

TEST(ProtocolRegistry, AnOverlayAddsToItAndTakesPrecedence) {
    const auto base = ProtocolRegistry::built_in();
    const auto both = base.overlaid(R"j({"schema":2,"chains":{"5":"mine"},"protocols":[
        {"name":"mine","category":"bridge",
         "contracts":[{"name":"Mine","source":"us","addresses":{
            "1":["0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"],
            "5":["0x0000000000000000000000000000000000000001"]}}]},
        {"name":"erc20","category":"transfer","methods":[
         {"signature":"transfer(address,uint256)","category":"call","source":"us"}]}]})j");
    ASSERT_TRUE(both) << both.error().message();
    EXPECT_EQ(both->contract(eth::ChainId{1}, address(kWeth))->name, "Mine");
    EXPECT_NE(both->contract(eth::ChainId{5}, eth::Address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                            0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}),
              nullptr);
    const eth::Selector transfer{{0xa9, 0x05, 0x9c, 0xbb}};
    EXPECT_EQ(both->method(transfer)->category, Category::call);
    EXPECT_EQ(both->methods().size(), base.methods().size());
    EXPECT_EQ(base.method(transfer)->category, Category::transfer);
    const auto bad = base.overlaid(R"j({"schema":2,"tokens":[{}]})j");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().message(), "tokens[0].symbol: missing_field");
}

} // namespace
} // namespace viz::test
