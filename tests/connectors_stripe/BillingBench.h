// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connectors/stripe/double/BillingHooks.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/StripeApi.h"
#include "core/data/Json.h"

#include <memory>

namespace tw::testing {

/// The double's API without a server, on a clock that the test holds. Calls are made as forms,
/// events are kept in order.
class BillingBench
{
public:
    struct Told
    {
        std::string type;
        DocumentPtr object, previous;
    };

    BillingBench() { restart(); }

    ManualClock clock;
    std::vector<Told> events;
    int status = 0; ///< Of the last call.

    /// As if the double had been started again over the objects that it kept.
    void restart()
    {
        m_api = std::make_unique<stripe::StripeApi>(clock, m_store, ++m_seed);
        m_api->onChange([this](const std::string &, const stripe::ObjectNews &news) {
            events.push_back({news.type, documentOf(news.object), documentOf(news.previous)});
        });
    }

    Document post(const std::string &path, const std::string &form = {})
    {
        return exchange("POST", path, {}, form);
    }
    Document del(const std::string &path, const std::string &query = {})
    {
        return exchange("DELETE", path, query, {});
    }
    Document list(const std::string &path, const std::string &query = {})
    {
        return exchange("GET", path, query, {});
    }

    stripe::ApiHost &host() { return m_api->host(); }
    const stripe::StripeStore &store() const { return m_store; }
    Value object(std::string_view type, std::string_view id) const
    {
        const auto *held = m_store.find(type, id);
        return held && !held->deleted ? held->object->root() : Value();
    }
    static stripe::ApiCall callIn(Arena &arena)
    {
        return stripe::ApiCall{"POST",     {},   ObjectBuilder(arena).finish(), {}, {},
                               "req_test", arena};
    }

    std::vector<std::string> typesSince(std::size_t from) const
    {
        std::vector<std::string> types;
        for (auto at = from; at < events.size(); ++at)
            types.push_back(events[at].type);
        return types;
    }
    int countOf(std::string_view type) const
    {
        int count = 0;
        for (const auto &event : events)
            count += event.type == type ? 1 : 0;
        return count;
    }

    /// A customer that pays with a card of this name; "" has none.
    std::string customer(const std::string &card, const std::string &more = {})
    {
        const auto made = post("/v1/customers", "name=Ana&email=ana%40example.com" + more);
        const std::string id(made.root().get("id").text());
        if (!card.empty())
            useCard(id, card);
        return id;
    }
    /// From now on the customer pays with another card.
    void useCard(const std::string &customer, const std::string &card)
    {
        const auto method = post("/v1/payment_methods/" + card + "/attach", "customer=" + customer);
        post("/v1/customers/" + customer, "invoice_settings[default_payment_method]=" +
                                              std::string(method.root().get("id").text()));
    }

private:
    static DocumentPtr documentOf(const Value &value)
    {
        Document document;
        document.setRoot(copyInto(document.arena(), value));
        return share(std::move(document));
    }
    Document exchange(std::string method, const std::string &path, const std::string &query,
                      std::string form)
    {
        HttpRequest request;
        request.method = std::move(method);
        request.path = path;
        request.query = query;
        request.target = query.empty() ? path : path + '?' + query;
        request.headers.set("Authorization", "Bearer sk_test_any");
        request.body = std::move(form);
        const auto answer = m_api->handle(request);
        status = answer.status;
        lastBody = answer.body;
        auto parsed = parseJson(answer.body);
        return parsed ? std::move(parsed).value() : Document();
    }

public:
    std::string lastBody;

private:
    stripe::StripeStore m_store;
    std::uint64_t m_seed = 41;
    std::unique_ptr<stripe::StripeApi> m_api;
};

} // namespace tw::testing
