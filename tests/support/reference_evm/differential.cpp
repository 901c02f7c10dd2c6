#include "tests/support/reference_evm/differential.hpp"

#include <algorithm>
#include <set>

#include "components/eth/hex.hpp"
#include "components/evm/transaction_run.hpp"
#include "tests/support/reference_evm/reference_evm.hpp"

namespace viz::test::reference {

namespace {

using evm::Status;

// How much of the memory is looked at each step; the rest shows in what is returned or hashed.
constexpr std::size_t kMemoryPrefix = 1024;
constexpr std::size_t kShownWords = 4;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
    return hash ^ hash >> 29;
}

struct Step {
    std::size_t pc{};
    std::uint8_t opcode{};
    std::int64_t gas{};
    std::uint32_t depth{};
    std::size_t height{};
    std::uint64_t stack_hash{};
    std::size_t memory_size{};
    std::uint64_t memory_hash{};
    std::array<eth::U256, kShownWords> top{};
    friend bool operator==(const Step&, const Step&) = default;
};

// `word(i)` is the i-th word from the bottom.
template <class WordAt> void note_stack(Step& step, std::size_t height, const WordAt& word) {
    step.height = height;
    for (std::size_t i = 0; i < height; ++i) {
        const eth::U256 value = word(i);
        for (const auto limb : value.limbs) step.stack_hash = mix(step.stack_hash, limb);
        if (height - i <= kShownWords) step.top[height - i - 1] = value;
    }
}

void note_memory(Step& step, const eth::Bytes& memory) {
    step.memory_size = memory.size();
    const auto count = std::min(memory.size(), kMemoryPrefix);
    for (std::size_t i = 0; i + 8 <= count; i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, memory.data() + i, sizeof word);
        step.memory_hash = mix(step.memory_hash, word);
    }
}

std::string to_string(const Step& step) {
    std::string text = "pc " + std::to_string(step.pc) + " opcode " + eth::to_hex({{step.opcode}}) +
                       " gas " + std::to_string(step.gas) + " depth " + std::to_string(step.depth) +
                       " memory " + std::to_string(step.memory_size) + "/" +
                       std::to_string(step.memory_hash) + " stack " + std::to_string(step.height) +
                       "/" + std::to_string(step.stack_hash);
    for (std::size_t i = 0; i < std::min(step.height, kShownWords); ++i)
        text += " " + eth::to_hex(eth::to_be(step.top[i]));
    return text;
}

// A tracer that holds each step against the one the reference made.
struct Follower {
    static constexpr bool enabled = true;
    const std::vector<Step>& expected;
    bool cut{}; // the reference was stopped after the last
    std::size_t at{};
    std::optional<std::string> difference{};

    bool step(const evm::Frame& frame, const std::uint8_t* pc, const eth::U256* sp,
              std::int64_t gas, std::uint32_t depth) {
        if (cut && at == expected.size()) return false;
        Step seen{.pc = static_cast<std::size_t>(pc - frame.code->data()),
                  .opcode = *pc,
                  .gas = gas,
                  .depth = depth};
        const eth::U256* bottom = frame.stack.get();
        note_stack(seen, static_cast<std::size_t>(sp - bottom),
                   [&](std::size_t i) { return bottom[i]; });
        note_memory(seen, frame.memory);
        if (at < expected.size() && expected[at] == seen) {
            ++at;
            return true;
        }
        difference = "step " + std::to_string(at) + "\n  machine   " + to_string(seen) +
                     "\n  reference " +
                     (at < expected.size() ? to_string(expected[at]) : std::string("had ended"));
        if (at > 0) difference->append("\n  after     " + to_string(expected[at - 1]));
        return false;
    }
};

Ending ending_of(Status status) {
    if (status == Status::success) return Ending::success;
    if (status == Status::revert) return Ending::revert;
    return evm::is_abort(status) ? Ending::step_limit : Ending::halt;
}

template <class T>
void hold(std::string& text, const char* what, const T& machine, const T& reference) {
    if (machine == reference) return;
    text += std::string("  ") + what;
    if constexpr (std::is_integral_v<T>)
        text += " machine " + std::to_string(machine) + " reference " + std::to_string(reference);
    if constexpr (std::is_same_v<T, eth::Bytes>)
        text += " machine " + eth::to_hex(machine) + " reference " + eth::to_hex(reference);
    text += "\n";
}

// An account of the machine's state in the reference's terms.
Account account_of(const MemoryState& state, const eth::Address& address) {
    Account account;
    const auto found = state.accounts.find(address);
    if (found == state.accounts.end()) return account;
    account.balance = word_of(found->second.balance);
    account.nonce = found->second.nonce;
    if (const auto code = state.codes.find(found->second.code_hash); code != state.codes.end())
        account.code = code->second;
    for (const auto& [key, value] : found->second.storage)
        account.storage[word_of(key)] = word_of(value);
    return account;
}

class Sides {
  public:
    Sides(const Scenario& scenario, std::size_t max_steps);
    Comparison run();

  private:
    // False after the last transaction that can be compared.
    bool run(eth::Transaction tx);
    std::string hold_state() const;

    const Scenario& scenario_;
    std::size_t max_steps_;
    Comparison comparison_;
    WorldState world_;
    MemoryState below_;
    evm::CodeCache codes_;
    evm::Overlay overlay_;
    evm::TransactionExecutor executor_;
    std::vector<Step> steps_;
    Setting setting_;
};

Sides::Sides(const Scenario& scenario, std::size_t max_steps)
    : scenario_(scenario), max_steps_(max_steps), below_(state_of(scenario)),
      overlay_(below_, codes_), executor_(overlay_, evm::rules_of(scenario.fork), scenario.block) {
    world_.accounts = scenario.accounts;
    setting_ = {
        .fork = scenario.fork, .block = scenario.block, .block_hash = block_hash_of, .step = {}};
    setting_.step = [this](const StepView& view) {
        if (steps_.size() == max_steps_) return false;
        auto& step = steps_.emplace_back(
            Step{.pc = view.pc, .opcode = view.opcode, .gas = view.gas, .depth = view.depth});
        note_stack(step, view.stack.size(), [&](std::size_t i) { return u256_of(view.stack[i]); });
        note_memory(step, view.memory);
        comparison_.opcodes.set(view.opcode);
        comparison_.deepest = std::max<std::size_t>(comparison_.deepest, view.depth);
        return true;
    };
}

Comparison Sides::run() {
    for (const auto& tx : scenario_.transactions)
        if (!run(tx)) break;
    if (comparison_.difference) comparison_.difference->append("\n" + to_string(scenario_));
    return comparison_;
}

bool Sides::run(eth::Transaction tx) {
    const auto before = world_.accounts;
    tx.nonce = world_.account(scenario_.sender).nonce;
    steps_.clear();
    const auto expected = run_transaction(world_, setting_, tx, scenario_.sender);
    Follower follower{.expected = steps_, .cut = expected.ending == Ending::step_limit};
    const auto result = executor_.execute(tx, scenario_.sender, {}, follower);
    comparison_.steps += follower.at;
    if (result.succeeded()) ++comparison_.succeeded;
    auto& difference = comparison_.difference;
    difference = follower.difference;
    if (difference) return false;
    if (result.invalid) {
        difference = "not valid: " + std::string(evm::to_string(*result.invalid));
        return false;
    }
    std::string text;
    hold(text, "ending", ending_of(result.status), expected.ending);
    hold(text, "steps", follower.at, steps_.size());
    if (expected.ending == Ending::step_limit) {
        comparison_.cut = true;
        world_.accounts = before; // as an abort leaves the machine's
    } else {
        hold(text, "gas used", result.gas_used, expected.gas_used);
        hold(text, "gas refunded", result.gas_refunded, expected.gas_refunded);
        hold(text, "output", result.output, expected.output);
        hold(text, "logs", result.logs, expected.logs);
    }
    text += hold_state();
    if (!text.empty()) difference = "after the transaction\n" + text;
    return text.empty() && !comparison_.cut;
}

std::string Sides::hold_state() const {
    auto after = below_;
    after.apply(overlay_);
    for (evm::AccountId id = 0; id < overlay_.accounts(); ++id)
        if (const auto& code = overlay_.account(id).code) after.add_code(code->bytes());
    std::set<eth::Address> all;
    for (const auto& [address, account] : world_.accounts) all.insert(address);
    for (const auto& [address, account] : after.accounts) all.insert(address);
    std::string text;
    for (const auto& address : all) {
        const auto machine = account_of(after, address);
        const auto& reference = world_.account(address);
        const auto name = eth::to_hex(address.view());
        hold(text, (name + " balance").c_str(), machine.balance, reference.balance);
        hold(text, (name + " nonce").c_str(), machine.nonce, reference.nonce);
        hold(text, (name + " code").c_str(), machine.code, reference.code);
        hold(text, (name + " storage").c_str(), machine.storage, reference.storage);
    }
    return text;
}

} // namespace

Comparison compare(const Scenario& scenario, std::size_t max_steps) {
    return Sides(scenario, max_steps).run();
}

} // namespace viz::test::reference
