// SPDX-License-Identifier: GPL-3.0-or-later
// What hangs on a customer: tax ids, the balance, cards of the old kind.
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/InvoiceStates.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentLists.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <cctype>

namespace tw::stripe {
namespace {

HttpResponse deletedAnswer(const ApiCall &call, std::string_view id, std::string_view type)
{
    return answers::ok(call.json().object({{"id", id}, {"object", type}, {"deleted", true}}));
}

Value makeTaxId(ApiHost &host, const ApiCall &call, const std::string &customer)
{
    const auto json = call.json();
    const std::string type = call.text("type");
    const bool hasCountry = type.size() > 3 && type[2] == '_' && !type.starts_with("eu_");
    std::string country = hasCountry ? type.substr(0, 2) : call.text("value").substr(0, 2);
    for (char &letter : country)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    const Value owner =
        customer.empty()
            ? json.object({{"type", "self"}})
            : json.object(
                  {{"customer", customer}, {"customer_account", nullptr}, {"type", "customer"}});
    Value made = blankObject(json, "tax_id");
    made = json.with(
        made, {{"id", host.newId("txi_")},
               {"object", "tax_id"},
               {"country", country},
               {"created", host.now().seconds()},
               {"customer", customer.empty() ? Value::null() : json.text(customer)},
               {"owner", shapedField(json, "tax_id", "owner", owner)},
               {"type", type},
               {"value", call.params.get("value")},
               {"verification", customer.empty() ? Value::null()
                                                 : json.object({{"status", "pending"},
                                                                {"verified_address", nullptr},
                                                                {"verified_name", nullptr}})}});
    return host.create(call, made, customer.empty() ? "" : "customer.tax_id.created");
}

HttpResponse createTaxId(ApiHost &host, const ApiCall &call)
{
    if (host.get(call, "customer", call.id()).isUndefined())
        return answers::missingObject("customer", call.id());
    return answers::ok(makeTaxId(host, call, call.id()));
}

HttpResponse createOwnTaxId(ApiHost &host, const ApiCall &call)
{
    const std::string customer = call.text("owner.customer");
    if (!customer.empty() && host.get(call, "customer", customer).isUndefined())
        return answers::missingObject("customer", customer);
    return answers::ok(makeTaxId(host, call, customer));
}

HttpResponse deleteTaxId(ApiHost &host, const ApiCall &call)
{
    const bool ofCustomer = call.ids.size() > 1;
    const std::string &id = call.ids.back();
    const Value held = host.get(call, "tax_id", id);
    if (held.isUndefined() || (ofCustomer && held.get("customer").text() != call.id()))
        return answers::missingObject("tax_id", id);
    host.remove(call, held, held.get("customer").isString() ? "customer.tax_id.deleted" : "");
    return deletedAnswer(call, id, "tax_id");
}

HttpResponse adjustBalance(ApiHost &host, const ApiCall &call)
{
    const auto json = call.json();
    const Value customer = host.get(call, "customer", call.id());
    if (customer.isUndefined())
        return answers::missingObject("customer", call.id());
    const Value currency = call.params.get("currency");
    if (customer.get("currency").isString() && customer.get("currency").text() != currency.text())
        return answers::badParam("currency", "The customer's balance is in another currency: " +
                                                 std::string(customer.get("currency").text()) +
                                                 '.');
    if (call.number("amount") == 0)
        return answers::badParam("amount", "The amount of an adjustment cannot be 0.");
    if (!customer.get("currency").isString())
        host.change(call, customer, {{"currency", currency}}, {});
    const Value moved =
        billing::moveBalance(host, call, call.id(), call.number("amount"), "adjustment", {}, {});
    return answers::ok(
        host.change(call, moved,
                    {{"description", orNull(call.params.get("description"))},
                     {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))}},
                    {}));
}

HttpResponse updateBalanceEntry(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "customer_balance_transaction", call.id(1));
    if (before.isUndefined() || before.get("customer").text() != call.id())
        return answers::missingObject("customer_balance_transaction", call.id(1));
    return answers::ok(host.change(
        call, before,
        {{"description", call.has("description") ? orNull(call.params.get("description"))
                                                 : before.get("description")},
         {"metadata",
          mergedMetadata(call.json(), before.get("metadata"), call.params.get("metadata"))}},
        {}));
}

HttpResponse createSource(ApiHost &host, const ApiCall &call)
{
    const Value customer = host.get(call, "customer", call.id());
    if (customer.isUndefined())
        return answers::missingObject("customer", call.id());
    const std::string named = call.text("source");
    const TestCard *card = testCard(named);
    if (!card || !card->isCard())
        return answers::missingObject("token", named);
    if (card->acts == TestCard::Acts::Declines)
        return declined(*card, {}, {});
    const auto json = call.json();
    std::string brand(card->brand);
    brand.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(brand.front())));
    const Value made =
        host.create(call,
                    json.with(blankObject(json, "card"),
                              {{"id", host.newId("card_")},
                               {"object", "card"},
                               {"brand", brand},
                               {"country", card->country},
                               {"customer", call.id()},
                               {"cvc_check", "pass"},
                               {"exp_month", 12},
                               {"exp_year", 2034},
                               {"fingerprint", "Tw" + std::string(card->number.substr(0, 14))},
                               {"funding", card->funding},
                               {"last4", card->last4()},
                               {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                               {"_card", card->number}}),
                    "customer.source.created");
    if (!customer.get("default_source").isString())
        host.change(call, customer, {{"default_source", made.get("id")}}, "customer.updated");
    return answers::ok(made);
}

HttpResponse deleteSource(ApiHost &host, const ApiCall &call)
{
    const Value held = host.get(call, "card", call.id(1));
    if (held.isUndefined() || held.get("customer").text() != call.id())
        return answers::missingObject("source", call.id(1));
    host.remove(call, held, "customer.source.deleted");
    const Value customer = host.get(call, "customer", call.id());
    if (customer.get("default_source").text() == call.id(1))
        host.change(call, customer, {{"default_source", nullptr}}, "customer.updated");
    return deletedAnswer(call, call.id(1), "card");
}

HttpResponse listSources(ApiHost &host, const ApiCall &call)
{
    const Value all = paymentIncludes(host, call, host.get(call, "customer", call.id()), "sources");
    return all.isUndefined() ? answers::missingObject("customer", call.id()) : answers::ok(all);
}

} // namespace

void addCustomerExtras(ApiRoutes &routes)
{
    routes.add("POST", "/v1/customers/{id}/tax_ids", createTaxId);
    routes.add("DELETE", "/v1/customers/{id}/tax_ids/{tax_id}", deleteTaxId);
    routes.add("POST", "/v1/tax_ids", createOwnTaxId);
    routes.add("DELETE", "/v1/tax_ids/{id}", deleteTaxId);
    routes.add("POST", "/v1/customers/{id}/balance_transactions", adjustBalance);
    routes.add("POST", "/v1/customers/{id}/balance_transactions/{entry}", updateBalanceEntry);
    routes.add("POST", "/v1/customers/{id}/sources", createSource);
    routes.add("GET", "/v1/customers/{id}/sources", listSources);
    routes.add("DELETE", "/v1/customers/{id}/sources/{source}", deleteSource);
}

} // namespace tw::stripe
