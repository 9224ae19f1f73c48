// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/SubscriptionCreate.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceItems.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/PriceMath.h"
#include "core/connectors/stripe/double/Proration.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::size_t kMostItems = 20;

/// When the parts of a new subscription begin and end.
struct Times
{
    std::int64_t now = 0, trialEnd = 0, anchor = 0;
    bool prorates = true; ///< What lies before the anchor is paid for.
    bool isTrial() const { return trialEnd > now; }
};

Outcome<Times> timesOf(const ApiCall &call, std::int64_t now, const std::vector<ItemPlan> &items)
{
    Times times{now, 0, now, call.text("proration_behavior") != "none"};
    if (const auto end = call.text("trial_end"); !end.empty() && end != "now")
        times.trialEnd = call.number("trial_end");
    if (const auto days = call.number("trial_period_days"); days > 0) {
        if (times.trialEnd != 0)
            return invalid("trial_period_days", "Send either trial_end or trial_period_days.");
        times.trialEnd = now + days * kDay;
    }
    if (call.flag("trial_from_plan") && times.trialEnd == 0) {
        for (const auto &item : items)
            times.trialEnd = std::max(
                times.trialEnd, now + whole(item.price.find("recurring.trial_period_days")) * kDay);
    }
    if (call.has("trial_end") && call.text("trial_end") != "now" && times.trialEnd <= now)
        return invalid("trial_end", "The end of the trial must lie in the future.");
    if (times.isTrial())
        times.anchor = times.trialEnd;
    if (call.has("billing_cycle_anchor")) {
        times.anchor = call.number("billing_cycle_anchor");
        if (times.anchor < std::max(now, times.trialEnd))
            return invalid(
                "billing_cycle_anchor",
                "The anchor must lie in the future, and not before the end of the trial.");
    } else if (call.has("billing_cycle_anchor_config")) {
        times.anchor = nextDayOfMonth(
            std::max(now, times.trialEnd),
            static_cast<int>(call.number("billing_cycle_anchor_config.day_of_month", 1)),
            static_cast<int>(call.number("billing_cycle_anchor_config.month")));
    }
    return times;
}

Outcome<std::vector<ItemPlan>> itemsIn(ApiHost &host, const ApiCall &call, const std::string &sub,
                                       const std::string &customer)
{
    std::vector<ItemPlan> items;
    const Value list = call.params.get("items");
    if (list.size() == 0)
        return answers::missingParam("items");
    if (list.size() > kMostItems)
        return invalid("items", "A subscription has at most 20 items.");
    std::string currency = call.text("currency");
    for (const auto &entry : list.items()) {
        const auto at = "items[" + std::to_string(items.size()) + "]";
        const auto item = itemIn(host, call, entry, currency, at, sub, customer);
        if (!item)
            return item.error();
        for (const auto &other : items) {
            if (str(other.price.get("id")) == str(item->price.get("id")))
                return invalid(at + "[price]", "Two items have the same price. Send one item with "
                                               "the sum of the quantities.");
        }
        currency = str(item->price.get("currency"));
        items.push_back(*item);
    }
    return items;
}

BillingPeriod firstPeriod(const Times &times, const Value &price)
{
    if (times.isTrial())
        return {times.now, times.trialEnd};
    if (times.anchor > times.now)
        return {times.now, std::min(times.anchor,
                                    periodAround(times.anchor, cadenceOf(price), times.now).end)};
    return periodAround(times.anchor, cadenceOf(price), times.now);
}

Outcome<Value> firstLine(ApiHost &host, const ApiCall &call, const Value &sub, const Value &item,
                         const Times &times)
{
    const auto period = periodOf(item);
    std::optional<std::int64_t> amount;
    if (times.isTrial()) {
        amount = 0;
    } else if (times.anchor > times.now) {
        const Value price = item.get("price");
        const auto full = priceAmount(price, whole(item.get("quantity"), 1));
        amount = times.prorates && full
                     ? proratedAmount(*full, period,
                                      periodAround(times.anchor, cadenceOf(price), times.now),
                                      multipleOf(str(price.get("currency"))))
                     : 0;
    }
    auto plan = itemLine(host, sub, item, period, amount);
    if (!plan)
        return plan.error();
    LinePlan line = *plan;
    if (times.isTrial())
        line.description = "Trial: " + line.description;
    line.proration = amount.has_value() && *amount != 0;
    return makeLine(host, call, line);
}

Value settingsOf(const ApiCall &call, const JsonMaker &json)
{
    const Value blank = blankObject(json, "subscription").get("payment_settings");
    const Value sent = call.params.get("payment_settings");
    const Value none = json.object({{"payment_method_options", nullptr},
                                    {"payment_method_types", nullptr},
                                    {"save_default_payment_method", "off"}});
    if (!sent.isObject())
        return blank.isObject() ? blank : none;
    return json.with(none,
                     {{"payment_method_options", given(sent.get("payment_method_options"))
                                                     ? sent.get("payment_method_options")
                                                     : Value::null()},
                      {"save_default_payment_method", given(sent.get("save_default_payment_method"))
                                                          ? sent.get("save_default_payment_method")
                                                          : json.text("off")}});
}

std::int64_t cancelAt(const ApiCall &call, const std::vector<BillingPeriod> &periods)
{
    const auto wish = call.text("cancel_at");
    const auto byEnd = [](const BillingPeriod &a, const BillingPeriod &b) { return a.end < b.end; };
    if (wish == "max_period_end")
        return std::max_element(periods.begin(), periods.end(), byEnd)->end;
    if (wish == "min_period_end" || call.flag("cancel_at_period_end"))
        return std::min_element(periods.begin(), periods.end(), byEnd)->end;
    return call.number("cancel_at");
}

/// The subscription object as it begins, without items.
Value begin(const ApiCall &call, const std::string &id, const Value &customer, const Times &times,
            const std::vector<BillingPeriod> &periods)
{
    const JsonMaker json = call.json();
    const auto take = [&](std::string_view name) {
        return taken(call, "subscription", name, Value::null());
    };
    const auto ends = cancelAt(call, periods);
    const auto start = call.number("backdate_start_date", times.now);
    return json.with(
        blankObject(json, "subscription"),
        {{"id", id},
         {"application_fee_percent", take("application_fee_percent")},
         {"billing_cycle_anchor", times.anchor},
         {"billing_mode",
          json.object(
              {{"flexible", nullptr},
               {"type", call.text("billing_mode.type") == "classic" ? "classic" : "flexible"}})},
         {"billing_thresholds", take("billing_thresholds")},
         {"cancel_at", orNull(ends)},
         {"cancel_at_period_end", call.flag("cancel_at_period_end")},
         {"canceled_at", ends != 0 ? Value::integer(times.now) : Value::null()},
         {"collection_method",
          call.has("collection_method") ? call.text("collection_method") : "charge_automatically"},
         {"created", times.now},
         {"customer", customer.get("id")},
         {"days_until_due", take("days_until_due")},
         {"default_payment_method", take("default_payment_method")},
         {"default_source", take("default_source")},
         {"description", take("description")},
         {"invoice_settings", json.object({{"account_tax_ids", nullptr},
                                           {"custom_fields", nullptr},
                                           {"description", nullptr},
                                           {"footer", nullptr},
                                           {"issuer", json.object({{"type", "self"}})}})},
         {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
         {"payment_settings", settingsOf(call, json)},
         {"pending_invoice_item_interval", take("pending_invoice_item_interval")},
         {"start_date", start},
         {"test_clock",
          customer.get("test_clock").isUndefined() ? Value::null() : customer.get("test_clock")},
         {"trial_end", times.isTrial() ? Value::integer(times.trialEnd) : Value::null()},
         {"trial_settings",
          call.has("trial_settings")
              ? json.object({{"end_behavior",
                              json.object({{"billing_cycle_anchor", nullptr},
                                           {"missing_payment_method",
                                            call.text("trial_settings.end_behavior.missing_payment_"
                                                      "method")}})}})
              : json.object({{"end_behavior",
                              json.object({{"billing_cycle_anchor", nullptr},
                                           {"missing_payment_method", "create_invoice"}})}})},
         {"trial_start", times.isTrial() ? Value::integer(times.now) : Value::null()}});
}

std::string methodIn(const ApiCall &call, const Value &customer)
{
    for (const auto *name : {"default_payment_method", "default_source"}) {
        if (const auto method = call.text(name); !method.empty())
            return method;
    }
    return methodOf(customer);
}

/// A card is asked for when nothing has to be paid yet.
Value setupFor(ApiHost &host, const ApiCall &call, const Value &customer)
{
    const auto answer = host.call(
        call, "POST", "/v1/setup_intents",
        formOf(call.json(), {{"customer", customer.get("id")}, {"usage", "off_session"}}));
    return answer.status == 200 ? call.json().text(str(bodyOf(call, answer))) : Value::null();
}

/// The currency of a running subscription of the customer, if it is another one.
std::string otherCurrency(ApiHost &host, const Value &customer, const std::string &currency)
{
    const auto own = str(customer.get("currency"));
    if (own.empty() || own == currency)
        return {};
    const auto other = host.store().newest("subscription", [&](const Value &sub) {
        return str(sub.get("customer")) == str(customer) && !hasEnded(sub) &&
               str(sub.get("currency")) != currency;
    });
    return other ? str(other->root().get("currency")) : std::string();
}

std::optional<HttpResponse> refusalOf(ApiHost &host, const ApiCall &call)
{
    const bool sends = call.text("collection_method") == "send_invoice";
    if (sends && call.number("days_until_due") <= 0)
        return invalid("days_until_due", "collection_method=send_invoice needs days_until_due.");
    if (const auto method = call.text("default_payment_method");
        !method.empty() && host.get(call, "payment_method", method).isUndefined())
        return invalid("default_payment_method", "No such PaymentMethod: '" + method + "'",
                       "resource_missing");
    return std::nullopt;
}

} // namespace

Outcome<ItemPlan> itemIn(ApiHost &host, const ApiCall &call, const Value &entry,
                         const std::string &currency, const std::string &param,
                         const std::string &subscription, const std::string &customer)
{
    const auto price = priceIn(host, call, entry, param);
    if (!price)
        return price.error();
    if (!price->get("recurring").isObject())
        return invalid(param + "[price]", "The price is one-time; a subscription needs recurring "
                                          "prices. Use add_invoice_items for it.");
    const auto own = str(price->get("currency"));
    if (!currency.empty() && own != currency)
        return invalid(param + "[price]", "The price is in " + own + ", the subscription in " +
                                              currency + ". All prices need one currency.");
    const auto rates = ratesIn(host, call, entry.get("tax_rates"), param + "[tax_rates]");
    if (!rates)
        return rates.error();
    if (whole(entry.get("quantity"), 1) < 0)
        return invalid(param + "[quantity]", "The quantity must be at least 0.");
    ItemPlan item;
    item.id = host.newId("si_");
    item.price = *price;
    item.quantity = whole(entry.get("quantity"), 1);
    item.metadata = mergedMetadata(call.json(), {}, entry.get("metadata"));
    item.taxRates = *rates;
    const auto discounts =
        redeem(host, call, entry.get("discounts"),
               {.customer = customer, .subscription = subscription, .subscriptionItem = item.id},
               host.now(host.get(call, "customer", customer)).seconds());
    if (!discounts)
        return discounts.error();
    item.discounts = *discounts;
    return item;
}

Outcome<Value> chargeFirst(ApiHost &host, const ApiCall &call, const Value &draft,
                           const std::string &method)
{
    const auto answer = host.call(call, "POST", "/v1/payment_intents",
                                  formOf(call.json(), {{"amount", draft.get("amount_due")},
                                                       {"confirm", true},
                                                       {"currency", draft.get("currency")},
                                                       {"customer", draft.get("customer")},
                                                       {"off_session", true},
                                                       {"payment_method", method}}));
    if (answer.status != 200)
        return answer;
    const Value intent = bodyOf(call, answer);
    const auto status = str(intent.get("status"));
    if (status == "succeeded" || status == "processing")
        return intent;
    return answers::refuse({.status = 402,
                            .type = "card_error",
                            .code = "subscription_payment_intent_requires_action",
                            .message = "The payment needs another step of the customer, so nothing "
                                       "was changed. Use payment_behavior=default_incomplete."});
}

Value billNow(ApiHost &host, const ApiCall &call, const Value &draft, bool attempts,
              const Value &paid)
{
    Value invoice = keepInvoice(host, call, draft);
    if (paid.isObject())
        attachIntent(host, call, invoice, paid);
    invoice = finalizeInvoice(host, call, invoice);
    if (str(invoice.get("status")) != "open")
        return invoice;
    if (paid.isObject() && str(paid.get("status")) == "succeeded")
        return markPaid(host, call, invoice, PaidHow::Charged);
    if (attempts && !paid.isObject())
        collect(host, call, invoice, {});
    return host.get(call, "invoice", str(invoice.get("id")));
}

Outcome<Value> createSubscription(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto customer = needed(host, call, "customer", call.text("customer"), "customer");
    if (!customer)
        return customer.error();
    if (const auto refusal = refusalOf(host, call))
        return *refusal;
    const auto who = str(customer->get("id"));
    const auto id = host.newId("sub_");
    const auto now = host.now(*customer).seconds();
    const auto items = itemsIn(host, call, id, who);
    if (!items)
        return items.error();
    if (const auto other =
            otherCurrency(host, *customer, str(items->front().price.get("currency")));
        !other.empty())
        return invalid("currency", "You cannot combine currencies on a single customer. This "
                                   "customer has an active subscription in " +
                                       other + '.');
    const auto times = timesOf(call, now, *items);
    if (!times)
        return times.error();
    const auto rates =
        ratesIn(host, call, call.params.get("default_tax_rates"), "default_tax_rates");
    if (!rates)
        return rates.error();
    const bool sends = call.text("collection_method") == "send_invoice";
    const auto behaviour = call.text("payment_behavior");
    const auto method = methodIn(call, *customer);
    const auto discounts = redeem(host, call, call.params.get("discounts"),
                                  {.customer = who, .subscription = id}, now);
    if (!discounts)
        return discounts.error();

    std::vector<BillingPeriod> periods;
    std::vector<Value> kept, lines;
    for (const auto &item : *items) {
        periods.push_back(firstPeriod(*times, item.price));
        kept.push_back(makeItem(host, call, item, id, periods.back(), now));
    }
    Value sub =
        json.with(begin(call, id, *customer, *times, periods),
                  {{"currency", items->front().price.get("currency")},
                   {"default_tax_rates", *rates},
                   {"discounts", texts(json, *discounts)},
                   {"items", listOf(json, kept, "/v1/subscription_items?subscription=" + id)}});
    for (const auto &item : kept) {
        const auto line = firstLine(host, call, sub, item, *times);
        if (!line)
            return line.error();
        lines.push_back(*line);
    }
    if (const auto extra = addExtraItems(host, call, sub, *customer, periods.front()); !extra)
        return extra.error();
    InvoicePlan plan;
    plan.id = host.newId("in_");
    plan.billingReason = "subscription_create";
    plan.finalizesAt = sends ? now + kHour : 0;
    const Value draft = subscriptionInvoice(host, call, sub, *customer, lines, plan);
    const bool costs = !sends && whole(draft.get("amount_due")) > 0;
    if (costs && method.empty() && behaviour != "default_incomplete")
        return invalid("customer",
                       "This customer has no default payment method. Set one, or use "
                       "payment_behavior=default_incomplete.",
                       "resource_missing");
    Value paid;
    if (costs && behaviour == "error_if_incomplete") {
        const auto charged = chargeFirst(host, call, draft, method);
        if (!charged)
            return charged.error();
        paid = *charged;
    }
    sub = withItems(host, call, sub, kept);
    sub = host.create(call,
                      json.with(sub, {{"latest_invoice", plan.id},
                                      {"pending_setup_intent", !costs && !sends && method.empty()
                                                                   ? setupFor(host, call, *customer)
                                                                   : Value::null()},
                                      {"status", times->isTrial() ? "trialing"
                                                 : costs          ? "incomplete"
                                                                  : "active"}}),
                      "customer.subscription.created");
    arm(host, sub);
    if (times->isTrial() && times->trialEnd - now <= 3 * kDay)
        wake(host, call, sub);
    if (sends && !times->isTrial())
        keepInvoice(host, call, draft);
    else
        billNow(host, call, draft, costs && behaviour != "default_incomplete", paid);
    return spendOnce(host, call, host.get(call, "subscription", id));
}

} // namespace tw::stripe::billing
