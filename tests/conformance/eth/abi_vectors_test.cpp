// The official ABI vectors: their arguments encode to the bytes given, which decode to the same.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/abi.hpp"
#include "components/eth/hex.hpp"
#include "tests/support/corpus.hpp"

namespace viz::eth {
namespace {

using nlohmann::json;

// Keeps the bytes that values refer to.
class Arguments {
  public:
    AbiValue value(const AbiType& type, const json& text) {
        if (text.is_array()) {
            AbiValue::List list;
            for (std::size_t i = 0; i < text.size(); ++i)
                list.push_back(value(
                    type.kind == AbiKind::tuple ? type.inner[i] : type.inner.front(), text[i]));
            return {std::move(list)};
        }
        if (text.is_number()) return {U256(text.get<std::uint64_t>())};
        if (type.kind == AbiKind::address)
            return AbiValue::of(*address_from_hex(text.get<std::string>()));
        return {BytesView(kept_.emplace_back(bytes_of(text.get<std::string>())))};
    }

  private:
    static Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }
    std::vector<Bytes> kept_ = [] {
        std::vector<Bytes> room;
        room.reserve(64); // views into it stay valid
        return room;
    }();
};

TEST(AbiVectors, EncodeAndDecodeBackToTheSameBytes) {
    VIZ_NEEDS_CORPUS();
    const auto file = test::corpus_dir() / "ethereum-tests/ABITests/basic_abi_tests.json";
    const auto vectors = json::parse(test::read_text(file));
    EXPECT_EQ(vectors.size(), 3u);
    for (const auto& [name, vector] : vectors.items()) {
        std::vector<AbiType> types;
        for (const auto& text : vector["types"])
            types.push_back(*parse_abi_type(text.get<std::string>()));
        Arguments arguments;
        std::vector<AbiValue> values;
        for (std::size_t i = 0; i < types.size(); ++i)
            values.push_back(arguments.value(types[i], vector["args"][i]));
        const auto expected = *bytes_from_hex("0x" + vector["result"].get<std::string>());
        const auto encoded = abi_encode(types, values);
        ASSERT_TRUE(encoded) << name;
        EXPECT_EQ(*encoded, expected) << name;
        const auto decoded = abi_decode(types, expected);
        ASSERT_TRUE(decoded) << name << ": " << to_string(decoded.error());
        EXPECT_EQ(*abi_encode(types, *decoded), expected) << name;
    }
}

} // namespace
} // namespace viz::eth
