// The state the reference interpreter works on: plain maps, copied whole wherever something may
// have to be taken back.
#pragma once

#include <map>
#include <set>
#include <utility>

#include <boost/multiprecision/cpp_int.hpp>

#include "components/evm/fork.hpp"
#include "components/evm/overlay.hpp"

namespace viz::test::reference {

// Arithmetic modulo 2^256 that shares nothing with eth::U256, and without bound.
using Word = boost::multiprecision::uint256_t;
using Big = boost::multiprecision::cpp_int;

Word word_of(const eth::U256& value);
Word word_of(const eth::Address& address);
Word word_of(const eth::Hash& hash);
Word word_of(eth::BytesView big_endian); // at most 32 bytes
eth::U256 u256_of(const Word& word);
eth::Address address_of(const Word& word);
eth::Bytes bytes_of(const Word& word); // 32 of them

// An account that is not there and an empty one are the same here (EIP-161).
struct Account {
    Word balance;
    std::uint64_t nonce{};
    eth::Bytes code;
    std::map<Word, Word> storage; // no zeros

    bool empty() const { return balance == 0 && nonce == 0 && code.empty(); }
    friend bool operator==(const Account&, const Account&) = default;
};

using SlotKey = std::pair<eth::Address, Word>;

// All that a failed call or creation takes back.
struct WorldState {
    std::map<eth::Address, Account> accounts;
    std::set<eth::Address> warm_accounts; // EIP-2929
    std::set<SlotKey> warm_slots;         // EIP-2929
    std::map<SlotKey, Word> transient;    // EIP-1153
    std::set<eth::Address> created;       // in this transaction, EIP-6780
    std::set<eth::Address> destructed;
    std::vector<evm::Log> logs;
    std::int64_t refund{};

    // Values as they would be read; absent means zero and empty.
    Word storage(const eth::Address& address, const Word& key) const;
    void set_storage(const eth::Address& address, const Word& key, const Word& value);
    const Account& account(const eth::Address& address) const;
    void move(const eth::Address& from, const eth::Address& to, const Word& value);
};

} // namespace viz::test::reference
