// SPDX-License-Identifier: GPL-3.0-or-later
// Customers and their payment methods.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/RefundTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/facts/Catalogue.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::string_view kInvoicePrefixes = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

/// Fields that the call sent and that the object has under the same name, in the object's types.
Value withSent(const ApiCall &call, std::string_view type, const Value &object,
               std::initializer_list<std::string_view> apart)
{
    const auto json = call.json();
    const ApiField *known = ApiCatalogue::builtIn().object(type);
    Value made = object;
    for (const Member &param : call.params.members()) {
        const std::string_view name = param.key.text();
        if (name == "metadata")
            made = json.with(made, {{name, mergedMetadata(json, object.get(name), param.value)}});
        else if (known && known->find(name) &&
                 std::find(apart.begin(), apart.end(), name) == apart.end())
            made = json.with(made, {{name, shapedField(json, type, name, param.value)}});
    }
    return made;
}

/// The payment method that a new customer or an update brings.
std::optional<HttpResponse> takeMethod(ApiHost &host, const ApiCall &call,
                                       const std::string &customer)
{
    for (const char *name : {"payment_method", "source"}) {
        const std::string named = call.text(name);
        if (named.empty())
            continue;
        const TestCard *card = cardOf(host, call, named);
        if (!card)
            return answers::missingObject("payment_method", named);
        if (card->acts == TestCard::Acts::Declines)
            return declined(*card, {}, {});
        const auto stored = storedMethod(host, call, named);
        if (!stored)
            return answers::missingObject("payment_method", named);
        const Value method = host.get(call, "payment_method", *stored);
        host.change(call, method, {{"customer", customer}}, {});
        host.tell(call, "payment_method.attached", host.get(call, "payment_method", *stored));
        if (std::string_view(name) == "source") {
            const Value owner = host.get(call, "customer", customer);
            host.change(call, owner, {{"default_source", *stored}}, {});
        }
    }
    return std::nullopt;
}

HttpResponse createCustomer(ApiHost &host, const ApiCall &call)
{
    const auto json = call.json();
    const std::string clock = call.text("test_clock");
    if (!clock.empty() && host.get(call, "test_helpers.test_clock", clock).isUndefined())
        return answers::missingObject("test_helpers.test_clock", clock);
    Value made = blankObject(json, "customer");
    const Value settings = json.object({{"custom_fields", nullptr},
                                        {"default_payment_method", nullptr},
                                        {"footer", nullptr},
                                        {"rendering_options", nullptr}});
    made = json.with(
        made, {{"id", host.newId("cus_")},
               {"object", "customer"},
               {"address", nullptr},
               {"created", host.now(json.object({{"test_clock", json.text(clock)}})).seconds()},
               {"currency", nullptr},
               {"delinquent", false},
               {"invoice_prefix", host.random().text(8, kInvoicePrefixes)},
               {"invoice_settings", settings},
               {"name", nullptr},
               {"next_invoice_sequence", 1},
               {"phone", nullptr},
               {"preferred_locales", json.array({})},
               {"tax_exempt", "none"},
               {"test_clock", clock.empty() ? Value::null() : json.text(clock)}});
    made = withSent(call, "customer", made,
                    {"test_clock", "sources", "tax_ids", "subscriptions", "tax"});
    const Value given = call.params.get("invoice_settings");
    for (const Member &member : given.members())
        made = json.with(
            made, {{"invoice_settings", json.with(made.get("invoice_settings"),
                                                  {{member.key.text(), orNull(member.value)}})}});
    const std::string id(made.get("id").text());
    host.create(call, made, {});
    if (auto problem = takeMethod(host, call, id)) {
        host.remove(call, made, {});
        return *problem;
    }
    made = host.get(call, "customer", id);
    // A test name stands for the method that it became.
    const Value named = made.find("invoice_settings.default_payment_method");
    if (named.isString() && named.text() == call.text("payment_method")) {
        for (const DocumentPtr &method : host.store().list("payment_method")) {
            if (method->root().get("customer").text() != id)
                continue;
            const Value invoices = json.with(
                made.get("invoice_settings"),
                {{"default_payment_method", copyInto(call.arena, method->root().get("id"))}});
            made = host.change(call, made, {{"invoice_settings", invoices}}, {});
        }
    }
    host.tell(call, "customer.created", made);
    return answers::ok(made);
}

HttpResponse updateCustomer(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "customer", call.id());
    if (before.isUndefined())
        return answers::missingObject("customer", call.id());
    const auto json = call.json();
    if (auto problem = takeMethod(host, call, call.id()))
        return *problem;
    const Value now = host.get(call, "customer", call.id());
    Value made =
        withSent(call, "customer", now,
                 {"test_clock", "sources", "tax_ids", "subscriptions", "invoice_settings"});
    Value settings = now.get("invoice_settings");
    for (const Member &member : call.params.get("invoice_settings").members())
        settings = json.with(settings, {{member.key.text(), orNull(member.value)}});
    const std::string method(settings.get("default_payment_method").text());
    if (!method.empty()) {
        const Value held = host.get(call, "payment_method", method);
        if (held.isUndefined() || held.get("customer").text() != call.id())
            return answers::refuse({.code = "resource_missing",
                                    .message = "The customer does not have the payment method '" +
                                               method + "'. Attach it first.",
                                    .param = "invoice_settings[default_payment_method]"});
    }
    made = json.with(made, {{"invoice_settings", settings}});
    return answers::ok(host.replace(call, now, made, "customer.updated"));
}

HttpResponse deleteCustomer(ApiHost &host, const ApiCall &call)
{
    const Value customer = host.get(call, "customer", call.id());
    if (customer.isUndefined())
        return answers::missingObject("customer", call.id());
    host.remove(call, customer, "customer.deleted");
    return answers::ok(
        call.json().object({{"id", call.id()}, {"object", "customer"}, {"deleted", true}}));
}

HttpResponse createMethod(ApiHost &host, const ApiCall &call)
{
    const std::string type = call.text("type");
    const auto json = call.json();
    const std::string token = call.text("card.token");
    const std::string number = call.text("card.number");
    if (type == "card" || (type.empty() && !number.empty())) {
        if (token.empty() && number.empty())
            return answers::missingParam("card");
        const TestCard *card = testCard(token.empty() ? number : token);
        if (!card)
            return answers::refuse({.status = 402,
                                    .type = "card_error",
                                    .code = "incorrect_number",
                                    .message =
                                        "Your card number is incorrect. The double takes the "
                                        "numbers of Stripe's test cards.",
                                    .param = "number"});
        const Value made = methodFromCard(host, call, *card, call.params.get("billing_details"));
        return answers::ok(host.change(
            call, made, {{"metadata", mergedMetadata(json, {}, call.params.get("metadata"))}}, {}));
    }
    if (type.empty())
        return answers::missingParam("type");
    if (type == "us_bank_account" || type == "sepa_debit") {
        const std::string account = call.text("us_bank_account.account_number");
        const Value made = methodFromCard(
            host, call, bankAccount(type, account.empty() ? call.text("sepa_debit.iban") : account),
            call.params.get("billing_details"));
        return answers::ok(host.change(
            call, made, {{"metadata", mergedMetadata(json, {}, call.params.get("metadata"))}}, {}));
    }
    Value made = blankObject(json, "payment_method");
    const Value visa =
        methodFromCard(host, call, *testCard("visa"), call.params.get("billing_details"));
    made = json.with(made, {{"id", host.newId("pm_")},
                            {"object", "payment_method"},
                            {"billing_details", visa.get("billing_details")},
                            {"created", host.now().seconds()},
                            {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                            {"type", type},
                            {type, shapedField(json, "payment_method", type, json.object({}))},
                            {"_card", "4242424242424242"}});
    host.remove(call, visa, {});
    return answers::ok(host.create(call, made, {}));
}

HttpResponse updateMethod(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payment_method", call.id());
    if (before.isUndefined())
        return answers::missingObject("payment_method", call.id());
    const auto json = call.json();
    Value billing = before.get("billing_details");
    for (const Member &member : call.params.get("billing_details").members())
        billing = json.with(billing, {{member.key.text(), orNull(member.value)}});
    Value card = before.get("card");
    for (const Member &member : call.params.get("card").members())
        card = json.with(card, {{member.key.text(), shapedField(json, "payment_method", "card",
                                                                call.params.get("card"))
                                                        .get(member.key.text())}});
    return answers::ok(host.change(
        call, before,
        {{"billing_details", billing},
         {"card", card},
         {"metadata", call.has("metadata") ? mergedMetadata(json, before.get("metadata"),
                                                            call.params.get("metadata"))
                                           : before.get("metadata")}},
        "payment_method.updated"));
}

HttpResponse attachMethod(ApiHost &host, const ApiCall &call)
{
    const auto stored = storedMethod(host, call, call.id());
    if (!stored)
        return answers::missingObject("payment_method", call.id());
    const std::string customer = call.text("customer");
    if (customer.empty())
        return answers::missingParam("customer");
    if (host.get(call, "customer", customer).isUndefined())
        return answers::missingObject("customer", customer);
    const Value before = host.get(call, "payment_method", *stored);
    const TestCard *card = cardOf(host, call, *stored);
    if (card && card->acts == TestCard::Acts::Declines)
        return declined(*card, {}, {});
    if (before.get("customer").isString() && before.get("customer").text() != customer)
        return answers::refuse(
            {.message = "The payment method belongs to another customer already."});
    const Value made = host.change(call, before, {{"customer", customer}}, {});
    host.tell(call, "payment_method.attached", made);
    return answers::ok(made);
}

HttpResponse detachMethod(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "payment_method", call.id());
    if (before.isUndefined())
        return answers::missingObject("payment_method", call.id());
    if (!before.get("customer").isString())
        return answers::refuse({.message = "The payment method is not attached to a customer."});
    const Value made = host.change(call, before, {{"customer", nullptr}}, {});
    host.tell(call, "payment_method.detached", made,
              call.json().object({{"customer", before.get("customer")}}));
    return answers::ok(made);
}

} // namespace

void addCustomerRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/customers", createCustomer);
    routes.add("POST", "/v1/customers/{id}", updateCustomer);
    routes.add("DELETE", "/v1/customers/{id}", deleteCustomer);
    routes.add("POST", "/v1/payment_methods", createMethod);
    routes.add("POST", "/v1/payment_methods/{id}", updateMethod);
    routes.add("POST", "/v1/payment_methods/{id}/attach", attachMethod);
    routes.add("POST", "/v1/payment_methods/{id}/detach", detachMethod);
    addCustomerExtras(routes);
}

} // namespace tw::stripe
