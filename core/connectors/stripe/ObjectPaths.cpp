// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/ObjectPaths.h"

#include "core/connectors/stripe/EventReading.h"
#include "core/base/Encoding.h"

#include <algorithm>
#include <string_view>

namespace tw::stripe {
namespace {

/// Objects that live under another one, named by a member.
struct Nested
{
    std::string_view object, owner, before, behind;
};
constexpr Nested kNested[] = {
    {"card", "customer", "customers", "sources"},
    {"bank_account", "customer", "customers", "sources"},
    {"source", "customer", "customers", "sources"},
    {"tax_id", "customer", "customers", "tax_ids"},
    {"customer_cash_balance_transaction", "customer", "customers", "cash_balance_transactions"},
    {"customer_balance_transaction", "customer", "customers", "balance_transactions"},
    {"person", "account", "accounts", "persons"},
    {"capability", "account", "accounts", "capabilities"},
    {"fee_refund", "fee", "application_fees", "refunds"},
    {"transfer_reversal", "transfer", "transfers", "reversals"},
};

/// Objects whose address does not follow from their name.
struct Irregular
{
    std::string_view object, path;
};
constexpr Irregular kIrregular[] = {
    {"scheduled_query_run", "sigma/scheduled_query_runs"},
    {"capability", "capabilities"},
    {"tax.settings", ""},
    {"balance", ""},
    {"discount", ""},
    {"cash_balance", ""},
    {"event", ""},
    {"entitlements.active_entitlement_summary", ""},
    {"billing.alert_triggered", ""},
    {"application", ""},
};

std::string collectionOf(std::string_view object)
{
    for (const Irregular &known : kIrregular) {
        if (known.object == object)
            return std::string(known.path);
    }
    std::string path(object);
    std::replace(path.begin(), path.end(), '.', '/');
    return path + 's';
}

} // namespace

std::string pathOf(const Value &object)
{
    const std::string id = idOf(object);
    const std::string_view type = object.get("object").text();
    if (id.empty() || type.empty())
        return {};
    for (const Nested &nested : kNested) {
        if (nested.object != type)
            continue;
        const std::string owner = idOf(object.get(nested.owner));
        if (owner.empty())
            return {};
        return "/v1/" + std::string(nested.before) + '/' + encodePathSegment(owner) + '/' +
               std::string(nested.behind) + '/' + encodePathSegment(id);
    }
    const std::string collection = collectionOf(type);
    return collection.empty() ? std::string() : "/v1/" + collection + '/' + encodePathSegment(id);
}

bool isApiPath(std::string_view path)
{
    return (path.starts_with("/v1/") || path.starts_with("/v2/")) &&
           path.find("..") == std::string_view::npos &&
           path.find_first_of("@\\ \r\n#?") == std::string_view::npos;
}

} // namespace tw::stripe
