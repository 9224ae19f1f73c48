// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiDesk.h"
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/IdempotencyMemory.h"
#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/net/HttpMessage.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw::stripe {

/// The HTTP interface of the Stripe double: form bodies with brackets, versions, accounts,
/// idempotency, expansion, lists and searches, and Stripe's error shapes. Which calls there are and
/// what they take is the catalogue's; what they do is the handlers'. Parameters it does not know
/// are refused, not ignored. Thread of the double.
class StripeApi
{
public:
    /// `account`: of connected ones; empty: the account of the key.
    using Announce = std::function<void(const std::string &account, const ObjectNews &news)>;

    StripeApi(Clock &clock, StripeStore &store, std::uint64_t seed);
    ~StripeApi();

    void onChange(Announce announce) { m_announce = std::move(announce); }

    /// `takes`: how long the caller waits for the answer; its idempotency key is in use until then.
    HttpResponse handle(const HttpRequest &request, std::chrono::milliseconds takes = {});
    /// The caller gets another answer than handle() gave: that is the one its key stands for.
    void answeredInstead(const HttpRequest &request, const HttpResponse &answer);

    /// For whoever drives the double from inside: the host of the key's account.
    ApiHost &host();
    StripeStore &storeOf(const std::string &account);
    /// How long search does not see a new object; a minute, as with Stripe.
    void setSearchDelay(std::chrono::milliseconds delay) { m_searchDelay = delay; }
    /// Forgets idempotency keys and connected accounts.
    void reset();

private:
    struct Account;
    struct Request
    {
        std::string method, path;
        std::vector<std::string> segments;
        std::vector<std::string> expand;
        const ApiOperation *operation = nullptr;
    };

    Account &accountOf(const std::string &id);
    HttpResponse answer(const HttpRequest &request, const std::string &requestId,
                        std::chrono::milliseconds takes);
    bool isForgotten(const Value &event) const;
    HttpResponse carryOut(Account &account, const Request &request, ApiCall &call);
    HttpResponse dispatch(Account &account, const Request &request, ApiCall &call);
    HttpResponse list(Account &account, const Request &request, const ApiCall &call);
    HttpResponse search(Account &account, const Request &request, const ApiCall &call);
    HttpResponse retrieve(Account &account, const Request &request, const ApiCall &call);

    Clock &m_clock;
    StripeStore &m_store;
    std::uint64_t m_seed;
    ApiRoutes m_routes;
    Announce m_announce;
    std::map<std::string, std::unique_ptr<Account>> m_accounts;
    std::chrono::milliseconds m_searchDelay{60'000};
};

} // namespace tw::stripe
