#include "tests/conformance/features/swap_proof.hpp"

#include <algorithm>

#include "components/eth/abi.hpp"
#include "components/eth/hex.hpp"
#include "components/evm/pool_swaps.hpp"
#include "components/evm/token_changes.hpp"

namespace viz::test {
namespace {

using eth::Address;
using eth::U256;
using features::Swap;
using features::SwapKind;

constexpr eth::ChainId kMainnet{1};
constexpr std::uint64_t kRoundingPart = 1'000'000'000;
constexpr std::uint64_t kMetaSwapFeePart = 100; // 0.875 % of what is sent

struct Range {
    U256 least;
    U256 most;
    bool has(const U256& amount) const { return least <= amount && amount <= most; }
    std::string text() const { return eth::to_decimal(least) + " to " + eth::to_decimal(most); }
};

// More than any token has; sums of "whatever it takes" do not wrap.
const U256 kAllThereIs = U256{1ULL << 63U} * U256{1ULL << 63U} * U256{1ULL << 63U};

Range sold_by(const Swap& swap) {
    return swap.kind == SwapKind::exact_in ? Range{swap.amount, swap.amount}
                                           : Range{1, std::min(swap.limit, kAllThereIs)};
}
// The Universal Router's exact-output swaps of V2 sell what the amount costs, rounded up, and give
// all that this buys: a little more.
Range bought_by(const Swap& swap) {
    if (swap.kind == SwapKind::exact_in) return {std::max(swap.limit, U256{1}), kAllThereIs};
    return {swap.amount, swap.amount + eth::div_u64(swap.amount, kRoundingPart).quotient};
}

class Observed {
  public:
    Observed(const ExecutedCall& call, const Address& wrapped)
        : call_(call), wrapped_(wrapped), changes_(evm::token_changes(call.result.logs, wrapped)) {}

    // Net.
    U256 left_sender(const Address& token, bool native) const {
        if (native) {
            const auto [before, after] = coin(call_.sender);
            return before > after ? before - after : U256{};
        }
        const auto* change = find(call_.sender, token);
        return change != nullptr && change->sent > change->received
                   ? change->sent - change->received
                   : U256{};
    }
    // All that came in where the holder is the router, which passes it on; else net. The native
    // coin counts with its wrapped token: the calldata often leaves open which of them it is.
    U256 arrived(const Address& holder, const Address& token) const {
        const auto* change = find(holder, token);
        U256 sum;
        if (change != nullptr && holder == call_.router)
            sum = change->received;
        else if (change != nullptr && change->received > change->sent)
            sum = change->received - change->sent;
        if (token != wrapped_) return sum;
        const auto [before, after] = coin(holder);
        return after > before ? sum + (after - before) : sum;
    }
    // The token was called to move such an amount: of `from`, or to `to`.
    bool asked_to_move(const Address& token, const Range& amount, const Address* from,
                       const Address* to) const {
        return std::ranges::any_of(call_.calls.calls(), [&](const evm::TracedCall& inner) {
            if (inner.to != token || inner.status != evm::Status::success ||
                inner.input.size() < 4 || inner.depth == 0)
                return false;
            const auto selector = eth::from_be(eth::BytesView(inner.input).first(4));
            const eth::AbiReader args(eth::BytesView(inner.input).subspan(4));
            const bool with_from = selector == U256{0x23b872dd}; // transferFrom
            if (!with_from && (from != nullptr || selector != U256{0xa9059cbb})) return false;
            const auto moved = args.word(with_from ? 2 : 1);
            return moved && amount.has(*moved) && (from == nullptr || args.address(0) == *from) &&
                   (to == nullptr || args.address(with_from ? 1 : 0) == *to);
        });
    }

  private:
    const evm::TokenChange* find(const Address& holder, const Address& token) const {
        const auto at = std::ranges::find_if(changes_, [&](const evm::TokenChange& c) {
            return c.holder == holder && c.token == token && !c.id;
        });
        return at == changes_.end() ? nullptr : &*at;
    }
    // Before and after, with the gas given back to the one who paid it.
    std::pair<U256, U256> coin(const Address& holder) const {
        for (const auto& balance : call_.result.balances) {
            if (balance.address != holder) continue;
            const auto gas = U256{call_.result.gas_used} * call_.gas_price;
            return {balance.before, holder == call_.sender ? balance.after + gas : balance.after};
        }
        return {};
    }

    const ExecutedCall& call_;
    Address wrapped_;
    std::vector<evm::TokenChange> changes_;
};

// A swap and those that go on with all that it bought, as one.
std::vector<Swap> chained(const std::vector<Swap>& swaps) {
    std::vector<Swap> ends;
    for (const Swap& swap : swaps) {
        const auto before = std::ranges::find_if(ends, [&](const Swap& earlier) {
            return swap.amount_is_balance && earlier.path.size() > 1 && !swap.path.empty() &&
                   earlier.path.back() == swap.path.front();
        });
        if (before == ends.end()) {
            ends.push_back(swap);
            continue;
        }
        before->path.push_back(swap.path.back());
        before->limit = swap.limit;
        before->recipient = swap.recipient;
    }
    return ends;
}

class Proof {
  public:
    Proof(const ExecutedCall& call, const features::ProtocolRegistry& registry)
        : call_(call), registry_(registry), observed_(call, *registry.wrapped_native(kMainnet)),
          pool_swaps_(evm::pool_swaps(call.result.logs)) {}

    // Tokens may swap in the same pools while they are moved: it is enough that there is a log for
    // each hop, one behind the other.
    void pools(const Swap& swap) {
        const auto* factory = registry_.factory(kMainnet, swap.protocol);
        if (factory == nullptr || swap.path.size() < 2) return;
        auto next = pool_swaps_.begin();
        for (std::size_t hop = 0; hop + 1 < swap.path.size(); ++hop) {
            const auto pool = factory->pool(swap.path[hop], swap.path[hop + 1], swap.fees.at(hop));
            const bool forward = swap.path[hop] < swap.path[hop + 1];
            next = std::find_if(next, pool_swaps_.end(), [&](const evm::PoolSwap& seen) {
                return seen.pool == pool && seen.zero_for_one == forward &&
                       (hop != 0 || swap.amount_is_balance || begins(swap, seen)) &&
                       (hop + 2 != swap.path.size() || bought_by(swap).has(seen.amount_out));
            });
            ++proof.hops;
            if (next == pool_swaps_.end())
                return wrong("no log of its pool is that of hop " + std::to_string(hop));
            ++next;
        }
    }

    void ends(const std::vector<Swap>& swaps) {
        for (const Swap& swap : swaps) {
            if (!swap.path.empty()) sold(swaps, swap);
            if (swap.path.size() > 1) bought(swaps, swap);
        }
    }

    SwapProof proof;

  private:
    void wrong(std::string what) { proof.wrong.push_back(std::move(what)); }

    // The native coin arrives whole; of a token the pool may see less than was sold.
    static bool begins(const Swap& swap, const evm::PoolSwap& seen) {
        const auto sold = sold_by(swap);
        return swap.native_in ? sold.has(seen.amount_in) : seen.amount_in <= sold.most;
    }

    // Several swaps may sell the same token: then their sum left the sender.
    void sold(const std::vector<Swap>& swaps, const Swap& one) {
        const auto& token = one.path.front();
        Range range;
        for (const Swap& swap : swaps) {
            if (swap.path.empty() || swap.path.front() != token) continue;
            if (swap.amount_is_balance) return; // of what, the calldata does not say
            const auto part = sold_by(swap);
            range = {range.least + part.least, range.most + part.most};
        }
        // MetaSwap takes its fee before the order is filled, which is written without it.
        const auto left = observed_.left_sender(token, one.native_in);
        if (one.protocol == "metamask")
            range.most = range.most + eth::div_u64(range.most, kMetaSwapFeePart).quotient;
        ++proof.ends;
        if (range.has(left)) return;
        if (!one.native_in && observed_.asked_to_move(token, range, &call_.sender, nullptr))
            proof.taxed = true;
        else
            wrong(eth::to_decimal(left) + " left the sender, not " + range.text());
    }
    void bought(const std::vector<Swap>& swaps, const Swap& one) {
        const auto& token = one.path.back();
        const auto recipient = one.recipient.value_or(call_.sender);
        Range range;
        for (const Swap& swap : swaps) {
            if (swap.path.size() < 2 || swap.path.back() != token ||
                swap.recipient.value_or(call_.sender) != recipient)
                continue;
            const auto part = bought_by(swap);
            range = {range.least + part.least, range.most + part.most};
        }
        ++proof.ends;
        const auto arrived = observed_.arrived(recipient, token);
        if (range.has(arrived)) return;
        if (observed_.asked_to_move(token, range, nullptr, &recipient))
            proof.taxed = true;
        else
            wrong(eth::to_decimal(arrived) + " arrived at the recipient, not " + range.text());
    }

    const ExecutedCall& call_;
    const features::ProtocolRegistry& registry_;
    Observed observed_;
    std::vector<evm::PoolSwap> pool_swaps_;
};

} // namespace

SwapProof prove_swaps(std::span<const features::Action> actions, const ExecutedCall& call,
                      const features::ProtocolRegistry& registry) {
    Proof proof(call, registry);
    std::vector<Swap> swaps;
    for (const auto& action : actions)
        if (const auto* swap = std::get_if<Swap>(&action)) swaps.push_back(*swap);
    for (const Swap& swap : swaps) proof.pools(swap);
    proof.ends(chained(swaps));
    return std::move(proof.proof);
}

} // namespace viz::test
