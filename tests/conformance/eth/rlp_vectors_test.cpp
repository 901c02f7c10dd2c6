// ethereum/tests, RLPTests: valid vectors round-trip, invalid ones are refused, random ones only
// have to be survived with the verdict their file names.
#include <iostream>

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/rlp.hpp"
#include "tests/support/corpus.hpp"

namespace viz::eth {
namespace {

using nlohmann::json;

void write_value(RlpWriter& out, const json& value) {
    if (value.is_array()) {
        const auto mark = out.open_list();
        for (const auto& item : value) write_value(out, item);
        out.close_list(mark);
    } else if (value.is_number()) {
        out.integer(U256(value.get<std::uint64_t>()));
    } else if (const auto text = value.get<std::string>(); text.starts_with("#")) {
        // One vector is above 256 bits: an integer is the string of its big-endian bytes.
        Bytes bytes;
        export_bits(boost::multiprecision::cpp_int(text.substr(1)), std::back_inserter(bytes), 8);
        out.string(bytes);
    } else if (text.starts_with("0x")) {
        out.string(*bytes_from_hex(text));
    } else {
        out.string({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
}

// Some vectors' hex comes without the prefix, and odd digits stand for bytes that are not RLP.
std::optional<Bytes> vector_bytes(std::string hex) {
    if (!hex.starts_with("0x")) hex = "0x" + hex;
    return bytes_from_hex(hex);
}

TEST(RlpVectors, GiveTheVerdictOfTheOfficialTests) {
    VIZ_NEEDS_CORPUS();
    std::size_t valid = 0;
    std::size_t invalid = 0;
    for (const auto& file : test::files_below(test::corpus_dir() / "ethereum-tests/RLPTests")) {
        const auto tests = json::parse(test::read_text(file));
        for (const auto& [name, vector] : tests.items()) {
            const auto bytes = vector_bytes(vector["out"].get<std::string>());
            const auto& in = vector["in"];
            const auto where = file.filename().string() + " " + name;
            if (in == "INVALID") {
                EXPECT_TRUE(!bytes || check_rlp(*bytes)) << where;
                ++invalid;
                continue;
            }
            ASSERT_TRUE(bytes) << where;
            EXPECT_FALSE(check_rlp(*bytes)) << where;
            ++valid;
            if (in == "VALID") continue;
            RlpWriter out;
            write_value(out, in);
            EXPECT_EQ(to_hex(out.bytes()), to_hex(*bytes)) << where;
        }
    }
    EXPECT_EQ(valid, 29u);
    EXPECT_EQ(invalid, 26u);
    std::cout << valid << " valid, " << invalid << " invalid\n";
}

} // namespace
} // namespace viz::eth
