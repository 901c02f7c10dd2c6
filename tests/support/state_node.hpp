// A node that has the whole state of one block, over HTTP, and executes what it is asked to trace.
#pragma once

#include "components/eth/hex.hpp"
#include "components/evm/transaction.hpp"
#include "components/state/head_state.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::test {

class StateNode {
  public:
    // `below` and `rules` outlive the node. Executions are in `environment`.
    StateNode(const MemoryState& below, const state::BlockRef& block, const evm::Rules& rules,
              const evm::BlockEnvironment& environment)
        : below_(below), hash_(eth::to_hex(block.hash.view())), rules_(rules),
          environment_(environment) {
        node.answer_calls([this](const RpcCall& call) { return answer(call); });
    }
    // Its thread may still answer from what is destroyed before the node.
    ~StateNode() { node.stop(); }
    StateNode(const StateNode&) = delete;
    StateNode& operator=(const StateNode&) = delete;

    static FakeAnswer result(const RpcCall& call, const nlohmann::json& value) {
        return {R"({"jsonrpc":"2.0","id":)" + call.id + R"(,"result":)" + value.dump() + "}",
                false};
    }
    static FakeAnswer refusal(const RpcCall& call, int code, const std::string& message) {
        return {nlohmann::json{{"jsonrpc", "2.0"},
                               {"id", nlohmann::json::parse(call.id)},
                               {"error", {{"code", code}, {"message", message}}}}
                    .dump(),
                false};
    }

    // What it has; to be set before it is asked.
    bool traces{true};
    bool lists{true};
    // In the place of the usual answer to debug_traceCall.
    std::function<FakeAnswer(const RpcCall&)> trace;
    // What it answers to debug_traceBlockByHash; nothing: it does not have that.
    std::optional<nlohmann::json> block_trace;
    FakeNode node;

    // As prestateTracer reports what was executed on an overlay, but without its values.
    static nlohmann::json prestate_of(const evm::Overlay& overlay) {
        return prestate_of(touched(overlay));
    }

  private:
    using json = nlohmann::json;
    using Names = std::map<std::string, std::vector<std::string>>; // slots by address

    FakeAnswer answer(const RpcCall& call) {
        const bool is_trace = call.method == "debug_traceCall";
        if (is_trace && trace) return trace(call);
        const bool is_list = call.method == "eth_createAccessList";
        if ((is_trace && !traces) || (is_list && !lists))
            return refusal(call, -32601, "the method does not exist");
        if (call.method == "debug_traceBlockByHash")
            return block_trace ? result(call, *block_trace)
                               : refusal(call, -32601, "the method does not exist");
        const auto& block =
            call.params[is_trace || is_list || call.method == "eth_getCode" ? 1 : 2];
        if (call.method == "eth_getBlockByNumber")
            return result(
                call, {{"hash", eth::to_hex(below_.block_hashes(number(call.params[0])).view())}});
        if (block != json{{"blockHash", hash_}}) return refusal(call, -32001, "block not found");
        if (is_trace) return result(call, prestate_of(touched(call.params[0])));
        if (is_list) return result(call, access_list(call.params[0]));
        const auto address = eth::address_from_hex(call.params[0].get<std::string>()).value();
        if (call.method == "eth_getCode") return result(call, eth::to_hex(code_of(address)));
        if (call.method == "eth_getProof") return result(call, proof(address, call.params[1]));
        return refusal(call, -32601, "the method does not exist");
    }

    static std::uint64_t number(const json& text) {
        return eth::u64_from_hex(text.get<std::string>()).value();
    }
    static std::string word(const eth::U256& value) { return eth::to_hex(eth::to_be(value)); }

    eth::Bytes code_of(const eth::Address& address) const {
        std::optional<evm::AccountState> account;
        eth::Bytes code;
        below_.account(address, account);
        if (account) below_.code(address, account->code_hash, code);
        return code;
    }

    json proof(const eth::Address& address, const json& keys) const {
        std::optional<evm::AccountState> account;
        below_.account(address, account);
        const auto held = account.value_or(evm::AccountState{});
        json slots = json::array();
        for (const auto& key : keys) {
            eth::U256 value;
            below_.storage(address, eth::u256_from_hex(key.get<std::string>()).value(), value);
            slots.push_back({{"key", key}, {"value", word(value)}, {"proof", json::array()}});
        }
        const eth::Hash some_root{{{0x77}}};
        return {{"address", eth::to_hex(address.view())},
                {"balance", word(held.balance)},
                {"nonce", eth::quantity_hex(held.nonce)},
                {"codeHash", eth::to_hex(held.code_hash.view())},
                {"storageHash", eth::to_hex((held.has_storage ? some_root : eth::Hash{}).view())},
                {"accountProof", json::array()},
                {"storageProof", slots}};
    }

    // What the call touches, by its execution.
    Names touched(const json& call) const {
        evm::CodeCache codes;
        evm::Overlay overlay(below_, codes);
        evm::TransactionExecutor executor(overlay, rules_, environment_);
        eth::Transaction tx;
        tx.gas_limit = eth::Gas(number(call["gas"]));
        if (call.contains("to")) tx.to = eth::address_from_hex(call["to"].get<std::string>());
        tx.value = eth::u256_from_hex(call["value"].get<std::string>()).value();
        tx.data = eth::bytes_from_hex(call["data"].get<std::string>()).value();
        executor.execute(tx, eth::address_from_hex(call["from"].get<std::string>()).value(),
                         {.nonce = false, .funds = false, .fees = false, .eoa = false});
        return touched(overlay);
    }
    static Names touched(const evm::Overlay& overlay) {
        Names all;
        for (evm::AccountId id = 0; id < overlay.accounts(); ++id)
            all[eth::to_hex(overlay.account(id).address.view())];
        for (evm::SlotId id = 0; id < overlay.slots(); ++id)
            all[eth::to_hex(overlay.account(overlay.slot(id).account).address.view())].push_back(
                word(overlay.slot(id).key));
        return all;
    }
    static json prestate_of(const Names& names) {
        json all = json::object();
        for (const auto& [address, slots] : names) {
            all[address]["balance"] = "0x0";
            for (const auto& slot : slots) all[address]["storage"][slot] = word({});
        }
        return all;
    }
    json access_list(const json& call) const {
        json list = json::array();
        for (const auto& [address, slots] : touched(call))
            list.push_back({{"address", address}, {"storageKeys", slots}});
        return {{"accessList", list}, {"gasUsed", "0x5208"}};
    }

    const MemoryState& below_;
    std::string hash_;
    const evm::Rules& rules_;
    evm::BlockEnvironment environment_;
};

} // namespace viz::test
