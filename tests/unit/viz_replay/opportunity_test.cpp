// A simulation taken out of the record as a file, and run again from that file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "components/sim/case_text.hpp"
#include "components/storage/sqlite.hpp"
#include "scene.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::replay::test {
namespace {

using testing::HasSubstr;

constexpr eth::Address kToken{{{0x70}}};
constexpr eth::Address kTarget{{{0x71}}};
constexpr eth::Address kSender{{{0x72}}};
constexpr std::uint64_t kMember = 33;

// One transaction that logs what its slot 8 holds.
sim::CompleteCase simulated() {
    viz::test::MemoryState below;
    const auto put = [&](const eth::Address& at, const char* code) {
        below.accounts[at].code_hash = below.add_code(*eth::bytes_from_hex(code));
    };
    put(kToken, "0x6004355460005260206000f3");
    put(kTarget, "0x60085460006000a1");
    below.accounts[kTarget].storage[eth::U256(8)] = 7;
    below.accounts[kSender].balance = eth::U256(1'000'000'000'000'000'000);
    const evm::BlockEnvironment block{.chain_id = eth::ChainId(1),
                                      .number = 20'000'000,
                                      .timestamp = 1'720'000'000,
                                      .gas_limit = 30'000'000,
                                      .base_fee = 1'000'000'000};
    sim::SimMember member{.hash = hash_of(kMember), .sender = kSender, .tx = {}};
    member.tx.max_fee_per_gas = member.tx.max_priority_fee_per_gas = eth::U256(2'000'000'000);
    member.tx.gas_limit = eth::Gas(100'000);
    member.tx.to = kTarget;
    sim::SimRequest request{.steps = {member}, .base_token = kToken, .capital = eth::U256(1000)};
    evm::CodeCache codes;
    evm::Overlay state(below, codes);
    const auto& rules = evm::rules_at(block.chain_id, block.timestamp);
    const auto result = sim::simulate(state, rules, block, request);
    return sim::make_case({.sim_id = hash_of(1), .candidate_id = hash_of(2)},
                          {.hash = hash_of(3), .number = 19'999'999}, state, rules, block, request,
                          {}, result)
        .value();
}

struct CaseScene : Scene {
    sim::CompleteCase what{simulated()};
    std::string body{sim::case_body(what.what)};
    std::string file{dir.file("case.json")};

    void record(std::size_t without_codes = 0) {
        bus::SimCase entry{.hash = {},
                           .sim_id = what.what.id.sim_id,
                           .candidate_id = what.what.id.candidate_id,
                           .body = {body.begin(), body.end()},
                           .codes = {}};
        for (std::size_t i = without_codes; i < what.codes.size(); ++i) {
            const auto bytes = what.codes[i]->bytes();
            entry.codes.push_back({what.codes[i]->hash(), {bytes.begin(), bytes.end()}});
        }
        add(entry);
    }
    Said opportunity(std::uint64_t id, const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"opportunity", eth::to_hex(hash_of(id).view()),
                                           "--store", path};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    // The file with some of its text replaced.
    std::string changed(const std::string& from, const std::string& to) {
        auto text = sim::case_file(body, what.codes);
        const auto at = text.find(from);
        if (at == std::string::npos) throw std::runtime_error("not in the file: " + from);
        std::ofstream(file, std::ios::binary) << text.replace(at, from.size(), to);
        return file;
    }
};

TEST(Opportunity, IsExportedAndRunAgainToTheSameResult) {
    CaseScene scene;
    scene.record();
    const auto exported = scene.opportunity(2, {"--export", scene.file});
    EXPECT_EQ(exported.status, 0) << exported.error;
    EXPECT_THAT(exported.error, HasSubstr("on block 19999999 of chain 1"));
    const auto again = run({"opportunity", "--run", scene.file});
    EXPECT_EQ(again.status, 0) << again.error;
    EXPECT_EQ(again.out, scene.what.what.result + "\n");
    EXPECT_THAT(again.error, HasSubstr("byte for byte"));
}

TEST(Opportunity, IsNamedByCandidateSimulationOrTransaction) {
    CaseScene scene;
    scene.record();
    const auto whole = sim::case_file(scene.body, scene.what.codes);
    for (const std::uint64_t id : {std::uint64_t{1}, std::uint64_t{2}, kMember})
        EXPECT_EQ(scene.opportunity(id, {"--export", "-"}).out, whole) << id;
}

TEST(Opportunity, AFileIsJson) {
    CaseScene scene;
    const auto file = nlohmann::json::parse(sim::case_file(scene.body, scene.what.codes));
    EXPECT_EQ(file["format"], "viz-case-1");
    EXPECT_EQ(file["case"]["environment"]["number"], 20'000'000);
    EXPECT_EQ(file["case"]["rules"]["fork"], "cancun");
    EXPECT_EQ(file["result"]["steps"][0]["logs"].size(), 1U);
    EXPECT_EQ(file["codes"].size(), 2U);
}

TEST(Opportunity, AFileThatIsThereStaysUnlessForced) {
    CaseScene scene;
    scene.record();
    std::ofstream(scene.file) << "mine";
    const auto refused = scene.opportunity(2, {"--export", scene.file});
    EXPECT_EQ(refused.status, 3);
    EXPECT_THAT(refused.error, HasSubstr("--force"));
    EXPECT_EQ(std::filesystem::file_size(scene.file), 4U);
    EXPECT_EQ(scene.opportunity(2, {"--export", scene.file, "--force"}).status, 0);
    EXPECT_EQ(run({"opportunity", "--run", scene.file}).status, 0);
}

TEST(Opportunity, WhatIsNotKeptIsSaidToBeMissing) {
    CaseScene scene;
    EXPECT_THAT(scene.opportunity(2, {"--export", "-"}).error, HasSubstr("no simulation is kept"));
    scene.record(1);
    const auto lacking = scene.opportunity(2, {"--export", scene.file});
    EXPECT_EQ(lacking.status, 3);
    EXPECT_THAT(lacking.error, HasSubstr(eth::to_hex(scene.what.codes[0]->hash().view())));
    EXPECT_FALSE(std::filesystem::exists(scene.file));
}

TEST(Opportunity, AStoreOfBeforeHoldsNone) {
    CaseScene scene;
    storage::Connection(scene.path, storage::Access::read_write_create, std::chrono::seconds(1))
        .execute("DROP TABLE sim_cases");
    const auto said = scene.opportunity(2, {"--export", "-"});
    EXPECT_EQ(said.status, 3);
    EXPECT_THAT(said.error, HasSubstr("no simulation is kept"));
}

TEST(Opportunity, AResultThatDiffersIsReportedByField) {
    CaseScene scene;
    const auto gas = scene.what.what.result.substr(scene.what.what.result.find("\"gas_used\""), 16);
    const auto file = scene.changed(gas, "\"gas_used\":12345");
    const auto said = run({"opportunity", "--run", file});
    EXPECT_EQ(said.status, 1);
    EXPECT_EQ(said.out, scene.what.what.result + "\n");
    EXPECT_THAT(said.error, HasSubstr("differs: /gas_used: in the file 12345, here "));
}

TEST(Opportunity, AResultThatIsNoJsonDiffersFromItsFirstByte) {
    CaseScene scene;
    const auto said = run({"opportunity", "--run", scene.changed("\"result\":{", "\"result\":[{")});
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.error, HasSubstr("differs: byte 0 of the result"));
}

TEST(Opportunity, StateThatTheFileLacksIsNamedAndNotZero) {
    CaseScene scene;
    const auto said =
        run({"opportunity", "--run", scene.changed(R"({"key":"0x8","value":"0x7"})", "")});
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.error, HasSubstr("not in the file: slot 0x" + std::string(63, '0') + "8 of " +
                                      eth::to_hex(kTarget.view())));
}

TEST(Opportunity, OtherRulesForThatTimeAreADifference) {
    CaseScene scene;
    const auto said = run({"opportunity", "--run", scene.changed("\"cancun\"", "\"paris\"")});
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.error, HasSubstr("other rules for block time 1720000000 of chain 1"));
}

TEST(Opportunity, AFileThatIsNoneIsStatusTwoInOneLine) {
    CaseScene scene;
    std::ofstream(scene.dir.file("empty"));
    const auto expect_refused = [](const std::string& path, const std::string& text) {
        const auto said = run({"opportunity", "--run", path});
        EXPECT_EQ(said.status, 2) << text;
        EXPECT_THAT(said.error, HasSubstr(text));
        EXPECT_EQ(std::ranges::count(said.error, '\n'), 1) << said.error;
    };
    expect_refused(scene.dir.file("nowhere"), "cannot be read");
    expect_refused(scene.dir.path().string(), "cannot be read");
    expect_refused(scene.dir.file("empty"), "byte 0: expected");
    expect_refused(scene.changed("viz-case-1", "viz-case-9"), "byte 0: expected");
    expect_refused(scene.changed("\"capital\":\"0x3e8\"", "\"capital\":\"1000\""),
                   "expected 0x and at most 64 digits");
    expect_refused(scene.changed("0x60085460006000a1", "0x60095460006000a1"),
                   "not the code of this hash");
}

TEST(Opportunity, AFileThatAsksForTooMuchIsNotRun) {
    CaseScene scene;
    const auto expect_not_run = [&](const std::string& from, const std::string& to,
                                    const std::string& text) {
        const auto said = run({"opportunity", "--run", scene.changed(from, to)});
        EXPECT_EQ(said.status, 2) << text;
        EXPECT_EQ(said.out, "");
        EXPECT_THAT(said.error, HasSubstr("exceeds the limits of a run: " + text));
        EXPECT_EQ(std::ranges::count(said.error, '\n'), 1) << said.error;
    };
    expect_not_run("\"step_budget\":20000000", "\"step_budget\":18446744073709551615",
                   "step_budget: 18446744073709551615, at most ");
    expect_not_run("\"swap_gas_limit\":3000000", "\"swap_gas_limit\":18446744073709551615",
                   "gas of a transaction: ");
    expect_not_run("\"gas_limit\":30000000", "\"gas_limit\":9223372036854775808",
                   "gas of the block: 9223372036854775808, at most 9223372036854775807");
    // A loop without end, paid for by its own transaction.
    scene.what.what.request.steps[0] = [&] {
        auto member = std::get<sim::SimMember>(scene.what.what.request.steps[0]);
        member.tx.gas_limit = eth::Gas(UINT64_MAX);
        return member;
    }();
    std::ofstream(scene.file) << sim::case_file(sim::case_body(scene.what.what), scene.what.codes);
    const auto said = run({"opportunity", "--run", scene.file});
    EXPECT_EQ(said.status, 2);
    EXPECT_THAT(said.error, HasSubstr("gas of a transaction: 18446744073709551615, at most "));
}

TEST(Opportunity, ACommandLineThatSaysNotWhatToDoIsStatusTwo) {
    const auto id = eth::to_hex(hash_of(1).view());
    const std::vector<std::pair<std::vector<std::string>, std::string>> bad{
        {{"opportunity"}, "--export or --run"},
        {{"opportunity", id}, "--export or --run"},
        {{"opportunity", "--export", "x"}, "expected an ID"},
        {{"opportunity", "0x12", "--export", "x"}, "64 digits"},
        {{"opportunity", id, "--run", "x"}, "not an ID"},
        {{"opportunity", "--run", "x", "--export", "y"}, "not an ID"},
    };
    for (const auto& [arguments, text] : bad) {
        const auto said = run(arguments);
        EXPECT_EQ(said.status, 2) << text;
        EXPECT_THAT(said.error, HasSubstr(text));
    }
    EXPECT_EQ(run({"opportunity", id, "--export", "x", "--store", "/nowhere/store.db"}).status, 3);
}

} // namespace
} // namespace viz::replay::test
