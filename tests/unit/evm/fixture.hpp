// A sender with an ether, a contract, and one that forwards to it.
#pragma once

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/evm/transaction.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::evm {

inline constexpr eth::Address kSender{{{0x11}}};
inline constexpr eth::Address kContract{{{0x22}}};
inline constexpr eth::Address kCaller{{{0x33}}};
inline const eth::Wei kEther(1'000'000'000'000'000'000);

// Adds one to slot 0 and returns.
inline constexpr auto kCounter = "0x60005460010160005500";
// Calls kContract with all gas and reverts if that fails.
inline constexpr auto kForwarder = "0x6000600060006000600073"
                                   "2200000000000000000000000000000000000000"
                                   "5af160295760006000fd5b00";

// Calls `to` by that opcode with all gas, `input_size` bytes of memory from 0 as input; leaves
// whether it went well on the stack. For CALL and CALLCODE with one byte of value in wei.
inline std::string calling(const std::string& opcode, const eth::Address& to,
                           const std::string& value_wei = "00",
                           const std::string& input_size = "00") {
    const bool has_value = opcode == "f1" || opcode == "f2";
    return "60006000" + ("60" + input_size) + "6000" + (has_value ? "60" + value_wei : "") + "73" +
           eth::to_hex(to.view()).substr(2) + "5a" + opcode;
}

struct Fixture : testing::Test {
    template <class State>
    void put(State& state, const eth::Address& at, const std::string& code) const {
        state.accounts[at].code_hash = state.add_code(eth::bytes_from_hex("0x" + code).value());
    }
    template <class State> void fill(State& state, const char* code) const {
        state.accounts[kSender].balance = kEther;
        state.accounts[kContract].code_hash = state.add_code(eth::bytes_from_hex(code).value());
        state.accounts[kCaller].code_hash = state.add_code(eth::bytes_from_hex(kForwarder).value());
    }
    eth::Transaction call(eth::Nonce nonce, const eth::Address& to = kContract) const {
        eth::Transaction tx;
        tx.nonce = nonce;
        tx.gas_limit = eth::Gas(200'000);
        tx.max_fee_per_gas = tx.max_priority_fee_per_gas = eth::Wei(10);
        tx.to = to;
        return tx;
    }
    const Rules& rules = rules_of(Fork::osaka);
    BlockEnvironment block{.chain_id = eth::ChainId(1), .number = 1, .gas_limit = 30'000'000};
    CodeCache codes;
};

} // namespace viz::evm
