// evm_blocks <prague|osaka>: reads a state, blocks of raw transactions and calls as JSON from
// standard input, executes them with components/evm, and writes the results as JSON: each
// transaction's receipt, the steps of those that are to be traced, what a header says of each
// block, why a transaction cannot be in it, the calls' outputs, the state at the end. The other
// side of tests/e2e/evm.test.mjs.
#include <cstring>
#include <iostream>

#include "components/eth/hex.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/evm/block.hpp"
#include "components/evm/transaction_run.hpp"
#include "tests/support/json_values.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {
namespace {

using nlohmann::json;

std::string quantity(const eth::U256& value) {
    const auto hex = eth::to_hex(eth::to_be(value)).substr(2);
    const auto first = hex.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : hex.substr(first));
}

// [pc, opcode, gas, depth, the stack from its bottom]
struct StepWriter {
    static constexpr bool enabled = true;
    json steps = json::array();

    bool step(const evm::Frame& frame, const std::uint8_t* pc, const eth::U256* sp,
              std::int64_t gas, std::uint32_t depth) {
        const auto name = evm::kOpcodes[*pc].name;
        json row{pc - frame.code->data(), name.empty() ? "Unknown" : name, gas, depth};
        for (const auto* word = frame.stack.get(); word != sp; ++word)
            row.push_back(quantity(*word));
        steps.push_back(std::move(row));
        return true;
    }
};

// The instruction a run ended with.
struct LastStep {
    static constexpr bool enabled = true;
    std::string_view name;

    bool step(const evm::Frame&, const std::uint8_t* pc, const eth::U256*, std::int64_t,
              std::uint32_t) {
        name = evm::kOpcodes[*pc].name;
        return true;
    }
};

class Chain {
  public:
    Chain(const json& input, evm::Fork fork) : rules_(evm::rules_of(fork)) {
        for (const auto& account : input["accounts"]) {
            auto& to = state_.accounts[address(account["address"])];
            to.balance = word(account["balance"]);
            to.nonce = number(account["nonce"]);
            to.code_hash = state_.add_code(bytes(account["code"]));
            for (const auto& [key, value] : account["storage"].items())
                to.storage[word(json(key))] = word(value);
        }
        state_.block_hashes = [hashes = input["block_hashes"]](std::uint64_t n) {
            return hash(hashes.at(n));
        };
    }

    json run_block(const json& block) {
        set_codes(block["codes"]);
        const auto environment = read_environment(block);
        std::vector<eth::Transaction> transactions;
        std::vector<eth::Address> senders;
        for (const auto& item : block["transactions"]) {
            transactions.push_back(read_transaction(item["raw"]));
            senders.push_back(sender_of(transactions.back()));
        }
        const evm::BlockInput input{.environment = environment,
                                    .parent_hash = hash(block["parent_hash"]),
                                    .parent_beacon_root = hash(block["parent_beacon_root"]),
                                    .transactions = transactions,
                                    .senders = senders,
                                    .withdrawals = {}};
        json result{{"refusals", refusals(block["refused"], environment)},
                    {"header", header_of(input)},
                    {"transactions", json::array()}};
        evm::TransactionExecutor executor(overlay_, rules_, environment);
        evm::begin_block(executor, rules_, input);
        for (std::size_t i = 0; i < transactions.size(); ++i) {
            StepWriter writer;
            const auto done = block["transactions"][i]["trace"].get<bool>()
                                  ? executor.execute(transactions[i], senders[i], {}, writer)
                                  : executor.execute(transactions[i], senders[i]);
            result["transactions"].push_back(receipt(done, std::move(writer.steps)));
        }
        return result;
    }

    // As a node answers eth_call: on the state there is, which stays as it is.
    json run_call(const json& call) {
        const auto environment = read_environment(call["environment"]);
        evm::TransactionExecutor executor(overlay_, rules_, environment);
        eth::Transaction tx;
        tx.gas_limit = eth::Gas(number(call["gas"]));
        if (call.contains("to")) tx.to = address(call["to"]);
        tx.data = bytes(call["data"]);
        tx.value = word(call["value"]);
        tx.nonce = overlay_.account(overlay_.load(address(call["from"]))).now.nonce;
        const auto before = overlay_.checkpoint();
        LastStep last;
        const auto result =
            executor.execute(tx, address(call["from"]),
                             {.nonce = false, .funds = true, .fees = false, .eoa = false}, last);
        overlay_.rollback(before);
        return {{"status", result.invalid ? to_string(*result.invalid) : to_string(result.status)},
                {"last", last.name},
                {"output", eth::to_hex(result.output)}};
    }

    json state() {
        auto after = state_;
        after.apply(overlay_);
        json all = json::object();
        for (const auto& [at, account] : after.accounts) {
            json storage = json::object();
            for (const auto& [key, value] : account.storage)
                storage[quantity(key)] = quantity(value);
            all[eth::to_hex(at.view())] = {{"balance", quantity(account.balance)},
                                           {"nonce", quantity(account.nonce)},
                                           {"code_hash", eth::to_hex(account.code_hash.view())},
                                           {"storage", std::move(storage)}};
        }
        return all;
    }

  private:
    static eth::Transaction read_transaction(const json& raw) {
        auto tx = eth::decode_transaction(bytes(raw));
        if (!tx) throw std::runtime_error("does not decode: " + raw.get<std::string>());
        return std::move(*tx);
    }
    eth::Address sender_of(const eth::Transaction& tx) const {
        const auto sender = recoverer_.sender(tx);
        if (!sender) throw std::runtime_error("a transaction without sender");
        return *sender;
    }

    // Between blocks, as anvil_setCode does it.
    void set_codes(const json& codes) {
        overlay_.begin_transaction();
        for (const auto& [at, code] : codes.items()) {
            const auto text = bytes(code);
            overlay_.set_code(overlay_.load(address(json(at))),
                              codes_.insert(eth::keccak256(text), text));
        }
        overlay_.end_transaction();
    }

    // What keeps each of them out of the block.
    json refusals(const json& raws, const evm::BlockEnvironment& environment) {
        json reasons = json::array();
        for (const auto& raw : raws) {
            auto copy = overlay_;
            evm::TransactionExecutor executor(copy, rules_, environment);
            const auto tx = read_transaction(raw);
            const auto invalid = executor.execute(tx, sender_of(tx)).invalid;
            reasons.push_back(invalid ? evm::to_string(*invalid) : "none");
        }
        return reasons;
    }

    // The block as a whole, on a copy of the state.
    json header_of(const evm::BlockInput& input) const {
        auto copy = overlay_;
        const auto block = evm::execute_block(copy, rules_, input);
        return {{"gas_used", quantity(eth::U256(block.gas_used))},
                {"blob_gas_used", quantity(eth::U256(block.blob_gas_used))},
                {"logs_bloom", eth::to_hex(block.bloom.view())},
                {"receipts_root", eth::to_hex(block.receipts_root.view())}};
    }

    static evm::BlockEnvironment read_environment(const json& from) {
        return {.chain_id = eth::ChainId(number(from["chain_id"])),
                .number = number(from["number"]),
                .timestamp = number(from["timestamp"]),
                .coinbase = address(from["coinbase"]),
                .gas_limit = number(from["gas_limit"]),
                .base_fee = word(from["base_fee"]),
                .prev_randao = hash(from["prev_randao"]),
                .excess_blob_gas = number(from["excess_blob_gas"])};
    }

    static json receipt(const evm::TransactionResult& result, json steps) {
        if (result.invalid) return {{"invalid", to_string(*result.invalid)}};
        json logs = json::array();
        for (const auto& log : result.logs) {
            json topics = json::array();
            for (const auto& topic : log.topics) topics.push_back(eth::to_hex(topic.view()));
            logs.push_back({{"address", eth::to_hex(log.address.view())},
                            {"topics", std::move(topics)},
                            {"data", eth::to_hex(log.data)}});
        }
        return {{"status", to_string(result.status)},
                {"gas_used", result.gas_used},
                {"created", result.created ? json(eth::to_hex(result.created->view())) : json()},
                {"logs", std::move(logs)},
                {"steps", std::move(steps)}};
    }

    const evm::Rules& rules_;
    MemoryState state_;
    evm::CodeCache codes_;
    evm::Overlay overlay_{state_, codes_};
    eth::SenderRecoverer recoverer_;
};

json run(evm::Fork fork) {
    const auto input = json::parse(std::cin);
    Chain chain(input, fork);
    json output{{"blocks", json::array()}, {"calls", json::array()}};
    for (const auto& block : input["blocks"]) output["blocks"].push_back(chain.run_block(block));
    output["state"] = chain.state();
    for (const auto& call : input["calls"]) output["calls"].push_back(chain.run_call(call));
    return output;
}

} // namespace
} // namespace viz::test

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: evm_blocks <prague|osaka>\n";
        return 2;
    }
    const bool osaka = std::strcmp(arguments[1], "osaka") == 0;
    try {
        std::cout << viz::test::run(osaka ? viz::evm::Fork::osaka : viz::evm::Fork::prague) << '\n';
    } catch (const std::exception& error) {
        std::cerr << "evm_blocks: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
