// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/Trigger.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tw::test {

/// One change of one business object, as its source made it.
struct Change
{
    int number = 0;   ///< In the order of the source, over all objects.
    int sequence = 0; ///< The same within the object, from 1.
    std::string object;
    std::string state;
    int amount = 0;
    Instant created;
};

/// A change on its way to us, maybe not for the first time.
struct Delivery
{
    int change = 0;
    std::string id;
    Instant at;
    bool isFirst = true;
};

/// What a place holds: the state of each object, and one entry for each change that took effect.
struct Records
{
    std::map<std::string, std::string> states;               ///< By object.
    std::map<std::string, std::vector<std::string>> entries; ///< By object, sorted.
    bool operator==(const Records &) const = default;
};

/// Which changes take effect in which order, by object: their sequence numbers.
using Order = std::map<std::string, std::vector<int>>;

/// Changes of a few hundred objects and how they are delivered: some twice, with the same event id
/// or with another, some after younger ones of their object. The same seed gives the same plan.
/// What has to come out is computed from the plan alone.
class EventPlan
{
public:
    struct Size
    {
        int changes = 10'000;
        int objects = 300;
        int repeats = 500; ///< Some three in ten of them under another event id.
        int latecomers = 500;
    };

    EventPlan(std::uint64_t seed, Instant start, const Size &size);

    const std::vector<Delivery> &deliveries() const { return m_deliveries; }
    IncomingEvent eventOf(const Delivery &delivery) const;

    Records ideal() const;    ///< As if everything had come once and in order.
    Order entryOrder() const; ///< All changes, as they came.
    Order stateOrder() const; ///< Those that were no older than what had come.
    int repeatsUnderAnotherId() const;
    int olderThanKnown() const; ///< Changes that a younger one of their object overtook.

    static std::string entryText(const Change &change);

private:
    void makeChanges(std::uint64_t seed, Instant start, const Size &size);
    void makeDeliveries(std::uint64_t seed, Instant start, const Size &size);

    std::vector<Change> m_changes;
    std::map<std::string, std::vector<int>> m_byObject;
    std::vector<Delivery> m_deliveries;
};

} // namespace tw::test
