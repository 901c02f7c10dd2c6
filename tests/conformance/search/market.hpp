// A chain with Uniswap V2 pairs, a V3 pool, traders who send transactions to the router, and a
// search and a simulation over it.
#pragma once

#include <algorithm>

#include "components/eth/keccak.hpp"
#include "components/search/sandwich.hpp"
#include "components/search/strategy.hpp"
#include "components/sim/simulate.hpp"
#include "tests/conformance/search/contracts.hpp"

namespace viz::test {

inline constexpr auto kExactIn =
    "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)";
inline constexpr auto kExactOut =
    "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)";

inline U256 ether(std::uint64_t n) {
    return U256(n) * U256(1'000'000'000'000'000'000);
}

class Market {
  public:
    Market() {
        block.base_fee = U256(1'000'000'000);
        router = chain.deploy("v2-periphery/build/UniswapV2Router02",
                              {word_of(factory), word_of(chain.trader)});
    }

    // Whatever the trader holds of a token is sent; reserves in the order of the arguments.
    eth::Address pair_of(const eth::Address& factory_at, const eth::Address& a,
                         const eth::Address& b, const U256& amount_a, const U256& amount_b) {
        const auto pair = output_address(
            chain.must(factory_at, "createPair(address,address)", {word_of(a), word_of(b)}));
        chain.must(a, "transfer(address,uint256)", {word_of(pair), amount_a});
        chain.must(b, "transfer(address,uint256)", {word_of(pair), amount_b});
        chain.must(pair, "sync()", {});
        return pair;
    }

    // An account with ether, tokens, and allowances for the router.
    eth::Address trader(std::uint8_t number) {
        const eth::Address who{{{0x0e, 0x0a, number}}};
        auto& state = chain.state();
        state.set_balance(state.load(who), ether(100));
        for (const auto& token : {chain.token0, chain.token1}) {
            chain.must(token, "transfer(address,uint256)", {word_of(who), ether(1'000'000)});
            approve(who, token, router);
        }
        return who;
    }
    void approve(const eth::Address& who, const eth::Address& token, const eth::Address& spender) {
        const auto tx =
            pending(who, token, calldata("approve(address,uint256)", {word_of(spender), ~U256()}));
        auto trial = make_trial();
        if (!trial.run(tx).succeeded()) throw std::runtime_error("approve failed");
    }

    search::Pending pending(const eth::Address& from, const eth::Address& to, eth::Bytes data) {
        search::Pending made;
        made.sender = from;
        made.tx.nonce = chain.state().account(chain.state().load(from)).now.nonce;
        made.tx.max_fee_per_gas = made.tx.max_priority_fee_per_gas = U256(2'000'000'000);
        made.tx.gas_limit = eth::Gas(1'000'000);
        made.tx.to = to;
        made.tx.data = std::move(data);
        made.hash = eth::keccak256(made.tx.data);
        made.hash.bytes[0] = from.bytes[2];
        return made;
    }
    search::Pending swap(const eth::Address& from, const char* signature, const U256& amount,
                         const U256& bound, const std::vector<eth::Address>& path) {
        std::vector<U256> words{amount,        bound,   U256(160),
                                word_of(from), ~U256(), U256(path.size())};
        for (const auto& token : path) words.push_back(word_of(token));
        return pending(from, router, calldata(signature, words));
    }

    // From now on only the pair and the first owner may send that token: everybody may buy it, and
    // nobody sell. The rest is done by the code of token1, on the token's own storage.
    void make_honeypot(const eth::Address& token, const eth::Address& pair) {
        const auto push = [](const eth::Address& a) {
            return "73" + eth::to_hex(a.view()).substr(2);
        };
        std::string code = "63a9059cbb60003560e01c1415"; // not transfer(address,uint256)?
        const std::string refuse =                       // Error("not for sale")
            "7f08c379a0" + std::string(56, '0') + "6000526020600452600c602452" +
            "6b6e6f7420666f722073616c65" + "60a01b604452" + "60646000fd";
        const auto head = code.size() / 2 + 4;
        const auto allowed = 2 * (1 + 21 + 1 + 4);
        const auto at = head + static_cast<std::size_t>(allowed) + refuse.size() / 2;
        const std::array<std::uint8_t, 2> target{static_cast<std::uint8_t>(at >> 8),
                                                 static_cast<std::uint8_t>(at)};
        const auto jump = "61" + eth::to_hex(target).substr(2) + "57";
        code += jump + "33" + push(pair) + "14" + jump + "33" + push(chain.trader) + "14" + jump;
        code += refuse + "5b" + "3660006000376000600036600073" +
                eth::to_hex(chain.token1.view()).substr(2) + "5af4" + "3d600060003e";
        const auto good = code.size() / 2 + 8;
        const std::array<std::uint8_t, 2> end{static_cast<std::uint8_t>(good >> 8),
                                              static_cast<std::uint8_t>(good)};
        code += "61" + eth::to_hex(end).substr(2) + "57" + "3d6000fd" + "5b3d6000f3";
        const auto bytes = eth::bytes_from_hex("0x" + code).value();
        chain.state().set_code(chain.state().load(token),
                               std::make_shared<const evm::Code>(bytes, eth::keccak256(bytes)));
    }

    search::Trial make_trial() { return {chain.state(), rules(), block}; }
    const evm::Rules& rules() const { return evm::rules_at(block.chain_id, block.timestamp); }

    std::vector<search::Candidate> find(const search::Strategy& strategy,
                                        const std::vector<search::Pending>& all) {
        auto trial = make_trial();
        std::vector<search::Observed> observed;
        for (const auto& one : all) observed.push_back(search::observe(trial, pools, one));
        const std::vector<search::BaseToken> bases{{chain.token0, 1, 1, ether(100'000)}};
        return strategy.search({trial, pools, bases, observed});
    }

    static sim::SimRequest request(const search::Candidate& candidate) {
        sim::SimRequest made;
        made.base_token = candidate.base_token;
        made.capital = candidate.capital;
        made.partial_ticks = candidate.has(search::Reason::partial_ticks);
        for (const auto& step : candidate.steps) {
            if (const auto* legs = std::get_if<search::Legs>(&step)) {
                made.steps.emplace_back(*legs);
            } else {
                const auto& m = candidate.members[std::get<search::Member>(step).index];
                made.steps.emplace_back(sim::SimMember{m.hash, m.sender, m.tx});
            }
        }
        return made;
    }
    sim::SimResult simulate(const search::Candidate& candidate) {
        return sim::simulate(chain.state(), rules(), block, request(candidate));
    }

    Contracts chain;
    evm::BlockEnvironment block{chain.block()};
    eth::Address factory{chain.deploy("v2-core/build/UniswapV2Factory", {U256()})};
    eth::Address router;
    search::PoolView pools;
};

} // namespace viz::test
