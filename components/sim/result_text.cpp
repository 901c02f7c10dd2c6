#include "components/sim/case_text.hpp"
#include "components/sim/text_writer.hpp"

namespace viz::sim {

namespace {

// As evm::Revert::Kind.
constexpr std::array<std::string_view, 5> kRevertKinds{"empty", "error", "panic", "custom",
                                                       "bytes"};

std::optional<std::string> text_of(const std::optional<evm::Invalid>& invalid) {
    if (!invalid) return std::nullopt;
    return std::string(to_string(*invalid));
}

} // namespace

// Found by their arguments, so not in a namespace of their own.
static void layout(TextWriter& text, const evm::Revert& revert) {
    text.choice("kind", revert.kind, kRevertKinds);
    text.field("text", revert.text);
    text.field("code", revert.code);
    text.field("selector", eth::U256(revert.selector));
}

static void layout(TextWriter& text, const evm::Failure& failure) {
    text.field("status", to_string(failure.status));
    text.field("address", failure.address);
    text.field("depth", failure.depth);
    text.field("reason", failure.reason);
}

static void layout(TextWriter& text, const SimFailure& failure) {
    text.field("category", to_string(failure.category));
    text.field("step", failure.step);
    text.field("invalid", text_of(failure.invalid));
    text.field("status", to_string(failure.status));
    text.field("first_failure", failure.first_failure);
    text.field("reason", failure.reason);
}

static void layout(TextWriter& text, const Waterfall& fall) {
    text.amount("gross", fall.gross);
    text.amount("pool_fees", fall.pool_fees);
    text.amount("gas", fall.gas);
    text.amount("bribe", fall.bribe);
    text.amount("net", fall.net);
}

static void layout(TextWriter& text, const CandidateFlags& flags) {
    text.field("partial_ticks", flags.partial_ticks);
    text.field("taxed_token", flags.taxed_token);
    text.field("reads_prevrandao", flags.reads_prevrandao);
    text.field("reads_coinbase", flags.reads_coinbase);
    text.field("stale_state", flags.stale_state);
}

static void layout(TextWriter& text, const Robustness& band) {
    text.amount("base_fee_up", band.base_fee_up);
    text.amount("other_coinbase", band.other_coinbase);
    text.amount("competing_swap", band.competing_swap);
}

static void layout(TextWriter& text, const evm::Log& log) {
    text.field("address", log.address);
    text.field("topics", log.topics);
    text.field("data", log.data);
}

static void layout(TextWriter& text, const StepOutcome& step) {
    text.field("gas_used", step.gas_used);
    text.amount("coinbase_payment", step.coinbase_payment);
    text.field("logs", step.logs);
}

static void layout(TextWriter& text, const SimResult& result) {
    text.field("succeeded", result.succeeded());
    text.field("failure", result.failure);
    text.amount("profit", result.profit);
    text.field("waterfall", result.waterfall);
    text.field("gas_used", result.gas_used);
    text.field("own_gas", result.own_gas);
    text.amount("coinbase_payment", result.coinbase_payment);
    text.field("flags", result.flags);
    text.field("plainly_profitable", result.plainly_profitable());
    text.field("robustness", result.robustness);
    text.field("steps", result.steps);
}

std::string result_text(const SimResult& result) {
    std::string out;
    TextWriter(out).value(result);
    return out;
}

} // namespace viz::sim
