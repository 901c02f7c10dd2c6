// Mainnet's transactions as a load: what they carry is real (destination, calldata, fees, access
// lists), who sends them is not, so that any number of them is valid and new.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "components/eth/transaction.hpp"

namespace viz::test {

struct SignedLoad {
    std::vector<std::string> bodies; // as a node prints a pending transaction
    std::vector<eth::Hash> hashes;
};

// `count` transactions after those of the corpus's blocks in turn, each signed by one of
// `count / per_sender` accounts, nonces from 0 without gaps. `first_account` keeps the accounts of
// several loads apart. Throws where there is no corpus.
SignedLoad mainnet_load(std::size_t count, std::size_t per_sender, std::size_t first_account = 0);

// The same after one transaction of each kind, of the development chain, for where there is no
// corpus.
SignedLoad built_in_load(std::size_t count, std::size_t per_sender, std::size_t first_account = 0);

} // namespace viz::test
