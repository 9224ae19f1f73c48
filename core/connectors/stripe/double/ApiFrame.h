// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"
#include "core/connectors/stripe/double/StripeStore.h"
#include "core/net/HttpMessage.h"
#include "core/sandbox/JsonMaker.h"

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::stripe {

/// One call of `/v1`, decoded and already held against the catalogue: no unknown parameters, no
/// wrong types, nothing required that is missing. Values live in the arena of the call.
struct ApiCall
{
    std::string method;
    std::vector<std::string> ids; ///< What stands for {…} in the route, in order.
    Value params;                 ///< Leaves are texts (sandbox::formTree).
    std::string idempotencyKey;   ///< Empty: none was sent.
    std::string account;          ///< Stripe-Account; empty: the account of the key.
    std::string requestId;        ///< "req_…"; events of the call carry it.
    Arena &arena;

    const std::string &id(std::size_t at = 0) const { return ids.at(at); }
    sandbox::JsonMaker json() const { return sandbox::JsonMaker(arena); }
    bool has(std::string_view name) const { return !params.get(name).isUndefined(); }
    /// The text of a parameter, "" when it was not sent or unset.
    std::string text(std::string_view dottedPath) const;
    std::int64_t number(std::string_view dottedPath, std::int64_t otherwise = 0) const;
    bool flag(std::string_view dottedPath, bool otherwise = false) const;
};

/// What the handlers of the double's calls work with. Objects are immutable values; a change is a
/// new one. Nested objects are kept as ids and filled in by `expand`. Thread of the double.
class ApiHost
{
public:
    virtual ~ApiHost() = default;

    /// Now, or the time of the test clock that `object` hangs on (`test_clock`, or that of its
    /// customer).
    virtual Instant now(const Value &object = {}) = 0;
    virtual std::string newId(std::string_view prefix) = 0;
    virtual Random &random() = 0;
    virtual const StripeStore &store() const = 0;

    /// The live object in the arena of the call; undefined when there is none or it was deleted.
    virtual Value get(const ApiCall &call, std::string_view type, std::string_view id) = 0;
    /// Keeps a new object and tells of it ("customer.created"; empty: no event). Answers the
    /// object.
    virtual Value create(const ApiCall &call, const Value &object, std::string_view event) = 0;
    /// Keeps `before` with `changes` set over it (an undefined change takes the member away) and
    /// tells of it with `previous_attributes`, unless nothing changed. Answers the new object.
    virtual Value change(const ApiCall &call, const Value &before,
                         std::initializer_list<sandbox::JsonMaker::Member> changes,
                         std::string_view event) = 0;
    /// The same with all of the new object at hand.
    virtual Value replace(const ApiCall &call, const Value &before, const Value &after,
                          std::string_view event) = 0;
    virtual void remove(const ApiCall &call, const Value &object, std::string_view event) = 0;
    /// One more event about an object as it is now ("invoice.paid" after "invoice.updated").
    virtual void tell(const ApiCall &call, std::string_view event, const Value &object,
                      const Value &previous = {}) = 0;
    /// Carries out `action` by itself after `delay` of the clock that `object` hangs on, as a call
    /// without key and request id (Stripe acts by itself). Lost when the double stops: who
    /// orders it looks after its order again at the next start (resumePayments, resumeBilling).
    virtual void later(const Value &object, std::chrono::milliseconds delay,
                       std::function<void(const ApiCall &)> action) = 0;
    /// Answers as the call would from inside another one ("POST", "/v1/charges", params).
    virtual HttpResponse call(const ApiCall &from, std::string_view method, const std::string &path,
                              const Value &params) = 0;
};

/// Which handler answers which call. Paths as in the catalogue: "/v1/invoices/{id}/pay".
class ApiRoutes
{
public:
    using Handler = std::function<HttpResponse(ApiHost &host, const ApiCall &call)>;

    void add(std::string_view method, std::string_view path, Handler handler);
    /// The handler for a real path, and what stands for its {…}; null: none. A literal segment wins
    /// over one in braces.
    const Handler *find(std::string_view method, const std::vector<std::string> &segments,
                        std::vector<std::string> &ids) const;

private:
    struct Route
    {
        std::string method;
        std::vector<std::string> segments;
        Handler handler;
    };
    std::vector<Route> m_routes;
};

// Each in a file of its own; together they are the API. GET of one object and of lists need no
// handler where the store and the catalogue say it all.
void addCustomerRoutes(ApiRoutes &routes); ///< customers, payment methods, tax ids, balance
void addPaymentRoutes(ApiRoutes &routes);  ///< payment and setup intents, charges
void addChargeRoutes(ApiRoutes &routes);   ///< part of the above
void addRefundRoutes(ApiRoutes &routes);   ///< refunds, disputes, payouts, balance transactions
void addCatalogueRoutes(
    ApiRoutes &routes); ///< products, prices, plans, coupons, promotion codes, tax rates
void addSubscriptionRoutes(ApiRoutes &routes); ///< subscriptions, items, schedules, test clocks
void addInvoiceRoutes(ApiRoutes &routes);      ///< invoices, lines, invoice items, credit notes
void addCheckoutRoutes(ApiRoutes &routes);     ///< checkout sessions, payment links
void addEndpointRoutes(ApiRoutes &routes);     ///< webhook endpoints, events, account

} // namespace tw::stripe
