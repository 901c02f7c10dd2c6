#include "components/storage/log_clock.hpp"

#include <algorithm>
#include <cstdlib>

namespace viz::storage {

std::string_view to_string(ClockDoubt doubt) {
    switch (doubt) {
    case ClockDoubt::none:
        return "none";
    case ClockDoubt::ahead:
        return "clock_ahead";
    case ClockDoubt::behind:
        return "clock_behind";
    }
    return "unknown";
}

void LogClock::note_block(std::int64_t timestamp_s) {
    constexpr std::int64_t kMaxSeconds = std::int64_t{1}
                                         << 40; // limits untrusted values from nodes
    new_block_s_ = std::max(new_block_s_, std::clamp<std::int64_t>(timestamp_s, 0, kMaxSeconds));
}

LogClock::Reading LogClock::read(eth::UnixMs wall, eth::MonoNs mono) {
    if (!last_) last_ = LogTime{.time = wall};
    auto& [expected, block_s] = *last_;
    const auto passed = read_at_ ? (mono.value - read_at_->value) / 1'000'000 : 0;
    const auto elapsed = std::clamp<std::int64_t>(passed, 0, kLongestTurn.count());
    // A remaining fraction of a millisecond counts for the next reading.
    read_at_ =
        read_at_ && passed == elapsed ? eth::MonoNs{read_at_->value + elapsed * 1'000'000} : mono;
    expected.value += elapsed;

    // A block older than the last agreeing one comes from a node that is catching up.
    const auto block = new_block_s_;
    new_block_s_ = 0;
    if (block != 0 && block + kBlockAgrees / std::chrono::seconds(1) >= block_s &&
        std::abs(wall.value - block * 1000) <= kBlockAgrees.count()) {
        expected = wall;
        block_s = std::max(block_s, block);
    }

    Reading reading{.step_ms = wall.value - expected.value};
    if (std::abs(reading.step_ms) > kLargestStep.count()) {
        reading.doubt = reading.step_ms > 0 ? ClockDoubt::ahead : ClockDoubt::behind;
        return reading;
    }
    reading.at_least = std::min(wall, expected);
    reading.at_most = LogTime{.time = std::max(wall, expected), .block_s = block_s};
    const auto slew = elapsed / kSlew;
    expected.value += std::clamp(reading.step_ms, -slew, slew);
    return reading;
}

} // namespace viz::storage
