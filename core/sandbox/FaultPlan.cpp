// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/FaultPlan.h"

#include <algorithm>
#include <memory>

namespace tw::sandbox {

namespace {

constexpr std::int64_t kMostRepeats = 10'000;

std::int64_t wholeNumber(const Value &value, std::int64_t fallback)
{
    return value.toInt().value_or(fallback);
}

Fault faultFrom(const Value &entry)
{
    Fault fault;
    fault.status = static_cast<int>(wholeNumber(entry.get("status"), 0));
    fault.code = entry.get("code").text();
    fault.drop = entry.get("drop").isBool() && entry.get("drop").asBool();
    fault.delay = std::chrono::milliseconds(wholeNumber(entry.get("delay"), 0));
    if (const auto seconds = entry.get("retry_after").toInt())
        fault.retryAfter = std::to_string(*seconds);
    else if (entry.get("retry_after").isString())
        fault.retryAfter = entry.get("retry_after").text();
    fault.reason = entry.get("reason").text();
    if (entry.get("effect").isString() && entry.get("effect").text() == "after")
        fault.effect = Fault::Effect::After;
    return fault;
}

} // namespace

bool FaultPlan::load(const Value &order)
{
    const Value next = order.get("next");
    if (!next.isArray())
        return false;
    const auto items = next.items();
    if (!std::all_of(items.begin(), items.end(), [](const Value &item) { return item.isObject(); }))
        return false;
    for (const auto &entry : items) {
        const auto times =
            std::clamp<std::int64_t>(wholeNumber(entry.get("times"), 1), 0, kMostRepeats);
        for (std::int64_t i = 0; i < times; ++i)
            add(faultFrom(entry));
    }
    return true;
}

std::optional<Fault> FaultPlan::take()
{
    if (m_next.empty())
        return std::nullopt;
    Fault fault = std::move(m_next.front());
    m_next.pop_front();
    return fault;
}

void sendWithFault(HttpReply reply, HttpResponse answer, const Fault &fault, Clock &clock,
                   QObject *context)
{
    if (fault.retryAfter)
        answer.headers.set("Retry-After", *fault.retryAfter);
    if (fault.drop)
        answer.cutAfter = 0;
    if (fault.delay.count() <= 0) {
        reply.send(std::move(answer));
        return;
    }
    auto held = std::make_shared<HttpReply>(std::move(reply));
    clock.callAfter(fault.delay, context,
                    [held, answer = std::move(answer)] { held->send(answer); });
}

} // namespace tw::sandbox
