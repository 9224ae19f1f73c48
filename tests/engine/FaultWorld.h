// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/engine/Engine.h"
#include "core/net/HttpClient.h"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace tw::test {

/// The other side: knows idempotency keys, and writes down what took effect in which order. Outlives
/// every engine that writes to it.
struct Destination
{
    std::map<std::string, int> calls;                        ///< Per key.
    std::map<std::string, std::vector<std::string>> written; ///< Per object: events, once per key.
    std::map<std::string, std::set<std::string>> keysOf;     ///< Per event and step.
    std::function<std::optional<Error>(const StepCall &)> refuses; ///< Before the effect.
    std::function<std::optional<Error>(const StepCall &)> garbles; ///< After it.

    StepAnswer write(const StepCall &call);
    int repeats() const; ///< Calls beyond the first of each key.
};

/// An engine over a journal in a folder of the caller's, which may be cut off at any moment and begun
/// again, feeding two effects: one call for each event, then many records in one call. Virtual time.
class FaultWorld
{
public:
    FaultWorld(std::string folder, Destination &destination, int objects);
    ~FaultWorld();

    Result<void> start();
    void stop(); ///< Tells nobody.

    /// Hands in events `first` … `last` of a fixed plan, a few at a time; refused ones come again.
    /// False: the store stopped for good, or nothing moved any more.
    bool deliver(int first, int last);
    /// In the order of this plan, repeats and all.
    bool deliver(const std::vector<int> &numbers);
    bool finish(); ///< Until nothing is open.

    std::string objectOf(int number) const;
    static std::string idOf(int number) { return "evt_" + std::to_string(number); }

    std::string file() const { return m_folder + "/journal.db"; }
    /// What is wrong: promised events that are not there or, with `allDone`, not done; effects with
    /// two keys or in another order than the runs. `since`: the destination did not see the beginning.
    std::string verdict(bool allDone, bool since = false) const;

    ManualClock clock;
    std::vector<std::string> acknowledged; ///< In the order of the answers.
    std::atomic<int> acknowledgements = 0; ///< Of them, for other threads.
    int refused = 0;
    bool stopped = false;
    std::chrono::milliseconds step{20}; ///< The clock moves by this when nothing else does.
    std::unique_ptr<StoreThread> store;
    std::unique_ptr<Engine> engine;
    RunObserver observer;

private:
    class WriteStep;
    bool spin(const std::function<bool()> &done);
    void pump();
    void send(int number);

    std::string m_folder;
    Destination &m_destination;
    int m_objects;
    HttpClient m_http;
    Registry m_registry;
    std::deque<int> m_waiting;
    int m_inFlight = 0;
    QObject m_context;
};

} // namespace tw::test
