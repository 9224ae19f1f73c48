// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/data/Value.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tw::sandbox {

struct DoubleOptions
{
    Clock &clock;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; ///< 0: any free one.
    std::uint64_t seed = 1; ///< The same seed gives the same objects.
    std::string dataDir;    ///< Keeps its records over restarts when not empty.
};

/// A webhook that the double is to deliver events to.
struct WebhookTarget
{
    std::string url;
    Secret secret;
    std::vector<std::string> events; ///< Types, "*" and "charge.*" allowed; empty = all.
};

/// What a demonstration or a test run asks a double to send.
struct DeliveryPlan
{
    int events = 10;
    std::vector<std::string> types; ///< Cycled through; empty = what the targets ask for.
    int repeats = 0;                ///< So many events are delivered twice.
    int forged = 0;                 ///< So many deliveries carry a bad signature.
    int poisoned = 0;               ///< So many events hold data that the other side must refuse.
    int parallel = 8;
    int attempts = 10; ///< Then a delivery that is not taken is given up.
};

/// What became of one delivery.
struct DeliveryReport
{
    std::string eventId;
    std::string type;
    std::string url;
    int status = 0; ///< HTTP status, 0 when there was no answer.
    bool repeat = false;
    bool forged = false;
    std::string answer; ///< First 500 bytes of the answer's body.
};

/// A record that a double holds, for summaries and tests.
struct HeldRecord
{
    std::string type; ///< "Stripe_Payment__c", "charge".
    std::string id;
    int writes = 0;   ///< How often it was written.
    DocumentPtr fields;
};

/// Stands in for another system over real HTTP on this machine. Owned by the runtime or by
/// `tidewire sandbox`; lives on the thread that made it; stops when destroyed.
class Double
{
public:
    virtual ~Double() = default;

    virtual std::string connector() const = 0; ///< "stripe".
    virtual std::string url() const = 0;       ///< "http://127.0.0.1:40123".
    /// Settings and secrets with which a connection reaches this double (`base_url`, …).
    virtual std::map<std::string, std::string> connectionSettings() const = 0;
    virtual std::map<std::string, Secret> connectionSecrets() const = 0;
    virtual std::vector<HeldRecord> records() const = 0;

    virtual void addWebhook(WebhookTarget) {}
    /// Makes and delivers events; `progress` per delivery, `done` once at the end. Doubles that send nothing call `done` at once.
    virtual void deliver(const DeliveryPlan &, std::function<void(const DeliveryReport &)>,
                         std::function<void()> done)
    {
        done();
    }
};

} // namespace tw::sandbox
