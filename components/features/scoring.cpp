#include "components/features/scoring.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "components/features/slippage.hpp"
#include "components/features/tip_rank.hpp"

namespace viz::features {
namespace {

struct Weight {
    std::uint32_t mev;
    std::uint32_t urgency;
    const char* mev_reason;
    const char* urgency_reason;
};

// Indexed by Category. Swaps and liquidations can be front-run or back-run; deadlines and
// competition make them urgent.
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

// The native coin moved: the call's value, or an end of a swap. Descending: only the first
// threshold reached counts.
constexpr std::array kBySize{
    Step{ether_tenths(1'000), 30, "mev:size>=100eth+30"},
    Step{ether_tenths(100), 22, "mev:size>=10eth+22"},
    Step{ether_tenths(10), 12, "mev:size>=1eth+12"},
    Step{ether_tenths(1), 5, "mev:size>=0.1eth+5"},
};

// Used without a head, when there is no base fee to compare with.
constexpr std::array kByPriorityFee{
    Step{gwei_tenths(100), 40, "urgency:tip>=10gwei+40"},
    Step{gwei_tenths(20), 25, "urgency:tip>=2gwei+25"},
    Step{gwei_tenths(1), 10, "urgency:tip>=0.1gwei+10"},
};

constexpr std::uint32_t kCap = 100;
constexpr std::uint32_t kSelectorOnlyPenalty = 5;
constexpr std::size_t kLongCalldata = 1'024; // typical of bundled calls
constexpr std::size_t kMediumCalldata = 260; // a call with eight words
constexpr std::int64_t kSoon = 30;           // seconds
constexpr std::int64_t kShortly = 120;

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

struct Room {
    std::uint32_t at_least; // ten-thousandths
    std::uint32_t points;
    const char* reason;
};
constexpr std::array kBySlippage{
    Room{500, 12, "mev:slippage>=5%+12"},
    Room{100, 8, "mev:slippage>=1%+8"},
    Room{30, 4, "mev:slippage>=0.3%+4"},
};

// Facts about a transaction's swaps, at any nesting level.
struct SwapFacts {
    bus::Wei native; // the largest native amount named by a swap
    std::size_t most_hops{};
    bool unlimited{};                      // a swap has no price limit
    std::optional<std::uint64_t> deadline; // the earliest deadline
};

bus::Wei plausible(const bus::Wei& amount) {
    return is_plausible(amount) ? amount : bus::Wei{};
}

SwapFacts facts_of(const ScoreInput& input) {
    SwapFacts facts;
    const Swap* last = nullptr;
    for (const auto& action : input.actions) {
        const auto* swap = std::get_if<Swap>(&action);
        if (swap == nullptr) continue;
        last = swap;
        facts.most_hops = std::max(
            {facts.most_hops, swap->pools.size(), swap->path.empty() ? 0 : swap->path.size() - 1});
        const bool sells = swap->kind == SwapKind::exact_in;
        if (!swap->path.empty() && input.wrapped_native == swap->path.front())
            facts.native = std::max(facts.native, plausible(sells ? swap->amount : swap->limit));
        if (swap->path.size() > 1 && input.wrapped_native == swap->path.back())
            facts.native = std::max(facts.native, plausible(sells ? swap->limit : swap->amount));
        if (swap->deadline && (!facts.deadline || *swap->deadline < *facts.deadline))
            facts.deadline = swap->deadline;
    }
    // For consecutive swaps, the minimum of the last one applies.
    facts.unlimited = last != nullptr && has_no_bound(*last);
    return facts;
}

bool too_late(const SwapFacts& facts, const ScoreInput& input) {
    return facts.deadline && input.seen_unix_s > 0 &&
           *facts.deadline < static_cast<std::uint64_t>(input.seen_unix_s);
}

std::uint32_t mev_score(const ScoreInput& input, const SwapFacts& swaps,
                        std::vector<std::string>& reasons) {
    const Weight& weight = kByCategory[static_cast<std::size_t>(input.category)];
    Sum sum(reasons);
    sum.add(weight.mev, weight.mev_reason);
    sum.first_reached(std::max(input.value, swaps.native), kBySize);
    if (swaps.unlimited)
        sum.add(15, "mev:slippage:unbounded+15");
    else if (input.slippage_bips)
        for (const Room& room : kBySlippage)
            if (*input.slippage_bips >= room.at_least) {
                sum.add(room.points, room.reason);
                break;
            }
    if (swaps.most_hops > 1) sum.add(5, "mev:hops>1+5");
    if (input.calldata_len >= kLongCalldata) {
        sum.add(8, "mev:calldata>=1024+8");
    } else if (input.calldata_len >= kMediumCalldata) {
        sum.add(4, "mev:calldata>=260+4");
    }
    if (input.by_selector_only) sum.subtract(kSelectorOnlyPenalty, "mev:selector_only-5");
    if (too_late(swaps, input)) sum.limit(5, "mev:deadline_passed<=5"); // it would revert
    return sum.capped();
}

// Adds weights for the time left to the deadline and for the tip's rank.
void add_pressure(const ScoreInput& input, const SwapFacts& swaps, Sum& sum) {
    if (swaps.deadline && input.seen_unix_s > 0) {
        const auto now = static_cast<std::uint64_t>(input.seen_unix_s);
        const auto left = *swaps.deadline > now ? *swaps.deadline - now : 0;
        if (left <= kSoon)
            sum.add(15, "urgency:deadline<=30s+15");
        else if (left <= kShortly)
            sum.add(8, "urgency:deadline<=120s+8");
    }
    if (!input.tip_rank) return;
    if (*input.tip_rank >= 95)
        sum.add(15, "urgency:tip_rank>=95+15");
    else if (*input.tip_rank >= 75)
        sum.add(8, "urgency:tip_rank>=75+8");
}

std::uint32_t urgency_score(const ScoreInput& input, const SwapFacts& swaps,
                            std::vector<std::string>& reasons) {
    const Weight& weight = kByCategory[static_cast<std::size_t>(input.category)];
    Sum sum(reasons);
    sum.add(weight.urgency, weight.urgency_reason);
    add_pressure(input, swaps, sum);
    if (too_late(swaps, input)) {
        sum.limit(5, "urgency:deadline_passed<=5"); // it would revert
        return sum.capped();
    }
    if (!input.base_fee || *input.base_fee == bus::Wei{}) {
        sum.first_reached(input.max_priority_fee_per_gas, kByPriorityFee);
        return sum.capped();
    }
    const bus::Wei& base = *input.base_fee;
    const auto known_tip =
        effective_tip(input.max_fee_per_gas, input.max_priority_fee_per_gas, input.base_fee);
    if (!known_tip) {
        sum.limit(5, "urgency:below_base_fee<=5"); // cannot be included at this fee
        return sum.capped();
    }
    const bus::Wei& tip = *known_tip;
    const bus::Wei tens =
        tip.limbs[3] >> 60 != 0 ? tip : tip * 10U; // avoids overflow for absurd tips
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
    const auto swaps = facts_of(input);
    scores.mev = mev_score(input, swaps, reasons);
    scores.urgency = urgency_score(input, swaps, reasons);
    return scores;
}

} // namespace viz::features
