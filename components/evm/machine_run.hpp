// Defines Machine::execute for any tracer; include it to use a custom tracer.
#pragma once

#include "components/evm/interpreter.hpp"
#include "components/evm/machine.hpp"

namespace viz::evm {

template <class Tracer> Machine::Outcome Machine::execute(const Message& message, Tracer& tracer) {
    if (!start(message)) {
        direct_.first_failure = first_failure_;
        return std::move(direct_);
    }
    while (true) {
        Frame& frame = *frames_[depth_ - 1];
        if (interpret(*this, frame, tracer) != Step::finished) continue;
        const bool last = depth_ == 1;
        if (is_abort(frame.status)) unwind(frame.status);
        Frame& done = *frames_[depth_ - 1];
        leave_frame();
        if (!last && !is_abort(done.status)) continue;
        Outcome outcome{done.status, done.gas, {done.output.begin(), done.output.end()}, {}};
        if (outcome.status != Status::success) outcome.first_failure = first_failure_;
        return outcome;
    }
}

// Instantiated once, in machine.cpp.
extern template Machine::Outcome Machine::execute(const Message&, NoTracer&);

} // namespace viz::evm
