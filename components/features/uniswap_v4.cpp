// Uniswap V4 inside the Universal Router's V4_SWAP: a nested program, (actions, params[]). Source:
// v4-periphery, Actions.sol, ActionConstants.sol and IV4Router.sol. The zero address means the
// native coin.
#include <algorithm>

#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

using eth::AbiReader;

constexpr std::uint64_t kBips = 10'000;

enum class V4Action : std::uint8_t {
    exact_in_single = 0x06,
    exact_in = 0x07,
    exact_out_single = 0x08,
    exact_out = 0x09,
    settle = 0x0b,
    settle_all = 0x0c,
    take = 0x0e,
    take_all = 0x0f,
    take_portion = 0x10,
};

// One program: its debts and credits at the pool manager, in addition to the router's balances.
class Plan {
  public:
    explicit Plan(DecodeContext& context) : context_(context), credit_(context.out) {}

    void step(V4Action action, const AbiReader& in) {
        switch (action) {
        case V4Action::exact_in_single:
            return single(in, SwapKind::exact_in);
        case V4Action::exact_in:
            return along_path(in, SwapKind::exact_in);
        case V4Action::exact_out_single:
            return single(in, SwapKind::exact_out);
        case V4Action::exact_out:
            return along_path(in, SwapKind::exact_out);
        case V4Action::settle:
            return settle(in);
        case V4Action::settle_all:
            return settle_all(in);
        case V4Action::take:
            return take(in);
        case V4Action::take_all:
            return take_all(in);
        case V4Action::take_portion:
            return take_portion(in);
        }
    }

  private:
    // An amount of zero means the program's whole credit of the token, or what it has paid in.
    void add(Swap swap, const eth::Address& sold) {
        swap.native_in = is_native_coin(sold);
        swap.deadline = context_.deadline;
        if (swap.amount == eth::U256{}) {
            if (swap.kind == SwapKind::exact_in)
                credit_.spend_all(swap);
            else
                swap.amount_is_balance = true; // the whole credit
        }
        context_.out.emplace_back(std::move(swap));
        credit_.swap_paid_router();
    }

    // ((currency0, currency1, fee, tickSpacing, hooks), zeroForOne, amount, limit, …)
    void single(const AbiReader& in, SwapKind kind) {
        const auto fields = in.tuple(0);
        if (!fields) return;
        const auto low = fields->address(0);
        const auto high = fields->address(1);
        const auto fee = fields->u64(2);
        const auto forward = fields->boolean(5);
        const auto amount = fields->word(6);
        const auto limit = fields->word(7);
        if (!low || !high || !fee || *fee >= 1U << 24U || !forward || !amount || !limit) return;
        const eth::Address sold = *forward ? *low : *high;
        add({.protocol = "uniswap-v4",
             .kind = kind,
             .path = {token_of(sold, context_), token_of(*forward ? *high : *low, context_)},
             .fees = {static_cast<std::uint32_t>(*fee)},
             .amount = *amount,
             .limit = *limit},
            sold);
    }

    // (currency, (currency, fee, tickSpacing, hooks, hookData)[] path, amount, limit); newer
    // routers have one more array before the amounts, detected by the length of the head.
    void along_path(const AbiReader& in, SwapKind kind) {
        const auto fields = in.tuple(0);
        const auto end = fields ? fields->address(0) : std::nullopt;
        const auto head = fields ? fields->u64(1) : std::nullopt;
        const auto path = fields ? fields->array(1, 1, kMaxPath - 1) : std::nullopt;
        if (!end || !head || !path || path->length == 0) return;
        const std::size_t amounts = *head == 5 * eth::kAbiWord ? 3 : 2;
        const auto amount = fields->word(amounts);
        const auto limit = fields->word(amounts + 1);
        if (!amount || !limit) return;
        Swap swap{.protocol = "uniswap-v4", .kind = kind, .amount = *amount, .limit = *limit};
        std::vector<eth::Address> tokens;
        if (kind == SwapKind::exact_in) tokens.push_back(*end);
        for (std::size_t i = 0; i < path->length; ++i) {
            const auto key = path->elements.tuple(i);
            const auto token = key ? key->address(0) : std::nullopt;
            const auto fee = key ? key->u64(1) : std::nullopt;
            if (!token || !fee || *fee >= 1U << 24U) return;
            tokens.push_back(*token);
            swap.fees.push_back(static_cast<std::uint32_t>(*fee));
        }
        if (kind == SwapKind::exact_out) tokens.push_back(*end);
        for (const auto& token : tokens) swap.path.push_back(token_of(token, context_));
        add(std::move(swap), tokens.front());
    }

    // (currency, amount, payerIsUser): pays in before the swap.
    void settle(const AbiReader& in) {
        const auto currency = in.address(0);
        const auto amount = in.word(1);
        const auto user_pays = in.boolean(2);
        if (!currency || !amount || !user_pays) return;
        const auto token = token_of(*currency, context_);
        if (is_whole_balance(*amount))
            credit_.take_over(context_.ledger, token);
        else
            credit_.deposit(token, *amount);
    }

    // (currency, maximum): the sender pays the debt.
    void settle_all(const AbiReader& in) {
        const auto currency = in.address(0);
        const auto maximum = in.word(1);
        if (!currency || !maximum) return;
        const auto token = token_of(*currency, context_);
        auto* swap = newest([&](const Swap& s) { return s.path.front() == token; });
        if (swap != nullptr && swap->kind == SwapKind::exact_out)
            swap->limit = std::min(swap->limit, *maximum);
    }

    // (currency, recipient, amount): pays out the output.
    void take(const AbiReader& in) {
        const auto currency = in.address(0);
        const auto recipient = in.address(1);
        if (!currency || !recipient) return;
        const auto token = token_of(*currency, context_);
        const auto to = router_recipient(context_, *recipient);
        set_recipient(token, to);
        if (to == context_.call.to) context_.ledger.take_over(credit_, token);
    }

    // (currency, minimum), to the sender.
    void take_all(const AbiReader& in) {
        const auto currency = in.address(0);
        const auto minimum = in.word(1);
        if (!currency || !minimum) return;
        const auto token = token_of(*currency, context_);
        set_recipient(token, context_.call.from);
        credit_.pay_out(token, *minimum);
    }

    // (currency, recipient, bips)
    void take_portion(const AbiReader& in) {
        const auto currency = in.address(0);
        const auto bips = in.u64(2);
        if (currency && bips) credit_.pay_portion(token_of(*currency, context_), *bips, kBips);
    }

    void set_recipient(const eth::Address& token, const std::optional<eth::Address>& to) {
        if (auto* swap = newest([&](const Swap& s) { return s.path.back() == token; }))
            swap->recipient = to;
    }

    template <class Fits> Swap* newest(Fits fits) {
        for (auto action = context_.out.rbegin(); action != context_.out.rend(); ++action)
            if (auto* swap = std::get_if<Swap>(&*action);
                swap != nullptr && swap->protocol == "uniswap-v4" && fits(*swap))
                return swap;
        return nullptr;
    }

    DecodeContext& context_;
    RouterLedger credit_;
};

} // namespace

bool decode_uniswap_v4(eth::BytesView input, DecodeContext& context) {
    const AbiReader in(input);
    const auto actions = in.bytes(0);
    const auto params = in.array(1, 1, kMaxInnerCalls);
    if (!actions || !params || actions->size() != params->length) return false;
    Plan plan(context);
    for (std::size_t i = 0; i < actions->size(); ++i) {
        if (context.full()) {
            context.cut = true;
            break;
        }
        if (const auto param = params->elements.bytes(i))
            plan.step(static_cast<V4Action>((*actions)[i]), AbiReader(*param));
    }
    return true;
}

} // namespace viz::features
