#include "http/parity_board.hpp"

namespace viz::http {

void ParityBoard::begin_with(const bus::ParityHistory& past) {
    totals_ = past.totals;
    for (const bool matched : past.checked) add_checked(matched);
    for (const auto& miss : past.misses) add_miss(miss);
}

void ParityBoard::apply(const bus::Envelope& event) {
    const auto* parity = std::get_if<bus::SimParity>(&event.data);
    if (parity == nullptr) return;
    const auto result = bus::parity_result_from_string(parity->result);
    if (!result) return;
    ++totals_.of(*result);
    if (*result != bus::ParityResult::unchecked) add_checked(*result == bus::ParityResult::match);
    if (*result == bus::ParityResult::mismatch) add_miss({event.chain_id, *parity});
}

std::optional<std::uint64_t> ParityBoard::rolling_match_bps() const {
    if (window_.empty()) return std::nullopt;
    return matches_ * 10'000 / window_.size();
}

void ParityBoard::add_checked(bool matched) {
    window_.push_back(matched);
    matches_ += matched ? 1 : 0;
    if (window_.size() <= kWindow) return;
    matches_ -= window_.front() ? 1 : 0;
    window_.pop_front();
}

void ParityBoard::add_miss(bus::ParityRecord miss) {
    misses_.push_back(std::move(miss));
    if (misses_.size() > kMisses) misses_.pop_front();
}

} // namespace viz::http
