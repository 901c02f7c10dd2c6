// 0x0b..0x11, EIP-2537.
#include <algorithm>

#include "components/evm/precompiles/bls12_381.hpp"
#include "components/evm/precompiles/bytes.hpp"
#include "components/evm/precompiles/contracts.hpp"
#include "components/evm/precompiles/multi_scalar.hpp"
#include "components/evm/run_guard.hpp"

namespace viz::evm::precompiles {

namespace {

using namespace bls12_381;

constexpr std::size_t kFieldSize = 64; // the first 16 are zero
constexpr std::size_t kScalarSize = 32;

std::optional<Fp> read_fp(BytesView bytes) {
    if (!all_zero(bytes.first(16))) return std::nullopt;
    return Fp::from_be(bytes.subspan(16, 48));
}
void write_fp(const Fp& v, std::span<std::uint8_t> out) {
    v.to_be(out.subspan(16, 48));
}

std::optional<Fp2> read_fp2(BytesView bytes) {
    const auto c0 = read_fp(bytes.first(kFieldSize));
    const auto c1 = read_fp(bytes.subspan(kFieldSize, kFieldSize));
    if (!c0 || !c1) return std::nullopt;
    return Fp2{*c0, *c1};
}

// Traits of both groups, so that the common code of their contracts exists once.
struct First {
    using F = Fp;
    static constexpr std::size_t kCoordinateSize = kFieldSize;
    static std::optional<Fp> read(BytesView bytes) { return read_fp(bytes); }
    static void write(const Fp& v, std::span<std::uint8_t> out) { write_fp(v, out); }
    static constexpr const Fp& kCurveB = kB;
};
struct Second {
    using F = Fp2;
    static constexpr std::size_t kCoordinateSize = 2 * kFieldSize;
    static std::optional<Fp2> read(BytesView bytes) { return read_fp2(bytes); }
    static void write(const Fp2& v, std::span<std::uint8_t> out) {
        write_fp(v.c0, out.first(kFieldSize));
        write_fp(v.c1, out.subspan(kFieldSize, kFieldSize));
    }
    static constexpr const Fp2& kCurveB = kTwistB;
};
template <class Group> constexpr std::size_t kPointSize = 2 * Group::kCoordinateSize;
template <class Group> using Point = AffinePoint<typename Group::F>;

// Returns nullopt for a non-canonical coordinate and for a point not on the curve.
template <class Group> std::optional<Point<Group>> read_point(BytesView bytes) {
    const auto x = Group::read(bytes.first(Group::kCoordinateSize));
    const auto y = Group::read(bytes.subspan(Group::kCoordinateSize, Group::kCoordinateSize));
    if (!x || !y) return std::nullopt;
    if (x->is_zero() && y->is_zero()) return Point<Group>();
    const auto point = Point<Group>::at(*x, *y);
    if (!point.is_on_curve(Group::kCurveB)) return std::nullopt;
    return point;
}

// Also returns nullopt for a point outside the subgroup.
template <class Group> std::optional<Point<Group>> read_member(BytesView bytes) {
    auto point = read_point<Group>(bytes);
    if (point && !in_subgroup(*point)) return std::nullopt;
    return point;
}

template <class Group> void write_point(const Point<Group>& point, Bytes& output) {
    output.resize(kPointSize<Group>);
    if (point.infinity) return;
    const std::span<std::uint8_t> out(output);
    Group::write(point.x, out.first(Group::kCoordinateSize));
    Group::write(point.y, out.subspan(Group::kCoordinateSize));
}

template <class Group> bool add(BytesView input, Bytes& output) {
    constexpr auto size = kPointSize<Group>;
    if (input.size() != 2 * size) return false;
    const auto p = read_point<Group>(input.first(size));
    const auto q = read_point<Group>(input.subspan(size));
    if (!p || !q) return false;
    write_point<Group>((JacobianPoint<typename Group::F>(*p) + *q).to_affine(), output);
    return true;
}

template <class Group> constexpr std::size_t kTermSize = kPointSize<Group> + kScalarSize;

template <class Group> bool multi_scalar(BytesView input, Bytes& output) {
    using Term = Multiple<typename Group::F, 4>;
    if (input.empty() || input.size() % kTermSize<Group> != 0) return false;
    std::vector<Term> terms;
    terms.reserve(input.size() / kTermSize<Group>);
    for (; !input.empty(); input = input.subspan(kTermSize<Group>)) {
        const auto point = read_member<Group>(input.first(kPointSize<Group>));
        if (!point) return false;
        const auto scalar = limbs_from_be<4>(input.subspan(kPointSize<Group>, kScalarSize));
        if (!point->infinity && !is_zero(scalar)) terms.push_back({*point, scalar});
    }
    write_point<Group>(sum_of_multiples(std::span<const Term>(terms)).to_affine(), output);
    return true;
}

// Discounted price per multiplication, in thousandths, for 1, 2, .. 128 and more terms.
using Discounts = std::array<std::uint16_t, 128>;
constexpr Discounts kG1Discounts = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519};
constexpr Discounts kG2Discounts = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524};

// The price of an empty call is irrelevant: the call fails.
std::uint64_t multi_scalar_gas(std::size_t terms, std::uint64_t one, const Discounts& discounts) {
    if (terms == 0) return 0;
    const auto discount = discounts[std::min(terms, discounts.size()) - 1];
    return static_cast<std::uint64_t>(terms) * one * discount / 1000;
}

constexpr std::size_t kPairSize = kPointSize<First> + kPointSize<Second>;
// Some 20 ms; each part has a final exponentiation of its own.
constexpr std::size_t kPairsAtATime = 64;

bool pairing(BytesView input, Bytes& output, RunGuard* guard) {
    if (input.empty() || input.size() % kPairSize != 0) return false;
    const auto most = guard != nullptr ? kPairsAtATime : input.size() / kPairSize;
    auto product = Fp12::one();
    while (!input.empty()) {
        if (guard != nullptr && guard->check() != Interrupt::none) return false;
        std::vector<Pair> pairs;
        for (; !input.empty() && pairs.size() < most; input = input.subspan(kPairSize)) {
            const auto p = read_member<First>(input.first(kPointSize<First>));
            const auto q =
                read_member<Second>(input.subspan(kPointSize<First>, kPointSize<Second>));
            if (!p || !q) return false;
            pairs.push_back({*p, *q});
        }
        product = product * pairing_product(std::span<const Pair>(pairs));
    }
    output.resize(32);
    output[31] = product == Fp12::one() ? 1 : 0;
    return true;
}

} // namespace

std::uint64_t bls12_g1_add_gas(BytesView /*input*/, Fork /*fork*/) {
    return 375;
}
bool bls12_g1_add_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return add<First>(input, output);
}

std::uint64_t bls12_g1_msm_gas(BytesView input, Fork /*fork*/) {
    return multi_scalar_gas(input.size() / kTermSize<First>, 12000, kG1Discounts);
}
bool bls12_g1_msm_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return multi_scalar<First>(input, output);
}

std::uint64_t bls12_g2_add_gas(BytesView /*input*/, Fork /*fork*/) {
    return 600;
}
bool bls12_g2_add_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return add<Second>(input, output);
}

std::uint64_t bls12_g2_msm_gas(BytesView input, Fork /*fork*/) {
    return multi_scalar_gas(input.size() / kTermSize<Second>, 22500, kG2Discounts);
}
bool bls12_g2_msm_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return multi_scalar<Second>(input, output);
}

std::uint64_t bls12_pairing_gas(BytesView input, Fork /*fork*/) {
    return 37700 + 32600 * (static_cast<std::uint64_t>(input.size()) / kPairSize);
}
bool bls12_pairing_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return pairing(input, output, nullptr);
}
bool bls12_pairing_run_guarded(BytesView input, Fork /*fork*/, Bytes& output, RunGuard& guard) {
    return pairing(input, output, &guard);
}

std::uint64_t bls12_map_fp_gas(BytesView /*input*/, Fork /*fork*/) {
    return 5500;
}
bool bls12_map_fp_run(BytesView input, Fork /*fork*/, Bytes& output) {
    if (input.size() != kFieldSize) return false;
    const auto u = read_fp(input);
    if (!u) return false;
    write_point<First>(map_to_g1(*u).to_affine(), output);
    return true;
}

std::uint64_t bls12_map_fp2_gas(BytesView /*input*/, Fork /*fork*/) {
    return 23800;
}
bool bls12_map_fp2_run(BytesView input, Fork /*fork*/, Bytes& output) {
    if (input.size() != 2 * kFieldSize) return false;
    const auto u = read_fp2(input);
    if (!u) return false;
    write_point<Second>(map_to_g2(*u).to_affine(), output);
    return true;
}

} // namespace viz::evm::precompiles
