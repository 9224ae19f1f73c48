// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/ApiDesk.h"

#include "core/connectors/stripe/double/Expansion.h"

namespace tw::stripe {
namespace {

constexpr std::string_view kIdAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kMostMade = 100'000;

} // namespace

Value previousAttributes(Arena &arena, const Value &before, const Value &after)
{
    ObjectBuilder previous(arena);
    for (const Member &member : before.members()) {
        const Value now = after.get(member.key.text());
        if (equals(member.value, now) && !now.isUndefined())
            continue;
        if (member.value.isObject() && now.isObject()) {
            const Value inner = previousAttributes(arena, member.value, now);
            if (!inner.isUndefined())
                previous.set(member.key.text(), inner);
        } else {
            previous.set(member.key.text(), member.value);
        }
    }
    for (const Member &member : after.members()) {
        if (before.get(member.key.text()).isUndefined())
            previous.set(member.key.text(), Value::null());
    }
    return previous.size() == 0 ? Value() : previous.finish();
}

ApiDesk::ApiDesk(Clock &clock, StripeStore &store, std::uint64_t seed)
    : m_clock(clock), m_store(store), m_random(seed)
{}

Instant ApiDesk::now(const Value &object)
{
    Value clock = object.get("test_clock");
    if (!clock.isString()) {
        const Value customer = object.get("customer");
        if (customer.isString()) {
            if (const auto *held = m_store.find("customer", customer.text()))
                clock = held->object->root().get("test_clock");
        }
    }
    if (clock.isString()) {
        const auto *held = m_store.find("test_helpers.test_clock", clock.text());
        const auto frozen = held ? held->object->root().get("frozen_time").toInt() : std::nullopt;
        if (frozen)
            return Instant::fromSeconds(*frozen);
    }
    return m_clock.now();
}

std::string ApiDesk::newId(std::string_view prefix)
{
    // Ids of one moment sort by time in logs, as Stripe's do; the rest is chance.
    std::string id;
    do { // The same seed over a store that was kept draws the same ids again.
        id = std::string(prefix) + "1Tw" + m_random.text(21, kIdAlphabet);
    } while (!m_store.object(id).isUndefined());
    return id;
}

Value ApiDesk::get(const ApiCall &call, std::string_view type, std::string_view id)
{
    const auto *held = m_store.find(type, id);
    return held && !held->deleted ? copyInto(call.arena, held->object->root()) : Value();
}

Value ApiDesk::create(const ApiCall &call, const Value &object, std::string_view event)
{
    m_store.put(object);
    if (m_madeAt.size() >= kMostMade)
        m_madeAt.clear(); // Search sees them all then, as it does after an hour.
    m_madeAt.insert_or_assign(std::string(object.get("id").text()), m_clock.now());
    if (!event.empty())
        tell(call, event, object);
    return object;
}

Value ApiDesk::change(const ApiCall &call, const Value &before,
                      std::initializer_list<sandbox::JsonMaker::Member> changes,
                      std::string_view event)
{
    return replace(call, before, call.json().with(before, changes), event);
}

Value ApiDesk::replace(const ApiCall &call, const Value &before, const Value &after,
                       std::string_view event)
{
    const Expansion shown(call.arena, m_store);
    const Value previous = previousAttributes(call.arena, shown.bare(before), shown.bare(after));
    m_store.put(after);
    if (!event.empty() && !previous.isUndefined())
        tell(call, event, after, previous);
    return after;
}

void ApiDesk::remove(const ApiCall &call, const Value &object, std::string_view event)
{
    m_store.remove(object.get("object").text(), object.get("id").text());
    if (!event.empty())
        tell(call, event, object);
}

void ApiDesk::tell(const ApiCall &call, std::string_view event, const Value &object,
                   const Value &previous)
{
    if (event.empty())
        return;
    // Only updates say what was before (docs.stripe.com/api/events/object).
    const bool says = event.ends_with(".updated") || event.ends_with("_updated");
    if (m_news)
        m_news({std::string(event), Expansion(call.arena, m_store).bare(object),
                says ? previous : Value(), call.requestId, call.idempotencyKey});
    if (m_told)
        m_told(call, event, object);
}

void ApiDesk::later(const Value &, std::chrono::milliseconds delay,
                    std::function<void(const ApiCall &)> action)
{
    m_clock.callAfter(delay, this, [action = std::move(action)] {
        Arena arena;
        action(ApiCall{"POST", {}, Value(), {}, {}, {}, arena});
    });
}

HttpResponse ApiDesk::call(const ApiCall &from, std::string_view method, const std::string &path,
                           const Value &params)
{
    return m_inner(from, method, path, params);
}

Instant ApiDesk::madeAt(std::string_view id) const
{
    const auto made = m_madeAt.find(id);
    return made == m_madeAt.end() ? Instant{} : made->second;
}

} // namespace tw::stripe
