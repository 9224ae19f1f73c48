// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/TriggerChains.h"

#include "core/base/Encoding.h"
#include "core/data/Json.h"
#include "core/sandbox/FormTree.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace tw::stripe {
namespace {

struct Chain
{
    std::string_view name, steps;
};

constexpr Chain kChains[] = {
#include "core/connectors/stripe/double/TriggerSteps.inc"
};

/// What a call is sent: for one trigger, or for all. `${customer}` is the id of what an earlier
/// step made.
struct Sent
{
    std::string_view trigger, path, form;
};

constexpr Sent kSent[] = {
    {"", "/v1/customers",
     "name=Ana+Trigger&email=ana.trigger@example.com&payment_method=pm_card_visa"
     "&invoice_settings[default_payment_method]=pm_card_visa"},
    {"", "/v1/customers/${customer:id}", "metadata[seen]=yes"},
    {"", "/v1/products", "name=Trigger+plan"},
    {"", "/v1/products/${product:id}", "metadata[seen]=yes"},
    {"product.deleted", "/v1/products", "name=Trigger+plan"},
    {"", "/v1/plans", "amount=2000&currency=usd&interval=month&product[name]=Trigger+plan"},
    {"", "/v1/plans/${plan:id}", "metadata[seen]=yes"},
    {"", "/v1/prices",
     "unit_amount=1500&currency=usd&product=${product}&recurring[interval]=month"},
    {"price.created", "/v1/prices", "unit_amount=1500&currency=usd&product=${product}"},
    {"", "/v1/prices/${price:id}", "metadata[seen]=yes"},
    {"", "/v1/coupons", "percent_off=10&duration=once"},
    {"", "/v1/coupons/${coupon:id}", "metadata[seen]=yes"},
    {"", "/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=${coupon}"},
    {"", "/v1/promotion_codes/${promotion_code:id}", "metadata[seen]=yes"},
    {"", "/v1/tax_rates", "display_name=VAT&percentage=20&inclusive=false"},
    {"", "/v1/tax_rates/${tax_rate:id}", "active=false"},
    {"", "/v1/payment_methods", "type=card&card[token]=tok_visa"},
    {"", "/v1/payment_methods/pm_card_visa/attach", "customer=${customer}"},
    {"", "/v1/payment_methods/pm_card_chargeCustomerFail/attach", "customer=${customer}"},
    {"", "/v1/payment_methods/pm_card_threeDSecure2Required/attach", "customer=${customer}"},
    {"", "/v1/payment_methods/${payment_method:id}/attach", "customer=${customer}"},
    {"", "/v1/payment_methods/${setup_intent:payment_method}", "billing_details[name]=Ana"},
    {"", "/v1/setup_intents", "payment_method=pm_card_visa&confirm=true&customer=${customer}"},
    {"setup_intent.created", "/v1/setup_intents", "payment_method=pm_card_visa"},
    {"setup_intent.canceled", "/v1/setup_intents", "payment_method=pm_card_visa"},
    {"setup_intent.requires_action", "/v1/setup_intents",
     "payment_method=pm_card_threeDSecure2Required&confirm=true"},
    {"setup_intent.setup_failed", "/v1/setup_intents",
     "payment_method=pm_card_chargeDeclined&confirm=true"},
    {"", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true"},
    {"payment_intent.created", "/v1/payment_intents", "amount=2000&currency=usd"},
    {"payment_intent.canceled", "/v1/payment_intents", "amount=2000&currency=usd"},
    {"payment_intent.payment_failed", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_chargeDeclined&confirm=true"},
    {"charge.failed", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_chargeDeclined&confirm=true"},
    {"payment_intent.requires_action", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_threeDSecure2Required&confirm=true"},
    {"payment_intent.amount_capturable_updated", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual"},
    {"charge.captured", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual"},
    {"charge.dispute.created", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_createDispute&confirm=true"},
    {"charge.dispute.updated", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_createDispute&confirm=true"},
    {"charge.dispute.closed", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_createDispute&confirm=true"},
    {"", "/v1/disputes/${disputes_list:data.0.id}", "evidence[product_description]=A+plan"},
    {"", "/v1/refunds", "payment_intent=${payment_intent}"},
    {"", "/v1/refunds/${refund:id}", "metadata[seen]=yes"},
    {"payout.created", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_bypassPending&confirm=true"},
    {"payout.updated", "/v1/payment_intents",
     "amount=2000&currency=usd&payment_method=pm_card_bypassPending&confirm=true"},
    {"", "/v1/payouts", "amount=1100&currency=usd"},
    {"", "/v1/payouts/${payout:id}", "metadata[seen]=yes"},
    {"", "/v1/invoiceitems", "customer=${customer}&amount=2000&currency=usd&description=An+item"},
    {"", "/v1/invoices",
     "customer=${customer}&auto_advance=false&pending_invoice_items_behavior=include"},
    {"invoice.sent", "/v1/invoices",
     "customer=${customer}&collection_method=send_invoice&days_until_due=30"
     "&pending_invoice_items_behavior=include"},
    {"", "/v1/invoices/${invoice:id}", "metadata[seen]=yes"},
    {"", "/v1/invoices/${invoice:id}/pay", ""},
    {"invoice.payment_failed", "/v1/invoices/${invoice:id}/pay",
     "payment_method=pm_card_chargeCustomerFail"},
    {"", "/v1/credit_notes", "invoice=${invoice}&amount=500"},
    {"", "/v1/credit_notes/${credit_note:id}", "memo=Seen"},
    {"", "/v1/subscriptions", "customer=${customer}&items[0][price]=${price}"},
    {"customer.subscription.trial_will_end", "/v1/subscriptions",
     "customer=${customer}&items[0][price]=${price}&trial_period_days=2"},
    {"", "/v1/subscriptions/${subscription:id}", "metadata[seen]=yes"},
    {"", "/v1/subscription_schedules",
     "customer=${customer}&start_date=now&phases[0][items][0][price]=${price}"
     "&phases[0][items][0][quantity]=1"},
    {"", "/v1/subscription_schedules/${subscription_schedule:id}", "metadata[seen]=yes"},
    {"", "/v1/test_helpers/test_clocks", "frozen_time=1790000000&name=Trigger"},
    {"", "/v1/test_helpers/test_clocks/${test_clock:id}/advance", "frozen_time=1793000000"},
    {"", "/v1/checkout/sessions",
     "mode=payment&success_url=https://example.com/done&line_items[0][price_data][currency]=usd"
     "&line_items[0][price_data][unit_amount]=1500"
     "&line_items[0][price_data][product_data][name]=A+plan&line_items[0][quantity]=1"},
    {"", "/v1/payment_pages/${checkout_session:id}/confirm", "payment_method=pm_card_visa"},
    {"checkout.session.async_payment_succeeded", "/v1/payment_pages/${checkout_session:id}/confirm",
     "payment_method=pm_sepaDebit"},
    {"checkout.session.async_payment_failed", "/v1/payment_pages/${checkout_session:id}/confirm",
     "payment_method=pm_sepaDebit_fails"},
    {"", "/v1/payment_links", "line_items[0][price]=${price}&line_items[0][quantity]=1"},
    {"", "/v1/payment_links/${payment_link:id}", "metadata[seen]=yes"},
    {"", "/v1/quotes",
     "customer=${customer}&line_items[0][price]=${price}&line_items[0][quantity]=1"},
};

std::string_view formFor(std::string_view trigger, std::string_view path)
{
    std::string_view general;
    for (const Sent &sent : kSent) {
        if (sent.path != path)
            continue;
        if (sent.trigger == trigger)
            return sent.form;
        if (sent.trigger.empty())
            general = sent.form;
    }
    return general;
}

using Made = std::map<std::string, Document, std::less<>>;

/// "customer:id" or "disputes_list:data.0.id" of what was made; a bare name is its id.
std::string valueOf(const Made &made, std::string_view reference)
{
    const auto colon = reference.find(':');
    const std::string_view name = reference.substr(0, colon);
    const std::string_view path =
        colon == std::string_view::npos ? "id" : reference.substr(colon + 1);
    for (const std::string &alias : {std::string(name), std::string(name) + "_attach"}) {
        if (const auto found = made.find(alias); found != made.end()) {
            const Value value = found->second.root().find(path);
            return std::string(value.isObject() ? value.get("id").text() : value.text());
        }
    }
    // "payment_method_attach" is the payment method after that step, and so on.
    for (const auto &[alias, document] : made) {
        if (name.starts_with(alias))
            return std::string(document.root().find(path).text());
    }
    return {};
}

std::string filled(std::string_view text, const Made &made)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = std::min(text.find("${", at), text.size());
        out += text.substr(at, open - at);
        if (open == text.size())
            break;
        const auto close = std::min(text.find('}', open), text.size());
        out += valueOf(made, text.substr(open + 2, close - open - 2));
        at = close + 1;
    }
    return out;
}

std::string problemOf(Arena &arena, const HttpResponse &answer)
{
    const auto body = parseJsonInto(arena, answer.body);
    return body ? std::string(body->find("error.message").text()) : std::string();
}

const Chain *chainOf(std::string_view name)
{
    const auto *found =
        std::find_if(std::begin(kChains), std::end(kChains), [name](const Chain &chain) {
            return chain.name == name || (name.starts_with("v1.") && chain.name == name.substr(3));
        });
    return found == std::end(kChains) ? nullptr : found;
}

void remember(Made &made, const std::string &path, const Value &answer)
{
    const std::string type(answer.get("object").text());
    const auto keep = [&made, &answer](std::string alias) {
        Document copy;
        copy.setRoot(copyInto(copy.arena(), answer));
        made.insert_or_assign(std::move(alias), std::move(copy));
    };
    if (type == "list") {
        keep(path.substr(path.rfind('/') + 1) + "_list");
        return;
    }
    std::string alias = type;
    if (const auto dot = alias.rfind('.'); dot != std::string::npos) // test_helpers.test_clock
        alias = alias.starts_with("checkout") ? "checkout_session" : alias.substr(dot + 1);
    keep(alias);
}

} // namespace

std::vector<std::string> TriggerChains::names()
{
    std::vector<std::string> names;
    for (const Chain &chain : kChains)
        names.emplace_back(chain.name);
    return names;
}

bool TriggerChains::knows(std::string_view name)
{
    return chainOf(name) != nullptr;
}

std::string TriggerChains::eventOf(std::string_view name)
{
    if (name.ends_with(".eu") || name.ends_with(".gb"))
        name.remove_suffix(3);
    if (name.starts_with("subscription.payment_"))
        return "invoice." + std::string(name.substr(13));
    return std::string(name);
}

std::vector<TriggerChains::Step> TriggerChains::run(std::string_view name, Arena &arena,
                                                    const Inner &inner)
{
    std::vector<Step> steps;
    const Chain *chain = chainOf(name);
    Made made;
    for (std::string_view rest = chain ? chain->steps : std::string_view(); !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        std::string_view step = rest.substr(0, end);
        rest = rest.substr(std::min(end + 1, rest.size()));
        step = step.substr(0, step.find(" !"));
        const auto space = step.find(' ');
        const std::string method(step.substr(0, space));
        const std::string_view pattern = step.substr(space + 1);
        const std::string path = filled(pattern, made);
        Step done{method + ' ' + path, 0};
        if (path.find("//") == std::string::npos && !path.ends_with('/')) {
            const auto fields = formDecode(
                method == "POST" ? filled(formFor(chain->name, pattern), made) : std::string());
            const HttpResponse answer =
                inner(method, path, sandbox::formTree(arena, fields.value_or(FormFields())));
            done.status = answer.status;
            if (answer.status >= 400)
                done.problem = problemOf(arena, answer);
            if (const auto body = parseJsonInto(arena, answer.body); body && answer.status == 200)
                remember(made, path, *body);
        }
        steps.push_back(std::move(done));
    }
    return steps;
}

} // namespace tw::stripe
