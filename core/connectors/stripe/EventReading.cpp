// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventReading.h"

#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/connector/BusinessIds.h"
#include "core/data/Json.h"

#include <QByteArray>
#include <QDateTime>
#include <algorithm>
#include <array>

namespace tw::stripe {
namespace {

// Longer than Stripe lists events (30 days) and delivers them again (3 days).
constexpr std::chrono::hours kFactWindow{35 * 24};

Result<Instant> createdAt(const Value &created)
{
    if (const auto seconds = created.toInt(); created.isNumber() && seconds)
        return Instant::fromSeconds(*seconds);
    if (created.isString()) {
        const auto time = QDateTime::fromString(toQString(created.text()), Qt::ISODateWithMs);
        if (time.isValid())
            return Instant{time.toMSecsSinceEpoch()};
    }
    return rejectedError("stripe.bad_body", "The event does not say when it was created.");
}

/// Stripe may make two events of one change (docs.stripe.com/webhooks, "Handle duplicate events").
/// They tell the same of the same object, for the same request. Its second says nothing: both may
/// have it or not. Only what Stripe did by itself, and so may do again with the same outcome, is
/// told apart by time: a change taken twice does less harm than one that is lost.
std::string factOf(const IncomingEvent &event, const Value &root, const std::string &object)
{
    std::string state;
    if (idOf(root.get("request")).empty())
        state = std::to_string(event.created.msSinceEpoch);
    appendJson(state, root.get("data"));
    appendJson(state, root.get("request"));
    const Sha256 sum = sha256({state});
    const auto bytes = QByteArray::fromRawData(reinterpret_cast<const char *>(sum.data()), 16);
    return object + '|' + event.type + '|' + bytes.toBase64().toStdString();
}

std::string firstOf(const Value &object, std::initializer_list<std::string_view> members)
{
    for (const std::string_view member : members) {
        if (std::string id = idOf(object.find(member)); !id.empty())
            return id;
    }
    return {};
}

bool startsWithOneOf(std::string_view type, std::initializer_list<std::string_view> groups)
{
    return std::any_of(groups.begin(), groups.end(),
                       [type](std::string_view group) { return type.starts_with(group); });
}

} // namespace

std::string idOf(const Value &reference)
{
    const Value id = reference.isObject() ? reference.get("id") : reference;
    return id.isString() ? std::string(id.text()) : std::string();
}

std::string businessKey(std::string_view type, const Value &object)
{
    if (type.starts_with("v1."))
        type.remove_prefix(3);
    // Nothing tells the order in which a charge, its intent and their refunds are reported.
    if (startsWithOneOf(type, {"charge.", "refund.", "review.", "radar.early_fraud_warning."})) {
        if (auto payment = firstOf(object, {"payment_intent", "charge"}); !payment.empty())
            return payment;
    }
    if (startsWithOneOf(type, {"credit_note.", "invoice_payment."})) {
        if (auto invoice = firstOf(object, {"invoice"}); !invoice.empty())
            return invoice;
    }
    if (type.starts_with("invoice.") && idOf(object).empty()) { // invoice.upcoming
        if (auto whose = firstOf(
                object, {"parent.subscription_details.subscription", "subscription", "customer"});
            !whose.empty())
            return whose;
    }
    if (startsWithOneOf(type, {"customer.discount.", "customer.source.", "customer.tax_id.",
                               "customer.bank_account.", "customer.card.",
                               "customer_cash_balance_transaction.", "cash_balance."})) {
        if (auto whose = firstOf(object, {"subscription", "customer"}); !whose.empty())
            return whose;
    }
    return firstOf(object, {"id", "subscription", "customer", "account"});
}

bool isThin(const Value &event)
{
    return event.get("object").text() == "v2.core.event";
}

EventMarks marksOf(const Value &event)
{
    const auto text = [&event](std::string_view member) {
        const Value value = event.find(member);
        return value.isString() ? std::string(value.text()) : std::string();
    };
    EventMarks marks{text("api_version"), text("account"), text("request.idempotency_key")};
    if (isThin(event)) {
        marks.account = text("context");
        marks.idempotencyKey = text("reason.request.idempotency_key");
    }
    return marks;
}

Result<IncomingEvent> readEvent(std::string_view body)
{
    auto document = parseJson(body);
    if (!document)
        return rejectedError("stripe.bad_body",
                             "The body is not JSON: " + document.error().message);
    return readEvent(document->root(), std::string(body));
}

Result<IncomingEvent> readEvent(const Value &root, std::string body)
{
    const Value id = root.get("id");
    const Value type = root.get("type");
    if (!id.isString() || id.size() == 0 || !type.isString() || type.size() == 0)
        return rejectedError("stripe.bad_body",
                             "The body is not a Stripe event: it has no id or no "
                             "type.");
    const auto created = createdAt(root.get("created"));
    if (!created)
        return created.error();
    const Value live = root.get("livemode");
    const Value object = root.find("data.object");
    const Value related = root.get("related_object");
    IncomingEvent event{std::string(id.text()), std::string(type.text()), std::move(body), *created,
                        live.isBool() && live.asBool()};
    event.key = businessKey(event.type, object);
    if (event.key.empty())
        event.key = idOf(related);
    event.ids = businessIds(object.isUndefined() ? related : object);
    if (const std::string about = idOf(object); !about.empty()) {
        event.fact = factOf(event, root, about);
        event.factWindow = kFactWindow;
    }
    return event;
}

} // namespace tw::stripe
