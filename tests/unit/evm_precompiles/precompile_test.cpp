#include <gtest/gtest.h>

#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using evm::Fork;

TEST(Precompile, EachAddressExistsFromItsFork) {
    struct Range {
        std::uint16_t first, last;
        Fork since;
    };
    constexpr Range ranges[] = {{0x01, 0x09, Fork::paris},
                                {0x0a, 0x0a, Fork::cancun},
                                {0x0b, 0x11, Fork::prague},
                                {0x100, 0x100, Fork::osaka}};
    for (const auto fork : {Fork::paris, Fork::shanghai, Fork::cancun, Fork::prague, Fork::osaka})
        for (std::uint16_t number = 0; number < 0x300; ++number) {
            bool expected = false;
            for (const auto& range : ranges)
                expected |= number >= range.first && number <= range.last && fork >= range.since;
            EXPECT_EQ(evm::find_precompile(test::contract_address(number), fork) != nullptr,
                      expected)
                << number << " in fork " << static_cast<int>(fork);
        }
}

TEST(Precompile, AnAddressWithAnyHighByteIsNone) {
    for (std::size_t i = 0; i < 18; ++i) {
        auto address = test::contract_address(1);
        address.bytes[i] = 1;
        EXPECT_EQ(evm::find_precompile(address, Fork::osaka), nullptr);
    }
}

} // namespace
