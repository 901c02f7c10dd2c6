// Conversions between the project's values and FlatBuffers structs, shared by the codec files.
#pragma once

#include <cstring>
#include <optional>
#include <string>

#include "bus/codec.hpp"
#include "bus/events_generated.h"

namespace viz::bus::detail {

namespace fbs = ::flatbuffers;

// The value and the schema's struct have the same layout; this copies the bytes.
template <class To, class From> To same_bytes(const From& from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    std::memcpy(static_cast<void*>(&to), &from, sizeof to);
    return to;
}

inline fb::Hash put(const Hash& v) {
    return same_bytes<fb::Hash>(v);
}
inline fb::Address put(const Address& v) {
    return same_bytes<fb::Address>(v);
}
inline fb::Selector put(const Selector& v) {
    return same_bytes<fb::Selector>(v);
}
inline fb::Wei put(const Wei& v) {
    return same_bytes<fb::Wei>(v.limbs);
}

inline Hash get(const fb::Hash* v) {
    return same_bytes<Hash>(*v);
}
inline Address get(const fb::Address* v) {
    return same_bytes<Address>(*v);
}
inline Selector get(const fb::Selector* v) {
    return same_bytes<Selector>(*v);
}
inline Wei get(const fb::Wei* v) {
    Wei wei;
    wei.limbs = same_bytes<decltype(wei.limbs)>(*v);
    return wei;
}
inline fb::SlotUse put(const SlotUse& v) {
    return {put(v.address), put(v.key)};
}
inline SlotUse get(const fb::SlotUse* v) {
    return {get(&v->address()), get(&v->key())};
}
template <class T> auto get_optional(const T* v) {
    return v != nullptr ? std::optional(get(v)) : std::nullopt;
}
inline std::string get(const fbs::String* v) {
    return v != nullptr ? v->str() : std::string();
}
inline Bytes get(const fbs::Vector<std::uint8_t>* v) {
    return v != nullptr ? Bytes(v->begin(), v->end()) : Bytes();
}

// The optional as the pointer that builders take; this object holds the struct.
template <class F> struct OptionalStruct {
    std::optional<F> value;
    template <class T>
    explicit OptionalStruct(const std::optional<T>& v)
        : value(v ? std::optional<F>(put(*v)) : std::nullopt) {}
    const F* pointer() const { return value ? &*value : nullptr; }
};

template <class W, class T>
auto put_structs(fbs::FlatBufferBuilder& builder, const std::vector<T>& values) {
    std::vector<W> wire;
    wire.reserve(values.size());
    for (const auto& value : values) wire.push_back(put(value));
    return builder.CreateVectorOfStructs(wire);
}
inline std::vector<std::string> get(const fbs::Vector<fbs::Offset<fbs::String>>* v) {
    std::vector<std::string> out;
    if (v != nullptr)
        for (const auto* each : *v) out.push_back(each->str());
    return out;
}
inline std::vector<Hash> get(const fbs::Vector<const fb::Hash*>* v) {
    std::vector<Hash> out;
    if (v != nullptr)
        for (const auto* each : *v) out.push_back(get(each));
    return out;
}

inline Payload finish(fbs::FlatBufferBuilder& builder) {
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// The verified root of `payload`, or null. `aligned` holds a copy when the bytes are not aligned as
// FlatBuffers requires.
template <class T> const T* verified_root(PayloadView payload, Payload& aligned) {
    if (reinterpret_cast<std::uintptr_t>(payload.data()) % 8 != 0) {
        aligned.assign(payload.begin(), payload.end());
        payload = aligned;
    }
    if (payload.size() < 8) return nullptr;
    fbs::Verifier verifier(payload.data(), payload.size());
    if (!verifier.VerifyBuffer<T>(nullptr)) return nullptr;
    return fbs::GetRoot<T>(payload.data());
}

// The verifier checks the position of a vector, not the alignment of structs with 8-byte fields in
// it. Empty vectors are not aligned by the builder.
template <class T> bool aligned_structs(const fbs::Vector<const T*>& structs) {
    return structs.size() == 0 ||
           reinterpret_cast<std::uintptr_t>(structs.Data()) % alignof(T) == 0;
}

// An enum value out of range makes the whole message invalid.
template <class E> std::optional<E> enum_up_to(std::uint8_t value, E last, std::uint8_t first = 0) {
    if (value < first || value > static_cast<std::uint8_t>(last)) return std::nullopt;
    return static_cast<E>(value);
}

fbs::Offset<fb::Feature> build_feature(fbs::FlatBufferBuilder& builder, const Feature& feature);
Feature read_feature(const fb::Feature& wire);

// For the types of bus/opportunity.hpp.
SimDispatched read(const fb::SimDispatched& wire);
SimCompleted read(const fb::SimCompleted& wire);
fbs::Offset<fb::SimDispatched> build(fbs::FlatBufferBuilder& builder, const SimDispatched& event);
fbs::Offset<fb::SimCompleted> build(fbs::FlatBufferBuilder& builder, const SimCompleted& event);
fbs::Offset<fb::CandidateQueued> build(fbs::FlatBufferBuilder& builder,
                                       const CandidateQueued& event);
fbs::Offset<fb::OppDetected> build(fbs::FlatBufferBuilder& builder, const OppDetected& event);
fbs::Offset<fb::AssemblyDecisionApplied> build(fbs::FlatBufferBuilder& builder,
                                               const AssemblyDecisionApplied& event);
fbs::Offset<fb::BundleSubmitted> build(fbs::FlatBufferBuilder& builder,
                                       const BundleSubmitted& event);
fbs::Offset<fb::OppOutcome> build(fbs::FlatBufferBuilder& builder, const OppOutcome& record);
fbs::Offset<fb::SimParity> build(fbs::FlatBufferBuilder& builder, const SimParity& record);
fbs::Offset<fb::Exposure> build(fbs::FlatBufferBuilder& builder, const Exposure& record);
fbs::Offset<fb::SimCase> build(fbs::FlatBufferBuilder& builder, const SimCase& record);
// std::nullopt for types that are not in bus/opportunity.hpp.
std::optional<EventData> read_opportunity_data(const fb::Envelope& envelope);

} // namespace viz::bus::detail
