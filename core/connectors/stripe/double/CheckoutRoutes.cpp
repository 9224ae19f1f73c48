// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BillingLists.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceMath.h"
#include "core/connectors/stripe/double/PriceMath.h"

#include <algorithm>

namespace tw::stripe {

namespace billing {

namespace {

constexpr std::string_view kType = "checkout.session";
/// Under this type the store holds what a session hands on when it is completed.
constexpr std::string_view kPlans = "_checkout_plan";
constexpr std::int64_t kShortest = 30 * 60;

/// What all items, the discount and the shipping of a session come to.
struct Sums
{
    std::int64_t subtotal = 0, discount = 0, tax = 0, shipping = 0, total = 0;
};

Outcome<Sums> sumsOf(ApiHost &host, const ApiCall &call, const std::vector<Value> &items,
                     const Value &discounts, const std::string &customer)
{
    Sums sums;
    std::vector<BillLine> lines;
    for (const auto &item : items) {
        BillLine line{whole(item.get("amount_subtotal")), true, {}, {}};
        line.product = str(item.find("price.product"));
        for (const auto &tax : item.get("taxes").items())
            line.taxes.push_back(
                {str(tax.get("rate")),
                 Decimal::fromValue(tax.find("rate.percentage")).value_or(Decimal()),
                 yes(tax.find("rate.inclusive"))});
        lines.push_back(std::move(line));
    }
    std::vector<BillDiscount> offs;
    for (const auto &entry : discounts.items()) {
        const auto coupon = couponIn(host, call, entry, customer);
        if (!coupon)
            return coupon.error();
        offs.push_back(offOf(*coupon, str(*coupon)));
    }
    const auto currency = items.empty() ? std::string() : str(items.front().get("currency"));
    const Bill bill = billOf(lines, offs, multipleOf(currency));
    sums.subtotal = bill.subtotal;
    sums.discount = bill.discount;
    sums.tax = bill.tax;
    sums.total = bill.total;
    return sums;
}

std::optional<HttpResponse> modeProblem(const Value &params, const std::string &mode,
                                        const std::vector<Value> &items)
{
    const bool recurs = std::any_of(items.begin(), items.end(), [](const Value &item) {
        return item.find("price.recurring").isObject();
    });
    if (mode.empty())
        return answers::missingParam("mode");
    if (mode != "setup" && items.empty())
        return answers::missingParam("line_items");
    if (mode == "payment" && recurs)
        return invalid("mode", "A recurring price needs mode=subscription.");
    if (mode == "subscription" && !recurs)
        return invalid("mode", "mode=subscription needs at least one recurring price.");
    if (params.get("payment_intent_data").isObject() && mode != "payment")
        return invalid("payment_intent_data", "payment_intent_data goes with mode=payment.");
    if (params.get("subscription_data").isObject() && mode != "subscription")
        return invalid("subscription_data", "subscription_data goes with mode=subscription.");
    if (params.get("setup_intent_data").isObject() && mode != "setup")
        return invalid("setup_intent_data", "setup_intent_data goes with mode=setup.");
    const auto ui = str(params.get("ui_mode"));
    if ((ui.empty() || ui == "hosted_page") && !given(params.get("success_url")) && mode != "setup")
        return answers::missingParam("success_url");
    return std::nullopt;
}

Value totalDetails(const JsonMaker &json, const Sums &sums)
{
    return json.object({{"amount_discount", sums.discount},
                        {"amount_shipping", sums.shipping},
                        {"amount_tax", sums.tax}});
}

Value discountsShown(const JsonMaker &json, const Value &discounts)
{
    std::vector<Value> shown;
    for (const auto &entry : discounts.items())
        shown.push_back(
            json.object({{"coupon", orNull(json, str(entry.get("coupon")))},
                         {"promotion_code", orNull(json, str(entry.get("promotion_code")))}}));
    return toArray(json.arena(), shown);
}

/// Shipping options with their rates; the first one is what the buyer takes.
Outcome<std::vector<Value>> shippingIn(ApiHost &host, const ApiCall &call, const Value &options)
{
    std::vector<Value> shown;
    for (const auto &option : options.items()) {
        Value rate;
        if (const Value data = option.get("shipping_rate_data"); data.isObject()) {
            rate = makeShippingRate(host, call, data);
        } else {
            const auto found = needed(host, call, "shipping_rate", str(option.get("shipping_rate")),
                                      "shipping_options");
            if (!found)
                return found.error();
            rate = *found;
        }
        shown.push_back(call.json().object({{"shipping_amount", rate.find("fixed_amount.amount")},
                                            {"shipping_rate", rate.get("id")}}));
    }
    return shown;
}

Value blankInvoiceCreation(const JsonMaker &json, const Value &params)
{
    const Value data = params.find("invoice_creation.invoice_data");
    return json.object(
        {{"enabled", yes(params.find("invoice_creation.enabled"))},
         {"invoice_data", json.object({{"account_tax_ids", nullptr},
                                       {"custom_fields", nullptr},
                                       {"description", orNull(json, str(data.get("description")))},
                                       {"footer", orNull(json, str(data.get("footer")))},
                                       {"issuer", nullptr},
                                       {"metadata", mergedMetadata(json, {}, data.get("metadata"))},
                                       {"rendering_options", nullptr}})}});
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const auto session = makeSession(host, call, call.params);
    return session ? answers::ok(*session) : session.error();
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const auto session = named(host, call, kType);
    if (!session)
        return session.error();
    const JsonMaker json = call.json();
    Value after = json.with(*session, {{"metadata", mergedMetadata(json, session->get("metadata"),
                                                                   call.params.get("metadata"))}});
    if (const Value collected = call.params.get("collected_information"); collected.isObject())
        after = json.with(after, {{"collected_information",
                                   shapedField(json, kType, "collected_information", collected)}});
    if (call.has("line_items")) {
        if (str(session->get("status")) != "open")
            return invalid("line_items", "Only an open session can get other items.");
        const auto items =
            checkoutItems(host, call, call.params.get("line_items"), str(session->get("currency")));
        if (!items)
            return items.error();
        const auto sums =
            sumsOf(host, call, *items, session->get("discounts"), str(session->get("customer")));
        if (!sums)
            return sums.error();
        keepLineItems(host, call, call.id(), *items);
        after = json.with(after, {{"amount_subtotal", sums->subtotal},
                                  {"amount_total", sums->total},
                                  {"total_details", totalDetails(json, *sums)}});
    }
    return answers::ok(host.change(call, *session,
                                   {{"amount_subtotal", after.get("amount_subtotal")},
                                    {"amount_total", after.get("amount_total")},
                                    {"collected_information", after.get("collected_information")},
                                    {"metadata", after.get("metadata")},
                                    {"total_details", after.get("total_details")}},
                                   {}));
}

Value expired(ApiHost &host, const ApiCall &call, const Value &session)
{
    const Value after = host.change(call, session, {{"status", "expired"}, {"url", nullptr}}, {});
    host.tell(call, "checkout.session.expired", after);
    return after;
}

HttpResponse expire(ApiHost &host, const ApiCall &call)
{
    const auto session = named(host, call, kType);
    if (!session)
        return session.error();
    if (str(session->get("status")) != "open")
        return invalid("session", "Only Checkout Sessions with a status in [\"open\"] can be "
                                  "expired.");
    return answers::ok(expired(host, call, *session));
}

/// What Stripe's own page calls when the buyer pays; its CLI does so too.
HttpResponse confirmPage(ApiHost &host, const ApiCall &call)
{
    const auto session = named(host, call, kType);
    if (!session)
        return session.error();
    const auto method = call.text("payment_method");
    if (method.empty())
        return answers::missingParam("payment_method");
    const auto done = completeSession(host, call, *session, method);
    return done ? answers::ok(*done) : done.error();
}

HttpResponse showPage(ApiHost &host, const ApiCall &call)
{
    const auto session = named(host, call, kType);
    return session ? answers::ok(*session) : session.error();
}

HttpResponse listItems(ApiHost &host, const ApiCall &call)
{
    const auto session = named(host, call, kType);
    if (!session)
        return session.error();
    return pageOf(call, lineItemsOf(host, call, *session),
                  "/v1/checkout/sessions/" + call.id() + "/line_items");
}

} // namespace

Outcome<Value> makeSession(ApiHost &host, const ApiCall &call, const Value &params,
                           const std::string &paymentLink)
{
    const JsonMaker json = call.json();
    const auto mode = str(params.get("mode"));
    const auto items = checkoutItems(host, call, params.get("line_items"),
                                     mode == "setup" ? std::string() : str(params.get("currency")));
    if (!items)
        return items.error();
    if (const auto problem = modeProblem(params, mode, *items))
        return *problem;
    const auto who = str(params.get("customer"));
    Value customer;
    if (!who.empty()) {
        const auto found = needed(host, call, "customer", who, "customer");
        if (!found)
            return found.error();
        customer = *found;
    }
    auto sums = sumsOf(host, call, *items, params.get("discounts"), who);
    const auto shipping = shippingIn(host, call, params.get("shipping_options"));
    if (!sums || !shipping)
        return sums ? shipping.error() : sums.error();
    if (!shipping->empty())
        sums->shipping = whole(shipping->front().get("shipping_amount"));
    sums->total += sums->shipping;
    const bool trial = given(params.find("subscription_data.trial_period_days")) ||
                       given(params.find("subscription_data.trial_end"));
    const auto now = host.now(customer).seconds();
    const auto expires = whole(params.get("expires_at"), now + kDay);
    if (expires < now + kShortest || expires > now + kDay)
        return invalid("expires_at", "The session must expire between 30 minutes and 24 hours from "
                                     "now.");
    const auto id = host.newId("cs_test_");
    const bool setup = mode == "setup";
    const auto take = [&](std::string_view name) {
        const Value sent = params.get(name);
        return sent.isUndefined() ? Value::null() : shapedField(json, kType, name, sent);
    };
    const auto text = [&](std::string_view name, std::string_view otherwise) {
        const Value sent = params.get(name);
        return given(sent) ? sent : json.text(otherwise);
    };
    const bool owes = !setup && sums->total > 0 && !trial;
    const auto ui = given(params.get("ui_mode")) ? str(params.get("ui_mode")) : "hosted_page";
    Value session = json.with(
        blankObject(json, kType),
        {{"id", id},
         {"allow_promotion_codes", take("allow_promotion_codes")},
         {"amount_subtotal", setup ? Value::null() : Value::integer(sums->subtotal)},
         {"amount_total", setup ? Value::null() : Value::integer(trial ? 0 : sums->total)},
         {"billing_address_collection", take("billing_address_collection")},
         {"cancel_url", take("cancel_url")},
         {"client_reference_id", take("client_reference_id")},
         {"client_secret",
          ui == "hosted_page" ? Value::null() : json.text(id + "_secret_" + host.newId({}))},
         {"created", now},
         {"currency", setup ? take("currency") : items->front().get("currency")},
         {"custom_fields", json.array({})},
         {"customer", orNull(json, who)},
         {"customer_creation", mode == "payment" && who.empty()
                                   ? text("customer_creation", "if_required")
                                   : Value::null()},
         {"customer_email", take("customer_email")},
         {"discounts", discountsShown(json, params.get("discounts"))},
         {"expires_at", expires},
         {"invoice_creation",
          mode == "payment" ? blankInvoiceCreation(json, params) : Value::null()},
         {"locale", take("locale")},
         {"metadata", mergedMetadata(json, {}, params.get("metadata"))},
         {"mode", mode},
         {"payment_link", orNull(json, paymentLink)},
         {"payment_method_collection",
          mode == "subscription" ? text("payment_method_collection", "always") : Value::null()},
         {"payment_method_types", json.array({"card"})},
         {"payment_status", owes ? "unpaid" : "no_payment_required"},
         {"return_url", given(params.get("return_url")) ? params.get("return_url") : Value()},
         {"shipping_options", toArray(call.arena, *shipping)},
         {"status", "open"},
         {"submit_type", take("submit_type")},
         {"success_url", take("success_url")},
         {"total_details", setup ? Value::null() : totalDetails(json, *sums)},
         {"ui_mode", ui},
         {"url", ui == "hosted_page" ? json.text("https://checkout.example/c/pay/" + id)
                                     : Value::null()}});
    host.create(call,
                json.object({{"id", "_plan:" + id},
                             {"object", kPlans},
                             {"discounts", params.get("discounts")},
                             {"payment_intent_data", params.get("payment_intent_data")},
                             {"setup_intent_data", params.get("setup_intent_data")},
                             {"subscription_data", params.get("subscription_data")}}),
                {});
    keepLineItems(host, call, id, *items);
    session = host.create(call, session, {});
    arm(host, session);
    return session;
}

std::optional<std::int64_t> sessionDue(const Value &session)
{
    return session.get("status").text() == "open" ? session.get("expires_at").toInt()
                                                  : std::nullopt;
}

void wakeSession(ApiHost &host, const ApiCall &call, const Value &session, std::int64_t now)
{
    if (const auto due = sessionDue(session); due && *due <= now)
        expired(host, call, session);
}

} // namespace billing

void addCheckoutRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/checkout/sessions", billing::create);
    routes.add("POST", "/v1/checkout/sessions/{id}", billing::update);
    routes.add("POST", "/v1/checkout/sessions/{id}/expire", billing::expire);
    routes.add("GET", "/v1/checkout/sessions/{id}/line_items", billing::listItems);
    routes.add("GET", "/v1/payment_pages/{id}", billing::showPage);
    routes.add("POST", "/v1/payment_pages/{id}/confirm", billing::confirmPage);
    billing::addPaymentLinkRoutes(routes);
    billing::addListRoutes(routes, {"/v1/checkout/sessions", "/v1/payment_links"});
}

} // namespace tw::stripe
