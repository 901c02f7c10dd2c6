// Random but possible histories, checked against a model of the chain after every step.
#include <gmock/gmock.h>

#include "tests/unit/lifecycle/simulated_chain.hpp"

namespace viz::test {
namespace {

lifecycle::Config small(std::uint64_t window = 10) {
    lifecycle::Config config;
    config.finality_depth = 4;
    config.reorg_window = window;
    return config;
}

class Play {
  public:
    explicit Play(std::uint64_t seed, const lifecycle::Config& config = small())
        : chain(seed), scene(config) {
        scene.tell_blocks = true;
        note(scene.block(SimulatedChain::kFirst));
    }

    void step() {
        scene.pass(std::chrono::milliseconds(500));
        const auto dice = chain.below(10);
        if (dice < 5) {
            const TxSpec spec = chain.new_tx();
            if (chain.last_is_announced()) see(spec);
        } else if (dice < 8) {
            extend();
        } else if (dice < 9) {
            reorganise();
        } else {
            answer_questions();
        }
    }
    void see(const TxSpec& spec) {
        seen[spec.id] = spec;
        note(scene.see(spec));
    }
    void extend() {
        const auto parent_branch = chain.branch_at(chain.height());
        const auto& block = chain.mine(branch);
        note(scene.block(chain.height(), block.txs, branch, parent_branch));
    }
    void reorganise() {
        const auto held = scene.pool.window().size() - 1;
        if (held == 0) return;
        const auto depth = 1 + chain.below(held);
        chain.take_back(depth);
        note(scene.reorg_to(chain.height(), depth, chain.branch_at(chain.height())));
        ++branch;
    }
    void answer_questions() {
        for (const auto& address : scene.asked_nonces())
            note(scene.nonce_is(chain.sender_number(address),
                                chain.nonce(chain.sender_number(address)), chain.height()));
    }
    void note(const Scene::Told& reported) {
        for (const std::string& line : reported) {
            story.push_back(line);
            fold(line);
        }
    }
    // The state as a reader of the events knows it.
    void fold(const std::string& line) {
        const auto space = line.find(' ');
        const auto verb = line.substr(0, space);
        const auto id = std::stoull(line.substr(space + 1));
        if (verb == "block" || verb == "unblock") return;
        believed[id] = verb == "confirmed" ? "confirmed_provisional"
                       : verb == "final"   ? "confirmed_final"
                       : verb == "reorged" ? "pending"
                                           : verb;
    }

    SimulatedChain chain;
    Scene scene;
    std::uint64_t branch{};
    std::map<std::uint64_t, TxSpec> seen;
    std::map<std::uint64_t, std::string> believed;
    std::vector<std::string> story;
};

void check_events_tell_the_state(Play& play) {
    for (const auto& [id, spec] : play.seen) {
        const std::string status = play.scene.status(id);
        if (status == "unknown") continue; // settled long ago and forgotten
        const auto reported = play.believed.find(id);
        EXPECT_EQ(reported == play.believed.end() ? "pending" : reported->second, status) << id;
    }
}

void check_confirmations_are_the_chains(Play& play) {
    for (const auto& [id, spec] : play.seen) {
        const std::string status = play.scene.status(id);
        if (status == "unknown") continue;
        const auto at = play.chain.mined_at(id);
        EXPECT_EQ(status.starts_with("confirmed"), at != 0) << id << " " << status;
        if (at == 0) continue;
        EXPECT_EQ(play.scene.pool.view(hash_of(id))->block->value, at);
        // Once final stays final while the block counts, also when a reorganisation above it
        // leaves fewer blocks on top for a moment.
        if (play.chain.height() - at < 4) continue;
        EXPECT_EQ(status, "confirmed_final") << id;
    }
}

void check_order(Play& play) {
    for (std::uint64_t sender = 1; sender <= SimulatedChain::kSenders; ++sender) {
        const auto next = play.scene.pool.next_nonce(address_of(sender));
        if (!next) continue;
        eth::Nonce expected = *next;
        bool gap = false;
        std::map<eth::Nonce, std::vector<std::string>> live;
        for (const auto& [id, spec] : play.seen) {
            const auto status = play.scene.status(id);
            if (spec.sender == sender && spec.nonce >= *next &&
                (status == "ready" || status == "blocked" || status == "pending"))
                live[spec.nonce].push_back(status);
        }
        for (const auto& [nonce, statuses] : live) {
            ASSERT_EQ(statuses.size(), 1u) << "two hold nonce " << nonce;
            gap = gap || nonce != expected;
            EXPECT_EQ(statuses.front(), gap ? "blocked" : "ready") << sender << ":" << nonce;
            ++expected;
        }
    }
}

void check_counts(const Play& play) {
    const auto& counters = play.scene.pool.counters();
    std::size_t sum = 0;
    for (const auto n : counters.transactions) sum += n;
    EXPECT_EQ(sum, play.scene.pool.size());
}

TEST(LifecycleProperty, EveryStateIsTrueReportedAndInOrder) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Play play(seed);
        for (int i = 0; i < 150; ++i) {
            play.step();
            check_events_tell_the_state(play);
            check_confirmations_are_the_chains(play);
            check_order(play);
            check_counts(play);
            if (testing::Test::HasFailure()) {
                std::string tail;
                const auto n = play.story.size();
                for (auto k = n > 25 ? n - 25 : 0; k < n; ++k) tail += play.story[k] + "\n";
                FAIL() << "step " << i << "\n" << tail;
            }
        }
        EXPECT_EQ(play.scene.pool.counters().head_gaps, 0u);
        EXPECT_EQ(play.scene.pool.counters().reorgs_beyond_window, 0u);
    }
}

TEST(LifecycleProperty, AnsweredQuestionsGiveTheTrueNonces) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Play play(seed);
        for (int i = 0; i < 120; ++i) {
            play.step();
            play.answer_questions();
            for (std::uint64_t sender = 1; sender <= SimulatedChain::kSenders; ++sender) {
                const auto next = play.scene.pool.next_nonce(address_of(sender));
                if (!next) continue;
                ASSERT_EQ(*next, play.chain.nonce(sender)) << "seed " << seed << " step " << i;
            }
        }
    }
}

TEST(LifecycleProperty, TheSameInputsGiveTheSameEvents) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Play one(seed);
        Play two(seed);
        for (int i = 0; i < 300; ++i) {
            one.step();
            two.step();
        }
        EXPECT_EQ(one.story, two.story);
    }
}

std::map<std::uint64_t, std::string> state_of(const Play& play) {
    std::map<std::uint64_t, std::string> state;
    for (const auto& [id, spec] : play.seen) {
        const auto view = play.scene.pool.view(hash_of(id));
        state[id] = play.scene.status(id);
        // The detour may have been deep enough for finality where the straight path is not yet.
        if (state[id].starts_with("confirmed")) state[id] = "confirmed";
        if (view && view->status == lifecycle::Status::blocked)
            state[id] += " expects " + std::to_string(view->expected_nonce);
        if (view && view->drop_reason)
            state[id] += " " + std::string(to_string(*view->drop_reason));
        if (view && view->block) state[id] += " in " + std::to_string(view->block->value);
    }
    for (std::uint64_t sender = 1; sender <= SimulatedChain::kSenders; ++sender)
        state[1'000'000 + sender] =
            std::to_string(play.scene.pool.next_nonce(address_of(sender)).value_or(~0ULL));
    return state;
}

TEST(LifecycleProperty, ThereAndBackAgainEqualsTheStraightPath) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Play straight(seed, small(100));
        Play detour(seed, small(100));
        for (int i = 0; i < 60; ++i) {
            straight.step();
            detour.step();
        }
        // A block can teach a nonce not known before, and rightly so: let all be known.
        straight.answer_questions();
        detour.answer_questions();
        const auto before = state_of(straight);
        ASSERT_EQ(before, state_of(detour));

        const SimulatedChain fork = detour.chain;
        const auto wrong_branch = detour.branch + 500;
        const auto depth = 1 + detour.chain.below(4);
        auto parent = detour.chain.branch_at(detour.chain.height());
        for (std::uint64_t i = 0; i < depth; ++i) {
            const auto& block = detour.chain.mine(wrong_branch);
            detour.scene.block(detour.chain.height(), block.txs, wrong_branch, parent);
            parent = wrong_branch;
        }
        detour.chain = fork;
        detour.scene.reorg_to(fork.height(), depth, fork.branch_at(fork.height()));
        EXPECT_EQ(before, state_of(detour));

        straight.extend();
        SimulatedChain::Numbered block = straight.chain.chain().back();
        detour.scene.block(straight.chain.height(), block.txs, block.branch,
                           fork.branch_at(fork.height()));
        EXPECT_EQ(state_of(straight), state_of(detour));
        if (testing::Test::HasFailure()) return;
    }
}

} // namespace
} // namespace viz::test
