// A simulation written down and run again from what was written. Candidates through real pools are
// in tests/conformance/search.
#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/sim/case_text.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::sim {
namespace {

constexpr eth::Address kToken{{{0x70}}};
constexpr eth::Address kTarget{{{0x71}}};
constexpr eth::Address kSender{{{0x72}}};
constexpr eth::Address kNobody{{{0x90}}};
constexpr eth::Address kEmpty{{{0x91}}};

// A log with slot 8, a log with the hash of the block before.
constexpr const char* kReads = "6008546000600 0a16301312cff40600060 00a1";

class SimCase : public testing::Test {
  protected:
    test::MemoryState below;
    evm::BlockEnvironment block{.chain_id = eth::ChainId(1),
                                .number = 20'000'000,
                                .timestamp = 1'720'000'000,
                                .gas_limit = 30'000'000,
                                .base_fee = 1'000'000'000};
    const evm::Rules& rules = evm::rules_at(block.chain_id, block.timestamp);
    SimRequest request;
    SimSettings settings;

    void SetUp() override {
        // Whatever is asked, the balance at the slot that is the holder's address.
        put(kToken, "6004355460005260206000f3");
        below.accounts[kSender].balance = U256(1'000'000'000'000'000'000);
        below.accounts[kEmpty];
        below.accounts[kTarget].storage[U256(8)] = 7;
        below.accounts[kTarget].storage[U256(9)] = 5;
        below.block_hashes = [](std::uint64_t number) {
            return eth::Hash{{{static_cast<std::uint8_t>(number)}}};
        };
        request.base_token = kToken;
        request.capital = 1000;
    }
    void put(const eth::Address& at, std::string code) {
        std::erase(code, ' ');
        below.accounts[at].code_hash = below.add_code(*eth::bytes_from_hex("0x" + code));
    }
    SimMember member() {
        SimMember m{.hash = {}, .sender = kSender, .tx = {}};
        m.tx.max_fee_per_gas = m.tx.max_priority_fee_per_gas = U256(2'000'000'000);
        m.tx.gas_limit = eth::Gas(100'000);
        m.tx.to = kTarget;
        return m;
    }
    CompleteCase made(const char* code = nullptr) {
        if (code != nullptr) {
            put(kTarget, code);
            request.steps = {member()};
        }
        evm::CodeCache codes;
        evm::Overlay state(below, codes);
        const auto result = simulate(state, rules, block, request, settings);
        return make_case({.sim_id = {{{1}}}, .candidate_id = eth::Hash{{{2}}}},
                         {.hash = {{{3}}}, .number = 19'999'999}, state, rules, block, request,
                         settings, result)
            .value();
    }
    static std::string file_of(const CompleteCase& given) {
        return case_file(case_body(given.what), given.codes);
    }
    static CompleteCase read_back(const std::string& file) {
        auto read = parse_case_file(file);
        if (const auto* wrong = std::get_if<CaseError>(&read)) ADD_FAILURE() << wrong->message();
        auto* complete = std::get_if<CompleteCase>(&read);
        return complete != nullptr ? *complete : CompleteCase{};
    }
    static CaseError refused(const std::string& file) {
        const auto read = parse_case_file(file);
        const auto* wrong = std::get_if<CaseError>(&read);
        EXPECT_NE(wrong, nullptr) << file;
        return wrong != nullptr ? *wrong : CaseError{};
    }
    static const CaseAccount* account_of(const CompleteCase& given, const eth::Address& address) {
        for (const auto& account : given.what.state.accounts)
            if (account.address == address) return &account;
        return nullptr;
    }
    void expect_the_same_again(const CompleteCase& given) {
        const auto file = file_of(given);
        const auto read = read_back(file);
        EXPECT_EQ(file_of(read), file);
        ASSERT_EQ(rules_of(read.what), &rules);
        const auto again = run_again(read, rules);
        EXPECT_TRUE(again.missing.empty());
        EXPECT_EQ(again.result, given.what.result);
    }
    std::string with(std::string file, const std::string& from, const std::string& to) {
        const auto at = file.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return at == std::string::npos ? file : file.replace(at, from.size(), to);
    }
};

TEST_F(SimCase, RunsAgainFromItsFileToTheSameBytes) {
    expect_the_same_again(made());
    for (
        const auto* code : {
            "00",
            kReads,
            "41ff",                                       // all it has to the coinbase
            "634e487b7160e01b600052601160045260246000fd", // Panic(0x11)
            "5b600056",                                   // runs out of gas
            "fe",
            "44506000600060006000600073 9000000000000000000000000000000000000000 5af1", // prevrandao
            "600760085560006008556000600055",                                           // writes
            "73 9000000000000000000000000000000000000000 31 6000 6000 a1",
        }) {
        SCOPED_TRACE(code);
        expect_the_same_again(made(code));
    }
}

TEST_F(SimCase, FailuresOfValidityAndOfClaimsRunAgainToo) {
    request.claims = {{kTarget, U256(8), U256(6)}};
    expect_the_same_again(made());
    request.claims.clear();
    settings.step_budget = 10;
    expect_the_same_again(made("5b600056"));
    settings.step_budget = 1'000'000;
    below.accounts[kSender].nonce = 5;
    expect_the_same_again(made("00"));
    below.accounts[kSender] = {};
    expect_the_same_again(made("00"));
}

TEST_F(SimCase, TextsOfContractsMayHoldAnyByte) {
    // Error("\"\\\n\xff")
    const auto given =
        made("6308c379a060e01b6000526020600452600460245263225c0aff60e01b60445260646000fd");
    EXPECT_NE(given.what.result.find(R"("text":"\"\\\u000a\u00ff")"), std::string::npos)
        << given.what.result;
    expect_the_same_again(given);
}

TEST_F(SimCase, HoldsWhatWasReadAndNothingElse) {
    const auto given = made(kReads);
    const auto* target = account_of(given, kTarget);
    ASSERT_NE(target, nullptr);
    ASSERT_TRUE(target->state);
    EXPECT_EQ(target->state->code_hash, below.accounts[kTarget].code_hash);
    EXPECT_EQ(target->slots, (std::vector<CaseSlot>{{U256(8), U256(7)}}));
    ASSERT_EQ(given.what.state.block_hashes.size(), 1U);
    EXPECT_EQ(given.what.state.block_hashes[0].number, 19'999'999U);
    EXPECT_EQ(given.what.state.block_hashes[0].hash, below.block_hashes(19'999'999));
    ASSERT_EQ(given.codes.size(), 2U); // the token's and the target's
    EXPECT_EQ(account_of(given, kEmpty), nullptr);
    EXPECT_EQ(account_of(given, kNobody), nullptr);
}

TEST_F(SimCase, HoldsValuesAsTheyWereBefore) {
    const auto given = made("600160085500");
    EXPECT_EQ(account_of(given, kTarget)->slots, (std::vector<CaseSlot>{{U256(8), U256(7)}}));
    EXPECT_EQ(account_of(given, kSender)->state->balance, below.accounts[kSender].balance);
    EXPECT_EQ(account_of(given, kSender)->state->nonce, 0U);
}

TEST_F(SimCase, AnAbsentAccountAndAnEmptyOneAreTwoThings) {
    const auto given = made("73 9000000000000000000000000000000000000000 3f 50"
                            "73 9100000000000000000000000000000000000000 3f 50 00");
    ASSERT_NE(account_of(given, kNobody), nullptr);
    EXPECT_FALSE(account_of(given, kNobody)->state);
    ASSERT_NE(account_of(given, kEmpty), nullptr);
    ASSERT_TRUE(account_of(given, kEmpty)->state);
    const auto read = read_back(file_of(given));
    EXPECT_FALSE(account_of(read, kNobody)->state);
    EXPECT_TRUE(account_of(read, kEmpty)->state);
}

TEST_F(SimCase, WhatNobodyAskedTheStateForIsNotWrittenAsZero) {
    // Makes an account whose code writes its slot 0: it did not exist, so nothing was read there.
    const auto given = made("65 6001600055 00 600052 6006601a 6000 f0 00");
    for (const auto& account : given.what.state.accounts)
        EXPECT_TRUE(account.state || account.slots.empty());
    expect_the_same_again(given);
}

TEST_F(SimCase, ASlotThatTheFileLacksIsMissingAndNotZero) {
    auto given = made(kReads);
    for (auto& account : given.what.state.accounts)
        if (account.address == kTarget) account.slots.clear();
    const auto again = run_again(read_back(file_of(given)), rules);
    ASSERT_EQ(again.missing.size(), 1U);
    EXPECT_EQ(again.missing[0].kind, evm::Missing::Kind::storage);
    EXPECT_EQ(again.missing[0].address, kTarget);
    EXPECT_EQ(again.missing[0].slot, U256(8));
}

TEST_F(SimCase, SoAreAnAccountACodeAndABlockHash) {
    const auto whole = made(kReads);
    auto given = whole;
    given.codes.clear();
    given.what.state.code_hashes.clear();
    EXPECT_EQ(run_again(read_back(file_of(given)), rules).missing.front().kind,
              evm::Missing::Kind::code);
    given = whole;
    given.what.state.block_hashes.clear();
    EXPECT_EQ(run_again(read_back(file_of(given)), rules).missing.front().kind,
              evm::Missing::Kind::block_hash);
    given = whole;
    std::erase_if(given.what.state.accounts, [](const auto& a) { return a.address == kSender; });
    EXPECT_EQ(run_again(read_back(file_of(given)), rules).missing.front().kind,
              evm::Missing::Kind::account);
}

TEST_F(SimCase, WithoutAllOfItsStateThereIsNone) {
    state::HeadState head({eth::Hash{{{1}}}, 1});
    evm::CodeCache codes;
    evm::Overlay state(head, codes);
    const auto result = simulate(state, rules, block, request, settings);
    EXPECT_FALSE(make_case({}, head.block(), state, rules, block, request, settings, result));
}

TEST_F(SimCase, OtherRulesForThatTimeAreNoticed) {
    auto given = made();
    given.what.rules.fork = "paris";
    EXPECT_EQ(rules_of(given.what), nullptr);
    given = made();
    ++given.what.rules.blob.max;
    EXPECT_EQ(rules_of(given.what), nullptr);
}

TEST_F(SimCase, ABodyNamesTheCodesThatStandBesideIt) {
    const auto given = made(kReads);
    const auto body = parse_case_body(case_body(given.what));
    ASSERT_TRUE(std::holds_alternative<Case>(body)) << std::get<CaseError>(body).message();
    EXPECT_EQ(std::get<Case>(body).state.code_hashes, given.what.state.code_hashes);
    EXPECT_EQ(case_body(std::get<Case>(body)), case_body(given.what));
}

TEST_F(SimCase, AFileThatIsCutAnywhereIsRefused) {
    const auto file = file_of(made(kReads));
    for (std::size_t length = 0; length < file.size(); ++length)
        ASSERT_LE(refused(file.substr(0, length)).at, length);
}

TEST_F(SimCase, WhatIsNotAsWrittenIsRefusedWithItsPlace) {
    const auto file = file_of(made(kReads));
    const auto place_of = [&](const char* text) { return file.find(text); };
    EXPECT_EQ(refused(with(file, "viz-case-1", "viz-case-2")).at, 0U);
    EXPECT_EQ(refused(with(file, "\"capital\":\"0x3e8\"", "\"capital\":\"0x03e8\"")).at,
              place_of("\"capital\"") + 13);
    EXPECT_EQ(refused(with(file, "\"capital\":\"0x3e8\"", "\"capital\":\"0x3g8\"")).what,
              "expected 0x and at most 64 digits");
    EXPECT_EQ(refused(with(file, "\"capital\":", "\"Capital\":")).what, "expected ,\"capital\":");
    EXPECT_EQ(refused(with(file, "\"gas_limit\":30000000", "\"gas_limit\":-3")).what,
              "expected a whole number of at most 64 bits");
    EXPECT_EQ(refused(with(file, "\"bribe_bps\":0", "\"bribe_bps\":4294967296")).what,
              "expected a whole number of at most 32 bits");
    EXPECT_EQ(refused(file + " ").what, "expected the end");
    EXPECT_EQ(refused(" " + file).at, 0U);
    EXPECT_EQ(refused("").what, R"(expected {"format":"viz-case-1",\n"case":)");
}

TEST_F(SimCase, ContradictionsAreRefused) {
    auto given = made(kReads);
    given.what.request.wei_denominator = {};
    EXPECT_EQ(refused(file_of(given)).what, "wei_denominator is zero");
    given = made(kReads);
    given.what.state.accounts.push_back(given.what.state.accounts.front());
    EXPECT_EQ(refused(file_of(given)).what, "an account stands there twice");
    given = made(kReads);
    std::swap(given.codes[0], given.codes[1]);
    std::swap(given.what.state.code_hashes[0], given.what.state.code_hashes[1]);
    EXPECT_EQ(refused(file_of(given)).what, "code hashes are not in order");
}

TEST_F(SimCase, ACodeThatDoesNotHaveItsHashIsRefused) {
    const auto file = file_of(made(kReads));
    EXPECT_EQ(refused(with(file, "0x600854", "0x600954")).what, "not the code of this hash");
}

} // namespace
} // namespace viz::sim
