// The EVM and the reference of tests/support/reference_evm on the same programs, instruction by
// instruction. The first byte says whether the rest is taken as choices of a maker of programs or,
// behind a scene, as code.
#include <cstdio>
#include <cstdlib>

#include "tests/support/reference_evm/differential.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz::test::reference;
    constexpr std::size_t kMaxSteps = 500; // the sanitizers make them dear
    if (size < 2) return 0;
    const viz::eth::BytesView rest(data + 1, size - 1);
    const auto scenario = data[0] % 2 == 0 ? scenario_of(rest) : raw_scenario_of(rest);
    const auto comparison = compare(scenario, kMaxSteps);
    if (comparison.difference) {
        std::fprintf(stderr, "%s\n", comparison.difference->c_str());
        std::abort();
    }
    return 0;
}
