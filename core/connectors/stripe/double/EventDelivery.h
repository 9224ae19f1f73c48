// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/HttpClient.h"
#include "core/sandbox/Double.h"

#include <QObject>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tw::stripe {

/// Sends signed events to webhooks as Stripe does: any answer but 2xx, or none, means another try
/// later, each with a fresh timestamp and signature. At most `parallel` requests are open at a
/// time. Lives on the double's thread.
class EventDelivery final : public QObject
{
public:
    /// One event for one webhook.
    struct Parcel
    {
        std::string eventId, type;
        std::shared_ptr<const std::string> body;
        std::size_t target = 0;
        bool repeat = false;
        bool forged = false; ///< Signed with a wrong secret, and not tried again.
        int attempt = 0;
        int attempts = 10; ///< Then it is given up.
        std::function<void(const sandbox::DeliveryReport &)> done;
        std::function<void()> refused{}; ///< After each try that was not taken and is made again.
    };

    explicit EventDelivery(Clock &clock);

    std::size_t addTarget(sandbox::WebhookTarget target);
    void removeTarget(const std::string &url);
    const std::vector<sandbox::WebhookTarget> &targets() const { return m_targets; }
    /// The targets that ask for events of this type.
    std::vector<std::size_t> targetsFor(std::string_view type) const;

    /// Deliveries of targets with `old` are signed with both until `until`, then with the new one.
    void rollSecret(const Secret &old, const Secret &rolled, Instant until);
    void setParallel(int parallel) { m_parallel = parallel < 1 ? 1 : parallel; }
    void enqueue(Parcel parcel);
    std::size_t waiting() const { return m_queue.size() + m_sleeping + m_open; }

private:
    void pump();
    void send(Parcel parcel);
    void answered(Parcel parcel, const Result<HttpAnswer> &answer);
    void retryLater(Parcel parcel);

    Clock &m_clock;
    HttpClient m_http;
    std::vector<sandbox::WebhookTarget> m_targets;
    struct Rolled
    {
        Secret old;
        Instant until;
    };
    std::vector<std::optional<Rolled>> m_rolled; ///< Beside m_targets.
    std::deque<Parcel> m_queue;
    int m_parallel = 8;
    std::size_t m_open = 0;
    std::size_t m_sleeping = 0;
};

} // namespace tw::stripe
