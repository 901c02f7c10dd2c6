// The official ABI vectors (ethereum-tests, ABITests): encoding gives the result, decoding undoes
// it.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/abi.hpp"
#include "components/eth/hex.hpp"
#include "tests/support/corpus.hpp"

namespace viz::eth {
namespace {

AbiValue value_of(const AbiType& type, const nlohmann::json& json) {
    AbiValue value;
    if (json.is_array()) {
        for (const auto& member : json)
            value.members.push_back(value_of(type.members.front(), member));
    } else if (json.is_number()) {
        value.word = json.get<std::uint64_t>();
    } else if (type.kind == AbiKind::address) {
        value.word = from_be(address_from_hex(json.get<std::string>())->view());
    } else {
        const auto text = json.get<std::string>();
        value.bytes.assign(text.begin(), text.end());
    }
    return value;
}

TEST(AbiVectors, EncodeAndDecode) {
    VIZ_NEEDS_CORPUS();
    std::size_t vectors = 0;
    for (const auto& path : test::files_below(test::corpus_dir() / "ethereum-tests/ABITests")) {
        const auto file = nlohmann::json::parse(test::read_text(path));
        for (const auto& [name, vector] : file.items()) {
            std::string types = "(";
            for (const auto& type : vector["types"])
                types += (types.size() > 1 ? "," : "") + type.get<std::string>();
            const auto type = parse_abi_type(types + ")");
            ASSERT_TRUE(type) << name;
            AbiValue value;
            for (std::size_t i = 0; i < type->members.size(); ++i)
                value.members.push_back(value_of(type->members[i], vector["args"][i]));
            const auto encoded = encode_abi(*type, value);
            ASSERT_TRUE(encoded) << name;
            EXPECT_EQ(to_hex(*encoded), "0x" + vector["result"].get<std::string>()) << name;
            const auto decoded = decode_abi(*type, *encoded);
            ASSERT_TRUE(decoded) << name;
            EXPECT_EQ(*decoded, value) << name;
            ++vectors;
        }
    }
    EXPECT_EQ(vectors, 3U);
}

} // namespace
} // namespace viz::eth
