#include "components/features/protocol_registry.hpp"

#include <gmock/gmock.h>

#include <cryptopp/keccak.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

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
    std::ifstream in(std::string(VIZ_SOURCE_DIR) + "/components/features/registry.json");
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

TEST(ProtocolRegistry, PrefersTheMeaningWithinTheContractsProtocol) {
    const auto registry = ProtocolRegistry::parse(R"j({"schema":1,"contracts":[],"methods":[
        {"protocol":"a","category":"swap","signature":"f()","selector":"0x26121ff0","source":"s"},
        {"protocol":"b","category":"call","signature":"f()","selector":"0x26121ff0","source":"s"}
    ]})j");
    ASSERT_TRUE(registry);
    const eth::Selector selector{{0x26, 0x12, 0x1f, 0xf0}};
    EXPECT_EQ(registry->method(selector, "b")->protocol, "b");
    EXPECT_EQ(registry->method(selector)->protocol, "a");
    EXPECT_EQ(registry->method({{1, 2, 3, 4}}), nullptr);
}

// A file with one contract, or one method, of which some fields are as given.
std::string with_contract(const std::string& fields) {
    return R"j({"schema":1,"methods":[],"contracts":[{"protocol":"p",)j" + fields + "}]}";
}
std::string with_method(const std::string& fields) {
    return R"j({"schema":1,"contracts":[],"methods":[{"protocol":"p","category":"swap",)j" +
           fields + "}]}";
}

TEST(ProtocolRegistry, SaysWhereAndWhyAFileIsRefused) {
    const std::string contract = R"j("category":"swap","source":"s","name":"n","addresses":)j";
    const std::string twice =
        R"j("source":"s","signature":"f()","selector":"0x26121ff0"},{"protocol":"p",
            "category":"swap","source":"s","signature":"f()","selector":"0x26121ff0")j";
    struct Case {
        std::string json;
        const char* message;
    };
    const Case cases[] = {
        {"[", "file: not_json"},
        {"[]", "file: not_json"},
        {"{}", "schema: wrong_schema"},
        {R"j({"schema":2,"contracts":[],"methods":[]})j", "schema: wrong_schema"},
        {R"j({"schema":1,"methods":[]})j", "contracts: missing_field"},
        {R"j({"schema":1,"contracts":[7],"methods":[]})j", "contracts[0]: missing_field"},
        {with_contract(R"j("category":"swap")j"), "contracts[0].source: missing_field"},
        {with_contract(R"j("category":"nope","source":"s")j"),
         "contracts[0].category: unknown_category"},
        {with_contract(contract + R"j({"one":["0x00"]})j"),
         "contracts[0].addresses.one: bad_chain_id"},
        {with_contract(contract + R"j({"1":["0x00"]})j"), "contracts[0].addresses.1: bad_address"},
        {with_contract(contract + R"j({})j"), "contracts[0].addresses: missing_field"},
        {with_method(R"j("source":"s","signature":"f","selector":"0x26121ff0")j"),
         "methods[0].signature: bad_signature"},
        {with_method(R"j("source":"s","signature":"f()","selector":"26121ff0")j"),
         "methods[0].selector: bad_selector"},
        {with_method(R"j("signature":"f()","selector":"0x26121ff0")j"),
         "methods[0].source: missing_field"},
        {with_method(twice), "methods[1].selector: duplicate"},
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

} // namespace
} // namespace viz::test
