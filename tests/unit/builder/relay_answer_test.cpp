// What relays answer, and what is made of it.
#include "components/builder/relay_answer.hpp"

#include <gtest/gtest.h>

namespace viz::test {
namespace {

using builder::RelayAnswer;
using builder::Verdict;

struct Row {
    std::string body;
    Verdict verdict;
    std::string reason;
};

TEST(RelayAnswer, IsAcceptedRejectedWithAReasonOrMalformed) {
    const std::vector<Row> rows{
        // eth_callBundle, as the documentation of Flashbots' relay has it
        {R"({"jsonrpc":"2.0","id":1,"result":{"bundleHash":"0x1","results":[
             {"txHash":"0xa","gasUsed":21000,"value":"0x"}],"totalGasUsed":21000}})",
         Verdict::accepted, ""},
        {R"({"id":1,"result":{"results":[]}})", Verdict::accepted, ""},
        {R"({"id":1,"result":{"results":[{"txHash":"0xa","error":null}]}})", Verdict::accepted, ""},
        {R"({"id":1,"result":{"results":[{"txHash":"0xa"},
             {"txHash":"0xb","error":"execution reverted","revert":"no"}]}})",
         Verdict::rejected, "0xb: execution reverted"},
        {R"({"id":1,"result":{"results":[{"txHash":"0xb","revert":"no"}]}})", Verdict::rejected,
         "0xb: no"},
        {R"({"id":1,"result":{"results":[{"txHash":"0xmay","error":"execution reverted"}]}})",
         Verdict::accepted, ""},
        {R"({"id":1,"result":{"results":[7]}})", Verdict::malformed, "a result is not an object"},
        {R"({"id":1,"result":{"results":{}}})", Verdict::malformed, "results is not an array"},
        // mev_simBundle
        {R"({"id":1,"result":{"success":true,"profit":"0x1"}})", Verdict::accepted, ""},
        {R"({"id":1,"result":{"success":false,"error":"bundle too large"}})", Verdict::rejected,
         "bundle too large"},
        {R"({"id":1,"result":{"success":false,"execError":"revert","revert":"0x"}})",
         Verdict::rejected, "revert"},
        {R"({"id":1,"result":{"success":false}})", Verdict::rejected, "no reason given"},
        {R"({"id":1,"result":{"success":"yes"}})", Verdict::malformed, "success is not a boolean"},
        // JSON-RPC
        {R"({"id":1,"error":{"code":-32601,"message":"no such method"}})", Verdict::rejected,
         "-32601: no such method"},
        {R"({"id":null,"error":{"code":-32700}})", Verdict::rejected, "-32700: no reason given"},
        {R"({"error":"bundle could not be simulated"})", Verdict::rejected,
         "bundle could not be simulated"},
        {R"({"error":""})", Verdict::rejected, "no reason given"},
        {R"({"id":2,"result":{"results":[]}})", Verdict::malformed, "id of another request"},
        {R"({"result":{"results":[]}})", Verdict::malformed, "id of another request"},
        {R"({"id":1,"result":null})", Verdict::malformed, "missing result"},
        {R"({"id":1,"result":{}})", Verdict::malformed, "neither results nor success"},
        {R"([])", Verdict::malformed, "not a JSON object"},
        {std::string(4u << 20, '['), Verdict::malformed, "the reply is too_deep"},
        {std::string((8u << 20) + 1, ' '), Verdict::malformed, "the reply is too_large"},
        {R"({"id":1.0,"result":{"results":[]}})", Verdict::malformed, "id of another request"},
        {R"({"id":1,"result":{"results":[]}} {})", Verdict::malformed, "not a JSON object"},
        {"<html>", Verdict::malformed, "not a JSON object"},
        {"", Verdict::malformed, "not a JSON object"},
    };
    for (const auto& row : rows) {
        const auto answer = builder::parse_relay_answer(row.body, {"0xmay"});
        EXPECT_EQ(answer.verdict, row.verdict) << row.body.substr(0, 200);
        EXPECT_EQ(answer.reason, row.reason) << row.body.substr(0, 200);
    }
}

TEST(RelayAnswer, ReasonsAreCut) {
    const auto answer = builder::parse_relay_answer(
        R"({"id":1,"error":{"code":1,"message":")" + std::string(10'000, 'x') + "\"}}", {});
    EXPECT_EQ(answer.reason.size(), RelayAnswer::kMostReason);
}

} // namespace
} // namespace viz::test
