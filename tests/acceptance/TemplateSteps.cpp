// SPDX-License-Identifier: GPL-3.0-or-later
#include "TemplateSteps.h"

namespace tw::test {

std::string value(const TemplateTrial::Record &record, const std::string &field)
{
    const auto found = record.fields.find(field);
    return found == record.fields.end() ? "(nothing)" : found->second;
}

std::string monthlyPrice(QuietStripe &stripe, const std::string &currency, int amount)
{
    const std::string product = stripe.make("/v1/products", {{"name", "Tea"}});
    return stripe.make("/v1/prices", {{"product", product},
                                      {"currency", currency},
                                      {"unit_amount", std::to_string(amount)},
                                      {"recurring[interval]", "month"}});
}

void payWith(QuietStripe &stripe, const std::string &customer, const std::string &card)
{
    const std::string method =
        stripe.make("/v1/payment_methods/" + card + "/attach", {{"customer", customer}});
    stripe.make("/v1/customers/" + customer,
                {{"invoice_settings[default_payment_method]", method}});
}

std::string paidCharge(QuietStripe &stripe, const std::string &card, int amount,
                       const std::string &currency, const std::string &customer)
{
    QuietStripe::Fields fields{{"amount", std::to_string(amount)},
                               {"currency", currency},
                               {"payment_method", card},
                               {"confirm", "true"},
                               {"automatic_payment_methods[enabled]", "true"},
                               {"automatic_payment_methods[allow_redirects]", "never"}};
    if (!customer.empty())
        fields.emplace_back("customer", customer);
    const Document intent = stripe.call("POST", "/v1/payment_intents", fields);
    return std::string(intent.root().get("latest_charge").text());
}

std::string triedInvoice(QuietStripe &stripe, const std::string &customer, int amount)
{
    const std::string invoice = stripe.make("/v1/invoices", {{"customer", customer}});
    stripe.make("/v1/invoiceitems", {{"customer", customer},
                                     {"invoice", invoice},
                                     {"amount", std::to_string(amount)},
                                     {"currency", "eur"}});
    stripe.make("/v1/invoices/" + invoice + "/finalize", {});
    stripe.make("/v1/invoices/" + invoice + "/pay", {});
    return invoice;
}

} // namespace tw::test
