// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeRights.h"

#include "core/connectors/stripe/facts/EventTypes.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe {
namespace {

struct Entry
{
    std::string_view collection, resource, trial;
};

/// Collections whose right has another name than theirs.
constexpr Entry kEntries[] = {
    {"account", "Account", "/v1/account"},
    {"accounts", "Connected accounts", "/v1/accounts"},
    {"balance", "Balance", "/v1/balance"},
    {"balance_transactions", "Balance transactions", "/v1/balance_transactions"},
    {"charges", "Charges and refunds", "/v1/charges"},
    {"checkout/sessions", "Checkout Sessions", "/v1/checkout/sessions"},
    {"credit_notes", "Credit notes", "/v1/credit_notes"},
    {"invoice_payments", "Invoices", "/v1/invoices"},
    {"invoiceitems", "Invoices", "/v1/invoices"},
    {"refunds", "Charges and refunds", "/v1/refunds"},
    {"subscription_items", "Subscriptions", "/v1/subscriptions"},
    {"subscription_schedules", "Subscriptions", "/v1/subscription_schedules"},
    {"test_helpers/test_clocks", "Test clocks", "/v1/test_helpers/test_clocks"},
    {"webhook_endpoints", "Webhook Endpoints", "/v1/webhook_endpoints"},
};

std::string collectionOf(const std::string &path)
{
    const auto from = path.find('/', 1);
    if (from == std::string::npos)
        return {};
    const std::string rest = path.substr(from + 1);
    const auto first = rest.find('/');
    if (rest.starts_with("test_helpers/") || rest.starts_with("checkout/") ||
        rest.starts_with("core/") || rest.starts_with("radar/"))
        return rest.substr(0, rest.find('/', first + 1));
    return rest.substr(0, first);
}

std::string resourceOf(const std::string &collection)
{
    const auto *entry =
        std::find_if(std::begin(kEntries), std::end(kEntries),
                     [&](const Entry &one) { return one.collection == collection; });
    if (entry != std::end(kEntries))
        return std::string(entry->resource);
    std::string title = collection;
    std::replace(title.begin(), title.end(), '_', ' ');
    std::replace(title.begin(), title.end(), '/', ' ');
    if (!title.empty())
        title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    return title;
}

} // namespace

Right rightFor(const ApiOperation &operation)
{
    return rightForPath(operation.method, operation.path);
}

Right rightForPath(const std::string &method, const std::string &path)
{
    return {resourceOf(collectionOf(path)), method != "GET"};
}

std::vector<Right> rightsForEvents(const std::vector<std::string> &types, bool fetchesObjects)
{
    std::vector<Right> rights{{"Events", false}};
    if (!fetchesObjects)
        return rights;
    for (const EventType &type : eventTypes()) {
        if (type.thin || !matchesEvent(types, type.name))
            continue;
        const auto *retrieve = ApiCatalogue::builtIn().find(type.object, ApiVerb::Retrieve);
        if (!retrieve)
            continue;
        const Right right = rightFor(*retrieve);
        if (std::find(rights.begin(), rights.end(), right) == rights.end())
            rights.push_back(right);
    }
    return rights;
}

std::string trialPath(const std::string &resource)
{
    for (const Entry &entry : kEntries) {
        if (entry.resource == resource)
            return std::string(entry.trial);
    }
    for (const ApiOperation &operation : ApiCatalogue::builtIn().operations()) {
        if (operation.verb == ApiVerb::List && !operation.hasId() &&
            resourceOf(collectionOf(operation.path)) == resource)
            return operation.path;
    }
    return {};
}

} // namespace tw::stripe
