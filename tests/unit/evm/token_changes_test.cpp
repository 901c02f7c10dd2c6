#include <gmock/gmock.h>

#include "components/eth/abi.hpp"
#include "components/eth/keccak.hpp"
#include "components/evm/token_changes.hpp"

namespace viz::evm {
namespace {

using eth::U256;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr eth::Address kToken{{{0xaa}}};
constexpr eth::Address kWeth{{{0xee}}};
constexpr eth::Address kAlice{{{0x01}}};
constexpr eth::Address kBob{{{0x02}}};
const U256 kMost = U256() - U256(1);

eth::Hash topic(const eth::Address& address) {
    eth::Hash hash;
    std::copy(address.bytes.begin(), address.bytes.end(), hash.bytes.begin() + 12);
    return hash;
}
eth::Hash topic(const U256& word) {
    eth::Hash hash;
    const auto bytes = eth::to_be(word);
    std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
    return hash;
}
Log log_of(const eth::Address& token, const std::string& event, std::vector<eth::Hash> indexed,
           const std::vector<U256>& words) {
    Log log{.address = token, .topics = {}, .data = {}};
    log.topics.push_back(eth::keccak256_of(event));
    log.topics.insert(log.topics.end(), indexed.begin(), indexed.end());
    for (const auto& word : words) {
        const auto bytes = eth::to_be(word);
        log.data.insert(log.data.end(), bytes.begin(), bytes.end());
    }
    return log;
}
Log transfer(const eth::Address& from, const eth::Address& to, const U256& amount) {
    return log_of(kToken, "Transfer(address,address,uint256)", {topic(from), topic(to)}, {amount});
}
std::vector<TokenChange> changes(const std::vector<Log>& logs) {
    return token_changes(logs, kWeth);
}

TEST(TokenChanges, AddUpByTokenAndHolder) {
    EXPECT_THAT(
        changes({transfer(kAlice, kBob, 7), transfer(kBob, kAlice, 2)}),
        ElementsAre(TokenChange{kToken, kAlice, {}, 2, 7}, TokenChange{kToken, kBob, {}, 7, 2}));
}

TEST(TokenChanges, MadeAndDestroyedTokensHaveOneSide) {
    EXPECT_THAT(
        changes({transfer({}, kBob, 5), transfer(kAlice, {}, 3)}),
        ElementsAre(TokenChange{kToken, kBob, {}, 5, 0}, TokenChange{kToken, kAlice, {}, 0, 3}));
}

TEST(TokenChanges, KnowAnNftByItsFourthTopic) {
    const auto log = log_of(kToken, "Transfer(address,address,uint256)",
                            {topic(kAlice), topic(kBob), topic(U256(42))}, {});
    EXPECT_THAT(changes({log}), ElementsAre(TokenChange{kToken, kAlice, U256(42), 0, 1},
                                            TokenChange{kToken, kBob, U256(42), 1, 0}));
}

TEST(TokenChanges, ReadSinglesAndBatchesOfErc1155) {
    const auto single =
        log_of(kToken, "TransferSingle(address,address,address,uint256,uint256)",
               {topic(kBob), topic(kAlice), topic(eth::Address())}, {U256(9), U256(4)});
    const auto batch =
        log_of(kToken, "TransferBatch(address,address,address,uint256[],uint256[])",
               {topic(kBob), topic(eth::Address()), topic(kBob)}, {64, 160, 2, 9, 8, 2, 30, 40});
    EXPECT_THAT(changes({single, batch}), ElementsAre(TokenChange{kToken, kAlice, U256(9), 0, 4},
                                                      TokenChange{kToken, kBob, U256(9), 30, 0},
                                                      TokenChange{kToken, kBob, U256(8), 40, 0}));
}

TEST(TokenChanges, WrappingCountsForTheWrappedTokenOnly) {
    const auto deposit = [](const eth::Address& token) {
        return log_of(token, "Deposit(address,uint256)", {topic(kAlice)}, {U256(6)});
    };
    const auto withdrawal =
        log_of(kWeth, "Withdrawal(address,uint256)", {topic(kAlice)}, {U256(1)});
    EXPECT_THAT(changes({deposit(kToken), deposit(kWeth), withdrawal}),
                ElementsAre(TokenChange{kWeth, kAlice, {}, 6, 1}));
    EXPECT_THAT(token_changes(std::vector{deposit(kWeth)}, std::nullopt), IsEmpty());
}

TEST(TokenChanges, DoNotWrapWhereATokenLies) {
    const auto all = changes({transfer({}, kBob, kMost), transfer({}, kBob, kMost)});
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].received, kMost);
}

TEST(TokenChanges, LeaveOutWhatIsNotShapedAsItsEvent) {
    const std::string event = "Transfer(address,address,uint256)";
    EXPECT_THAT(
        changes({log_of(kToken, event, {topic(kAlice), topic(kBob)}, {}),
                 log_of(kToken, event, {topic(kAlice)}, {U256(1)}),
                 log_of(kToken, "TransferBatch(address,address,address,uint256[],uint256[])",
                        {topic(kBob), topic(kAlice), topic(kBob)}, {64, kMost, 2, 9}),
                 log_of(kWeth, "Deposit(address,uint256)", {}, {U256(6)}),
                 {.address = kToken, .topics = {}, .data = {}}}),
        IsEmpty());
}

TEST(TokenChanges, CountNoMoreThanTheLimit) {
    const std::vector<Log> logs(10, transfer(kAlice, kBob, 1));
    EXPECT_EQ(token_changes(logs, std::nullopt, 4).at(0).sent, U256(4));
}

} // namespace
} // namespace viz::evm
