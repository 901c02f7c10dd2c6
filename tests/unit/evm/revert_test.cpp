#include <gtest/gtest.h>

#include "components/eth/abi.hpp"
#include "components/eth/hex.hpp"
#include "components/evm/revert.hpp"

namespace viz::evm {
namespace {

eth::Bytes error_of(const std::string& text) {
    auto out = eth::bytes_from_hex("0x08c379a0").value();
    const auto type = eth::parse_abi_type("(string)");
    const eth::AbiValue value{.members = {{.bytes = {text.begin(), text.end()}}}};
    const auto encoded = *eth::encode_abi(*type, value);
    out.insert(out.end(), encoded.begin(), encoded.end());
    return out;
}
std::string reported(const eth::Bytes& output) {
    return describe(decode_revert(output), output);
}

TEST(Revert, GivesTheTextOfError) {
    const auto revert = decode_revert(error_of("UniswapV2: K"));
    EXPECT_EQ(revert.kind, Revert::Kind::error);
    EXPECT_EQ(revert.text, "UniswapV2: K");
    EXPECT_EQ(reported(error_of("UniswapV2: K")), "Error: UniswapV2: K");
}

TEST(Revert, CutsTextsThatNobodyWouldRead) {
    EXPECT_EQ(decode_revert(error_of(std::string(5000, 'a'))).text.size(), Revert::kMaxText);
}

TEST(Revert, NamesThePanic) {
    const auto output = eth::bytes_from_hex("0x4e487b71" + std::string(62, '0') + "11").value();
    EXPECT_EQ(decode_revert(output).kind, Revert::Kind::panic);
    EXPECT_EQ(decode_revert(output).code, eth::U256(0x11));
    EXPECT_EQ(reported(output), "Panic 0x11: arithmetic overflow");
    const auto unknown = eth::bytes_from_hex("0x4e487b71" + std::string(64, 'f')).value();
    EXPECT_EQ(reported(unknown), "Panic 0x" + std::string(64, 'f'));
}

TEST(Revert, GivesTheSelectorOfACustomError) {
    const auto output = eth::bytes_from_hex("0x8baa579f").value(); // InvalidSignature()
    EXPECT_EQ(decode_revert(output).kind, Revert::Kind::custom);
    EXPECT_EQ(decode_revert(output).selector, 0x8baa579fu);
    EXPECT_EQ(reported(output), "custom error 0x8baa579f");
}

TEST(Revert, WithoutBytesHasNoReason) {
    EXPECT_EQ(decode_revert({}).kind, Revert::Kind::empty);
    EXPECT_EQ(reported({}), "no reason");
}

TEST(Revert, DoesNotGuessAtWhatDoesNotDecode) {
    EXPECT_EQ(reported(eth::Bytes{0, 255}), "0x00ff");
    auto cut = error_of("a text of more than thirty-two bytes, cut");
    cut.resize(cut.size() - 40);
    EXPECT_EQ(decode_revert(cut).kind, Revert::Kind::bytes);
    EXPECT_EQ(decode_revert(cut).text, "");
    const auto bare_panic = eth::bytes_from_hex("0x4e487b71").value();
    EXPECT_EQ(decode_revert(bare_panic).kind, Revert::Kind::bytes);
}

} // namespace
} // namespace viz::evm
