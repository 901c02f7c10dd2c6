#include <random>

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/rlp.hpp"

namespace viz::eth {
namespace {

Bytes bytes(std::string_view hex) {
    return *bytes_from_hex("0x" + std::string(hex));
}

// Writes again what a reader sees.
void copy(RlpReader reader, RlpWriter& out) {
    while (!reader.at_end()) {
        const auto item = reader.next();
        ASSERT_TRUE(item);
        if (!item->is_list) {
            out.string(item->payload);
            continue;
        }
        const auto mark = out.open_list();
        copy(RlpReader(item->payload), out);
        out.close_list(mark);
    }
}

void expect_its_own_encoding(BytesView input) {
    RlpWriter out;
    copy(RlpReader(input), out);
    EXPECT_EQ(to_hex(out.bytes()), to_hex(input));
}

TEST(Rlp, EncodesTheExamplesOfItsDefinition) {
    const auto string = [](std::string_view text) {
        RlpWriter out;
        out.string({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        return to_hex(out.bytes());
    };
    EXPECT_EQ(string("dog"), "0x83646f67");
    EXPECT_EQ(string(""), "0x80");
    EXPECT_EQ(string(std::string_view("\0", 1)), "0x00");
    EXPECT_EQ(string("\x0f"), "0x0f");
    EXPECT_EQ(string("\x7f"), "0x7f");
    EXPECT_EQ(string("\x80"), "0x8180");
    EXPECT_TRUE(string(std::string(55, 'a')).starts_with("0xb761"));
    EXPECT_TRUE(string(std::string(56, 'a')).starts_with("0xb83861"));
    EXPECT_TRUE(string(std::string(256, 'a')).starts_with("0xb9010061"));

    const auto integer = [](const U256& v) {
        RlpWriter out;
        out.integer(v);
        return to_hex(out.bytes());
    };
    EXPECT_EQ(integer(0), "0x80");
    EXPECT_EQ(integer(15), "0x0f");
    EXPECT_EQ(integer(1024), "0x820400");
    EXPECT_EQ(integer(U256() - U256(1)), "0xa0" + std::string(64, 'f'));

    // The set-theoretic representation of three.
    RlpWriter out;
    const auto three = out.open_list();
    out.close_list(out.open_list());
    const auto one = out.open_list();
    out.close_list(out.open_list());
    out.close_list(one);
    const auto two = out.open_list();
    out.close_list(out.open_list());
    const auto inner = out.open_list();
    out.close_list(out.open_list());
    out.close_list(inner);
    out.close_list(two);
    out.close_list(three);
    EXPECT_EQ(to_hex(out.bytes()), "0xc7c0c1c0c3c0c1c0");
}

TEST(Rlp, RefusesWhatIsNotCanonicalOrNotWhole) {
    struct Case {
        std::string_view hex;
        RlpError error;
    };
    for (const auto& [hex, error] : {
             Case{"", RlpError::truncated},
             Case{"81", RlpError::truncated},
             Case{"8180ff", RlpError::trailing},
             Case{"8100", RlpError::non_canonical}, // a byte below 0x80 stands for itself
             Case{"817f", RlpError::non_canonical},
             Case{"b8", RlpError::truncated},
             Case{"b80102", RlpError::non_canonical}, // long form for a short string
             Case{"b837"
                  "00",
                  RlpError::non_canonical},
             Case{"b90038", RlpError::non_canonical}, // length with a leading zero
             Case{"b838"
                  "00",
                  RlpError::truncated},
             Case{"bfffffffffffffffff", RlpError::truncated},
             Case{"c1", RlpError::truncated},
             Case{"c180c0", RlpError::trailing},
             Case{"c181", RlpError::truncated},       // the item leaves its list
             Case{"c28100", RlpError::non_canonical}, // at depth too
             Case{"f800", RlpError::non_canonical},
             Case{"f80180", RlpError::non_canonical},
             Case{"ffffffffffffffffff", RlpError::truncated},
             Case{"c0c0", RlpError::trailing},
         }) {
        const auto found = check_rlp(bytes(hex));
        ASSERT_TRUE(found) << hex;
        EXPECT_EQ(*found, error) << hex << " " << to_string(*found);
    }
}

TEST(Rlp, BoundsTheDepthOfLists) {
    const auto nested = [](unsigned lists) {
        RlpWriter out;
        Bytes encoded;
        for (unsigned i = 0; i < lists; ++i) {
            const auto mark = out.open_list();
            out.raw(encoded);
            out.close_list(mark);
            encoded = out.take();
            out.clear();
        }
        return encoded;
    };
    EXPECT_FALSE(check_rlp(nested(11), 10));
    EXPECT_EQ(check_rlp(nested(12), 10), RlpError::bad_length);
    EXPECT_TRUE(check_rlp(nested(5000)));
}

TEST(Rlp, WhatIsAcceptedEncodesToItself) {
    std::size_t accepted = 0;
    for (unsigned n = 0; n < 0x10000; ++n) {
        const Bytes two{static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
        if (check_rlp(two)) continue;
        ++accepted;
        expect_its_own_encoding(two);
    }
    EXPECT_EQ(accepted, 128u + 128u + 2u); // 81xx above 7f; c1 and a byte; c180, c1c0

    std::mt19937_64 random(1);
    for (int i = 0; i < 200'000; ++i) {
        Bytes some(random() % 12);
        for (auto& byte : some) byte = static_cast<std::uint8_t>(random());
        if (!some.empty() && random() % 2 != 0)
            some[0] = static_cast<std::uint8_t>(0xc0 + some.size() - 1);
        if (!check_rlp(some)) expect_its_own_encoding(some);
    }
}

TEST(RlpReader, ReadsWhatTheWriterWrote) {
    Hash hash;
    hash.bytes.fill(7);
    RlpWriter out;
    const auto mark = out.open_list();
    out.integer(5);
    out.integer(U256() - U256(1));
    out.string(hash.view());
    out.close_list(out.open_list());
    out.close_list(mark);

    RlpReader outer(out.bytes());
    auto list = outer.next_list();
    ASSERT_TRUE(list);
    EXPECT_TRUE(outer.at_end());
    EXPECT_EQ(*list->next_u64(), 5u);
    EXPECT_EQ(*list->next_u256(), U256() - U256(1));
    Hash read;
    EXPECT_FALSE(list->next_fixed(read.bytes));
    EXPECT_EQ(read, hash);
    ASSERT_TRUE(list->next_list());
    EXPECT_TRUE(list->at_end());
    EXPECT_EQ(list->next().error(), RlpError::truncated);
}

TEST(RlpReader, StaysWhereItWasAfterAnError) {
    const auto input = bytes("c0820001");
    RlpReader reader(input);
    EXPECT_EQ(reader.next_string().error(), RlpError::not_a_string);
    EXPECT_EQ(reader.next_u64().error(), RlpError::not_a_string);
    ASSERT_TRUE(reader.next_list());
    EXPECT_EQ(reader.next_list().error(), RlpError::not_a_list);
    EXPECT_EQ(reader.next_u64().error(), RlpError::non_canonical); // leading zero
    EXPECT_EQ(reader.next_u256(1).error(), RlpError::bad_length);
    std::array<std::uint8_t, 3> three{};
    EXPECT_EQ(reader.next_fixed(three), RlpError::bad_length);
    const auto string = reader.next_string();
    ASSERT_TRUE(string);
    EXPECT_EQ(string->size(), 2u);
}

TEST(RlpReader, IntegersAreBoundedByTheirField) {
    EXPECT_EQ(*RlpReader(bytes("88ffffffffffffffff")).next_u64(), ~0ULL);
    const auto nine = bytes("89010000000000000000");
    EXPECT_EQ(RlpReader(nine).next_u64().error(), RlpError::bad_length);
    EXPECT_TRUE(RlpReader(nine).next_u256());
    const auto zero = bytes("00");
    EXPECT_EQ(RlpReader(zero).next_u64().error(), RlpError::non_canonical);
    const auto wide = bytes("a1" + std::string(66, '1'));
    EXPECT_EQ(RlpReader(wide).next_u256().error(), RlpError::bad_length);
}

} // namespace
} // namespace viz::eth
