#include "components/sim/case_text.hpp"

#include <algorithm>
#include <unordered_set>

#include "components/eth/keccak.hpp"
#include "components/sim/case_layout.hpp"
#include "components/sim/text_reader.hpp"
#include "components/sim/text_writer.hpp"

namespace viz::sim {

namespace {

constexpr std::string_view kBegin = "{\"format\":\"viz-case-1\",\n\"case\":";
constexpr std::string_view kResult = ",\n\"result\":";
constexpr std::string_view kEnd = "\n}";
constexpr std::string_view kCodes = ",\n\"codes\":{";
constexpr std::string_view kFileEnd = "\n}}\n";

// Up to the end of the result's line, which has `behind` after the result.
void read_body(TextReader& in, Case& out, std::string_view behind) {
    in.literal(kBegin);
    in.value(out);
    in.literal(kResult);
    const auto line = in.line();
    if (line.ends_with(behind))
        out.result = line.substr(0, line.size() - behind.size());
    else
        in.fail("the text ends within the result");
}

void read_codes(TextReader& in, CompleteCase& out) {
    in.literal("\n\"codes\":{");
    for (const auto& hash : out.what.state.code_hashes) {
        if (in.error()) return;
        in.literal(out.codes.empty() ? "\n" : ",\n");
        in.literal('"' + eth::to_hex(hash.view()) + "\":");
        eth::Bytes code;
        in.value(code);
        if (code.size() > kMaxCaseCodeBytes)
            in.fail("a code of more than " + std::to_string(kMaxCaseCodeBytes) + " bytes");
        else if (eth::keccak256(code) != hash)
            in.fail("not the code of this hash");
        else
            out.codes.push_back(std::make_shared<const evm::Code>(code, hash));
    }
    in.literal(kFileEnd);
}

template <class T, class Hash = std::hash<T>> class Once {
  public:
    bool again(const T& value) { return !seen_.insert(value).second; }

  private:
    std::unordered_set<T, Hash> seen_;
};

// What text alone does not forbid.
std::string_view contradiction_in(const Case& of) {
    Once<eth::Address> accounts;
    Once<state::SlotKey, state::SlotKeyHash> slots;
    Once<std::uint64_t> blocks;
    for (const auto& account : of.state.accounts) {
        if (accounts.again(account.address)) return "an account stands there twice";
        for (const auto& slot : account.slots)
            if (slots.again({account.address, slot.key})) return "a slot stands there twice";
    }
    for (const auto& read : of.state.block_hashes)
        if (blocks.again(read.number)) return "a block hash stands there twice";
    const auto& codes = of.state.code_hashes;
    if (std::ranges::adjacent_find(codes, std::ranges::greater_equal()) != codes.end())
        return "code hashes are not in order";
    if (eth::is_zero(of.request.wei_denominator)) return "wei_denominator is zero";
    for (const auto& step : of.request.steps)
        if (const auto* legs = std::get_if<SimLegs>(&step))
            for (const auto& leg : *legs)
                if (leg.fee_denominator == 0 || leg.fee_numerator > leg.fee_denominator)
                    return "a fee is not a part of the whole";
    return {};
}

// Nothing where `text` was read whole and is what would be written of it.
std::optional<CaseError> wrong_with(TextReader& in, std::string_view text, const Case& read,
                                    const std::string& rewritten) {
    if (in.at() != text.size()) in.fail("expected the end");
    if (in.error()) return in.error();
    if (const auto wrong = contradiction_in(read); !wrong.empty())
        return CaseError{in.at(), std::string(wrong)};
    if (text == rewritten) return std::nullopt;
    const auto differs = std::ranges::mismatch(text, rewritten).in1 - text.begin();
    return CaseError{static_cast<std::size_t>(differs), "not as a case is written"};
}

} // namespace

std::string case_body(const Case& of) {
    std::string out;
    out.reserve(of.result.size() + 32'768);
    out += kBegin;
    TextWriter(out).value(of);
    out += kResult;
    out += of.result;
    out += kEnd;
    return out;
}

std::string case_file(std::string_view body, std::span<const evm::CodePointer> codes) {
    std::string out(body.substr(0, body.size() - std::min(body.size(), kEnd.size())));
    out += kCodes;
    bool first = true;
    for (const auto& code : codes) {
        out += first ? "\n\"" : ",\n\"";
        first = false;
        eth::append_hex(out, code->hash().view());
        out += "\":\"";
        eth::append_hex(out, code->bytes());
        out += '"';
    }
    out += kFileEnd;
    return out;
}

std::string text_of_member(const eth::Hash& hash) {
    return "{\"member\":{\"hash\":\"" + eth::to_hex(hash.view()) + '"';
}

std::variant<Case, CaseError> parse_case_body(std::string_view body) {
    if (body.size() > kMaxCaseBytes) return CaseError{kMaxCaseBytes, "too long"};
    TextReader in(body);
    Case read;
    read_body(in, read, "");
    in.literal(kEnd);
    if (const auto wrong = wrong_with(in, body, read, case_body(read))) return *wrong;
    return read;
}

std::variant<CompleteCase, CaseError> parse_case_file(std::string_view file) {
    if (file.size() > kMaxCaseBytes) return CaseError{kMaxCaseBytes, "too long"};
    TextReader in(file);
    CompleteCase read;
    read_body(in, read.what, ",");
    read_codes(in, read);
    if (const auto wrong =
            wrong_with(in, file, read.what, case_file(case_body(read.what), read.codes)))
        return *wrong;
    return read;
}

} // namespace viz::sim
