// Where random programs seldom come: the edges of words, prices and limits, on both EVMs.
#include <pthread.h>

#include <gtest/gtest.h>

#include "tests/support/reference_evm/differential.hpp"
#include "tests/support/reference_evm/program.hpp"

namespace viz::evm {
namespace {

using test::reference::actor;
using test::reference::Word;

constexpr std::array kForks{Fork::paris, Fork::shanghai, Fork::cancun, Fork::prague, Fork::osaka};

// One transaction to this code, by a sender with funds.
test::reference::Scenario calling(eth::Bytes code, Fork fork, std::uint64_t gas = 10'000'000) {
    test::reference::Scenario scenario;
    scenario.fork = fork;
    scenario.sender = actor(4);
    scenario.block.chain_id = eth::ChainId(1);
    scenario.block.number = 1000;
    scenario.block.gas_limit = ~std::uint64_t{0} >> 1;
    scenario.block.base_fee = eth::Wei(7);
    scenario.accounts[actor(4)].balance = Word(1) << 120;
    scenario.accounts[actor(0)] = {
        .balance = 10, .nonce = 1, .code = std::move(code), .storage = {}};
    eth::Transaction tx;
    tx.type = eth::TxType::dynamic_fee;
    tx.chain_id = scenario.block.chain_id;
    tx.max_fee_per_gas = eth::Wei(10);
    tx.gas_limit = eth::Gas(gas);
    tx.to = actor(0);
    scenario.transactions.push_back(tx);
    return scenario;
}

test::reference::Comparison agree(const test::reference::Scenario& scenario,
                                  std::size_t max_steps = 100'000) {
    auto comparison = test::reference::compare(scenario, max_steps);
    EXPECT_FALSE(comparison.difference.has_value())
        << comparison.difference.value_or("").substr(0, 4000);
    EXPECT_FALSE(comparison.cut);
    return comparison;
}

void push(eth::Bytes& code, const Word& value) {
    const auto bytes = test::reference::bytes_of(value);
    code.push_back(0x7f);
    code.insert(code.end(), bytes.begin(), bytes.end());
}

// PUSH3: shorter, for numbers that do not matter to the stack.
void push_small(eth::Bytes& code, unsigned value) {
    for (const unsigned byte : {0x62U, value >> 16 & 0xffU, value >> 8 & 0xffU, value & 0xffU})
        code.push_back(static_cast<std::uint8_t>(byte));
}

std::vector<Word> edge_words() {
    std::vector<Word> words{0, 1, 2, 3, 7, 30, 31, 32, 33, 63, 64, 127, 128, 248, 255, 256, 257};
    for (const unsigned bit : {63U, 64U, 127U, 128U, 191U, 192U, 254U, 255U})
        for (const int beside : {-1, 0, 1}) words.push_back((Word(1) << bit) + beside);
    for (const unsigned below : {1U, 2U, 3U, 31U, 256U}) words.push_back(Word(0) - below);
    words.push_back((~Word(0) / 3) << 1);
    words.push_back((Word(1) << 128) * 0x1234567 + 0x89abcdef);
    return words;
}

TEST(EvmDifferentialEdges, WordInstructionsOnPairsOfEdges) {
    const auto words = edge_words();
    for (std::uint8_t opcode = 0x01; opcode <= 0x1e; ++opcode) {
        if (opcode > 0x0b && opcode < 0x10) continue;
        eth::Bytes code;
        for (const auto& a : words)
            for (const auto& b : words) {
                push(code, a * 3 + b); // the modulus, where there is one
                push(code, b);
                push(code, a);
                code.push_back(opcode);
                for (const auto pop : {0x50, 0x50}) code.push_back(static_cast<std::uint8_t>(pop));
                if (opcode == 0x08 || opcode == 0x09) code.pop_back();
                if (opcode == 0x15 || opcode == 0x19 || opcode == 0x1e) code.push_back(0x50);
            }
        const auto comparison = agree(calling(code, Fork::osaka));
        EXPECT_EQ(comparison.succeeded, 1u) << int(opcode);
    }
}

TEST(EvmDifferentialEdges, DivisionsByEveryModulusOfTheEdges) {
    const auto words = edge_words();
    for (const unsigned opcode : {0x08U, 0x09U}) {
        for (const auto& modulus : words) {
            eth::Bytes code;
            for (const auto& a : words)
                for (const auto& b : words) {
                    push(code, modulus);
                    push(code, b);
                    push(code, a);
                    code.push_back(static_cast<std::uint8_t>(opcode));
                    code.push_back(0x50);
                }
            EXPECT_EQ(agree(calling(code, Fork::cancun)).succeeded, 1u);
        }
    }
}

// EIP-2200's cases: original, and three values after each other; cold and warm.
TEST(EvmDifferentialEdges, StorageGoesThroughAllCasesOfItsPriceAndRefund) {
    for (const auto fork : kForks)
        for (unsigned number = 0; number < 81; ++number) {
            eth::Bytes code;
            for (const unsigned value : {number % 3, number / 3 % 3, number / 9 % 3}) {
                push_small(code, value);
                push_small(code, 5);
                code.push_back(0x55);
            }
            auto scenario = calling(code, fork);
            if (number / 27 != 0) scenario.accounts[actor(0)].storage[5] = number / 27;
            EXPECT_EQ(agree(scenario).succeeded, 1u);
        }
}

TEST(EvmDifferentialEdges, EveryAmountOfGasAroundWhatAProgramNeeds) {
    // SSTORE, LOG1, a call with value to a new account, KECCAK256 and a creation: each ends the
    // program somewhere, the stipend and EIP-2200's 2300 among them.
    const eth::Bytes code{0x60, 1,    0x60, 0,    0x55, 0x60, 7,    0x60, 40,   0x60, 3,    0xa1,
                          0x60, 0,    0x60, 0,    0x60, 0,    0x60, 0,    0x60, 1,    0x61, 0xab,
                          0xcd, 0x60, 0,    0xf1, 0x60, 70,   0x60, 0,    0x20, 0x60, 5,    0x60,
                          0,    0x60, 0,    0xf0, 0x60, 0,    0x60, 1,    0x55};
    for (const auto fork : kForks)
        for (std::uint64_t gas = 21000; gas < 140'000; gas += gas % 3000 < 60 ? 1 : 97)
            agree(calling(code, fork, gas));
}

TEST(EvmDifferentialEdges, TheStackHolds1024WordsAndNoMore) {
    for (const unsigned words : {1023U, 1024U, 1025U})
        for (const unsigned last : {0x00U, 0x5aU, 0x80U, 0x90U, 0x9fU, 0x51U}) {
            eth::Bytes code(words, 0x59);
            code.push_back(static_cast<std::uint8_t>(last));
            agree(calling(code, Fork::cancun));
        }
}

// Calls itself with all gas until it cannot; 63/64 leaves enough only because gas is free here.
// The reference calls itself: a thousand calls deep, instrumented, it needs more than the usual
// stack.
void on_a_large_stack(void (*run)()) {
    pthread_attr_t attributes;
    ASSERT_EQ(pthread_attr_init(&attributes), 0);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, 512U << 20), 0);
    pthread_t thread{};
    const auto start = [](void* function) -> void* {
        reinterpret_cast<void (*)()>(function)();
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, start, reinterpret_cast<void*>(run)), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

TEST(EvmDifferentialEdges, CallsAreNestedTo1024AndNotDeeper) {
    on_a_large_stack([] {
        const eth::Bytes calls{0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x30, 0x5a, 0xf1, 0x00};
        EXPECT_EQ(agree(calling(calls, Fork::prague, 1ULL << 50)).deepest, 1025u);
    });
}

TEST(EvmDifferentialEdges, CreationsAreNestedTo1024AndNotDeeper) {
    on_a_large_stack([] {
        // Creates with its own code as initcode.
        const eth::Bytes creates{0x38, 0x60, 0, 0x60, 0, 0x39, 0x38, 0x60, 0, 0x60, 0, 0xf0, 0x00};
        EXPECT_EQ(agree(calling(creates, Fork::prague, 1ULL << 50)).deepest, 1025u);
    });
}

// Code that is all zeros, by initcode of this size that returns this many bytes.
TEST(EvmDifferentialEdges, CreatedCodeAndInitcodeEndAtTheirLimits) {
    for (const auto fork : kForks)
        for (const unsigned initcode_size : {20U, 49152U, 49153U})
            for (const unsigned code_size : {0U, 1U, 24576U, 24577U})
                for (const bool salted : {false, true}) {
                    eth::Bytes initcode;
                    push_small(initcode, code_size);
                    push_small(initcode, 0);
                    initcode.push_back(0xf3);
                    initcode.resize(32);
                    eth::Bytes code;
                    push(code, test::reference::word_of(initcode));
                    push_small(code, 0);
                    code.push_back(0x52);
                    push_small(code, 9);
                    push_small(code, initcode_size);
                    push_small(code, 0);
                    push_small(code, 3);
                    code.push_back(salted ? 0xf5 : 0xf0);
                    code.push_back(0x3b);
                    agree(calling(code, fork));
                }
}

TEST(EvmDifferentialEdges, JumpsMeetDestinationsAndNothingElse) {
    // To every place of a code with destinations in and outside of pushes, and far beyond.
    const eth::Bytes tail{0x5b, 0x60, 0x5b, 0x61, 0x5b, 0x5b, 0x5b, 0x7f, 0x5b, 0x5b};
    for (unsigned to = 0; to < 20; ++to)
        for (const unsigned high : {0U, 1U, 64U, 255U}) {
            eth::Bytes code;
            push(code, Word(to + 34) + (high == 0 ? Word(0) : Word(1) << high));
            code.push_back(0x56);
            code.insert(code.end(), tail.begin(), tail.end());
            agree(calling(code, Fork::osaka));
        }
}

} // namespace
} // namespace viz::evm
