// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/EventDelivery.h"

#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"

#include <algorithm>

namespace tw::stripe {

namespace {

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kLongestPause{15'000};
constexpr std::size_t kAnswerBytes = 500;

HttpClientOptions clientOptions()
{
    HttpClientOptions options;
    options.proxy = std::string(); // Webhooks of a double are on this machine.
    options.userAgent = "Stripe/1.0 (Tidewire double)";
    return options;
}

} // namespace

EventDelivery::EventDelivery(Clock &clock) : m_clock(clock), m_http(clientOptions()) {}

std::size_t EventDelivery::addTarget(sandbox::WebhookTarget target)
{
    const auto same = std::find_if(m_targets.begin(), m_targets.end(),
                                   [&](const auto &known) { return known.url == target.url; });
    if (same != m_targets.end()) {
        *same = std::move(target);
        return static_cast<std::size_t>(same - m_targets.begin());
    }
    m_targets.push_back(std::move(target));
    m_rolled.emplace_back();
    return m_targets.size() - 1;
}

void EventDelivery::removeTarget(const std::string &url)
{
    // Emptied rather than erased: parcels on their way know targets by index.
    for (auto &target : m_targets) {
        if (target.url == url)
            target.url.clear();
    }
}

std::vector<std::size_t> EventDelivery::targetsFor(std::string_view type) const
{
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < m_targets.size(); ++i) {
        const auto &target = m_targets[i];
        if (!target.url.empty() && (target.events.empty() || matchesEvent(target.events, type)))
            found.push_back(i);
    }
    return found;
}

void EventDelivery::rollSecret(const Secret &old, const Secret &rolled, Instant until)
{
    for (std::size_t at = 0; at < m_targets.size(); ++at) {
        if (m_targets[at].secret.reveal() != old.reveal())
            continue;
        m_targets[at].secret = rolled;
        m_rolled[at] = Rolled{old, until};
    }
}

void EventDelivery::enqueue(Parcel parcel)
{
    m_queue.push_back(std::move(parcel));
    pump();
}

void EventDelivery::pump()
{
    while (m_open < static_cast<std::size_t>(m_parallel) && !m_queue.empty()) {
        Parcel next = std::move(m_queue.front());
        m_queue.pop_front();
        send(std::move(next));
    }
}

void EventDelivery::send(Parcel parcel)
{
    ++m_open;
    ++parcel.attempt;
    const auto &target = m_targets[parcel.target];
    const Secret wrong("whsec_not_the_secret_of_this_endpoint");
    const Secret &secret = parcel.forged ? wrong : target.secret;
    std::string signature = signDelivery(*parcel.body, secret, m_clock.now());
    if (const auto &rolled = m_rolled[parcel.target]; rolled && m_clock.now() < rolled->until) {
        const std::string old = signDelivery(*parcel.body, rolled->old, m_clock.now());
        signature += old.substr(old.find(",v1="));
    }
    HttpCall call;
    call.method = "POST";
    call.url = target.url;
    call.headers = {{"Content-Type", "application/json; charset=utf-8"},
                    {"Accept", "*/*"},
                    {"Stripe-Signature", signature}};
    call.body = *parcel.body;
    call.timeout = std::chrono::seconds(20);
    call.repeatable = true;
    m_http.send(std::move(call), this, [this, parcel](Result<HttpAnswer> answer) {
        --m_open;
        answered(parcel, answer);
        pump();
    });
}

void EventDelivery::answered(Parcel parcel, const Result<HttpAnswer> &answer)
{
    const int status = answer ? answer->status : 0;
    const bool accepted = status >= 200 && status < 300;
    const bool gone = m_targets[parcel.target].url.empty();
    if (!accepted && !parcel.forged && !gone && parcel.attempt < parcel.attempts) {
        if (parcel.refused)
            parcel.refused();
        retryLater(std::move(parcel));
        return;
    }
    if (!parcel.done)
        return;
    sandbox::DeliveryReport report{
        parcel.eventId, parcel.type, m_targets[parcel.target].url, status, parcel.repeat,
        parcel.forged,  {}};
    report.answer = answer ? answer->body.substr(0, kAnswerBytes) : answer.error().message;
    parcel.done(report);
}

void EventDelivery::retryLater(Parcel parcel)
{
    ++m_sleeping;
    const auto pause =
        std::min(kFirstPause * (1 << std::min(parcel.attempt - 1, 10)), kLongestPause);
    m_clock.callAfter(pause, this, [this, parcel] {
        --m_sleeping;
        enqueue(parcel);
    });
}

} // namespace tw::stripe
