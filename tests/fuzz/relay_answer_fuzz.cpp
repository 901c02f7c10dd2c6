// Any bytes as a relay's answer: a verdict, and a reason of bounded length, nothing else.
#include <cstdlib>

#include "components/builder/relay_answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using viz::builder::RelayAnswer;
    using viz::builder::Verdict;
    const auto answer = viz::builder::parse_relay_answer(
        std::string_view(reinterpret_cast<const char*>(data), size), {"0xa"});
    if (answer.reason.size() > RelayAnswer::kMostReason) std::abort();
    if ((answer.verdict == Verdict::accepted) != answer.reason.empty()) std::abort();
    return 0;
}
