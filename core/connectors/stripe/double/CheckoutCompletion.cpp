// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/InvoiceStates.h"

#include <algorithm>

namespace tw::stripe {

namespace billing {

namespace {

constexpr std::string_view kType = "checkout.session";

/// Names of methods whose money takes its time.
constexpr std::string_view kDelayed = "pm_sepaDebit";
constexpr std::string_view kDelayedFails = "pm_sepaDebit_fails";
constexpr std::chrono::seconds kSettles{10};

/// By one of these names, or because it is a bank account that was made as a payment method.
bool isDelayed(ApiHost &host, std::string_view method)
{
    const auto *held = host.store().find("payment_method", method);
    const auto type = held ? str(held->object->root().get("type")) : std::string();
    return method == kDelayed || method == kDelayedFails || type.ends_with("_debit") ||
           type == "us_bank_account";
}

/// What completing a session leaves on it.
struct Completion
{
    std::string customer, intent, setup, subscription, invoice;
    bool isPaid = false;
};

Outcome<Value> answered(const ApiCall &call, const HttpResponse &answer)
{
    if (answer.status != 200)
        return answer;
    return bodyOf(call, answer);
}

/// The customer of a session, made where it needs one; "" for a guest.
Outcome<std::string> customerOf(ApiHost &host, const ApiCall &call, const Value &session)
{
    const auto known = str(session.get("customer"));
    const bool needs = str(session.get("mode")) == "subscription" ||
                       str(session.get("customer_creation")) == "always" ||
                       yes(session.find("invoice_creation.enabled"));
    if (!known.empty() || !needs)
        return known;
    const auto mail = str(session.get("customer_email"));
    const auto made = answered(
        call, host.call(call, "POST", "/v1/customers",
                        formOf(call.json(),
                               {{"email", mail.empty() ? "buyer@tidewire.example" : mail}})));
    if (!made)
        return made.error();
    return str(*made);
}

/// The id behind a name of a test card, attached to the customer where there is one.
Outcome<std::string> attached(ApiHost &host, const ApiCall &call, const std::string &method,
                              const std::string &customer)
{
    if (customer.empty() || isDelayed(host, method))
        return method;
    const Value known = host.get(call, "payment_method", method);
    if (str(known.get("customer")) == customer)
        return method;
    const auto bound =
        answered(call, host.call(call, "POST", "/v1/payment_methods/" + method + "/attach",
                                 formOf(call.json(), {{"customer", customer}})));
    if (!bound)
        return bound.error();
    return str(*bound);
}

Outcome<Completion> payOnce(ApiHost &host, const ApiCall &call, const Value &session,
                            const Value &plan, const std::string &customer,
                            const std::string &method)
{
    const JsonMaker json = call.json();
    const Value data = plan.get("payment_intent_data");
    const bool waits = isDelayed(host, method);
    Completion done{customer, {}, {}, {}, {}, true};
    if (whole(session.get("amount_total")) == 0)
        return done;
    const auto intent = answered(
        call,
        host.call(call, "POST", "/v1/payment_intents",
                  formOf(json, {{"amount", session.get("amount_total")},
                                {"capture_method", data.get("capture_method")},
                                {"confirm", waits ? Value() : Value::boolean(true)},
                                {"currency", session.get("currency")},
                                {"customer", orNull(json, customer)},
                                {"description", data.get("description")},
                                {"metadata", data.get("metadata")},
                                {"payment_method", waits ? Value() : json.text(method)},
                                {"receipt_email", data.get("receipt_email")},
                                {"return_url",
                                 waits ? Value() : json.text("https://checkout.example/return")},
                                {"setup_future_usage", data.get("setup_future_usage")},
                                {"statement_descriptor", data.get("statement_descriptor")},
                                {"transfer_group", data.get("transfer_group")}})));
    if (!intent)
        return intent.error();
    if (waits) {
        done.intent = str(*intent);
        done.isPaid = false;
        const Value moving = host.change(call, host.get(call, "payment_intent", done.intent),
                                         {{"status", "processing"}}, {});
        host.tell(call, "payment_intent.processing", moving);
        return done;
    }
    const auto status = str(intent->get("status"));
    if (status == "requires_action" || status == "requires_payment_method")
        return answers::refuse({.status = 402,
                                .type = "card_error",
                                .code = "authentication_required",
                                .message = "The payment needs another step of the buyer, which "
                                           "the double does not play. Pay with another card."});
    done.intent = str(*intent);
    done.isPaid = status == "succeeded";
    return done;
}

Outcome<Completion> setUp(ApiHost &host, const ApiCall &call, const Value &plan,
                          const std::string &customer, const std::string &method)
{
    const JsonMaker json = call.json();
    const Value data = plan.get("setup_intent_data");
    const auto intent =
        answered(call, host.call(call, "POST", "/v1/setup_intents",
                                 formOf(json, {{"confirm", true},
                                               {"customer", orNull(json, customer)},
                                               {"description", data.get("description")},
                                               {"metadata", data.get("metadata")},
                                               {"payment_method", method},
                                               {"return_url", "https://checkout.example/return"},
                                               {"usage", "off_session"}})));
    if (!intent)
        return intent.error();
    return Completion{customer, {}, str(*intent), {}, {}, true};
}

/// Recurring items become the subscription, the others its first extras.
Value subscriptionForm(ApiHost &host, const ApiCall &call, const Value &session, const Value &plan,
                       const std::string &customer, const std::string &method)
{
    const JsonMaker json = call.json();
    std::vector<Value> items, extras;
    for (const auto &item : lineItemsOf(host, call, session)) {
        std::vector<std::string> rates;
        for (const auto &tax : item.get("taxes").items())
            rates.push_back(str(tax.get("rate")));
        const Value form = formOf(json, {{"price", item.find("price.id")},
                                         {"quantity", item.get("quantity")},
                                         {"tax_rates", texts(json, rates)}});
        (item.find("price.recurring").isObject() ? items : extras).push_back(form);
    }
    const Value data = plan.get("subscription_data");
    return json.with(formOf(json, {{"billing_cycle_anchor", data.get("billing_cycle_anchor")},
                                   {"customer", customer},
                                   {"default_payment_method", method},
                                   {"default_tax_rates", data.get("default_tax_rates")},
                                   {"description", data.get("description")},
                                   {"metadata", data.get("metadata")},
                                   {"payment_behavior", "error_if_incomplete"},
                                   {"proration_behavior", data.get("proration_behavior")},
                                   {"trial_end", data.get("trial_end")},
                                   {"trial_period_days", data.get("trial_period_days")},
                                   {"trial_settings", data.get("trial_settings")}}),
                     {{"add_invoice_items", extras.empty() ? Value() : toArray(call.arena, extras)},
                      {"discounts", plan.get("discounts")},
                      {"items", toArray(call.arena, items)}});
}

Outcome<Completion> subscribe(ApiHost &host, const ApiCall &call, const Value &session,
                              const Value &plan, const std::string &customer,
                              const std::string &method)
{
    const auto sub =
        answered(call, host.call(call, "POST", "/v1/subscriptions",
                                 subscriptionForm(host, call, session, plan, customer, method)));
    if (!sub)
        return sub.error();
    const auto invoice = str(sub->get("latest_invoice"));
    const Value bill = host.get(call, "invoice", invoice);
    return Completion{customer, {}, {}, str(*sub), invoice, str(bill.get("status")) == "paid"};
}

Value detailsOf(ApiHost &host, const ApiCall &call, const Value &session,
                const std::string &customer, const std::string &method)
{
    const JsonMaker json = call.json();
    const Value who = customer.empty() ? Value() : host.get(call, "customer", customer);
    const Value billing = host.get(call, "payment_method", method).get("billing_details");
    const auto first = [&](const char *name) {
        for (const Value &from : {who.get(name), billing.get(name)}) {
            if (given(from))
                return from;
        }
        return Value::null();
    };
    Value mail = first("email");
    if (given(session.get("customer_email")))
        mail = session.get("customer_email");
    if (!given(mail))
        mail = json.text("buyer@tidewire.example");
    return json.object({{"address", first("address")},
                        {"business_name", nullptr},
                        {"email", mail},
                        {"individual_name", nullptr},
                        {"name", first("name")},
                        {"phone", first("phone")},
                        {"tax_exempt", "none"},
                        {"tax_ids", json.array({})}});
}

/// The paid invoice that a one-time session may bring.
std::string oneTimeInvoice(ApiHost &host, const ApiCall &call, const Value &session,
                           const Completion &done)
{
    const JsonMaker json = call.json();
    const Value data = session.find("invoice_creation.invoice_data");
    const auto made = host.call(call, "POST", "/v1/invoices",
                                formOf(json, {{"currency", session.get("currency")},
                                              {"customer", done.customer},
                                              {"description", data.get("description")},
                                              {"footer", data.get("footer")},
                                              {"metadata", data.get("metadata")}}));
    const auto id = str(bodyOf(call, made));
    if (made.status != 200)
        return {};
    std::vector<Value> lines;
    for (const auto &item : lineItemsOf(host, call, session))
        lines.push_back(formOf(json, {{"amount", item.get("amount_total")},
                                      {"description", item.get("description")}}));
    host.call(call, "POST", "/v1/invoices/" + id + "/add_lines",
              json.object({{"lines", toArray(call.arena, lines)}}));
    Value invoice = host.get(call, "invoice", id);
    const Value intent = host.get(call, "payment_intent", done.intent);
    if (intent.isObject())
        attachIntent(host, call, invoice, intent);
    invoice = finalizeInvoice(host, call, host.get(call, "invoice", id));
    if (str(invoice.get("status")) == "open" && done.isPaid)
        markPaid(host, call, invoice, PaidHow::Charged);
    return id;
}

} // namespace

void sessionIntentHeard(ApiHost &host, const ApiCall &call, std::string_view event,
                        const Value &intent)
{
    const bool isPaid = event == "payment_intent.succeeded";
    if (!isPaid && event != "payment_intent.payment_failed")
        return;
    const auto id = str(intent.get("id"));
    const auto waiting = host.store().newest(kType, [&](const Value &known) {
        return known.get("payment_intent").text() == id &&
               known.get("status").text() == "complete" &&
               known.get("payment_status").text() == "unpaid";
    });
    if (!waiting)
        return;
    Value session = copyInto(call.arena, waiting->root());
    if (isPaid)
        session = host.change(call, session, {{"payment_status", "paid"}}, {});
    host.tell(call,
              isPaid ? "checkout.session.async_payment_succeeded"
                     : "checkout.session.async_payment_failed",
              session);
}

} // namespace billing

Result<Value, HttpResponse> completeSession(ApiHost &host, const ApiCall &call,
                                            const Value &session, const std::string &paymentMethod)
{
    using namespace billing;
    if (isDelayed(host, paymentMethod) && str(session.get("mode")) != "payment")
        return invalid("payment_method", "Delayed methods pay sessions of mode=payment only.");
    if (str(session.get("status")) != "open")
        return invalid("session", "The session is " + str(session.get("status")) +
                                      "; only an open one can be completed.");
    const auto id = str(session.get("id"));
    const auto mode = str(session.get("mode"));
    const Value plan = host.get(call, "_checkout_plan", "_plan:" + id);
    const auto customer = customerOf(host, call, session);
    if (!customer)
        return customer.error();
    const auto method = attached(host, call, paymentMethod, *customer);
    if (!method)
        return method.error();
    auto done = mode == "setup"     ? setUp(host, call, plan, *customer, *method)
                : mode == "payment" ? payOnce(host, call, session, plan, *customer, *method)
                                    : subscribe(host, call, session, plan, *customer, *method);
    if (!done)
        return done.error();
    Completion end = *done;
    if (mode == "payment" && yes(session.find("invoice_creation.enabled")))
        end.invoice = oneTimeInvoice(host, call, session, end);
    const JsonMaker json = call.json();
    const bool isFree = str(session.get("payment_status")) == "no_payment_required";
    const Value after =
        host.change(call, session,
                    {{"customer", orNull(json, end.customer)},
                     {"customer_details", detailsOf(host, call, session, end.customer, *method)},
                     {"invoice", orNull(json, end.invoice)},
                     {"payment_intent", orNull(json, end.intent)},
                     {"payment_status", isFree       ? "no_payment_required"
                                        : end.isPaid ? "paid"
                                                     : "unpaid"},
                     {"setup_intent", orNull(json, end.setup)},
                     {"status", "complete"},
                     {"subscription", orNull(json, end.subscription)},
                     {"url", nullptr}},
                    {});
    host.tell(call, "checkout.session.completed", after);
    if (isDelayed(host, paymentMethod))
        host.later(after, kSettles, [&host, id, paymentMethod](const ApiCall &own) {
            const Value waiting = host.get(own, kType, id);
            if (waiting.isObject())
                (void)settleSession(host, own, waiting, paymentMethod != kDelayedFails);
        });
    return after;
}

Result<Value, HttpResponse> settleSession(ApiHost &host, const ApiCall &call, const Value &session,
                                          bool succeeds)
{
    using namespace billing;
    const auto intent = str(session.get("payment_intent"));
    const Value held = host.get(call, "payment_intent", intent);
    if (str(session.get("status")) != "complete" || str(held.get("status")) != "processing")
        return invalid("session", "The session waits for no payment.");
    host.change(call, held, {{"status", "requires_confirmation"}}, {}); // No longer under way.
    host.call(call, "POST", "/v1/payment_intents/" + intent + "/confirm",
              formOf(call.json(),
                     {{"payment_method", succeeds ? "pm_card_visa" : "pm_card_chargeDeclined"}}));
    return host.get(call, kType, str(session.get("id")));
}

} // namespace tw::stripe
