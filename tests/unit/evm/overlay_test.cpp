#include <random>

#include <gmock/gmock.h>

#include "tests/unit/evm/fixture.hpp"

namespace viz::evm {
namespace {

using eth::U256;
using testing::ElementsAre;
using testing::IsEmpty;

struct Overlays : testing::Test {
    Overlays() {
        below.accounts[kSender] = {
            .balance = eth::Wei(100), .nonce = 3, .storage = {{U256(1), U256(7)}}};
        state.begin_transaction();
    }
    U256 value(std::uint64_t key) { return state.slot(state.slot(id(), U256(key))).now; }
    AccountId id() { return state.load(kSender); }

    test::MemoryState below;
    CodeCache codes;
    Overlay state{below, codes};
};

TEST_F(Overlays, ShowWhatIsBelowUntilItIsChanged) {
    EXPECT_EQ(state.account(id()).now.balance, eth::Wei(100));
    EXPECT_EQ(value(1), U256(7));
    EXPECT_EQ(value(2), U256());
    EXPECT_FALSE(state.account(state.load(kCaller)).now.exists);
}

TEST_F(Overlays, ShowStorageBeforeAnyTransaction) {
    Overlay fresh(below, codes);
    const auto sender = fresh.load(kSender);
    EXPECT_FALSE(fresh.created_now(sender));
    EXPECT_EQ(fresh.slot(fresh.slot(sender, U256(1))).now, U256(7));
}

TEST_F(Overlays, TakeBackEverythingSinceACheckpoint) {
    state.set_slot(state.slot(id(), U256(1)), U256(8));
    state.access(id());
    const auto checkpoint = state.checkpoint();

    state.set_slot(state.slot(id(), U256(1)), U256(9));
    state.set_slot(state.slot(id(), U256(2)), U256(5));
    state.set_transient(id(), U256(1), U256(6));
    state.add_balance(id(), eth::Wei(11));
    state.set_nonce(id(), 4);
    const auto code = eth::bytes_from_hex("0x5b").value();
    state.set_code(id(), std::make_shared<const Code>(code, eth::keccak256(code)));
    state.access_slot(state.slot(id(), U256(1)));
    const auto made = state.load(kContract);
    state.access(made);
    state.create(made);
    state.logs.push_back({});
    state.refund = 4800;
    state.rollback(checkpoint);

    EXPECT_EQ(value(1), U256(8));
    EXPECT_EQ(value(2), U256());
    EXPECT_EQ(state.transient(id(), U256(1)), U256());
    EXPECT_EQ(state.account(id()).now.balance, eth::Wei(100));
    EXPECT_EQ(state.account(id()).now.nonce, 3u);
    EXPECT_EQ(state.account(id()).now.code_hash, kEmptyCodeHash);
    EXPECT_EQ(state.code(id()).size(), 0u);
    EXPECT_FALSE(state.account(made).now.exists);
    EXPECT_FALSE(state.created_now(made));
    EXPECT_THAT(state.logs, IsEmpty());
    EXPECT_EQ(state.refund, 0);
    EXPECT_FALSE(state.access(id())); // before the checkpoint
    EXPECT_TRUE(state.access(made));
    EXPECT_TRUE(state.access_slot(state.slot(id(), U256(1))));
}

TEST_F(Overlays, WarmthTransientStorageAndOriginalValuesEndWithTheTransaction) {
    const auto slot = state.slot(id(), U256(1));
    state.access(id());
    state.access_slot(slot);
    state.set_transient(id(), U256(1), U256(6));
    state.set_slot(slot, U256(9));
    EXPECT_EQ(state.slot(slot).at_start, U256(7));
    state.end_transaction();

    state.begin_transaction();
    EXPECT_TRUE(state.access(id()));
    EXPECT_TRUE(state.access_slot(state.slot(id(), U256(1))));
    EXPECT_EQ(state.transient(id(), U256(1)), U256());
    EXPECT_EQ(state.slot(slot).now, U256(9));
    EXPECT_EQ(state.slot(slot).at_start, U256(9)); // EIP-2200
    EXPECT_EQ(state.slot(slot).first, U256(7));
}

TEST_F(Overlays, NameWhatATransactionTouchedInOrder) {
    state.slot(id(), U256(2));
    state.slot(id(), U256(1));
    EXPECT_THAT(state.touched_slots(),
                ElementsAre(state.slot(id(), U256(2)), state.slot(id(), U256(1))));
    state.end_transaction();
    state.begin_transaction();
    EXPECT_THAT(state.touched_slots(), IsEmpty());
    EXPECT_EQ(state.slots(), 2u);
}

TEST_F(Overlays, RemoveEmptyAccountsThatWereTouched) { // EIP-161
    below.accounts[kContract] = {};
    const auto empty = state.load(kContract);
    EXPECT_TRUE(state.account(empty).now.exists);
    state.add_balance(empty, {});
    state.end_transaction();
    EXPECT_FALSE(state.account(empty).now.exists);
}

TEST_F(Overlays, DestroyedAccountsLoseTheirStorage) {
    state.destruct(id());
    EXPECT_EQ(value(1), U256(7)); // until the transaction ends
    state.end_transaction();
    state.begin_transaction();
    EXPECT_EQ(value(1), U256());
    EXPECT_EQ(value(3), U256());
    EXPECT_FALSE(state.account(id()).now.exists);
    EXPECT_FALSE(state.has_storage(id()));
}

TEST_F(Overlays, KnowThatAnAccountHasStorageBelow) { // EIP-7610
    EXPECT_TRUE(state.has_storage(id()));
    EXPECT_FALSE(state.has_storage(state.load(kContract)));
}

TEST_F(Overlays, ALayerAboveSeesDestroyedAndWrittenState) {
    state.set_slot(state.slot(id(), U256(1)), U256(8));
    state.end_transaction();
    const OverlayReader reader(state);
    Overlay layer(reader, codes);
    layer.begin_transaction();
    const auto above = layer.load(kSender);
    EXPECT_EQ(layer.slot(layer.slot(above, U256(1))).first, U256(8));
    EXPECT_EQ(layer.account(above).first.nonce, 3u);

    state.begin_transaction();
    state.destruct(id());
    state.end_transaction();
    Overlay later(reader, codes);
    EXPECT_FALSE(later.account(later.load(kSender)).now.exists);
    EXPECT_EQ(later.slot(later.slot(later.load(kSender), U256(1))).now, U256());
}

// Random changes with nested checkpoints, against plain copies.
TEST(OverlayProperty, RollbackGivesTheStateOfTheCheckpoint) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto pick = [&](std::uint32_t n) { return random() % n; };
    test::MemoryState below;
    CodeCache codes;
    Overlay state(below, codes);
    state.begin_transaction();

    using Shown = std::vector<std::string>;
    const auto show = [&] {
        Shown out;
        for (std::uint8_t a = 1; a <= 4; ++a) {
            const auto id = state.load(eth::Address{{{a}}});
            const auto& now = state.account(id).now;
            out.push_back(eth::to_decimal(now.balance) + "/" + std::to_string(now.nonce));
            for (std::uint64_t key = 0; key < 4; ++key) {
                out.push_back(eth::to_decimal(state.slot(state.slot(id, U256(key))).now));
                out.push_back(eth::to_decimal(state.transient(id, U256(key))));
            }
        }
        return out;
    };
    std::vector<std::pair<Overlay::Checkpoint, Shown>> open;
    for (int step = 0; step < 5'000; ++step) {
        const auto id = state.load(eth::Address{{{static_cast<std::uint8_t>(1 + pick(4))}}});
        switch (pick(7)) {
        case 0:
            state.add_balance(id, eth::Wei(pick(100)));
            break;
        case 1:
            state.set_nonce(id, pick(100));
            break;
        case 2:
        case 3:
            state.set_slot(state.slot(id, U256(pick(4))), U256(pick(3)));
            break;
        case 4:
            state.set_transient(id, U256(pick(4)), U256(pick(3)));
            break;
        case 5:
            if (open.size() < 20) open.emplace_back(state.checkpoint(), show());
            break;
        default:
            if (!open.empty()) {
                const auto back = pick(static_cast<std::uint32_t>(open.size()));
                state.rollback(open[back].first);
                ASSERT_EQ(show(), open[back].second) << "step " << step;
                open.resize(back);
            }
        }
    }
}

} // namespace
} // namespace viz::evm
