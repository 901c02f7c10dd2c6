#include "tests/support/mainnet_load.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>
#include <secp256k1_recovery.h>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/transaction_json.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/signed_transactions.hpp"

namespace viz::test {
namespace {

using nlohmann::json;

class Signer {
  public:
    eth::Signature sign(const eth::Hash& message, std::uint64_t account) const {
        const auto key = secret(account);
        secp256k1_ecdsa_recoverable_signature signature;
        if (secp256k1_ecdsa_sign_recoverable(context_.get(), &signature, message.bytes.data(),
                                             key.data(), nullptr, nullptr) != 1)
            throw std::runtime_error("cannot sign");
        std::array<std::uint8_t, 64> compact{};
        int parity = 0;
        secp256k1_ecdsa_recoverable_signature_serialize_compact(context_.get(), compact.data(),
                                                                &parity, &signature);
        const std::span bytes(compact);
        return {.y_parity = static_cast<std::uint8_t>(parity),
                .r = eth::from_be(bytes.first(32)),
                .s = eth::from_be(bytes.last(32))};
    }

    std::string address(std::uint64_t account) const {
        const auto key = secret(account);
        secp256k1_pubkey point;
        if (secp256k1_ec_pubkey_create(context_.get(), &point, key.data()) != 1)
            throw std::runtime_error("not a secret key");
        std::array<std::uint8_t, 65> encoded{};
        std::size_t size = encoded.size();
        secp256k1_ec_pubkey_serialize(context_.get(), encoded.data(), &size, &point,
                                      SECP256K1_EC_UNCOMPRESSED);
        const auto hash = eth::keccak256(std::span(encoded).subspan(1));
        return eth::to_hex(hash.view().subspan(12));
    }

  private:
    // Any number but zero below the curve's order is a key.
    static std::array<std::uint8_t, 32> secret(std::uint64_t account) {
        return eth::to_be(eth::U256(account + 1));
    }

    struct Destroy {
        void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
    };
    std::unique_ptr<secp256k1_context, Destroy> context_{
        secp256k1_context_create(SECP256K1_CONTEXT_SIGN)};
};

struct Model {
    json body;
    eth::Transaction tx;
};

Model model_of(json body) {
    eth::TransactionJsonParser parser;
    for (const char* mined : {"blockHash", "blockNumber", "transactionIndex"})
        body[mined] = nullptr;
    const auto parsed = parser.parse(body.dump());
    if (!parsed) throw std::runtime_error("a model of the load does not parse");
    return {std::move(body), parsed->tx};
}

std::vector<Model> mainnet_models() {
    std::vector<Model> all;
    for (const auto& folder : std::filesystem::directory_iterator(corpus_dir() / "mainnet")) {
        if (!folder.is_directory()) continue;
        auto block = json::parse(read_text(folder.path() / "block.json"));
        if (block.contains("result")) block = block["result"];
        for (auto& body : block["transactions"]) all.push_back(model_of(body));
    }
    return all;
}

std::vector<Model> built_in_models() {
    std::vector<Model> all;
    for (const auto& signed_one : kSigned) all.push_back(model_of(json::parse(signed_one.json)));
    return all;
}

std::string quantity(const eth::U256& value) {
    const auto digits = eth::to_hex(eth::to_be(value)).substr(2);
    const auto first = digits.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : digits.substr(first));
}

std::string body_of(json body, const eth::Transaction& tx, const std::string& from) {
    const auto& [parity, r, s] = tx.signature;
    body["nonce"] = quantity(tx.nonce);
    body["from"] = from;
    body["r"] = quantity(r);
    body["s"] = quantity(s);
    body["hash"] = eth::to_hex(eth::transaction_hash(tx).view());
    if (tx.type != eth::TxType::legacy)
        body["v"] = body["yParity"] = quantity(parity);
    else
        body["v"] = quantity(tx.chain_id ? tx.chain_id->value * 2 + 35 + parity : 27U + parity);
    return body.dump();
}

SignedLoad load_after(const std::vector<Model>& all, std::size_t count, std::size_t per_sender,
                      std::size_t first_account) {
    const Signer signer;
    const auto accounts = std::max<std::size_t>(count / per_sender, 1);
    SignedLoad load;
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < accounts; ++i)
        addresses.push_back(signer.address(first_account + i));
    for (std::size_t n = 0; n < count; ++n) {
        const auto& model = all[n % all.size()];
        auto tx = model.tx;
        tx.nonce = n / accounts;
        tx.signature = signer.sign(eth::signing_hash(tx), first_account + n % accounts);
        load.hashes.push_back(eth::transaction_hash(tx));
        load.bodies.push_back(body_of(model.body, tx, addresses[n % accounts]));
    }
    return load;
}

} // namespace

SignedLoad mainnet_load(std::size_t count, std::size_t per_sender, std::size_t first_account) {
    return load_after(mainnet_models(), count, per_sender, first_account);
}

SignedLoad built_in_load(std::size_t count, std::size_t per_sender, std::size_t first_account) {
    return load_after(built_in_models(), count, per_sender, first_account);
}

} // namespace viz::test
