// SPDX-License-Identifier: GPL-3.0-or-later
#include "EventPlan.h"

#include "core/base/Random.h"

#include <algorithm>
#include <array>
#include <set>

using namespace std::chrono_literals;

namespace tw::test {

namespace {

constexpr std::array kStates{"open", "paid", "disputed", "refunded", "closed"};
constexpr auto kBetweenChanges = 600ms;

/// Where in the list a delivery stands; those of the source stand at whole numbers.
struct Placed
{
    double place = 0;
    Delivery delivery;
};

/// Half of all changes are about an object that has just changed.
int pickObject(Random &random, std::vector<int> &recent, int objects)
{
    const bool again = !recent.empty() && random.below(2) == 0;
    const int object = again ? recent[random.below(recent.size())]
                             : static_cast<int>(random.below(static_cast<std::uint64_t>(objects)));
    recent.push_back(object);
    if (recent.size() > 8)
        recent.erase(recent.begin());
    return object;
}

std::string idOf(int change)
{
    return "evt_" + std::to_string(change);
}

/// Half of the sources say what happened; the others have their event ids alone.
bool tellsFacts(const Change &change)
{
    return (change.object.back() - '0') % 2 == 0;
}

std::set<int> pickSome(Random &random, int of, int count)
{
    std::set<int> some;
    while (static_cast<int>(some.size()) < count)
        some.insert(static_cast<int>(random.below(static_cast<std::uint64_t>(of))));
    return some;
}

} // namespace

EventPlan::EventPlan(std::uint64_t seed, Instant start, const Size &size)
{
    makeChanges(seed, start, size);
    makeDeliveries(seed, start, size);
}

void EventPlan::makeChanges(std::uint64_t seed, Instant start, const Size &size)
{
    Random random(seed);
    std::vector<int> recent;
    for (int number = 0; number < size.changes; ++number) {
        Change change;
        change.number = number;
        change.object = "obj_" + std::to_string(pickObject(random, recent, size.objects));
        change.state = kStates[random.below(kStates.size())];
        change.amount = static_cast<int>(random.below(100'000));
        change.created = start + (number * kBetweenChanges - 1h);
        auto &ofObject = m_byObject[change.object];
        ofObject.push_back(number);
        change.sequence = static_cast<int>(ofObject.size());
        m_changes.push_back(std::move(change));
    }
}

void EventPlan::makeDeliveries(std::uint64_t seed, Instant start, const Size &size)
{
    Random random(seed + 1);
    std::vector<Placed> placed;
    for (const Change &change : m_changes)
        placed.push_back({double(change.number), {change.number, {}, {}, true}});
    std::vector<int> overtaken;
    for (const Change &change : m_changes) {
        if (change.sequence < static_cast<int>(m_byObject[change.object].size()))
            overtaken.push_back(change.number);
    }
    for (const int one : pickSome(random, static_cast<int>(overtaken.size()), size.latecomers)) {
        const Change &change =
            m_changes[static_cast<std::size_t>(overtaken[static_cast<std::size_t>(one)])];
        const auto &ofObject = m_byObject[change.object];
        const auto behind =
            std::min(ofObject.size() - 1, std::size_t(change.sequence) + random.below(4));
        placed[static_cast<std::size_t>(change.number)].place = ofObject[behind] + 0.5;
    }
    for (const int one : pickSome(random, size.changes, size.repeats)) {
        // Soon after the first one, as a rule; Stripe may come back after hours.
        const double later =
            random.below(5) == 0 ? double(size.changes) * random.unit() : 1 + 400 * random.unit();
        const bool other =
            tellsFacts(m_changes[static_cast<std::size_t>(one)]) && random.below(5) < 3;
        const std::string id = other ? "evt_again_" + std::to_string(one) : std::string();
        placed.push_back(
            {placed[static_cast<std::size_t>(one)].place + later, {one, id, {}, false}});
    }
    std::stable_sort(placed.begin(), placed.end(), [](const Placed &one, const Placed &other) {
        return one.place < other.place;
    });
    Instant at = start;
    for (Placed &next : placed) {
        at = at + std::chrono::milliseconds(random.below(10) == 0 ? random.below(11'000)
                                                                  : random.below(100));
        next.delivery.at = at;
        if (next.delivery.id.empty())
            next.delivery.id = idOf(next.delivery.change);
        m_deliveries.push_back(std::move(next.delivery));
    }
}

IncomingEvent EventPlan::eventOf(const Delivery &delivery) const
{
    const Change &change = m_changes[static_cast<std::size_t>(delivery.change)];
    const std::string sequence = std::to_string(change.sequence);
    IncomingEvent event;
    event.id = delivery.id;
    event.type = "order." + change.state;
    event.created = change.created;
    event.key = change.object;
    if (tellsFacts(change)) {
        event.fact = change.object + '|' + event.type + '|' + sequence;
        event.factWindow = 35 * 24h;
    }
    event.body = "{\"id\":\"" + delivery.id + "\",\"object\":\"" + change.object +
                 "\",\"state\":\"" + change.state + "\",\"sequence\":" + sequence +
                 ",\"amount\":" + std::to_string(change.amount) + '}';
    return event;
}

std::string EventPlan::entryText(const Change &change)
{
    return std::to_string(change.sequence) + ' ' + change.state + ' ' +
           std::to_string(change.amount);
}

Records EventPlan::ideal() const
{
    Records records;
    for (const Change &change : m_changes) {
        records.states[change.object] = entryText(change);
        records.entries[change.object].push_back(entryText(change));
    }
    for (auto &[object, entries] : records.entries)
        std::sort(entries.begin(), entries.end());
    return records;
}

Order EventPlan::entryOrder() const
{
    Order order;
    for (const Delivery &delivery : m_deliveries) {
        const Change &change = m_changes[static_cast<std::size_t>(delivery.change)];
        if (delivery.isFirst)
            order[change.object].push_back(change.sequence);
    }
    return order;
}

Order EventPlan::stateOrder() const
{
    Order order = entryOrder();
    for (auto &[object, sequences] : order) {
        int newest = 0;
        std::erase_if(sequences, [&newest](int sequence) {
            const bool old = sequence < newest;
            newest = std::max(newest, sequence);
            return old;
        });
    }
    return order;
}

int EventPlan::repeatsUnderAnotherId() const
{
    return static_cast<int>(
        std::count_if(m_deliveries.begin(), m_deliveries.end(),
                      [](const auto &one) { return one.id != idOf(one.change); }));
}

int EventPlan::olderThanKnown() const
{
    std::size_t newer = 0;
    for (const auto &[object, sequences] : stateOrder())
        newer += sequences.size();
    return static_cast<int>(m_changes.size() - newer);
}

} // namespace tw::test
