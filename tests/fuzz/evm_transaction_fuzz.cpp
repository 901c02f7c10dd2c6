// Hostile code, calldata and gas as transactions, without a reference and without a limit of steps
// but gas: no crash, gas used within the limit, no wei made, and the same results again after a
// rollback, on a copy and on a layer. The first byte says whether the rest is taken, behind a
// scene, as code or as choices of a maker of programs.
#include <cstdio>
#include <cstdlib>

#include "tests/support/reference_evm/replay.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz::test::reference;
    constexpr std::uint64_t kGasCap = 200'000; // a price in time
    if (size < 2) return 0;
    const viz::eth::BytesView rest(data + 1, size - 1);
    auto scenario = data[0] % 2 == 0 ? raw_scenario_of(rest) : scenario_of(rest);
    if (const auto wrong = replay(std::move(scenario), kGasCap)) {
        std::fprintf(stderr, "%s\n", wrong->c_str());
        std::abort();
    }
    return 0;
}
