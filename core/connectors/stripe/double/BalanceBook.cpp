// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BalanceBook.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/PayoutTools.h"
#include "core/connectors/stripe/double/RefundTools.h"

#include <algorithm>
#include <map>
#include <set>

namespace tw::stripe {
namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t numberIn(const Value &object, std::string_view name)
{
    return object.get(name).toInt().value_or(0);
}

bool isPending(const Value &entry)
{
    return entry.get("status").text() == "pending";
}

/// Marks as available what is due, and tells of it once.
void settleDue(ApiHost &host, const ApiCall &call)
{
    bool any = false;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        if (!isPending(one->root()) || numberIn(one->root(), "available_on") > host.now().seconds())
            continue;
        const Value entry = host.get(call, "balance_transaction", one->root().get("id").text());
        host.change(call, entry, {{"status", "available"}}, {});
        any = true;
    }
    if (any)
        host.tell(call, "balance.available", balanceOf(host, call));
}

void settleAt(ApiHost &host, const Value &entry)
{
    const std::int64_t left = numberIn(entry, "available_on") - host.now().seconds();
    host.later(entry, std::chrono::seconds(std::max<std::int64_t>(0, left)),
               [&host](const ApiCall &own) { settleDue(host, own); });
}

} // namespace

Value makeTransaction(ApiHost &host, const ApiCall &call, std::int64_t amount, std::int64_t fee,
                      const std::string &currency, const std::string &type, const Value &source,
                      int daysUntilAvailable)
{
    const auto json = call.json();
    const std::int64_t now = host.now().seconds();
    const std::int64_t there =
        daysUntilAvailable == 0 ? now : (now / kDay + daysUntilAvailable) * kDay;
    const Value detail = json.object({{"amount", fee},
                                      {"application", nullptr},
                                      {"currency", currency},
                                      {"description", "Stripe processing fees"},
                                      {"type", "stripe_fee"}});
    const bool waits = there > now;
    // One timer for all that become available at the same midnight.
    const bool isFirst =
        waits && !host.store().newest("balance_transaction", [there](const Value &other) {
            return isPending(other) && numberIn(other, "available_on") == there;
        });
    Value made = blankObject(json, "balance_transaction");
    made = json.with(made, {{"id", host.newId("txn_")},
                            {"object", "balance_transaction"},
                            {"amount", amount},
                            {"available_on", there},
                            {"balance_type", "payments"},
                            {"created", now},
                            {"currency", currency},
                            {"fee", fee},
                            {"fee_details", fee == 0 ? json.array({}) : json.array({detail})},
                            {"net", amount - fee},
                            {"reporting_category", type == "adjustment" ? "dispute" : type},
                            {"source", source},
                            {"status", waits ? "pending" : "available"},
                            {"type", type}});
    made = host.create(call, made, {});
    if (isFirst)
        settleAt(host, made);
    return made;
}

std::int64_t availableIn(ApiHost &host, const std::string &currency)
{
    std::int64_t sum = 0;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        if (!isPending(one->root()) && one->root().get("currency").text() == currency)
            sum += numberIn(one->root(), "net");
    }
    return sum;
}

Value balanceOf(ApiHost &host, const ApiCall &call)
{
    const auto json = call.json();
    std::map<std::string, std::int64_t> pending, available;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        const Value &entry = one->root();
        const std::string currency(entry.get("currency").text());
        (isPending(entry) ? pending : available)[currency] += numberIn(entry, "net");
        (isPending(entry) ? available : pending)[currency] += 0;
    }
    const auto listOf = [&](const std::map<std::string, std::int64_t> &sums) {
        ArrayBuilder list(call.arena);
        for (const auto &[currency, amount] : sums)
            list.add(json.object({{"amount", amount},
                                  {"currency", currency},
                                  {"source_types", json.object({{"card", amount}})}}));
        return list.finish();
    };
    return json.object({{"object", "balance"},
                        {"available", listOf(available)},
                        {"livemode", false},
                        {"pending", listOf(pending)}});
}

void resumePayments(ApiHost &host, const ApiCall &call)
{
    std::set<std::int64_t> midnights;
    for (const DocumentPtr &one : host.store().list("balance_transaction")) {
        if (isPending(one->root()) &&
            midnights.insert(numberIn(one->root(), "available_on")).second)
            settleAt(host, one->root());
    }
    for (const DocumentPtr &one : host.store().list("payout")) {
        if (isPending(one->root()))
            endPayoutLater(host, one->root());
    }
    for (const DocumentPtr &one : host.store().list("refund")) {
        if (isPending(one->root()))
            endRefundLater(host, one->root());
    }
    for (const DocumentPtr &one : host.store().list("payment_intent")) {
        if (one->root().get("status").text() == "processing")
            endPaymentLater(host, call, one->root());
    }
}

} // namespace tw::stripe
