// A node with prepared traffic, for measuring viz-api executables from outside:
//   pipeline_load COUNT
// prepares COUNT signed transactions (after mainnet's where there is a corpus, else after one of
// each kind), listens on a free loopback port and prints one line of JSON:
//   {"ws_url","http_url","chain_id","transactions","models"}
// Then it takes lines on standard input until that ends:
//   play FIRST COUNT RATE   announce transactions FIRST to FIRST + COUNT - 1, RATE a second
//   subscribers             prints how many connections are subscribed
// The caller waits for the transactions to arrive before the next play.
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/support/corpus.hpp"
#include "tests/support/fake_node.hpp"
#include "tests/support/mainnet_load.hpp"

namespace viz::test {
namespace {

constexpr std::size_t kPerSender = 32;
constexpr std::uint64_t kMainnet = 1;
constexpr std::uint64_t kDevnet = 31337;

std::string greeting(const FakeNode& node, std::uint64_t chain_id, std::size_t count, bool real) {
    return nlohmann::json{{"ws_url", node.ws_url()},
                          {"http_url", node.http_url()},
                          {"chain_id", chain_id},
                          {"transactions", count},
                          {"models", real ? "mainnet" : "built in"}}
        .dump();
}

bool play(FakeNode& node, const std::vector<std::string>& bodies, std::istream& arguments) {
    std::size_t first = 0;
    std::size_t count = 0;
    double rate = 0;
    if (!(arguments >> first >> count >> rate) || rate <= 0 || count == 0 ||
        first > bodies.size() || count > bodies.size() - first)
        return false;
    auto notices = std::make_shared<std::vector<std::string>>();
    for (std::size_t i = first; i < first + count; ++i)
        notices->push_back(FakeNode::pending_notice(bodies[i]));
    node.play(std::move(notices), rate, count);
    return true;
}

int serve(std::size_t count) {
    const bool real = has_corpus();
    const auto chain_id = real ? kMainnet : kDevnet;
    const auto load = real ? mainnet_load(count, kPerSender) : built_in_load(count, kPerSender);
    FakeNode node({.chain_id = chain_id});
    std::cout << greeting(node, chain_id, count, real) << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        if (command == "subscribers") {
            std::cout << node.subscribers() << std::endl;
        } else if (command != "play" || !play(node, load.bodies, words)) {
            std::cerr << "pipeline_load: not understood: " << line << std::endl;
            return 2;
        }
    }
    return 0;
}

} // namespace
} // namespace viz::test

int main(int argc, char** argv) {
    const auto count = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
    if (count == 0) {
        std::cerr << "usage: pipeline_load COUNT\n";
        return 2;
    }
    try {
        return viz::test::serve(count);
    } catch (const std::exception& failure) {
        std::cerr << "pipeline_load: " << failure.what() << '\n';
        return 1;
    }
}
