// SPDX-License-Identifier: GPL-3.0-or-later
// Webhook endpoints and the account.
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/RequestRules.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/facts/EventTypes.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::size_t kMostEndpoints = 16;
constexpr std::string_view kOwnAccount = "acct_1TwDouble0000000";
constexpr std::int64_t kAccountSince = 1'700'000'000;
constexpr std::string_view kSecretAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::optional<HttpResponse> eventsProblem(const Value &events)
{
    if (events.isArray() && events.size() == 0)
        return answers::badParam("enabled_events", "An endpoint wants at least one event.",
                                 "parameter_invalid_empty");
    for (const Value &event : events.items()) {
        const std::string name(event.text());
        if (name == "*" || eventType(name))
            continue;
        return answers::badParam(
            "enabled_events", "Invalid enabled_events: there is no event type \"" + name + "\".");
    }
    return std::nullopt;
}

/// Real endpoints need HTTPS; the double also takes this machine.
std::optional<HttpResponse> urlProblem(const std::string &url)
{
    if (url.starts_with("https://") || url.starts_with("http://127.0.0.1") ||
        url.starts_with("http://localhost") || url.starts_with("http://[::1]"))
        return std::nullopt;
    return answers::refuse({.code = "url_invalid",
                            .message =
                                "Invalid URL: an endpoint has an https address; of the double "
                                "it may also be one of this machine.",
                            .param = "url"});
}

HttpResponse createEndpoint(ApiHost &host, const ApiCall &call)
{
    if (auto problem = urlProblem(call.text("url")))
        return *problem;
    if (auto problem = eventsProblem(call.params.get("enabled_events")))
        return *problem;
    if (const std::string version = call.text("api_version");
        !version.empty() && !isVersionName(version))
        return answers::badParam("api_version", "Invalid Stripe API version: " + version + '.');
    const auto all = host.store().list("webhook_endpoint");
    if (all.size() >= kMostEndpoints)
        return answers::refuse({.message = "An account has at most 16 webhook endpoints."});
    const auto json = call.json();
    const std::string secret = "whsec_" + host.random().text(32, kSecretAlphabet);
    const Value made =
        json.object({{"id", host.newId("we_")},
                     {"object", "webhook_endpoint"},
                     {"api_version", orNull(call.params.get("api_version"))},
                     {"application", nullptr},
                     {"created", host.now().seconds()},
                     {"description", orNull(call.params.get("description"))},
                     {"enabled_events", call.params.get("enabled_events")},
                     {"livemode", false},
                     {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                     {"status", "enabled"},
                     {"url", call.params.get("url")},
                     {"_connect", call.flag("connect") ? Value::boolean(true) : Value()}});
    // The secret is kept beside the object: it is shown once.
    host.create(call,
                json.object({{"id", "secret:" + std::string(made.get("id").text())},
                             {"object", "_endpoint_secret"},
                             {"secret", secret}}),
                {});
    host.create(call, made, {});
    return answers::ok(json.with(made, {{"secret", secret}}));
}

HttpResponse updateEndpoint(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "webhook_endpoint", call.id());
    if (before.isUndefined())
        return answers::missingObject("webhook_endpoint", call.id());
    if (call.has("url")) {
        if (auto problem = urlProblem(call.text("url")))
            return *problem;
    }
    if (auto problem = eventsProblem(call.params.get("enabled_events")))
        return *problem;
    const auto json = call.json();
    const auto kept = [&](const char *name) {
        return call.has(name) ? orNull(call.params.get(name)) : before.get(name);
    };
    const Value status = !call.has("disabled")
                             ? before.get("status")
                             : json.text(call.flag("disabled") ? "disabled" : "enabled");
    return answers::ok(host.change(
        call, before,
        {{"description", kept("description")},
         {"enabled_events", kept("enabled_events")},
         {"metadata", call.has("metadata") ? mergedMetadata(json, before.get("metadata"),
                                                            call.params.get("metadata"))
                                           : before.get("metadata")},
         {"status", status},
         {"url", kept("url")}},
        {}));
}

HttpResponse deleteEndpoint(ApiHost &host, const ApiCall &call)
{
    const Value before = host.get(call, "webhook_endpoint", call.id());
    if (before.isUndefined())
        return answers::missingObject("webhook_endpoint", call.id());
    host.remove(call, before, {});
    return answers::ok(
        call.json().object({{"id", call.id()}, {"object", "webhook_endpoint"}, {"deleted", true}}));
}

HttpResponse account(ApiHost &, const ApiCall &call)
{
    const auto json = call.json();
    const Value dashboard =
        json.object({{"display_name", "Tidewire double"}, {"timezone", "Etc/UTC"}});
    Value settings = shapedField(json, "account", "settings", json.object({}));
    settings = json.with(settings, {{"dashboard", dashboard}});
    return answers::ok(json.with(
        blankObject(json, "account"),
        {{"id", call.account.empty() ? std::string(kOwnAccount) : call.account},
         {"object", "account"},
         {"business_type", "company"},
         {"capabilities", json.object({{"card_payments", "active"}, {"transfers", "active"}})},
         {"charges_enabled", true},
         {"country", "US"},
         {"created", kAccountSince},
         {"default_currency", "usd"},
         {"details_submitted", true},
         {"email", "owner@tidewire.example"},
         {"metadata", json.object({})},
         {"payouts_enabled", true},
         {"settings", settings},
         {"type", "standard"}}));
}

HttpResponse accountById(ApiHost &host, const ApiCall &call)
{
    const std::string own = call.account.empty() ? std::string(kOwnAccount) : call.account;
    return call.id() == own ? account(host, call) : answers::missingObject("account", call.id());
}

} // namespace

void addEndpointRoutes(ApiRoutes &routes)
{
    routes.add("POST", "/v1/webhook_endpoints", createEndpoint);
    routes.add("POST", "/v1/webhook_endpoints/{id}", updateEndpoint);
    routes.add("DELETE", "/v1/webhook_endpoints/{id}", deleteEndpoint);
    routes.add("GET", "/v1/account", account);
    routes.add("GET", "/v1/accounts/{id}", accountById);
}

} // namespace tw::stripe
