// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/connectors/stripe/double/StripeStore.h"
#include "core/net/HttpMessage.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tw::stripe {

/// What the double needs to tell others about a webhook endpoint that was registered.
struct EndpointChange
{
    std::string url, secret;
    std::vector<std::string> events;
    bool removed = false;
};

/// The `/v1` interface of the Stripe double: create, update, delete, retrieve and list over a
/// StripeStore, in Stripe's wire form (form bodies with brackets, cursors, idempotent replay, its
/// error shapes). Parameters it does not know are refused, not ignored. Thread of the double.
class StripeApi
{
public:
    /// Called for each change that Stripe would send an event about.
    using Announce = std::function<void(std::string_view type, const Value &object,
                                        const Value &previous, std::optional<std::string> key)>;

    StripeApi(Clock &clock, StripeStore &store, SampleFactory &factory);

    void onChange(Announce announce) { m_announce = std::move(announce); }
    void onEndpoint(std::function<void(EndpointChange)> changed)
    {
        m_endpoint = std::move(changed);
    }

    HttpResponse handle(const HttpRequest &request);

private:
    struct Call
    {
        std::string method;
        std::vector<std::string> path; ///< Behind /v1, decoded.
        Value params;
        std::optional<std::string> idempotencyKey;
        Arena *arena;
    };
    struct Replay
    {
        std::string fingerprint;
        HttpResponse answer;
    };

    HttpResponse route(const Call &call);
    HttpResponse withReplay(const HttpRequest &request, const Call &call);
    HttpResponse list(const Call &call, std::string_view type);
    HttpResponse retrieve(const Call &call, std::string_view type, const std::string &id);
    HttpResponse account() const;
    HttpResponse createCharge(const Call &call);
    HttpResponse createCustomer(const Call &call);
    HttpResponse updateCustomer(const Call &call, const std::string &id);
    HttpResponse deleteCustomer(const Call &call, const std::string &id);
    HttpResponse createEndpoint(const Call &call);
    HttpResponse deleteEndpoint(const Call &call, const std::string &id);
    void announce(const Call &call, std::string_view type, const Value &object,
                  const Value &previous = {});

    Clock &m_clock;
    StripeStore &m_store;
    SampleFactory &m_factory;
    Announce m_announce;
    std::function<void(EndpointChange)> m_endpoint;
    std::map<std::string, Replay> m_replays;
};

} // namespace tw::stripe
