#include "runtime/supervisor.hpp"

#include <algorithm>
#include <exception>

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace viz::runtime {

struct Supervisor::Slot {
    ComponentPlan plan;
    ComponentReport report;
    std::exception_ptr first_failure;
    bool made_once{false};
    std::shared_ptr<bus::Component> component;
    std::jthread thread; // last: its thread uses all of the above
};

std::string_view to_string(ComponentState state) {
    switch (state) {
    case ComponentState::starting:
        return "starting";
    case ComponentState::running:
        return "running";
    case ComponentState::restarting:
        return "restarting";
    case ComponentState::stopped:
        return "stopped";
    case ComponentState::failed:
        return "failed";
    }
    return "unknown";
}

Supervisor::Supervisor(bus::Metrics& metrics, std::function<void(const std::string&)> on_fatal)
    : metrics_(metrics), on_fatal_(std::move(on_fatal)) {}

Supervisor::~Supervisor() {
    stop_all();
}

void Supervisor::start(ComponentPlan plan) {
    std::unique_lock lock(mutex_);
    auto& slot = slots_.emplace_back();
    slot.plan = std::move(plan);
    slot.report.name = slot.plan.name;
    slot.thread = std::jthread([this, &slot](std::stop_token stop) { run(slot, stop); });
    const auto name = "viz-" + slot.plan.name.substr(0, 11);
    pthread_setname_np(slot.thread.native_handle(), name.c_str());
    changed_.wait(lock, [&] { return slot.made_once || slot.first_failure; });
    if (slot.first_failure) std::rethrow_exception(slot.first_failure);
}

void Supervisor::set_state(Slot& slot, ComponentState state, const std::string& error) {
    const std::scoped_lock lock(mutex_);
    slot.report.state = state;
    if (!error.empty()) slot.report.last_error = error;
    if (state != ComponentState::running) slot.component.reset();
    changed_.notify_all();
}

bool Supervisor::wait_before_restart(Slot& slot, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    ++slot.report.restarts;
    const auto doublings = std::min<std::uint64_t>(slot.report.restarts - 1, 7);
    const auto wait =
        slot.plan.first_back_off * std::min(std::int64_t{1} << doublings, std::int64_t{100});
    changed_.wait_for(lock, stop, wait, [] { return false; });
    return !stop.stop_requested();
}

void Supervisor::run(Slot& slot, std::stop_token stop) {
    auto& failures =
        metrics_.counter("component_failures_total", "Exceptions that ended a component's run.",
                         {{"component", slot.plan.name}});
    do {
        try {
            std::shared_ptr<bus::Component> component = slot.plan.make();
            {
                const std::scoped_lock lock(mutex_);
                slot.component = component;
                slot.made_once = true;
            }
            set_state(slot, ComponentState::running);
            component->run(stop);
            set_state(slot, ComponentState::stopped);
            return;
        } catch (const std::exception& error) {
            failures.Increment();
            const bool first = [&] {
                const std::scoped_lock lock(mutex_);
                if (!slot.made_once) slot.first_failure = std::current_exception();
                return !slot.made_once;
            }();
            const bool again = slot.plan.restartable && !first;
            set_state(slot, again ? ComponentState::restarting : ComponentState::failed,
                      error.what());
            if (first) return;
            spdlog::error("component={} failed error=\"{}\" restart={}", slot.plan.name,
                          error.what(), again);
            if (!again) {
                const bool report = [&] {
                    const std::scoped_lock lock(mutex_);
                    return !std::exchange(fatal_reported_, true);
                }();
                if (report) on_fatal_(slot.plan.name + ": " + error.what());
                return;
            }
        }
    } while (wait_before_restart(slot, stop));
    set_state(slot, ComponentState::stopped);
}

void Supervisor::stop(const std::vector<std::string>& names) {
    std::vector<std::jthread*> threads;
    {
        const std::scoped_lock lock(mutex_);
        for (auto& slot : slots_)
            if (std::find(names.begin(), names.end(), slot.plan.name) != names.end())
                threads.push_back(&slot.thread);
    }
    for (auto* thread : threads) thread->request_stop();
    for (auto* thread : threads)
        if (thread->joinable()) thread->join();
}

void Supervisor::stop_all() {
    std::vector<std::string> names;
    for (const auto& report : reports()) names.push_back(report.name);
    stop(names);
}

std::vector<ComponentReport> Supervisor::reports() const {
    const std::scoped_lock lock(mutex_);
    std::vector<ComponentReport> all;
    for (const auto& slot : slots_) {
        all.push_back(slot.report);
        if (slot.component) all.back().last_turn_ns = slot.component->last_turn_ns();
    }
    return all;
}

} // namespace viz::runtime
