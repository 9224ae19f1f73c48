// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/StripeApi.h"

#include "core/connectors/stripe/double/ObjectList.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/data/Json.h"
#include "core/data/Money.h"
#include "core/base/Encoding.h"
#include "core/sandbox/FormTree.h"

#include <QByteArray>

#include <algorithm>
#include <charconv>

namespace tw::stripe {

namespace {

using sandbox::JsonMaker;

constexpr std::size_t kReplaysKept = 10'000;

struct Collection
{
    std::string_view path, type;
};

constexpr Collection kCollections[] = {
    {"charges", "charge"},
    {"customers", "customer"},
    {"events", "event"},
    {"refunds", "refund"},
    {"disputes", "dispute"},
    {"payment_intents", "payment_intent"},
    {"invoices", "invoice"},
    {"subscriptions", "subscription"},
    {"products", "product"},
    {"prices", "price"},
    {"payouts", "payout"},
    {"checkout/sessions", "checkout.session"},
    {"payment_methods", "payment_method"},
    {"webhook_endpoints", "webhook_endpoint"},
};

std::string_view typeOf(std::string_view path)
{
    const auto *found = std::find_if(std::begin(kCollections), std::end(kCollections),
                                     [&](const Collection &entry) { return entry.path == path; });
    return found == std::end(kCollections) ? std::string_view() : found->type;
}

/// The key of "Bearer <key>" or of Basic "<key>:".
std::string keyOf(std::string_view authorization)
{
    if (authorization.starts_with("Bearer "))
        return std::string(authorization.substr(7));
    if (!authorization.starts_with("Basic "))
        return {};
    const auto encoded = authorization.substr(6);
    const auto decoded =
        QByteArray::fromBase64(QByteArray(encoded.data(), static_cast<qsizetype>(encoded.size())));
    return decoded.toStdString().substr(0, decoded.toStdString().find(':'));
}

std::vector<std::string> segmentsOf(std::string_view path)
{
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto slash = std::min(path.find('/'), path.size());
        segments.push_back(percentDecode(path.substr(0, slash)).value_or(std::string()));
        path = path.substr(slash);
    }
    return segments;
}

std::optional<std::int64_t> wholeNumber(const Value &text)
{
    const auto digits = text.text();
    std::int64_t number = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!text.isString() || digits.empty() || problem != std::errc() ||
        end != digits.data() + digits.size())
        return std::nullopt;
    return number;
}

std::optional<std::string> unknownParamOf(const Value &params,
                                          std::initializer_list<std::string_view> known)
{
    for (const auto &member : params.members()) {
        if (std::find(known.begin(), known.end(), member.key.text()) == known.end())
            return std::string(member.key.text());
    }
    return std::nullopt;
}

/// Metadata as Stripe merges it: a key with an empty text goes, an empty text for all clears all.
Value mergedMetadata(Arena &arena, const Value &old, const Value &change)
{
    ObjectBuilder builder(arena);
    if (!change.isString()) {
        for (const auto &member : old.members())
            builder.set(member.key.text(), member.value);
    }
    for (const auto &member : change.members()) {
        if (member.value.isString() && member.value.size() == 0)
            builder.remove(Value::key(member.key.text()));
        else
            builder.set(member.key.text(), member.value);
    }
    return builder.finish();
}

Value orNull(const Value &text)
{
    return text.isUndefined() || (text.isString() && text.size() == 0) ? Value::null() : text;
}

std::optional<HttpResponse> amountProblem(const Value &params)
{
    for (const auto *name : {"amount", "currency"}) {
        if (!params.get(name).isString())
            return answers::missingParam(name);
    }
    const auto amount = wholeNumber(params.get("amount"));
    if (!amount || *amount < 1)
        return answers::badParam("amount", "The amount must be a whole number above 0, in the "
                                           "smallest unit of the currency.");
    const auto rule = currencyRule(params.get("currency").text());
    if (!rule)
        return answers::badParam("currency", "Invalid currency: " + rule.error().message);
    if (*amount % rule->multipleOf != 0)
        return answers::badParam("amount", "Amounts in " + rule->code + " must be divisible by " +
                                               std::to_string(rule->multipleOf) + '.');
    return std::nullopt;
}

} // namespace

StripeApi::StripeApi(Clock &clock, StripeStore &store, SampleFactory &factory)
    : m_clock(clock), m_store(store), m_factory(factory)
{}

HttpResponse StripeApi::handle(const HttpRequest &request)
{
    m_factory.setNow(m_clock.now());
    const std::string key = keyOf(request.header("Authorization"));
    HttpResponse answer;
    Arena arena;
    if (key.empty()) {
        answer = answers::missingKey();
    } else if (!key.starts_with("sk_test_") && !key.starts_with("rk_test_")) {
        answer = answers::badKey();
    } else {
        const auto fields = formDecode(request.method == "POST" ? request.body : request.query);
        if (!fields) {
            answer =
                answers::refuse({.message = "The request is not form-encoded as it should be."});
        } else {
            auto segments = segmentsOf(request.path);
            Call call{request.method, std::move(segments), sandbox::formTree(arena, *fields),
                      std::nullopt, &arena};
            answer = call.path.size() > 1 && call.path.front() == "v1"
                         ? withReplay(request, call)
                         : answers::unknownUrl(request.method, request.path);
        }
    }
    answer.headers.set("Request-Id", m_factory.newId("req_"));
    const auto version = request.header("Stripe-Version");
    answer.headers.set("Stripe-Version", version.empty() ? kApiVersion : std::string(version));
    return answer;
}

HttpResponse StripeApi::withReplay(const HttpRequest &request, const Call &call)
{
    Call known = call;
    known.path.erase(known.path.begin());
    const std::string key(request.header("Idempotency-Key"));
    if (call.method != "POST" || key.empty())
        return route(known);
    known.idempotencyKey = key;
    const std::string fingerprint = request.target + '\n' + request.body;
    if (const auto earlier = m_replays.find(key); earlier != m_replays.end()) {
        if (earlier->second.fingerprint != fingerprint)
            return answers::refuse({.type = "idempotency_error",
                                    .message = "Keys for idempotent requests can only be used with "
                                               "the same parameters they were first used with."});
        auto answer = earlier->second.answer;
        answer.headers.set("Idempotent-Replayed", "true");
        return answer;
    }
    auto answer = route(known);
    answer.headers.set("Idempotency-Key", key);
    // What fails validation was never begun, so its key stays free.
    if (answer.status == 200 || answer.status == 402) {
        if (m_replays.size() >= kReplaysKept)
            m_replays.erase(m_replays.begin());
        m_replays.insert_or_assign(key, Replay{fingerprint, answer});
    }
    return answer;
}

HttpResponse StripeApi::route(const Call &call)
{
    auto path = call.path;
    if (path.size() > 1 && path[0] == "checkout") {
        path[1] = "checkout/" + path[1];
        path.erase(path.begin());
    }
    const auto type = typeOf(path.front());
    const bool one = path.size() == 2;
    if (call.method == "GET" && path.size() == 1 && path[0] == "account")
        return account();
    if (call.method == "GET" && path.size() == 1 && !type.empty())
        return list(call, type);
    if (call.method == "GET" && one && !type.empty())
        return retrieve(call, type, path[1]);
    if (call.method == "POST" && path.size() == 1 && type == "charge")
        return createCharge(call);
    if (call.method == "POST" && path.size() == 1 && type == "customer")
        return createCustomer(call);
    if (call.method == "POST" && path.size() == 1 && type == "webhook_endpoint")
        return createEndpoint(call);
    if (call.method == "POST" && one && type == "customer")
        return updateCustomer(call, path[1]);
    if (call.method == "DELETE" && one && type == "customer")
        return deleteCustomer(call, path[1]);
    if (call.method == "DELETE" && one && type == "webhook_endpoint")
        return deleteEndpoint(call, path[1]);
    std::string url = "/v1";
    for (const auto &segment : call.path)
        url += '/' + segment;
    return answers::unknownUrl(call.method, url);
}

HttpResponse StripeApi::list(const Call &call, std::string_view type)
{
    std::string url = "/v1";
    for (const auto &segment : call.path)
        url += '/' + segment;
    return listObjects(*call.arena, m_store.list(type), type, url, call.params);
}

HttpResponse StripeApi::retrieve(const Call &call, std::string_view type, const std::string &id)
{
    if (const auto unknown = unknownParamOf(call.params, {}))
        return answers::unknownParam(*unknown);
    const auto *held = m_store.find(type, id);
    if (!held)
        return answers::missingObject(type, id);
    if (!held->deleted)
        return answers::ok(held->object->root());
    return answers::ok(
        JsonMaker(*call.arena).object({{"id", id}, {"object", type}, {"deleted", true}}));
}

HttpResponse StripeApi::account() const
{
    Arena arena;
    const JsonMaker json(arena);
    const Value dashboard =
        json.object({{"display_name", "Tidewire double"}, {"timezone", "Etc/UTC"}});
    return answers::ok(json.object({{"id", "acct_1TwDouble0000000"},
                                    {"object", "account"},
                                    {"business_type", "company"},
                                    {"charges_enabled", true},
                                    {"country", "US"},
                                    {"default_currency", "usd"},
                                    {"details_submitted", true},
                                    {"email", "owner@tidewire.example"},
                                    {"metadata", json.object({})},
                                    {"payouts_enabled", true},
                                    {"settings", json.object({{"dashboard", dashboard}})},
                                    {"type", "standard"}}));
}

HttpResponse StripeApi::createCharge(const Call &call)
{
    if (const auto unknown =
            unknownParamOf(call.params, {"amount", "currency", "customer", "description",
                                         "metadata", "receipt_email", "source", "capture"}))
        return answers::unknownParam(*unknown);
    if (auto problem = amountProblem(call.params))
        return *problem;
    const Value customer = call.params.get("customer");
    const Value source = call.params.get("source");
    if (!customer.isString() && !source.isString())
        return answers::missingParam("source");
    Sale sale = m_factory.draw();
    sale.amount = *wholeNumber(call.params.get("amount"));
    sale.currency = currencyRule(call.params.get("currency").text())->code;
    std::transform(sale.currency.begin(), sale.currency.end(), sale.currency.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (customer.isString() && !m_store.find("customer", customer.text()))
        return answers::missingObject("customer", customer.text());
    const bool declined = source.isString() && source.text() == "tok_chargeDeclined";
    const JsonMaker json(*call.arena);
    const bool hold = call.params.get("capture").text() == "false";
    const auto state = declined ? samples::ChargeState::Failed
                       : hold   ? samples::ChargeState::Authorized
                                : samples::ChargeState::Succeeded;
    const Value made =
        json.with(samples::charge(json, sale, state),
                  {{"customer", orNull(customer)},
                   {"description", orNull(call.params.get("description"))},
                   {"metadata", mergedMetadata(*call.arena, {}, call.params.get("metadata"))},
                   {"payment_intent", nullptr},
                   {"receipt_email", orNull(call.params.get("receipt_email"))}});
    announce(call, declined ? "charge.failed" : "charge.succeeded", made);
    if (declined)
        return answers::refuse({.status = 402,
                                .type = "card_error",
                                .code = "card_declined",
                                .message = "Your card was declined.",
                                .param = {},
                                .declineCode = "generic_decline"});
    return answers::ok(made);
}

HttpResponse StripeApi::createCustomer(const Call &call)
{
    if (const auto unknown = unknownParamOf(
            call.params, {"address", "description", "email", "metadata", "name", "phone"}))
        return answers::unknownParam(*unknown);
    const JsonMaker json(*call.arena);
    sandbox::CastMember nobody;
    nobody.customerId = m_factory.newId("cus_");
    const Value made =
        json.with(samples::customer(json, nobody, m_clock.now()),
                  {{"address", orNull(call.params.get("address"))},
                   {"currency", nullptr},
                   {"description", orNull(call.params.get("description"))},
                   {"email", orNull(call.params.get("email"))},
                   {"metadata", mergedMetadata(*call.arena, {}, call.params.get("metadata"))},
                   {"name", orNull(call.params.get("name"))},
                   {"phone", orNull(call.params.get("phone"))}});
    announce(call, "customer.created", made);
    return answers::ok(made);
}

HttpResponse StripeApi::updateCustomer(const Call &call, const std::string &id)
{
    if (const auto unknown = unknownParamOf(
            call.params, {"address", "description", "email", "metadata", "name", "phone"}))
        return answers::unknownParam(*unknown);
    const auto *held = m_store.find("customer", id);
    if (!held || held->deleted)
        return answers::missingObject("customer", id);
    const DocumentPtr before = held->object;
    ObjectBuilder after(*call.arena);
    ObjectBuilder previous(*call.arena);
    for (const auto &member : before->root().members())
        after.set(member.key.text(), member.value);
    for (const auto &member : call.params.members()) {
        const auto name = member.key.text();
        const Value old = before->root().get(name);
        const Value changed = name == "metadata" ? mergedMetadata(*call.arena, old, member.value)
                                                 : orNull(member.value);
        if (!equals(old, changed))
            previous.set(name, old);
        after.set(name, changed);
    }
    const Value made = after.finish();
    if (previous.size() > 0)
        announce(call, "customer.updated", made, previous.finish());
    return answers::ok(made);
}

HttpResponse StripeApi::deleteCustomer(const Call &call, const std::string &id)
{
    const auto *held = m_store.find("customer", id);
    if (!held || held->deleted)
        return answers::missingObject("customer", id);
    const DocumentPtr last = held->object;
    m_store.remove("customer", id);
    if (m_announce)
        m_announce("customer.deleted", last->root(), {}, call.idempotencyKey);
    return answers::ok(
        JsonMaker(*call.arena).object({{"id", id}, {"object", "customer"}, {"deleted", true}}));
}

HttpResponse StripeApi::createEndpoint(const Call &call)
{
    if (const auto unknown = unknownParamOf(
            call.params, {"url", "enabled_events", "description", "metadata", "api_version"}))
        return answers::unknownParam(*unknown);
    const Value url = call.params.get("url");
    const Value events = call.params.get("enabled_events");
    if (!url.isString() || url.size() == 0)
        return answers::missingParam("url");
    if (!events.isArray())
        return answers::missingParam("enabled_events");
    EndpointChange change{std::string(url.text()), m_factory.newId("whsec_"), {}, false};
    for (const auto &event : events.items())
        change.events.emplace_back(event.text());
    const JsonMaker json(*call.arena);
    const Value made =
        json.object({{"id", m_factory.newId("we_1Tw")},
                     {"object", "webhook_endpoint"},
                     {"api_version", orNull(call.params.get("api_version"))},
                     {"application", nullptr},
                     {"created", m_clock.now().seconds()},
                     {"description", orNull(call.params.get("description"))},
                     {"enabled_events", events},
                     {"livemode", false},
                     {"metadata", mergedMetadata(*call.arena, {}, call.params.get("metadata"))},
                     {"status", "enabled"},
                     {"url", url}});
    m_store.put(made);
    const std::string secret = change.secret;
    if (m_endpoint)
        m_endpoint(std::move(change));
    return answers::ok(json.with(made, {{"secret", secret}}));
}

HttpResponse StripeApi::deleteEndpoint(const Call &call, const std::string &id)
{
    const auto *held = m_store.find("webhook_endpoint", id);
    if (!held || held->deleted)
        return answers::missingObject("webhook_endpoint", id);
    const DocumentPtr last = held->object;
    m_store.remove("webhook_endpoint", id);
    if (m_endpoint)
        m_endpoint({std::string(last->root().get("url").text()), {}, {}, true});
    return answers::ok(
        JsonMaker(*call.arena)
            .object({{"id", id}, {"object", "webhook_endpoint"}, {"deleted", true}}));
}

void StripeApi::announce(const Call &call, std::string_view type, const Value &object,
                         const Value &previous)
{
    m_store.put(object);
    if (m_announce)
        m_announce(type, object, previous, call.idempotencyKey);
}

} // namespace tw::stripe
