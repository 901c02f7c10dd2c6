#include "tests/support/reference_evm/world_state.hpp"

#include <algorithm>

namespace viz::test::reference {

Word word_of(eth::BytesView big_endian) {
    Word word = 0;
    for (const auto byte : big_endian) word = (word << 8) | byte;
    return word;
}

Word word_of(const eth::U256& value) {
    Word word = 0;
    for (std::size_t i = 4; i-- > 0;) word = (word << 64) | value.limbs[i];
    return word;
}

Word word_of(const eth::Address& address) {
    return word_of(address.view());
}

Word word_of(const eth::Hash& hash) {
    return word_of(hash.view());
}

eth::U256 u256_of(const Word& word) {
    static_assert(sizeof(boost::multiprecision::limb_type) == 8);
    eth::U256 value;
    const auto& limbs = word.backend();
    for (unsigned i = 0; i < limbs.size(); ++i) value.limbs[i] = limbs.limbs()[i];
    return value;
}

eth::Bytes bytes_of(const Word& word) {
    eth::Bytes bytes(32);
    for (unsigned i = 0; i < 32; ++i)
        bytes[31 - i] = static_cast<std::uint8_t>((word >> (8 * i)) & 0xff);
    return bytes;
}

eth::Address address_of(const Word& word) {
    eth::Address address;
    const auto bytes = bytes_of(word);
    std::copy(bytes.begin() + 12, bytes.end(), address.bytes.begin());
    return address;
}

const Account& WorldState::account(const eth::Address& address) const {
    static const Account none;
    const auto found = accounts.find(address);
    return found == accounts.end() ? none : found->second;
}

Word WorldState::storage(const eth::Address& address, const Word& key) const {
    const auto& slots = account(address).storage;
    const auto found = slots.find(key);
    return found == slots.end() ? Word(0) : found->second;
}

void WorldState::set_storage(const eth::Address& address, const Word& key, const Word& value) {
    auto& slots = accounts[address].storage;
    if (value == 0)
        slots.erase(key);
    else
        slots[key] = value;
}

void WorldState::move(const eth::Address& from, const eth::Address& to, const Word& value) {
    accounts[from].balance -= value;
    accounts[to].balance += value;
}

} // namespace viz::test::reference
