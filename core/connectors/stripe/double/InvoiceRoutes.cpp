// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/InvoiceRoutes.h"

#include "core/connectors/stripe/double/BillingLists.h"
#include "core/connectors/stripe/double/CatalogueRoutes.h"
#include "core/connectors/stripe/double/Discounts.h"
#include "core/connectors/stripe/double/InvoiceBuilder.h"
#include "core/connectors/stripe/double/InvoiceItems.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/SubscriptionStates.h"

#include <algorithm>

namespace tw::stripe {

namespace billing {

namespace {

constexpr std::string_view kType = "invoice";
constexpr std::string_view kUpdated = "invoice.updated";

HttpResponse wrongStatus(const Value &invoice, std::string_view wanted)
{
    return invalid("id",
                   "The invoice is " + str(invoice.get("status")) + "; this needs one that is " +
                       std::string(wanted) + '.',
                   "invoice_not_editable");
}

Outcome<Value> withShipping(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const Value sent = call.params.get("shipping_cost");
    const JsonMaker json = call.json();
    if (sent.isUndefined())
        return invoice;
    if (!sent.isObject())
        return json.with(invoice, {{"shipping_cost", nullptr}});
    Value rate;
    if (const Value data = sent.get("shipping_rate_data"); data.isObject()) {
        rate = makeShippingRate(host, call, data);
    } else {
        const auto found = needed(host, call, "shipping_rate", str(sent.get("shipping_rate")),
                                  "shipping_cost[shipping_rate]");
        if (!found)
            return found.error();
        rate = *found;
    }
    const auto amount = whole(rate.find("fixed_amount.amount"));
    return json.with(invoice,
                     {{"shipping_cost", json.object({{"amount_subtotal", amount},
                                                     {"amount_tax", 0},
                                                     {"amount_total", amount},
                                                     {"shipping_rate", rate.get("id")}})}});
}

/// The fields of a draft that a call sets; sums follow in priced().
Outcome<Value> withFields(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const JsonMaker json = call.json();
    const auto keep = [&](std::string_view name) { return kept(call, kType, invoice, name); };
    const auto now = host.now(invoice).seconds();
    const auto rates =
        call.has("default_tax_rates")
            ? ratesIn(host, call, call.params.get("default_tax_rates"), "default_tax_rates")
            : Outcome<Value>(invoice.get("default_tax_rates"));
    if (!rates)
        return rates.error();
    Value discounts = invoice.get("discounts");
    if (call.has("discounts")) {
        const auto made =
            redeem(host, call, call.params.get("discounts"),
                   {.customer = str(invoice.get("customer")), .invoice = str(invoice.get("id"))},
                   whole(invoice.get("created")));
        if (!made)
            return made.error();
        discounts = texts(json, *made);
    }
    Value due = keep("due_date");
    if (call.number("days_until_due") > 0)
        due = Value::integer(now + call.number("days_until_due") * kDay);
    const bool advances =
        call.has("auto_advance") ? call.flag("auto_advance") : yes(invoice.get("auto_advance"));
    Value finalizes = keep("automatically_finalizes_at");
    if (advances && !given(finalizes) && str(invoice.get("status")) == "draft")
        finalizes = Value::integer(whole(invoice.get("created")) + kHour);
    const Value after = json.with(
        invoice,
        {{"auto_advance", advances},
         {"automatically_finalizes_at", advances ? finalizes : Value::null()},
         {"collection_method", keep("collection_method")},
         {"custom_fields", keep("custom_fields")},
         {"default_payment_method", keep("default_payment_method")},
         {"default_source", keep("default_source")},
         {"default_tax_rates", *rates},
         {"description", keep("description")},
         {"discounts", discounts},
         {"due_date", due},
         {"effective_at", keep("effective_at")},
         {"footer", keep("footer")},
         {"metadata", mergedMetadata(json, invoice.get("metadata"), call.params.get("metadata"))},
         {"number", keep("number")},
         {"rendering", keep("rendering")},
         {"shipping_details", keep("shipping_details")},
         {"statement_descriptor", keep("statement_descriptor")}});
    return withShipping(host, call, after);
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    Value subscription;
    std::string who = call.text("customer");
    if (const auto id = call.text("subscription"); !id.empty()) {
        const auto found = needed(host, call, "subscription", id, "subscription");
        if (!found)
            return found.error();
        subscription = *found;
        who = str(found->get("customer"));
    }
    if (const auto id = call.text("from_invoice.invoice"); !id.empty() && who.empty()) {
        const auto old = needed(host, call, kType, id, "from_invoice[invoice]");
        if (!old)
            return old.error();
        who = str(old->get("customer"));
    }
    if (who.empty())
        return answers::missingParam("customer");
    const auto customer = needed(host, call, "customer", who, "customer");
    if (!customer)
        return customer.error();
    if (call.text("collection_method") == "send_invoice" && !call.has("days_until_due") &&
        !call.has("due_date"))
        return invalid("days_until_due",
                       "collection_method=send_invoice needs days_until_due or due_date.");
    InvoicePlan plan;
    plan.customer = *customer;
    plan.subscription = subscription;
    plan.currency = call.text("currency");
    if (plan.currency.empty() && subscription.isObject())
        plan.currency = str(subscription.get("currency"));
    if (plan.currency.empty())
        plan.currency = given(customer->get("currency")) ? str(customer->get("currency")) : "usd";
    plan.advances = call.flag("auto_advance");
    if (call.text("pending_invoice_items_behavior") == "include" || subscription.isObject()) {
        for (const auto &item :
             pendingItems(host, call, who, call.text("subscription"), plan.currency))
            plan.lines.push_back(lineOf(host, call, item));
    }
    const Value draft = draftInvoice(host, call, plan);
    const auto filled = withFields(host, call, draft);
    if (!filled)
        return filled.error();
    Value whole = priced(host, call, *filled, linesOf(host, call, draft));
    if (const auto old = call.text("from_invoice.invoice"); !old.empty())
        whole = json.with(
            whole, {{"from_invoice", json.object({{"action", "revision"}, {"invoice", old}})}});
    return answers::ok(keepInvoice(host, call, whole));
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const auto invoice = named(host, call, kType);
    if (!invoice)
        return invoice.error();
    const bool isDraft = str(invoice->get("status")) == "draft";
    if (!isDraft) {
        static constexpr std::string_view kAlways[] = {
            "metadata", "auto_advance", "default_payment_method", "default_source",
            "expand",   "due_date",     "days_until_due",         "payment_settings"};
        for (const auto &member : call.params.members()) {
            if (std::find(std::begin(kAlways), std::end(kAlways), member.key.text()) ==
                std::end(kAlways))
                return invalid(member.key.text(),
                               "The invoice is finalised, so " + std::string(member.key.text()) +
                                   " cannot change any more.",
                               "invoice_not_editable");
        }
    }
    const auto filled = withFields(host, call, *invoice);
    if (!filled)
        return filled.error();
    return answers::ok(replaceInvoice(
        host, call, *invoice,
        isDraft ? priced(host, call, *filled, linesOf(host, call, *invoice)) : *filled, kUpdated));
}

HttpResponse finalize(ApiHost &host, const ApiCall &call)
{
    const auto draft = draftNamed(host, call);
    if (!draft)
        return draft.error();
    const JsonMaker json = call.json();
    Value invoice = *draft;
    if (call.has("auto_advance"))
        invoice =
            replaceInvoice(host, call, invoice,
                           json.with(invoice, {{"auto_advance", call.flag("auto_advance")}}), {});
    Value open = finalizeInvoice(host, call, invoice);
    if (str(open.get("status")) == "open" && yes(open.get("auto_advance")) &&
        str(open.get("collection_method")) == "charge_automatically")
        open = replaceInvoice(
            host, call, open,
            json.with(open, {{"next_payment_attempt", host.now(open).seconds() + kHour}}), {});
    return answers::ok(open);
}

HttpResponse pay(ApiHost &host, const ApiCall &call)
{
    const auto found = named(host, call, kType);
    if (!found)
        return found.error();
    Value invoice = *found;
    if (str(invoice.get("status")) == "draft")
        invoice = finalizeInvoice(host, call, invoice);
    const auto status = str(invoice.get("status"));
    if (status == "paid")
        return str(found->get("status")) == "draft"
                   ? answers::ok(invoice)
                   : invalid("id", "Invoice is already paid", "invoice_already_paid");
    if (status == "void")
        return wrongStatus(invoice, "open or uncollectible");
    if (call.flag("paid_out_of_band"))
        return answers::ok(markPaid(host, call, invoice, PaidHow::OutOfBand));
    const auto method =
        call.has("payment_method") ? call.text("payment_method") : call.text("source");
    const auto answer = collect(host, call, invoice, method);
    if (answer.status != 200)
        return answer;
    const Value intent = bodyOf(call, answer);
    if (str(intent.get("status")) == "requires_action")
        return answers::refuse({.status = 402,
                                .type = "card_error",
                                .code = "invoice_payment_intent_requires_action",
                                .message = "The payment needs another step of the customer: finish "
                                           "it with the client secret of the payment intent."});
    return answers::ok(host.get(call, kType, call.id()));
}

HttpResponse send(ApiHost &host, const ApiCall &call)
{
    const auto found = named(host, call, kType);
    if (!found)
        return found.error();
    Value invoice = *found;
    if (str(invoice.get("status")) == "draft")
        invoice = finalizeInvoice(host, call, invoice);
    if (const auto status = str(invoice.get("status")); status == "void")
        return wrongStatus(invoice, "not void");
    host.tell(call, "invoice.sent", invoice);
    return answers::ok(invoice);
}

HttpResponse makeVoid(ApiHost &host, const ApiCall &call)
{
    const auto invoice = named(host, call, kType);
    if (!invoice)
        return invoice.error();
    if (const auto status = str(invoice->get("status"));
        status != "open" && status != "uncollectible")
        return wrongStatus(*invoice, "open or uncollectible");
    return answers::ok(voidInvoice(host, call, *invoice));
}

HttpResponse giveUp(ApiHost &host, const ApiCall &call)
{
    const auto invoice = named(host, call, kType);
    if (!invoice)
        return invoice.error();
    if (str(invoice->get("status")) != "open")
        return wrongStatus(*invoice, "open");
    return answers::ok(markUncollectible(host, call, *invoice));
}

HttpResponse removeDraft(ApiHost &host, const ApiCall &call)
{
    const auto draft = draftNamed(host, call);
    if (!draft)
        return draft.error();
    if (!subscriptionOf(*draft).empty())
        return invalid("id", "Invoices of a subscription cannot be deleted. Finalise and void it.",
                       "invoice_not_editable");
    for (const auto &item : allOf(host, call, "invoiceitem", [&](const Value &known) {
             return str(known.get("invoice")) == call.id();
         }))
        host.change(call, item, {{"invoice", nullptr}}, {});
    host.remove(call, *draft, "invoice.deleted");
    return deletedAnswer(call, *draft);
}

HttpResponse attachPayment(ApiHost &host, const ApiCall &call)
{
    const auto invoice = named(host, call, kType);
    if (!invoice)
        return invoice.error();
    if (str(invoice->get("status")) != "open")
        return wrongStatus(*invoice, "open");
    const auto intent =
        needed(host, call, "payment_intent", call.text("payment_intent"), "payment_intent");
    if (!intent)
        return intent.error();
    for (const auto &payment : allOf(host, call, "invoice_payment", [&](const Value &known) {
             return str(known.get("invoice")) == call.id() && str(known.get("status")) == "open";
         }))
        host.change(call, payment, {{"is_default", false}, {"status", "canceled"}}, {});
    attachIntent(host, call, *invoice, *intent);
    if (str(intent->get("status")) != "succeeded")
        return answers::ok(*invoice);
    return answers::ok(markPaid(host, call, *invoice, PaidHow::Charged));
}

} // namespace

Outcome<Value> draftNamed(ApiHost &host, const ApiCall &call)
{
    const auto invoice = named(host, call, kType);
    if (invoice && str(invoice->get("status")) != "draft")
        return wrongStatus(*invoice, "a draft");
    return invoice;
}

} // namespace billing

void addInvoiceRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/invoices", billing::create);
    routes.add("POST", "/v1/invoices/{id}", billing::update);
    routes.add("DELETE", "/v1/invoices/{id}", billing::removeDraft);
    routes.add("POST", "/v1/invoices/{id}/attach_payment", billing::attachPayment);
    routes.add("POST", "/v1/invoices/{id}/finalize", billing::finalize);
    routes.add("POST", "/v1/invoices/{id}/mark_uncollectible", billing::giveUp);
    routes.add("POST", "/v1/invoices/{id}/pay", billing::pay);
    routes.add("POST", "/v1/invoices/{id}/send", billing::send);
    routes.add("POST", "/v1/invoices/{id}/void", billing::makeVoid);
    billing::addInvoiceLineRoutes(routes);
    billing::addInvoicePreviewRoutes(routes);
    billing::addInvoiceItemRoutes(routes);
    billing::addCreditNoteRoutes(routes);
    billing::addQuoteRoutes(routes);
    billing::addListRoutes(
        routes, {"/v1/credit_notes", "/v1/invoice_payments", "/v1/invoiceitems", "/v1/invoices"});
}

} // namespace tw::stripe
