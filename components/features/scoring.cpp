#include "components/features/scoring.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace viz::features {
namespace {

struct Weight {
    std::uint32_t mev;
    std::uint32_t urgency;
    const char* mev_reason;
    const char* urgency_reason;
};

// By Category. Swaps and liquidations are what others want to be before or behind; deadlines and
// racing competitors make them urgent.
constexpr std::array<Weight, kCategoryCount> kByCategory{{
    {2, 5, "mev:category:transfer+2", "urgency:category+5"},
    {3, 5, "mev:category:approve+3", "urgency:category+5"},
    {3, 5, "mev:category:wrap+3", "urgency:category+5"},
    {50, 25, "mev:category:swap+50", "urgency:category+25"},
    {30, 15, "mev:category:liquidity+30", "urgency:category+15"},
    {20, 10, "mev:category:lending+20", "urgency:category+10"},
    {60, 40, "mev:category:liquidation+60", "urgency:category+40"},
    {55, 30, "mev:category:flash_loan+55", "urgency:category+30"},
    {25, 20, "mev:category:nft_trade+25", "urgency:category+20"},
    {5, 5, "mev:category:staking+5", "urgency:category+5"},
    {5, 5, "mev:category:bridge+5", "urgency:category+5"},
    {15, 10, "mev:category:account_abstraction+15", "urgency:category+10"},
    {5, 5, "mev:category:deploy+5", "urgency:category+5"},
    {10, 10, "mev:category:call+10", "urgency:category+10"},
}};

struct Step {
    bus::Wei at_least;
    std::uint32_t points;
    const char* reason;
};

constexpr bus::Wei ether_tenths(std::uint64_t n) {
    return bus::Wei{n} * 100'000'000'000'000'000U;
}
constexpr bus::Wei gwei_tenths(std::uint64_t n) {
    return bus::Wei{n * 100'000'000U};
}

// Native value sent along, descending: only the first step reached counts.
constexpr std::array kByValue{
    Step{ether_tenths(1'000), 30, "mev:value>=100eth+30"},
    Step{ether_tenths(100), 22, "mev:value>=10eth+22"},
    Step{ether_tenths(10), 12, "mev:value>=1eth+12"},
    Step{ether_tenths(1), 5, "mev:value>=0.1eth+5"},
};

// Without a head to compare with, the priority fee speaks for itself.
constexpr std::array kByPriorityFee{
    Step{gwei_tenths(100), 40, "urgency:tip>=10gwei+40"},
    Step{gwei_tenths(20), 25, "urgency:tip>=2gwei+25"},
    Step{gwei_tenths(1), 10, "urgency:tip>=0.1gwei+10"},
};

constexpr std::uint32_t kCap = 100;
constexpr std::uint32_t kSelectorOnlyPenalty = 5;
constexpr std::size_t kLongCalldata = 1'024; // several calls bundled
constexpr std::size_t kMediumCalldata = 260; // an eight-word call

class Sum {
  public:
    explicit Sum(std::vector<std::string>& reasons) : reasons_(reasons) {}
    void add(std::uint32_t points, const char* reason) {
        total_ += points;
        reasons_.emplace_back(reason);
    }
    void first_reached(const bus::Wei& amount, std::span<const Step> steps) {
        const auto step = std::find_if(steps.begin(), steps.end(),
                                       [&](const Step& s) { return amount >= s.at_least; });
        if (step != steps.end()) add(step->points, step->reason);
    }
    void subtract(std::uint32_t points, const char* reason) {
        total_ -= std::min(points, total_);
        reasons_.emplace_back(reason);
    }
    void limit(std::uint32_t most, const char* reason) {
        if (total_ > most) {
            total_ = most;
            reasons_.emplace_back(reason);
        }
    }
    std::uint32_t capped() const { return std::min(total_, kCap); }

  private:
    std::uint32_t total_{};
    std::vector<std::string>& reasons_;
};

std::uint32_t mev_score(const ScoreInput& input, std::vector<std::string>& reasons) {
    const Weight& weight = kByCategory[static_cast<std::size_t>(input.category)];
    Sum sum(reasons);
    sum.add(weight.mev, weight.mev_reason);
    sum.first_reached(input.value, kByValue);
    if (input.calldata_len >= kLongCalldata) {
        sum.add(8, "mev:calldata>=1024+8");
    } else if (input.calldata_len >= kMediumCalldata) {
        sum.add(4, "mev:calldata>=260+4");
    }
    if (input.by_selector_only) sum.subtract(kSelectorOnlyPenalty, "mev:selector_only-5");
    return sum.capped();
}

std::uint32_t urgency_score(const ScoreInput& input, std::vector<std::string>& reasons) {
    const Weight& weight = kByCategory[static_cast<std::size_t>(input.category)];
    Sum sum(reasons);
    sum.add(weight.urgency, weight.urgency_reason);
    if (!input.base_fee || *input.base_fee == bus::Wei{}) {
        sum.first_reached(input.max_priority_fee_per_gas, kByPriorityFee);
        return sum.capped();
    }
    const bus::Wei& base = *input.base_fee;
    if (input.max_fee_per_gas < base) {
        sum.limit(5, "urgency:below_base_fee<=5"); // cannot be included at this price
        return sum.capped();
    }
    // EIP-1559: what the block's producer gets per gas, relative to the base fee.
    const bus::Wei tip = std::min(input.max_priority_fee_per_gas, input.max_fee_per_gas - base);
    const bus::Wei tens = tip.limbs[3] >> 60 != 0 ? tip : tip * 10U; // no wrap for absurd tips
    if (tip >= base) {
        sum.add(45, "urgency:tip>=base_fee+45");
    } else if (tens >= base * 5U) {
        sum.add(35, "urgency:tip>=base_fee/2+35");
    } else if (tens >= base) {
        sum.add(20, "urgency:tip>=base_fee/10+20");
    } else if (tip > bus::Wei{}) {
        sum.add(8, "urgency:tip>0+8");
    }
    if (input.max_fee_per_gas - base >= base) sum.add(10, "urgency:max_fee>=2*base_fee+10");
    return sum.capped();
}

} // namespace

Scores score(const ScoreInput& input, std::vector<std::string>& reasons) {
    Scores scores;
    scores.mev = mev_score(input, reasons);
    scores.urgency = urgency_score(input, reasons);
    return scores;
}

} // namespace viz::features
