// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/InvoiceStates.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/Clockwork.h"
#include "core/connectors/stripe/double/InvoiceBuilder.h"
#include "core/connectors/stripe/double/InvoiceMath.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"
#include "core/data/Money.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::int64_t kDefaultDaysUntilDue = 30;
/// Days from a failed attempt to the next one.
constexpr std::int64_t kRetryDays[] = {3, 5, 7};

/// Stripe's smallest charge in minor units; less stays on the balance.
std::int64_t smallestCharge(std::string_view currency)
{
    const auto rule = currencyRule(currency);
    if (!rule || rule->minimumCharge.empty())
        return 0;
    const auto least = Decimal::parse(rule->minimumCharge);
    return least ? least->toUnits(rule->exponent, Decimal::Rounding::HalfUp).value_or(0) : 0;
}

std::string numberFor(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    if (given(invoice.get("number")))
        return str(invoice.get("number"));
    const Value customer = host.get(call, "customer", str(invoice.get("customer")));
    auto prefix = str(customer.get("invoice_prefix"));
    if (prefix.empty())
        prefix = host.random().text(8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    const auto next = std::max<std::int64_t>(1, whole(customer.get("next_invoice_sequence"), 1));
    if (customer.isObject())
        host.change(call, customer,
                    {{"invoice_prefix", prefix}, {"next_invoice_sequence", next + 1}}, {});
    const std::string digits = std::to_string(next);
    return prefix + '-' + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

Value transition(const JsonMaker &json, const Value &invoice, std::string_view name,
                 std::int64_t now)
{
    return json.with(invoice.get("status_transitions"), {{name, now}});
}

Value openPayment(ApiHost &host, const ApiCall &call, const std::string &invoice)
{
    const auto found = host.store().newest("invoice_payment", [&](const Value &payment) {
        return payment.get("invoice").text() == invoice && payment.get("status").text() == "open";
    });
    if (found)
        return copyInto(call.arena, found->root());
    return Value();
}

Value makeIntent(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const JsonMaker json = call.json();
    const auto number = str(invoice.get("number"));
    const auto answer =
        host.call(call, "POST", "/v1/payment_intents",
                  formOf(json, {{"amount", invoice.get("amount_remaining")},
                                {"currency", invoice.get("currency")},
                                {"customer", invoice.get("customer")},
                                {"description", subscriptionOf(invoice).empty()
                                                    ? "Payment for invoice " + number
                                                    : "Subscription invoice " + number}}));
    return answer.status == 200 ? bodyOf(call, answer) : Value();
}

/// Whether an invoice of this kind is tried again after a failure.
bool isRetried(const Value &invoice)
{
    return yes(invoice.get("auto_advance")) &&
           str(invoice.get("billing_reason")) != "subscription_create" &&
           str(invoice.get("collection_method")) == "charge_automatically";
}

void closePayment(ApiHost &host, const ApiCall &call, const Value &payment, std::string_view status,
                  std::int64_t now)
{
    if (!payment.isObject())
        return;
    const bool isPaid = status == "paid";
    const Value closed = host.change(
        call, payment,
        {{"amount_paid", isPaid ? payment.get("amount_requested") : Value::null()},
         {"status", status},
         {"status_transitions",
          call.json().object({{"canceled_at", isPaid ? Value::null() : Value::integer(now)},
                              {"paid_at", isPaid ? Value::integer(now) : Value::null()}})}},
        {});
    if (isPaid)
        host.tell(call, "invoice_payment.paid", closed);
}

/// Gives up the intent of an invoice that will not be paid.
void dropIntent(ApiHost &host, const ApiCall &call, const Value &invoice, std::int64_t now)
{
    const Value payment = openPayment(host, call, str(invoice.get("id")));
    const auto intent = str(payment.find("payment.payment_intent"));
    closePayment(host, call, payment, "canceled", now);
    if (!intent.empty())
        host.call(call, "POST", "/v1/payment_intents/" + intent + "/cancel",
                  call.json().object({}));
}

/// The first invoice says in which currency the customer pays.
void settleCurrency(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const Value customer = host.get(call, "customer", str(invoice.get("customer")));
    if (customer.isObject() && !given(customer.get("currency")))
        host.change(call, customer, {{"currency", invoice.get("currency")}}, "customer.updated");
}

Value dueDate(const Value &invoice, std::int64_t now)
{
    if (str(invoice.get("collection_method")) != "send_invoice")
        return Value::null();
    return given(invoice.get("due_date")) ? invoice.get("due_date")
                                          : Value::integer(now + kDefaultDaysUntilDue * kDay);
}

} // namespace

Value moveBalance(ApiHost &host, const ApiCall &call, const std::string &customer,
                  std::int64_t amount, std::string_view type, const std::string &invoice,
                  const std::string &creditNote)
{
    const JsonMaker json = call.json();
    const Value who = host.get(call, "customer", customer);
    if (amount == 0 || who.isUndefined())
        return Value();
    const auto ending = whole(who.get("balance")) + amount;
    const auto *bill = host.store().find("invoice", invoice);
    const Value currency =
        bill ? json.text(bill->object->root().get("currency").text()) : who.get("currency");
    const Value moved = host.create(call,
                                    json.with(blankObject(json, "customer_balance_transaction"),
                                              {{"id", host.newId("cbtxn_")},
                                               {"amount", amount},
                                               {"created", host.now(who).seconds()},
                                               {"credit_note", orNull(json, creditNote)},
                                               {"currency", currency},
                                               {"customer", customer},
                                               {"ending_balance", ending},
                                               {"invoice", orNull(json, invoice)},
                                               {"metadata", json.object({})},
                                               {"type", type}}),
                                    {});
    host.change(call, who, {{"balance", ending}}, "customer.updated");
    return moved;
}

std::string methodOf(const Value &customer)
{
    const auto method = str(customer.find("invoice_settings.default_payment_method"));
    return method.empty() ? str(customer.get("default_source")) : method;
}

std::string methodFor(ApiHost &host, const Value &invoice)
{
    for (const auto *name : {"default_payment_method", "default_source"}) {
        if (const auto method = str(invoice.get(name)); !method.empty())
            return method;
    }
    if (const auto *sub = host.store().find("subscription", subscriptionOf(invoice))) {
        for (const auto *name : {"default_payment_method", "default_source"}) {
            if (const auto method = str(sub->object->root().get(name)); !method.empty())
                return method;
        }
    }
    const auto *customer = host.store().find("customer", str(invoice.get("customer")));
    return customer ? methodOf(customer->object->root()) : std::string();
}

std::string intentOf(ApiHost &host, const std::string &invoice)
{
    const auto found = host.store().newest("invoice_payment", [&](const Value &payment) {
        return payment.get("invoice").text() == invoice &&
               payment.get("status").text() != "canceled";
    });
    if (found)
        return str(found->root().find("payment.payment_intent"));
    return {};
}

Value paymentsOf(ApiHost &host, const ApiCall &call, const std::string &invoice)
{
    const auto payments = allOf(host, call, "invoice_payment", [&](const Value &payment) {
        return str(payment.get("invoice")) == invoice;
    });
    return listOf(call.json(), payments, "/v1/invoice_payments?invoice=" + invoice);
}

Value attachIntent(ApiHost &host, const ApiCall &call, const Value &invoice, const Value &intent)
{
    const JsonMaker json = call.json();
    return host.create(call,
                       json.with(blankObject(json, "invoice_payment"),
                                 {{"id", host.newId("inpay_")},
                                  {"amount_paid", nullptr},
                                  {"amount_requested", invoice.get("amount_remaining")},
                                  {"created", host.now(invoice).seconds()},
                                  {"currency", invoice.get("currency")},
                                  {"invoice", invoice.get("id")},
                                  {"is_default", true},
                                  {"payment", json.object({{"payment_intent", intent.get("id")},
                                                           {"type", "payment_intent"}})},
                                  {"status", "open"},
                                  {"status_transitions",
                                   json.object({{"canceled_at", nullptr}, {"paid_at", nullptr}})}}),
                       {});
}

Value finalizeInvoice(ApiHost &host, const ApiCall &call, const Value &draft)
{
    const JsonMaker json = call.json();
    const auto now = host.now(draft).seconds();
    Value invoice = priced(host, call, draft, linesOf(host, call, draft));
    const auto starting = whole(invoice.get("starting_balance"));
    const auto use = useBalance(whole(invoice.get("total")), starting,
                                smallestCharge(str(invoice.get("currency"))));
    const auto id = str(invoice.get("id"));
    invoice = json.with(
        invoice, {{"amount_due", use.due},
                  {"amount_remaining", use.due},
                  {"automatically_finalizes_at", nullptr},
                  {"due_date", dueDate(invoice, now)},
                  {"effective_at", given(invoice.get("effective_at")) ? invoice.get("effective_at")
                                                                      : Value::integer(now)},
                  {"ending_balance", use.ending},
                  {"hosted_invoice_url", "https://invoice.example/i/" + id},
                  {"invoice_pdf", "https://invoice.example/i/" + id + "/pdf"},
                  {"number", numberFor(host, call, invoice)},
                  {"status", "open"},
                  {"status_transitions", transition(json, invoice, "finalized_at", now)}});
    settleCurrency(host, call, invoice);
    moveBalance(host, call, str(invoice.get("customer")), use.ending - starting,
                whole(invoice.get("total")) > 0 && use.ending > starting ? "invoice_too_small"
                                                                         : "applied_to_invoice",
                id);
    invoice = replaceInvoice(host, call, draft, invoice, {});
    host.tell(call, "invoice.finalized", invoice);
    if (use.due == 0)
        return markPaid(host, call, invoice, PaidHow::NothingDue);
    if (intentOf(host, id).empty()) {
        const Value intent = makeIntent(host, call, invoice);
        if (intent.isObject()) {
            attachIntent(host, call, invoice, intent);
            invoice = replaceInvoice(
                host, call, invoice,
                json.with(invoice, {{"confirmation_secret",
                                     json.object({{"client_secret", intent.get("client_secret")},
                                                  {"type", "payment_intent"}})}}),
                {});
        }
    }
    return invoice;
}

HttpResponse collect(ApiHost &host, const ApiCall &call, const Value &invoice,
                     const std::string &method)
{
    const JsonMaker json = call.json();
    const auto with = method.empty() ? methodFor(host, invoice) : method;
    const Value tried = replaceInvoice(
        host, call, invoice,
        json.with(invoice, {{"attempt_count", whole(invoice.get("attempt_count")) + 1},
                            {"attempted", true},
                            {"next_payment_attempt", nullptr}}),
        {});
    if (with.empty()) {
        attemptFailed(host, call, tried);
        return invalid(
            "payment_method",
            "There is no payment method to charge. Set a default one on the customer, the "
            "subscription or the invoice, or send payment_method.",
            "resource_missing");
    }
    auto intent = intentOf(host, str(invoice.get("id")));
    if (intent.empty()) {
        const Value made = makeIntent(host, call, tried);
        if (made.isUndefined())
            return invalid("amount", "The amount cannot be charged.", "amount_too_small");
        attachIntent(host, call, tried, made);
        intent = str(made.get("id"));
    }
    return host.call(call, "POST", "/v1/payment_intents/" + intent + "/confirm",
                     formOf(json, {{"payment_method", with}}));
}

Value markPaid(ApiHost &host, const ApiCall &call, const Value &invoice, PaidHow how)
{
    const JsonMaker json = call.json();
    const auto now = host.now(invoice).seconds();
    if (how == PaidHow::Charged)
        closePayment(host, call, openPayment(host, call, str(invoice.get("id"))), "paid", now);
    else
        dropIntent(host, call, invoice, now);
    const auto due = whole(invoice.get("amount_due"));
    const bool byHand = how == PaidHow::OutOfBand;
    const Value paid = replaceInvoice(
        host, call, invoice,
        json.with(invoice, {{"amount_paid", due},
                            {"amount_paid_off_stripe", byHand ? Value::integer(due) : Value()},
                            {"amount_remaining", 0},
                            {"attempted", true},
                            {"next_payment_attempt", nullptr},
                            {"status", "paid"},
                            {"status_transitions", transition(json, invoice, "paid_at", now)}}),
        how == PaidHow::NothingDue ? std::string_view() : "invoice.updated");
    host.tell(call, "invoice.paid", paid);
    if (how == PaidHow::Charged)
        host.tell(call, "invoice.payment_succeeded", paid);
    invoicePaid(host, call, paid);
    return paid;
}

void attemptFailed(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const auto count = whole(invoice.get("attempt_count"));
    const auto retries = static_cast<std::int64_t>(std::size(kRetryDays));
    const bool again = isRetried(invoice) && count >= 1 && count <= retries;
    const auto at = host.now(invoice).seconds() + (again ? kRetryDays[count - 1] * kDay : 0);
    const bool isLast = isRetried(invoice) && count > retries;
    const Value after = replaceInvoice(
        host, call, invoice,
        call.json().with(invoice,
                         {{"next_payment_attempt", again ? Value::integer(at) : Value::null()},
                          {"auto_advance", yes(invoice.get("auto_advance")) && !isLast}}),
        "invoice.updated");
    host.tell(call, "invoice.payment_failed", after);
    invoiceFailed(host, call, after, isLast);
}

Value voidInvoice(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const JsonMaker json = call.json();
    const auto now = host.now(invoice).seconds();
    dropIntent(host, call, invoice, now);
    const auto used = whole(invoice.get("ending_balance")) - whole(invoice.get("starting_balance"));
    if (given(invoice.get("ending_balance")))
        moveBalance(host, call, str(invoice.get("customer")), -used, "unapplied_from_invoice",
                    str(invoice.get("id")));
    const Value gone = replaceInvoice(
        host, call, invoice,
        json.with(invoice, {{"amount_due", invoice.get("amount_due")},
                            {"amount_remaining", 0},
                            {"auto_advance", false},
                            {"next_payment_attempt", nullptr},
                            {"status", "void"},
                            {"status_transitions", transition(json, invoice, "voided_at", now)}}),
        "invoice.updated");
    host.tell(call, "invoice.voided", gone);
    return gone;
}

Value markUncollectible(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const JsonMaker json = call.json();
    const Value lost = replaceInvoice(
        host, call, invoice,
        json.with(invoice,
                  {{"auto_advance", false},
                   {"next_payment_attempt", nullptr},
                   {"status", "uncollectible"},
                   {"status_transitions", transition(json, invoice, "marked_uncollectible_at",
                                                     host.now(invoice).seconds())}}),
        "invoice.updated");
    host.tell(call, "invoice.marked_uncollectible", lost);
    return lost;
}

void intentHeard(ApiHost &host, const ApiCall &call, std::string_view event, const Value &intent)
{
    if (event == "payment_intent.created" || event == "payment_intent.canceled")
        return;
    const auto id = str(intent.get("id"));
    Value invoice;
    if (const auto payment = host.store().newest("invoice_payment", [&](const Value &known) {
            return known.find("payment.payment_intent").text() == id &&
                   known.get("status").text() == "open";
        }))
        invoice = host.get(call, "invoice", str(payment->root().get("invoice")));
    const auto status = str(invoice.get("status"));
    const bool isOpen = status == "open" || status == "uncollectible";
    if (isOpen && event == "payment_intent.succeeded") {
        markPaid(host, call, invoice, PaidHow::Charged);
    } else if (isOpen && event == "payment_intent.payment_failed") {
        attemptFailed(host, call, invoice);
    } else if (isOpen && event == "payment_intent.requires_action") {
        host.tell(call, "invoice.payment_action_required", invoice);
        attemptFailed(host, call, invoice);
    } else if (isOpen && event == "payment_intent.processing") {
        invoiceProcessing(host, call, invoice);
    }
    sessionIntentHeard(host, call, event, intent);
}

std::optional<std::int64_t> invoiceDue(ApiHost &host, const Value &invoice)
{
    const auto status = invoice.get("status").text();
    if (status == "draft" && yes(invoice.get("auto_advance")))
        return invoice.get("automatically_finalizes_at").toInt();
    if (status != "open")
        return std::nullopt;
    auto due = invoice.get("next_payment_attempt").toInt();
    const auto date = invoice.get("due_date").toInt();
    if (date && !noticeGiven(host, str(invoice.get("id")) + ":overdue"))
        due = due ? std::min(*due, *date) : date;
    return due;
}

namespace {

/// Until when a draft waits for an endpoint that does not take its `invoice.created`
/// (docs.stripe.com/billing/subscriptions/webhooks: up to 72 hours); nothing: it does not.
std::optional<std::int64_t> heldBackUntil(ApiHost &host, const Value &draft, std::int64_t now)
{
    constexpr std::int64_t kLongest = 72 * 3600;
    constexpr std::int64_t kLookAgain = 3600;
    const DocumentPtr told = host.store().newest("event", [&](const Value &event) {
        return event.get("type").text() == "invoice.created" &&
               event.find("data.object.id").text() == draft.get("id").text();
    });
    if (!told || told->root().get("_refused").isUndefined() ||
        told->root().get("pending_webhooks").toInt().value_or(0) == 0)
        return std::nullopt;
    const std::int64_t last = whole(draft.get("created")) + kLongest;
    return now < last ? std::optional(std::min(now + kLookAgain, last)) : std::nullopt;
}

} // namespace

void wakeInvoice(ApiHost &host, const ApiCall &call, const Value &invoice, std::int64_t now)
{
    const auto isDue = [&](std::string_view name) {
        const auto at = invoice.get(name).toInt();
        return at && *at <= now;
    };
    const auto id = str(invoice.get("id"));
    if (str(invoice.get("status")) == "draft" && isDue("automatically_finalizes_at")) {
        if (const auto later = heldBackUntil(host, invoice, now)) {
            arm(host, host.change(call, invoice, {{"automatically_finalizes_at", *later}}, ""));
            return;
        }
        const Value open = finalizeInvoice(host, call, invoice);
        const bool isCharged = str(open.get("collection_method")) == "charge_automatically";
        if (str(open.get("status")) != "open")
            return;
        if (isCharged)
            collect(host, call, open, {});
        else
            host.tell(call, "invoice.sent", open);
        return;
    }
    if (isDue("due_date") && noticeDue(host, call, id + ":overdue")) {
        host.tell(call, "invoice.overdue", invoice);
        invoiceOverdue(host, call, invoice);
        arm(host, invoice);
    }
    if (isDue("next_payment_attempt"))
        collect(host, call, host.get(call, "invoice", id), {});
}

} // namespace tw::stripe::billing
