// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/TriggerSettings.h"

#include "core/base/Encoding.h"
#include "core/base/Text.h"
#include "core/connectors/stripe/DeliveredShape.h"
#include "core/connectors/stripe/EventTraps.h"
#include "core/connectors/stripe/StepForms.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/StripeRights.h"
#include "core/connectors/stripe/VersionMoves.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/EventTypes.h"

#include <QDateTime>
#include <algorithm>
#include <set>

namespace tw::stripe {
namespace {

constexpr std::chrono::minutes kPollLive{5};
constexpr std::chrono::seconds kPollTest{15};
constexpr std::chrono::seconds kShortestPoll{5};
/// A month has 10 000 GETs for the smallest account: less often than every 4.5 minutes is safe.
constexpr std::chrono::seconds kSafePollLive{270};

std::vector<Param> arrivalParams()
{
    return {
        choice("arrive", "How events arrive")
            .help("Deliveries to the webhook address, the account's list of events read every so "
                  "often, or both: the list fills what deliveries missed, and nothing runs twice. "
                  "Without a key there is no list, without a webhook secret no delivery.")
            .oneOf({{"both", "Deliveries, and the list behind them", "", ""},
                    {"webhook", "Deliveries only", "", ""},
                    {"poll", "The list only", "", ""}})
            .fallback("both"),
        duration("poll_every", "Read the list every")
            .help("Without it: 5 minutes for live keys, 15 seconds for test keys. A small account "
                  "may read about 10 000 times a month in live mode.")
            .placeholder("5m")
            .advanced(),
        boolean("catch_up", "Catch up")
            .help("Reads, at each start, what happened while nothing ran: up to 30 days back.")
            .fallback("true")
            .advanced(),
        text("start_from", "Begin with")
            .help("For the very first start: \"now\", \"oldest\" (all that Stripe still lists), or "
                  "a time such as 2026-11-01T00:00:00Z.")
            .fallback("now")
            .matches("^(now|oldest|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))$",
                     "now, oldest, or a time such as 2026-11-01T00:00:00Z")
            .advanced(),
        boolean("forward", "Start the Stripe CLI")
            .help("Runs an installed Stripe CLI that forwards test events to this computer while "
                  "the flow runs; no public address is needed.")
            .fallback("false")
            .advanced(),
    };
}

std::vector<Param> contentParams(const CataloguePtr &catalogue)
{
    return {
        text("account", "Account")
            .help(
                "With Connect: only events of this connected account, or \"own\" for those of the "
                "platform itself.")
            .matches("^(own|acct_[A-Za-z0-9]+)$", "own, or an id that begins with acct_")
            .advanced(),
        boolean("ignore_own", "Leave own writes")
            .help("Events that calls of Tidewire's own steps brought about start nothing; so two "
                  "flows cannot chase each other.")
            .fallback("true")
            .advanced(),
        choice("deliver", "Which state")
            .help("The object as it was when the event happened, or as it is now: read again, with "
                  "the fields to expand.")
            .oneOf({{"as_sent", "As it was sent", "", ""}, {"current", "As it is now", "", ""}})
            .fallback("as_sent"),
        choiceList("expand", "Expand")
            .help("References that come as whole objects when the object is read: as it is now, or "
                  "for a thin event.")
            .open()
            .suggestedBy([catalogue](const Settings &settings) {
                std::vector<Param::Choice> choices;
                for (const std::string &path :
                     expandableOfAll(*catalogue, objectsOf(settings.list("events"))))
                    choices.push_back({path, path, {}, {}});
                return choices;
            })
            .example("[customer, payments]")
            .advanced(),
        text("made_for", "Made for version")
            .help("The API version that the mappings behind were drawn with.")
            .fallback(kApiVersion)
            .matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}(\\.[a-z]+)?$",
                     "a version such as 2026-10-28.endive")
            .advanced(),
        choice("other_version", "Events of another release")
            .help("What to do when an event is written in another release of the API than the "
                  "mappings were made for: fields may stand elsewhere.")
            .oneOf({{"warn", "Take it and warn", "", ""},
                    {"refetch", "Read the object again in the connection's version", "", ""},
                    {"refuse", "Refuse it", "", ""}})
            .fallback("warn")
            .advanced(),
    };
}

Diagnostic finding(Severity severity, const char *code, const char *path, std::string message,
                   std::string fix)
{
    Diagnostic made;
    made.severity = severity;
    made.code = code;
    made.path = path;
    made.message = std::move(message);
    made.fix = std::move(fix);
    return made;
}

bool isThinType(const std::string &pattern)
{
    return pattern.starts_with("v1.") || pattern.starts_with("v2.");
}

std::optional<Instant> timeOf(const std::string &text)
{
    const QDateTime at = QDateTime::fromString(toQString(text), Qt::ISODateWithMs);
    return at.isValid() ? std::optional(Instant{at.toMSecsSinceEpoch()}) : std::nullopt;
}

Error noSecret(const std::string &connection)
{
    return configError("stripe.no_webhook_secret",
                       "The connection \"" + connection +
                           "\" has no webhook secret, so deliveries cannot be verified. Copy it "
                           "from the endpoint's page in the Stripe Dashboard, or give the "
                           "connection a key, so that events can be read from the account.");
}

} // namespace

std::vector<Param> TriggerSettings::params(const CataloguePtr &catalogue)
{
    std::vector<Param> all = {
        choiceList("events", "Events")
            .help("Which events start the flow. A wildcard such as charge.* takes a whole group.")
            .oneOf(eventChoices())
            .open()
            .required()
            .example("[charge.succeeded, charge.failed]"),
        choice("mode", "Live or test")
            .help("Stripe marks every event as live or test. Others are acknowledged and left.")
            .oneOf({{"key", "Those of the connection's key, both without one", "", ""},
                    {"any", "Both", "", ""},
                    {"test", "Test events only", "", ""},
                    {"live", "Live events only", "", ""}})
            .fallback("key"),
    };
    for (Param &param : arrivalParams())
        all.push_back(std::move(param));
    for (Param &param : contentParams(catalogue))
        all.push_back(std::move(param));
    all.push_back(
        text("path", "Path")
            .help("Where the receiver listens for this step; empty for "
                  "/hooks/<flow>/<step>. On one computer the Stripe CLI reaches it: "
                  "stripe listen --forward-to http://127.0.0.1:<port>/hooks/<flow>/<step>")
            .matches("^/[A-Za-z0-9._~/-]*$", "a path such as /hooks/payments")
            .placeholder("/hooks/<flow>/<step>")
            .advanced());
    all.push_back(duration("tolerance", "Greatest age")
                      .help("Deliveries signed longer ago are refused as replays. 0s switches the "
                            "check off, for replaying recorded deliveries.")
                      .fallback("5m")
                      .advanced());
    return all;
}

std::string TriggerSettings::summary(const Settings &settings)
{
    const auto events = settings.list("events");
    if (events.empty())
        return "no events chosen";
    return events.size() == 1 ? events.front() : std::to_string(events.size()) + " event types";
}

std::vector<Right> TriggerSettings::rights(const Settings &settings)
{
    const auto events = settings.list("events");
    const bool fetches = settings.text("deliver") == "current" ||
                         settings.text("other_version") == "refetch" ||
                         std::any_of(events.begin(), events.end(), isThinType);
    const bool lists = settings.text("arrive") != "webhook" || settings.flag("catch_up");
    return lists || fetches ? rightsForEvents(events, fetches) : std::vector<Right>();
}

void TriggerSettings::check(const CataloguePtr &catalogue, const Settings &settings,
                            std::vector<Diagnostic> &findings)
{
    TriggerSettings told;
    told.events = settings.list("events");
    if (!settings.list("expand").empty())
        checkExpandOfAll(*catalogue, settings, told.objects(), findings);
    const std::string madeFor = settings.text("made_for");
    checkEventTraps(told.events, findings);
    const bool polls = settings.text("arrive") == "poll";
    if (std::any_of(told.events.begin(), told.events.end(), isThinType) &&
        settings.text("arrive") != "webhook")
        findings.push_back(
            finding(polls ? Severity::Error : Severity::Info, "stripe.thin_not_listed", "events",
                    "Thin events (v1.…, v2.…) are not in the account's list of events: they come "
                    "by delivery only.",
                    polls ? "Choose the events without v1., or let them be delivered."
                          : "What a delivery misses of them is not caught up."));
    if (const std::string from = settings.text("start_from");
        from != "now" && from != "oldest" && !timeOf(from))
        findings.push_back(finding(Severity::Error, "stripe.bad_time", "start_from",
                                   '"' + from + "\" is no time.",
                                   "Write one such as 2026-11-01T00:00:00Z."));
    if (const auto every = settings.duration("poll_every");
        settings.has("poll_every") && every < kSafePollLive)
        findings.push_back(finding(
            every < kShortestPoll ? Severity::Error : Severity::Info, "stripe.polls_often",
            "poll_every",
            "Reading the list every " + durationText(every) +
                " takes more reads than a small live account may make in a month.",
            every < kShortestPoll ? "Read at most every 5s." : "In live mode take 5m or more."));
    if (isSameRelease(madeFor, kApiVersion) || settings.text("other_version") == "refetch")
        return;
    findings.push_back(finding(Severity::Warning, "stripe.other_version", "made_for",
                               "Shapes and samples shown here are of " + std::string(kApiVersion) +
                                   ". " + versionAdvice(kApiVersion, madeFor, told.objects()),
                               "Register the endpoint in the version of the mappings (tidewire "
                               "webhook apply), draw them anew, or choose \"refetch\"."));
}

Result<TriggerSettings> TriggerSettings::from(const NodeContext &context,
                                              const StripeConnection &connection)
{
    const Settings &settings = context.settings;
    TriggerSettings made;
    made.events = settings.list("events");
    const std::string mode = settings.text("mode");
    const bool byKey = mode == "key" && !connection.apiKey().isEmpty();
    made.mode = mode == "live" || (byKey && connection.isLiveKey()) ? Mode::Live
                : mode == "test" || byKey                           ? Mode::Test
                                                                    : Mode::Any;
    made.account = settings.text("account");
    made.ignoreOwn = settings.flag("ignore_own");
    made.deliver = settings.text("deliver") == "current" ? Deliver::Current : Deliver::AsSent;
    made.expand = settings.list("expand");
    made.madeFor = settings.text("made_for");
    const std::string other = settings.text("other_version");
    made.otherVersion = other == "refuse"    ? OtherVersion::Refuse
                        : other == "refetch" ? OtherVersion::Refetch
                                             : OtherVersion::Warn;
    made.catchUp = settings.flag("catch_up");
    made.forward = settings.flag("forward");
    const std::string from = settings.text("start_from");
    made.start = from == "now" ? Start::Now : from == "oldest" ? Start::Oldest : Start::At;
    made.startAt = timeOf(from).value_or(Instant{});
    made.path = pathFor(context);
    made.tolerance =
        std::chrono::duration_cast<std::chrono::seconds>(settings.duration("tolerance"));
    made.isPollChosen = settings.has("poll_every");
    made.pollEvery = settings.has("poll_every") ? settings.duration("poll_every")
                     : connection.isLiveKey()   ? std::chrono::milliseconds(kPollLive)
                                                : std::chrono::milliseconds(kPollTest);

    const std::string arrive = settings.text("arrive");
    const bool hasKey = !connection.apiKey().isEmpty();
    const bool canReceive = !connection.webhookSecrets().empty() || made.forward;
    if (arrive == "poll" && !hasKey)
        return configError("stripe.no_key", "The connection \"" + connection.name() +
                                                "\" has no key, so the account's events cannot be "
                                                "read. Give it a restricted key.");
    if (!canReceive && (arrive == "webhook" || !hasKey))
        return noSecret(connection.name());
    made.takesWebhooks = canReceive && arrive != "poll";
    made.feed = !hasKey               ? Feed::Never
                : arrive != "webhook" ? Feed::Always
                : made.catchUp        ? Feed::AtStart
                                      : Feed::Never;
    if (std::all_of(made.events.begin(), made.events.end(), isThinType)) {
        if (!made.takesWebhooks)
            return configError("stripe.thin_not_listed",
                               "Thin events (v1.…, v2.…) are not in the account's list of events. "
                               "Let them be delivered, or choose them without v1.");
        made.feed = Feed::Never;
    }
    if (!hasKey && (made.deliver == Deliver::Current || made.otherVersion == OtherVersion::Refetch))
        return configError("stripe.no_key",
                           "The connection \"" + connection.name() +
                               "\" has no key, so objects cannot be read again. "
                               "Give it one, or deliver events as they were sent.");
    return made;
}

std::string TriggerSettings::pathFor(const NodeContext &context)
{
    const std::string chosen = context.settings.text("path");
    if (!chosen.empty())
        return chosen;
    return "/hooks/" + encodePathSegment(context.flow) + '/' + encodePathSegment(context.step);
}

bool TriggerSettings::wantsType(const std::string &type) const
{
    return matchesEvent(events, type);
}

bool TriggerSettings::wantsMode(bool live) const
{
    return mode == Mode::Any || (mode == Mode::Live) == live;
}

bool TriggerSettings::wantsAccount(const std::string &of) const
{
    return account.empty() || (account == "own" ? of.empty() : of == account);
}

std::vector<std::string> TriggerSettings::objects() const
{
    return objectsOf(events);
}

} // namespace tw::stripe
