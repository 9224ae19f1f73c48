// SPDX-License-Identifier: GPL-3.0-or-later
// What a gate keeps over a restart.
#include "core/engine/Gate.h"

#include "core/data/Json.h"

#include <array>
#include <utility>

namespace tw {
namespace {

constexpr std::array kCauses{GateCause::Outage, GateCause::SignIn, GateCause::DayBudget};

Value textValue(Arena &arena, const std::string &text)
{
    return Value::string(arena, text);
}

/// Reads times, moved as the clock was.
struct Times
{
    std::chrono::milliseconds moved;
    Instant operator()(const Value &value) const
    {
        return Instant{value.toInt().value_or(0)} + moved;
    }
};

} // namespace

std::string Gate::text(std::chrono::milliseconds shift) const
{
    const auto timeValue = [shift](Instant at) {
        return Value::integer((at + shift).msSinceEpoch);
    };
    const Instant now = m_clock.now();
    Arena arena;
    ObjectBuilder gate(arena);
    if (m_pause) {
        ObjectBuilder pause(arena);
        pause.set("by", textValue(arena, m_pause->who));
        pause.set("why", textValue(arena, m_pause->why));
        pause.set("since", timeValue(m_pause->since));
        gate.set("pause", pause.finish());
    }
    if (isBlocked()) {
        ObjectBuilder block(arena);
        block.set("cause", textValue(arena, std::string(toString(m_block.cause))));
        block.set("why", textValue(arena, m_block.why));
        block.set("since", timeValue(m_block.since));
        block.set("until", timeValue(m_block.until));
        block.set("times", Value::integer(m_block.times));
        gate.set("block", block.finish());
    }
    ArrayBuilder waits(arena);
    for (const auto &[endpoint, wait] : m_waits) {
        if (wait.until <= now)
            continue;
        ObjectBuilder one(arena);
        one.set("endpoint", textValue(arena, endpoint));
        one.set("why", textValue(arena, wait.why));
        one.set("since", timeValue(wait.since));
        one.set("until", timeValue(wait.until));
        waits.add(one.finish());
    }
    if (waits.size() > 0)
        gate.set("waits", waits.finish());
    gate.set("refusals", Value::integer(m_refusals));
    gate.set("concurrency", Value::integer(m_concurrency.now()));
    if (m_day.isKnown()) {
        ObjectBuilder day(arena);
        day.set("used", Value::integer(m_day.used()));
        day.set("limit", Value::integer(m_day.limit()));
        day.set("at", timeValue(m_day.seenAt()));
        gate.set("day", day.finish());
    }
    return toJson(gate.finish());
}

void Gate::restore(std::string_view text, Instant at, bool clockMoved)
{
    const bool moved = clockMoved || at > m_clock.now();
    const Times timeOf{moved ? m_clock.now() - at : std::chrono::milliseconds(0)};
    at = moved ? m_clock.now() : at;
    const auto parsed = parseJson(text);
    // The time stands even if the text cannot be read: somebody made calls until then.
    for (auto &[endpoint, bucket] : m_buckets)
        bucket.empty(at);
    if (!parsed)
        return;
    const Value gate = parsed->root();
    if (const Value pause = gate.get("pause"); pause.isObject())
        m_pause = Pause{std::string(pause.get("by").text()), std::string(pause.get("why").text()),
                        timeOf(pause.get("since"))};
    const Value block = gate.get("block");
    for (const GateCause cause : kCauses) {
        if (block.get("cause").isString() && block.get("cause").text() == toString(cause))
            m_block = {cause, std::string(block.get("why").text()), timeOf(block.get("since")),
                       timeOf(block.get("until")),
                       static_cast<int>(block.get("times").toInt().value_or(0))};
    }
    for (const Value &wait : gate.get("waits").items())
        m_waits[std::string(wait.get("endpoint").text())]
            = {std::string(wait.get("why").text()), timeOf(wait.get("since")),
               timeOf(wait.get("until"))};
    m_refusals = static_cast<int>(gate.get("refusals").toInt().value_or(0));
    if (const auto concurrency = gate.get("concurrency").toInt())
        m_concurrency.restore(static_cast<double>(*concurrency));
    const Value day = gate.get("day");
    if (day.isObject())
        m_day.seen({day.get("used").toInt().value_or(0), day.get("limit").toInt().value_or(0)},
                   timeOf(day.get("at")));
    if (!isBlocked() && !m_day.hasRoom(0)) // The reserve was made larger meanwhile: look at once.
        m_block = {GateCause::DayBudget, "The flows' part of the day's calls is used up.",
                   m_clock.now(), m_clock.now(), 0};
}

} // namespace tw
