// Runs components, each on its own named thread, and handles their failures: a component without
// state is recreated after a back-off; the failure of any other ends the process.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bus/component.hpp"
#include "bus/metrics.hpp"

namespace viz::runtime {

enum class ComponentState : std::uint8_t { starting, running, restarting, stopped, failed };
std::string_view to_string(ComponentState state);

struct ComponentPlan {
    std::string name; // thread name: "viz-" and the first 11 characters
    std::function<std::unique_ptr<bus::Component>()> make; // called on the component's thread
    bool restartable{false};
    std::chrono::milliseconds first_back_off{
        100}; // doubles with each failure, up to 100 times this value
};

struct ComponentReport {
    std::string name;
    ComponentState state{ComponentState::starting};
    std::string last_error;
    std::uint64_t restarts{};
    std::int64_t last_turn_ns{}; // see bus::Component::last_turn_ns
};

class Supervisor {
  public:
    // `on_fatal` is called once, on the failed component's thread.
    Supervisor(bus::Metrics& metrics, std::function<void(const std::string& what)> on_fatal);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // Returns when the component has been made; rethrows what `make` throws.
    void start(ComponentPlan plan);
    // Requests the stop of the named components together and waits for all of them; unknown names
    // are ignored.
    void stop(const std::vector<std::string>& names);
    void stop_all();

    // In start order.
    std::vector<ComponentReport> reports() const;

  private:
    struct Slot;
    void run(Slot& slot, std::stop_token stop);
    bool wait_before_restart(Slot& slot, std::stop_token stop);
    void set_state(Slot& slot, ComponentState state, const std::string& error = {});

    bus::Metrics& metrics_;
    std::function<void(const std::string&)> on_fatal_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::list<Slot> slots_;
    bool fatal_reported_{false};
};

} // namespace viz::runtime
