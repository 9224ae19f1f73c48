// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/InvoiceBuilder.h"
#include "core/connectors/stripe/double/InvoiceRoutes.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/PriceMath.h"

#include <algorithm>

namespace tw::stripe::billing {

namespace {

constexpr std::string_view kType = "credit_note";

/// One credited line with what belongs to it.
struct CreditLine
{
    Value object;
    std::int64_t amount = 0, discount = 0, exclusive = 0, inclusive = 0;
};

struct Credit
{
    std::vector<CreditLine> lines;
    std::int64_t subtotal = 0, discount = 0, total = 0, tax = 0;
    std::int64_t refund = 0, balance = 0, outside = 0;
    bool isPrePayment = false;
};

Value lineObject(ApiHost &host, const JsonMaker &json, const Value &entry, const CreditLine &line,
                 const std::string &description, const Value &quantity)
{
    const auto of = str(entry.get("invoice_line_item"));
    return json.object({{"id", host.newId("cnli_")},
                        {"object", "credit_note_line_item"},
                        {"amount", line.amount},
                        {"description", orNull(json, description)},
                        {"discount_amount", line.discount},
                        {"discount_amounts", json.array({})},
                        {"invoice_line_item", of.empty() ? Value() : json.text(of)},
                        {"livemode", false},
                        {"metadata", mergedMetadata(json, {}, entry.get("metadata"))},
                        {"pretax_credit_amounts", json.array({})},
                        {"quantity", quantity},
                        {"tax_rates", json.array({})},
                        {"taxes", json.array({})},
                        {"type", of.empty() ? "custom_line_item" : "invoice_line_item"},
                        {"unit_amount", nullptr},
                        {"unit_amount_decimal", nullptr}});
}

Outcome<CreditLine> creditedLine(ApiHost &host, const ApiCall &call, const Value &entry,
                                 const std::vector<Value> &lines, const std::string &at)
{
    CreditLine credit;
    const auto quantity = whole(entry.get("quantity"), 1);
    const auto id = str(entry.get("invoice_line_item"));
    if (id.empty()) {
        const auto unit = Decimal::parse(given(entry.get("unit_amount_decimal"))
                                             ? str(entry.get("unit_amount_decimal"))
                                             : str(entry.get("unit_amount")));
        const auto sum = unit ? decimalAmount(*unit, Decimal(quantity))
                              : Result<std::int64_t>(whole(entry.get("amount")));
        credit.amount = sum.value_or(0);
        credit.object = lineObject(host, call.json(), entry, credit, str(entry.get("description")),
                                   Value::integer(quantity));
        return credit;
    }
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const Value &known) {
        return known.get("id").text() == id;
    });
    if (line == lines.end())
        return invalid(at + "[invoice_line_item]", "No such line of this invoice: '" + id + "'",
                       "resource_missing");
    const auto full = whole(line->get("amount"));
    const auto pieces = std::max<std::int64_t>(1, whole(line->get("quantity"), 1));
    if (full <= 0)
        return invalid(at + "[invoice_line_item]", "The line has nothing to credit.");
    credit.amount = given(entry.get("amount"))     ? whole(entry.get("amount"))
                    : given(entry.get("quantity")) ? share(full, quantity, pieces)
                                                   : full;
    if (credit.amount > full)
        return invalid(at + "[amount]", "More is credited than the line has.");
    for (const auto &off : line->get("discount_amounts").items())
        credit.discount += share(whole(off.get("amount")), credit.amount, full);
    for (const auto &tax : line->get("taxes").items()) {
        const bool inside = tax.get("tax_behavior").text() == "inclusive";
        (inside ? credit.inclusive : credit.exclusive) +=
            share(whole(tax.get("amount")), credit.amount, full);
    }
    credit.object =
        lineObject(host, call.json(), entry, credit, str(line->get("description")),
                   given(entry.get("quantity")) ? Value::integer(quantity) : line->get("quantity"));
    return credit;
}

Outcome<Credit> creditOf(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    Credit credit;
    const auto status = str(invoice.get("status"));
    if (status != "open" && status != "paid" && status != "uncollectible")
        return invalid("invoice", "Only a finalised invoice can be credited.");
    const auto lines = linesOf(host, call, invoice);
    std::size_t count = 0;
    for (const auto &entry : call.params.get("lines").items()) {
        const auto line =
            creditedLine(host, call, entry, lines, "lines[" + std::to_string(count++) + "]");
        if (!line)
            return line.error();
        credit.lines.push_back(*line);
    }
    if (credit.lines.empty()) {
        const auto sum = call.number("credit_amount") + call.number("refund_amount") +
                         call.number("out_of_band_amount");
        const Value entry = call.json().object({});
        CreditLine line;
        line.amount = call.has("amount") ? call.number("amount") : sum;
        line.object = lineObject(host, call.json(), entry, line, "Credit", Value::integer(1));
        credit.lines.push_back(line);
    }
    for (const auto &line : credit.lines) {
        credit.subtotal += line.amount;
        credit.discount += line.discount;
        credit.tax += line.exclusive + line.inclusive;
        credit.total += line.amount - line.discount + line.exclusive;
    }
    const auto credited = whole(invoice.get("pre_payment_credit_notes_amount")) +
                          whole(invoice.get("post_payment_credit_notes_amount"));
    credit.isPrePayment = status != "paid";
    const auto most = credit.isPrePayment ? whole(invoice.get("amount_remaining"))
                                          : whole(invoice.get("total")) - credited;
    if (credit.total <= 0 || credit.total > most)
        return invalid("amount",
                       "The credit must be above 0 and at most " + std::to_string(most) +
                           ", which is what the invoice leaves.",
                       "amount_too_large");
    credit.refund = call.number("refund_amount");
    credit.balance = call.number("credit_amount");
    credit.outside = call.number("out_of_band_amount");
    for (const auto &refund : call.params.get("refunds").items())
        credit.outside += whole(refund.get("amount_refunded"));
    if (!credit.isPrePayment && credit.refund + credit.balance + credit.outside != credit.total)
        return invalid(
            "refund_amount",
            "The invoice is paid: refund_amount, credit_amount and out_of_band_amount must "
            "add up to the total of the credit note, " +
                std::to_string(credit.total) + '.');
    return credit;
}

Value listedLines(const JsonMaker &json, const Credit &credit, const std::string &id)
{
    std::vector<Value> lines;
    for (const auto &line : credit.lines)
        lines.push_back(line.object);
    return listOf(json, lines, "/v1/credit_notes/" + id + "/lines");
}

std::string numberFor(ApiHost &host, const ApiCall &call, const Value &invoice)
{
    const auto known = allOf(host, call, kType, [&](const Value &note) {
        return str(note.get("invoice")) == str(invoice.get("id"));
    });
    const auto next = std::to_string(known.size() + 1);
    return str(invoice.get("number")) + "-CN-" + (next.size() < 2 ? "0" : "") + next;
}

Value noteOf(ApiHost &host, const ApiCall &call, const Value &invoice, const Credit &credit,
             const std::string &id)
{
    const JsonMaker json = call.json();
    const auto now = host.now(invoice).seconds();
    const auto before = credit.isPrePayment ? credit.total : 0;
    return json.with(blankObject(json, kType),
                     {{"id", id},
                      {"amount", credit.total},
                      {"created", now},
                      {"currency", invoice.get("currency")},
                      {"customer", invoice.get("customer")},
                      {"discount_amount", credit.discount},
                      {"effective_at", given(call.params.get("effective_at"))
                                           ? Value::integer(call.number("effective_at"))
                                           : Value::integer(now)},
                      {"invoice", invoice.get("id")},
                      {"lines", listedLines(json, credit, id)},
                      {"memo", orNull(json, call.text("memo"))},
                      {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                      {"number", numberFor(host, call, invoice)},
                      {"out_of_band_amount", orNull(credit.outside)},
                      {"pdf", "https://invoice.example/credit_notes/" + id + "/pdf"},
                      {"post_payment_amount", credit.total - before},
                      {"pre_payment_amount", before},
                      {"reason", orNull(json, call.text("reason"))},
                      {"status", "issued"},
                      {"subtotal", credit.subtotal},
                      {"subtotal_excluding_tax", credit.subtotal},
                      {"total", credit.total},
                      {"total_excluding_tax", credit.total - credit.tax},
                      {"type", credit.isPrePayment ? "pre_payment" : "post_payment"}});
}

/// Lowers what an open invoice asks for (`amount` below 0: raises it again).
void creditOpen(ApiHost &host, const ApiCall &call, const Value &invoice, std::int64_t amount)
{
    const auto left = whole(invoice.get("amount_remaining")) - amount;
    const Value after = replaceInvoice(
        host, call, invoice,
        call.json().with(invoice,
                         {{"amount_due", whole(invoice.get("amount_due")) - amount},
                          {"amount_remaining", left},
                          {"pre_payment_credit_notes_amount",
                           whole(invoice.get("pre_payment_credit_notes_amount")) + amount}}),
        "invoice.updated");
    if (left == 0)
        markPaid(host, call, after, PaidHow::NothingDue);
}

HttpResponse create(ApiHost &host, const ApiCall &call)
{
    const JsonMaker json = call.json();
    const auto invoice = needed(host, call, "invoice", call.text("invoice"), "invoice");
    if (!invoice)
        return invoice.error();
    const auto credit = creditOf(host, call, *invoice);
    if (!credit)
        return credit.error();
    std::vector<Value> refunds;
    if (credit->refund > 0) {
        const auto intent = intentOf(host, call.text("invoice"));
        if (intent.empty())
            return invalid("refund_amount", "The invoice was not paid through a payment intent, so "
                                            "nothing can be refunded. Use credit_amount or "
                                            "out_of_band_amount.");
        const auto answer =
            host.call(call, "POST", "/v1/refunds",
                      formOf(json, {{"amount", credit->refund}, {"payment_intent", intent}}));
        if (answer.status != 200)
            return answer;
        refunds.push_back(json.object({{"amount_refunded", credit->refund},
                                       {"payment_record_refund", nullptr},
                                       {"refund", bodyOf(call, answer).get("id")},
                                       {"type", "refund"}}));
    }
    for (const auto &refund : call.params.get("refunds").items())
        refunds.push_back(json.object({{"amount_refunded", whole(refund.get("amount_refunded"))},
                                       {"payment_record_refund", nullptr},
                                       {"refund", refund.get("refund")},
                                       {"type", "refund"}}));
    const auto id = host.newId("cn_");
    Value note = noteOf(host, call, *invoice, *credit, id);
    const Value moved = moveBalance(host, call, str(invoice->get("customer")), -credit->balance,
                                    kType, call.text("invoice"), id);
    note = host.create(call,
                       json.with(note, {{"customer_balance_transaction",
                                         moved.isObject() ? moved.get("id") : Value::null()},
                                        {"refunds", toArray(call.arena, refunds)}}),
                       "credit_note.created");
    const Value current = host.get(call, "invoice", call.text("invoice"));
    if (credit->isPrePayment)
        creditOpen(host, call, current, credit->total);
    else
        replaceInvoice(host, call, current,
                       json.with(current, {{"post_payment_credit_notes_amount",
                                            whole(current.get("post_payment_credit_notes_amount")) +
                                                credit->total}}),
                       "invoice.updated");
    return answers::ok(note);
}

Outcome<Value> previewed(ApiHost &host, const ApiCall &call)
{
    const auto invoice = needed(host, call, "invoice", call.text("invoice"), "invoice");
    if (!invoice)
        return invoice.error();
    const auto credit = creditOf(host, call, *invoice);
    if (!credit)
        return credit.error();
    return noteOf(host, call, *invoice, *credit, host.newId("cn_"));
}

HttpResponse preview(ApiHost &host, const ApiCall &call)
{
    const auto note = previewed(host, call);
    return note ? answers::ok(*note) : note.error();
}

HttpResponse previewLines(ApiHost &host, const ApiCall &call)
{
    const auto note = previewed(host, call);
    if (!note)
        return note.error();
    const Value lines = note->find("lines.data");
    return pageOf(call, {lines.items().begin(), lines.items().end()},
                  "/v1/credit_notes/preview/lines");
}

HttpResponse listLines(ApiHost &host, const ApiCall &call)
{
    const auto note = named(host, call, kType);
    if (!note)
        return note.error();
    const Value lines = note->find("lines.data");
    return pageOf(call, {lines.items().begin(), lines.items().end()},
                  "/v1/credit_notes/" + call.id() + "/lines");
}

HttpResponse update(ApiHost &host, const ApiCall &call)
{
    const auto note = named(host, call, kType);
    if (!note)
        return note.error();
    return answers::ok(host.change(call, *note,
                                   {{"memo", kept(call, kType, *note, "memo")},
                                    {"metadata", mergedMetadata(call.json(), note->get("metadata"),
                                                                call.params.get("metadata"))}},
                                   "credit_note.updated"));
}

HttpResponse makeVoid(ApiHost &host, const ApiCall &call)
{
    const auto note = named(host, call, kType);
    if (!note)
        return note.error();
    const Value invoice = host.get(call, "invoice", str(note->get("invoice")));
    if (str(note->get("status")) != "issued" || str(invoice.get("status")) != "open")
        return invalid("id", "Only a credit note of an open invoice can be voided.");
    const Value gone = host.change(
        call, *note, {{"status", "void"}, {"voided_at", host.now(invoice).seconds()}}, {});
    creditOpen(host, call, invoice, -whole(gone.get("pre_payment_amount")));
    host.tell(call, "credit_note.voided", gone);
    return answers::ok(gone);
}

} // namespace

void addCreditNoteRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/credit_notes", create);
    routes.add("POST", "/v1/credit_notes/{id}", update);
    routes.add("POST", "/v1/credit_notes/{id}/void", makeVoid);
    routes.add("GET", "/v1/credit_notes/{id}/lines", listLines);
    routes.add("GET", "/v1/credit_notes/preview", preview);
    routes.add("GET", "/v1/credit_notes/preview/lines", previewLines);
}

} // namespace tw::stripe::billing
