// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/samples/SampleFactory.h"

#include "core/base/Text.h"
#include "core/connectors/stripe/facts/ApiVersion.h"

#include <algorithm>
#include <functional>

namespace tw::stripe {

namespace {

using samples::ChargeState;
using sandbox::JsonMaker;

struct Recipe
{
    const char *type;
    Value (*make)(const JsonMaker &, const Sale &);
};

template <ChargeState state>
Value chargeIn(const JsonMaker &json, const Sale &sale)
{
    return samples::charge(json, sale, state);
}

Value customerOf(const JsonMaker &json, const Sale &sale)
{
    return samples::customer(json, sale.buyer, sale.at);
}

Value subscriptionEnding(const JsonMaker &json, const Sale &sale)
{
    const Value active = samples::subscription(json, sale, "active");
    const Value end = active.find("items.data.0.current_period_end");
    return json.with(active, {{"cancel_at_period_end", true}, {"cancel_at", end}});
}

// One row per type: a name and how its object looks.
#define TW_MADE(name, expression)                                                                  \
    {                                                                                              \
        name, [](const JsonMaker &json, const Sale &sale) -> Value { return expression; }          \
    }

const Recipe kRecipes[] = {
    {"charge.captured", chargeIn<ChargeState::Succeeded>},
    {"charge.expired", chargeIn<ChargeState::Authorized>},
    {"charge.failed", chargeIn<ChargeState::Failed>},
    {"charge.pending", chargeIn<ChargeState::Pending>},
    {"charge.refunded", chargeIn<ChargeState::Refunded>},
    {"charge.succeeded", chargeIn<ChargeState::Succeeded>},
    {"charge.updated", chargeIn<ChargeState::Succeeded>},
    TW_MADE("charge.dispute.closed", samples::dispute(json, sale, "lost")),
    TW_MADE("charge.dispute.created", samples::dispute(json, sale, "needs_response")),
    TW_MADE("charge.dispute.funds_reinstated", samples::dispute(json, sale, "won")),
    TW_MADE("charge.dispute.funds_withdrawn", samples::dispute(json, sale, "needs_response")),
    TW_MADE("charge.dispute.updated", samples::dispute(json, sale, "under_review")),
    TW_MADE("charge.refund.updated", samples::refund(json, sale, "succeeded")),
    TW_MADE("checkout.session.async_payment_failed",
            samples::checkoutSession(json, sale, true, false)),
    TW_MADE("checkout.session.async_payment_succeeded",
            samples::checkoutSession(json, sale, true, true)),
    TW_MADE("checkout.session.completed", samples::checkoutSession(json, sale, true, true)),
    TW_MADE("checkout.session.expired", samples::checkoutSession(json, sale, false, false)),
    {"customer.created", customerOf},
    {"customer.deleted", customerOf},
    {"customer.updated", customerOf},
    TW_MADE("customer.subscription.created", samples::subscription(json, sale, "active")),
    TW_MADE("customer.subscription.deleted", samples::subscription(json, sale, "canceled")),
    TW_MADE("customer.subscription.paused", samples::subscription(json, sale, "paused")),
    TW_MADE("customer.subscription.resumed", samples::subscription(json, sale, "active")),
    {"customer.subscription.updated", subscriptionEnding},
    TW_MADE("invoice.created", samples::invoice(json, sale, "draft")),
    TW_MADE("invoice.finalized", samples::invoice(json, sale, "open")),
    TW_MADE("invoice.marked_uncollectible", samples::invoice(json, sale, "uncollectible")),
    TW_MADE("invoice.paid", samples::invoice(json, sale, "paid")),
    TW_MADE("invoice.payment_failed", samples::invoice(json, sale, "open")),
    TW_MADE("invoice.payment_succeeded", samples::invoice(json, sale, "paid")),
    TW_MADE("invoice.sent", samples::invoice(json, sale, "open")),
    TW_MADE("invoice.updated", samples::invoice(json, sale, "open")),
    TW_MADE("invoice.voided", samples::invoice(json, sale, "void")),
    TW_MADE("payment_intent.amount_capturable_updated",
            samples::paymentIntent(json, sale, "requires_capture")),
    TW_MADE("payment_intent.canceled", samples::paymentIntent(json, sale, "canceled")),
    TW_MADE("payment_intent.created", samples::paymentIntent(json, sale, "requires_confirmation")),
    TW_MADE("payment_intent.payment_failed",
            samples::paymentIntent(json, sale, "requires_payment_method")),
    TW_MADE("payment_intent.processing", samples::paymentIntent(json, sale, "processing")),
    TW_MADE("payment_intent.succeeded", samples::paymentIntent(json, sale, "succeeded")),
    TW_MADE("payment_method.attached", samples::paymentMethod(json, sale)),
    TW_MADE("payout.canceled", samples::payout(json, sale, "canceled")),
    TW_MADE("payout.created", samples::payout(json, sale, "in_transit")),
    TW_MADE("payout.failed", samples::payout(json, sale, "failed")),
    TW_MADE("payout.paid", samples::payout(json, sale, "paid")),
    TW_MADE("payout.reconciliation_completed", samples::payout(json, sale, "paid")),
    TW_MADE("price.created", samples::price(json, sale)),
    TW_MADE("price.updated", samples::price(json, sale)),
    TW_MADE("product.created", samples::product(json, sale)),
    TW_MADE("product.updated", samples::product(json, sale)),
    TW_MADE("refund.created", samples::refund(json, sale, "pending")),
    TW_MADE("refund.failed", samples::refund(json, sale, "failed")),
    TW_MADE("refund.updated", samples::refund(json, sale, "succeeded")),
};

#undef TW_MADE

/// What the changed object of an update event was before.
Value previousOf(const JsonMaker &json, std::string_view type)
{
    if (type == "customer.updated")
        return json.object({{"email", "old-address@example.com"}});
    if (type == "customer.subscription.updated")
        return json.object({{"cancel_at", nullptr}, {"cancel_at_period_end", false}});
    if (type == "charge.refunded")
        return json.object({{"amount_refunded", 0}, {"refunded", false}});
    if (type == "charge.updated")
        return json.object({{"balance_transaction", nullptr}});
    if (type == "product.updated")
        return json.object({{"name", "Former name"}});
    if (type == "price.updated")
        return json.object({{"nickname", "old"}});
    return {};
}

const Recipe *recipeOf(std::string_view type)
{
    const auto *found = std::find_if(std::begin(kRecipes), std::end(kRecipes),
                                     [&](const Recipe &recipe) { return type == recipe.type; });
    return found == std::end(kRecipes) ? nullptr : found;
}

Error noSample(std::string_view type)
{
    const auto known = SampleFactory::eventTypes();
    const std::string nearest = nearestWord(type, known);
    return configError("stripe.no_sample",
                       "There is no sample for the event type \"" + std::string(type) + "\"." +
                           (nearest.empty() ? "" : " Did you mean " + nearest + '?'));
}

/// A sale whose net is what is paid out, and the payout itself.
template <typename Add>
void addTransactions(const Sale &sale, const Add &add)
{
    add([&](const JsonMaker &json) {
        const Value sold = samples::balanceTransaction(json, sale);
        const auto fee = sold.get("fee").toInt().value_or(0);
        return json.with(sold, {{"id", sale.id("txn_") + "s"},
                                {"amount", sale.amount + fee},
                                {"net", sale.amount},
                                {"status", "available"},
                                {"_payout", sale.id("po_")}});
    });
    add([&](const JsonMaker &json) {
        return json.with(samples::balanceTransaction(json, sale),
                         {{"amount", -sale.amount},
                          {"net", -sale.amount},
                          {"fee", 0},
                          {"fee_details", json.array({})},
                          {"description", "STRIPE PAYOUT"},
                          {"reporting_category", "payout"},
                          {"source", sale.id("po_")},
                          {"status", "available"},
                          {"type", "payout"},
                          {"_payout", sale.id("po_")}});
    });
}

/// Currencies that the sample picklist of the CRM does not have.
constexpr const char *kUnlistedCurrencies[] = {"sek", "isk", "nok", "ugx"};

} // namespace

SampleFactory::SampleFactory(std::uint64_t seed, Instant now, std::vector<std::string> currencies)
    : m_book(seed, std::move(currencies)), m_now(now)
{}

std::vector<std::string> SampleFactory::eventTypes()
{
    std::vector<std::string> types;
    for (const auto &recipe : kRecipes)
        types.emplace_back(recipe.type);
    return types;
}

bool SampleFactory::makes(std::string_view eventType)
{
    return recipeOf(eventType) != nullptr;
}

std::string SampleFactory::newId(std::string_view prefix)
{
    return std::string(prefix) + m_book.idPart(14);
}

Result<Document> SampleFactory::object(std::string_view type)
{
    const auto *recipe = recipeOf(type);
    if (!recipe)
        return noSample(type);
    m_lastType = type;
    m_lastSale = m_book.draw(m_now);
    Document document;
    document.setRoot(recipe->make(JsonMaker(document.arena()), *m_lastSale));
    return document;
}

std::vector<Document> SampleFactory::around() const
{
    std::vector<Document> made;
    const std::string_view type = m_lastType;
    if (!m_lastSale)
        return made;
    const Sale &sale = *m_lastSale;
    const auto add = [&made](const auto &make) {
        Document document;
        document.setRoot(make(JsonMaker(document.arena())));
        made.push_back(std::move(document));
    };
    if (type.starts_with("charge.dispute."))
        add([&](const JsonMaker &json) {
            return samples::charge(json, sale, ChargeState::Disputed);
        });
    else if (type.starts_with("refund.") || type == "charge.refund.updated")
        add([&](const JsonMaker &json) {
            return samples::charge(json, sale, ChargeState::Refunded);
        });
    else if (type.starts_with("invoice."))
        add([&](const JsonMaker &json) { return samples::subscription(json, sale, "active"); });
    else if (type.starts_with("payout."))
        addTransactions(sale, add);
    return made;
}

Result<Document> SampleFactory::event(std::string_view type)
{
    auto made = object(type);
    if (!made)
        return made;
    return eventAround(type, made->root(), previousOf(JsonMaker(made->arena()), type));
}

Result<Document> SampleFactory::poisoned(std::string_view type)
{
    auto made = object(type);
    if (!made)
        return made;
    const JsonMaker json(made->arena());
    const auto *currency =
        kUnlistedCurrencies[m_book.random().below(std::size(kUnlistedCurrencies))];
    Value spoiled = json.with(made->root(), {{"currency", currency}});
    const Value details = spoiled.get("payment_method_details");
    if (details.get("card").isObject()) {
        const Value card = json.with(details.get("card"), {{"last4", "42424242"}});
        spoiled =
            json.with(spoiled, {{"payment_method_details", json.with(details, {{"card", card}})}});
    }
    return eventAround(type, spoiled, previousOf(json, type));
}

Document SampleFactory::eventAround(std::string_view type, const Value &object,
                                    const Value &previousAttributes,
                                    std::optional<std::string> idempotencyKey)
{
    Document document;
    const JsonMaker json(document.arena());
    Value data = json.object({{"object", copyInto(document.arena(), object)}});
    if (previousAttributes.isObject())
        data = json.with(data,
                         {{"previous_attributes", copyInto(document.arena(), previousAttributes)}});
    const Value request = json.object(
        {{"id", idempotencyKey ? json.text(newId("req_")) : Value::null()},
         {"idempotency_key", idempotencyKey ? json.text(*idempotencyKey) : Value::null()}});
    document.setRoot(json.object({{"id", "evt_1Tw" + m_book.idPart(21)},
                                  {"object", "event"},
                                  {"api_version", kApiVersion},
                                  {"created", m_now.seconds()},
                                  {"data", data},
                                  {"livemode", false},
                                  {"pending_webhooks", 1},
                                  {"request", request},
                                  {"type", type}}));
    return document;
}

} // namespace tw::stripe
