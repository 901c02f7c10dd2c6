// Every transaction of the corpus's mainnet blocks: its hash and sender from its own bytes, and
// the block's transactions root from all of them.
#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_json.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/eth/trie_root.hpp"
#include "tests/support/corpus.hpp"

namespace viz::eth {
namespace {

TEST(MainnetBlocks, EveryTransactionHasItsHashSenderAndPlaceInTheTransactionsRoot) {
    VIZ_NEEDS_CORPUS();
    TransactionJsonParser parser;
    const SenderRecoverer recoverer;
    std::size_t blocks = 0;
    std::size_t transactions = 0;
    for (const auto& folder : std::filesystem::directory_iterator(test::corpus_dir() / "mainnet")) {
        if (!folder.is_directory()) continue;
        const auto block = parser.parse_block(test::read_text(folder.path() / "block.json"));
        ASSERT_TRUE(block) << folder.path() << ": " << to_string(block.error());
        std::vector<Bytes> encoded;
        for (const auto& [tx, hash, from, block_number, block_hash] : block->transactions) {
            ASSERT_TRUE(hash && from);
            const auto name = to_hex(hash->view());
            encoded.push_back(encode_transaction(tx));
            EXPECT_EQ(transaction_hash(tx), *hash) << name;
            const auto sender = recoverer.sender(tx);
            ASSERT_TRUE(sender) << name << ": " << to_string(sender.error());
            EXPECT_EQ(*sender, *from) << name;
            const auto back = decode_transaction(encoded.back());
            ASSERT_TRUE(back) << name << ": " << to_string(back.error());
            EXPECT_EQ(*back, tx) << name;
            EXPECT_EQ(block_number, block->number);
        }
        EXPECT_EQ(ordered_trie_root(encoded), block->transactions_root) << folder.path();
        ++blocks;
        transactions += encoded.size();
    }
    EXPECT_EQ(blocks, 10u);
    EXPECT_EQ(transactions, 2823u);
}

} // namespace
} // namespace viz::eth
