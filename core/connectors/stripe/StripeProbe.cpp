// SPDX-License-Identifier: GPL-3.0-or-later
// The part of StripeConnection that tries it.
#include "core/connectors/stripe/StripeConnection.h"

#include "core/connectors/stripe/ApiStep.h"
#include "core/connectors/stripe/StripeErrors.h"
#include "core/connectors/stripe/StripeRights.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {
namespace {

using Kind = ProbeFinding::Kind;

struct Trial
{
    std::vector<ProbeFinding> findings;
    std::vector<Right> left;
    Connection::Probed done;
};

bool isSaid(const std::vector<ProbeFinding> &findings, const std::string &what)
{
    return std::any_of(findings.begin(), findings.end(),
                       [&what](const ProbeFinding &finding) { return finding.what == what; });
}

/// Of a trial the connection knows its own reads alone; in a running engine all of the month.
ProbeFinding readsFinding(const ReadMeter &meter, Instant now)
{
    const std::string counted = std::to_string(meter.reads(now));
    if (meter.allowed() == 0)
        return {Kind::Fact,
                "Reads",
                counted + " by this trial; no monthly bound is known for test data",
                {}};
    return {Kind::Fact, "Reads",
            counted + " by this trial, of " + std::to_string(meter.allowed()) +
                " or more that the account may make in a month",
            "What a runner has made this month: tidewire connections list."};
}

/// From "Stripe-Version" of an answer to a call that asked for none, or what the account says.
std::string textAt(const Value &root, std::string_view path)
{
    return std::string(root.find(path).text());
}

} // namespace

Result<void> StripeConnection::fits(const Settings &settings, const std::string &environmentKind)
{
    const std::string_view key = settings.secret("api_key").reveal();
    const bool isLive = key.find("_live_") != std::string_view::npos;
    const bool isTest = key.find("_test_") != std::string_view::npos;
    const bool isProduction = environmentKind == "production";
    if (isLive && !isProduction)
        return configError(
            "stripe.live_key",
            "its key is a live key, and this environment is not one of production. Real "
            "money would move. Put in a test key, or one of a sandbox.");
    if (isTest && isProduction)
        return configError(
            "stripe.test_key",
            "its key is a test key, and this is a production environment. No real event "
            "would ever arrive. Put in a restricted live key.");
    return {};
}

bool StripeConnection::probe(const std::vector<Right> &rights, QObject *receiver, Probed done)
{
    auto trial = std::make_shared<Trial>();
    trial->done = std::move(done);
    for (const Right &right : rights) {
        if (std::find(trial->left.begin(), trial->left.end(), right) == trial->left.end())
            trial->left.push_back(right);
    }
    trial->findings.push_back({Kind::Fact, "Mode", isLiveKey() ? "live" : "test", {}});
    if (isRestrictedKey())
        trial->findings.push_back({Kind::Fine, "Key", "restricted", {}});
    else
        trial->findings.push_back(
            {Kind::Warning, "Key", "a secret key that may do everything",
             "Make a restricted key with the rights below and nothing more."});
    trial->findings.push_back({Kind::Fact, "API version", apiVersion(), {}});

    auto next = std::make_shared<std::function<void()>>();
    const QPointer<QObject> guard(receiver);
    const std::weak_ptr<std::function<void()>> again = next;
    *next = [this, trial, guard, again] {
        if (!guard)
            return;
        while (!trial->left.empty() && trialPath(trial->left.front().resource).empty()) {
            trial->findings.push_back({Kind::Warning,
                                       trial->left.front().resource,
                                       "cannot be tried without changing something",
                                       {}});
            trial->left.erase(trial->left.begin());
        }
        if (trial->left.empty()) {
            trial->findings.push_back(readsFinding(reads(), m_clock.now()));
            return trial->done(std::move(trial->findings));
        }
        const Right right = trial->left.front();
        trial->left.erase(trial->left.begin());
        StripeCall call;
        call.path = trialPath(right.resource);
        call.fields = {{"limit", "1"}};
        call.endpoint = endpointOf(call.path);
        const auto keep = again.lock();
        send(std::move(call), guard, [this, trial, right, keep](Result<HttpAnswer> answer) {
            ProbeFinding finding;
            finding.what = right.resource;
            const std::string level = right.write ? "write" : "read";
            if (answer && answer->status == 200) {
                finding.kind = Kind::Fine;
                // Whether it may write shows only when something is written.
                finding.text =
                    right.write ? "can be read; needs the right to write" : "can be read";
                if (right.write && isRestrictedKey())
                    finding.fix = "Check in the Dashboard that the key has \"write\" for it.";
            } else {
                finding.kind = Kind::Failed;
                const Error error = answer ? toError(*answer, m_clock.now()) : answer.error();
                finding.text = error.message;
                finding.fix =
                    answer && answer->status == 403
                        ? "Give the restricted key \"" + level + "\" for it (Dashboard, API keys)."
                        : std::string();
            }
            trial->findings.push_back(std::move(finding));
            (*keep)();
        });
    };

    StripeCall account;
    account.path = "/v1/account";
    account.endpoint = "account";
    send(std::move(account), receiver, [this, trial, next](Result<HttpAnswer> answer) {
        if (answer && answer->status == 200) {
            if (const auto parsed = parseJson(answer->body)) {
                const Value root = parsed->root();
                std::string name = textAt(root, "settings.dashboard.display_name");
                if (name.empty())
                    name = textAt(root, "business_profile.name");
                trial->findings.push_back(
                    {Kind::Fact,
                     "Account",
                     textAt(root, "id") + (name.empty() ? "" : " (" + name + ')'),
                     {}});
                const std::string country = textAt(root, "country");
                const std::string currency = textAt(root, "default_currency");
                if (!country.empty() || !currency.empty())
                    trial->findings.push_back(
                        {Kind::Fact, "Country and currency", country + ' ' + currency, {}});
            }
        } else if (answer && answer->status == 403) {
            trial->findings.push_back(
                {Kind::Warning, "Account", "the key may not read it",
                 "Give it \"read\" for the account if its name shall be shown."});
        } else {
            const Error error = answer ? toError(*answer, m_clock.now()) : answer.error();
            trial->findings.push_back({Kind::Failed, "Sign-in", error.message, {}});
            return trial->done(std::move(trial->findings)); // All else would fail the same way.
        }
        // Without the header Stripe answers in the version that the account has by default.
        StripeCall plain;
        plain.path = "/v1/events";
        plain.fields = {{"limit", "1"}};
        plain.endpoint = "events";
        plain.accountVersion = true;
        send(std::move(plain), this, [trial, next, this](Result<HttpAnswer> events) {
            const std::string version(events ? std::string(events->headers.value("Stripe-Version"))
                                             : std::string());
            if (!version.empty() && !isSaid(trial->findings, "Default API version")) {
                const bool same = version == apiVersion();
                trial->findings.push_back(
                    {same ? Kind::Fact : Kind::Warning, "Default API version", version,
                     same ? std::string()
                          : "Events of endpoints without a version of their own come in this one. "
                            "Give the endpoint the version that the mappings were made for."});
            }
            (*next)();
        });
    });
    return true;
}

} // namespace tw::stripe
