// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EndpointPlan.h"

#include "core/base/Random.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Value.h"

#include <algorithm>
#include <set>

namespace tw::stripe {
namespace {

constexpr const char *kEndpoints = "/v1/webhook_endpoints";
constexpr const char *kFlow = "tidewire_flow";
constexpr const char *kEnvironment = "tidewire_environment";
constexpr const char *kProject = "tidewire_project";
constexpr const char *kReceipt = "tidewire_receipt";

Endpoint endpointFrom(const Value &value)
{
    const auto text = [&value](const char *member) {
        const Value found = value.get(member);
        return found.isString() ? std::string(found.text()) : std::string();
    };
    Endpoint endpoint;
    endpoint.id = text("id");
    endpoint.url = text("url");
    endpoint.apiVersion = text("api_version");
    endpoint.status = text("status");
    endpoint.created = value.get("created").toInt().value_or(0);
    const Value metadata = value.get("metadata");
    endpoint.flow = metadata.get(kFlow).text();
    endpoint.environment = metadata.get(kEnvironment).text();
    endpoint.project = metadata.get(kProject).text();
    endpoint.receipt = metadata.get(kReceipt).text();
    for (const Value &event : value.get("enabled_events").items())
        endpoint.events.emplace_back(event.text());
    return endpoint;
}

std::string joined(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// What Stripe takes: names, or "*" alone; sorted.
Result<std::vector<std::string>> spelledOut(const std::vector<std::string> &patterns)
{
    std::set<std::string> types;
    for (const std::string &pattern : patterns) {
        if (pattern == "*")
            return std::vector<std::string>{"*"};
        if (pattern.starts_with("v1.") || pattern.starts_with("v2."))
            return configError(
                "stripe.thin_endpoint",
                "\"" + pattern +
                    "\" is a thin event: it needs an event destination, "
                    "which is made in the Stripe Dashboard. Give its address and secret "
                    "there, or choose the event without v1.");
        if (!pattern.ends_with(".*")) {
            types.insert(pattern);
            continue;
        }
        for (const EventType &type : eventTypes()) {
            if (!type.thin && matchesEvent({pattern}, type.name))
                types.emplace(type.name);
        }
    }
    return std::vector<std::string>(types.begin(), types.end());
}

std::string flowOf(const EndpointWish &wish)
{
    return wish.flow + '/' + wish.step;
}

FormFields formOf(const EndpointWish &wish)
{
    FormFields form{{"url", wish.url}};
    for (std::size_t i = 0; i < wish.events.size(); ++i)
        form.emplace_back("enabled_events[" + std::to_string(i) + ']', wish.events[i]);
    const auto metadata = [&form](const char *key, const std::string &value) {
        form.emplace_back("metadata[" + std::string(key) + ']', value);
    };
    metadata(kFlow, flowOf(wish));
    metadata(kEnvironment, wish.environment);
    metadata(kProject, wish.project);
    return form;
}

} // namespace

std::string_view toString(EndpointPlan::Action action)
{
    switch (action) {
    case EndpointPlan::Action::Keep:
        return "keep";
    case EndpointPlan::Action::Create:
        return "create";
    case EndpointPlan::Action::Update:
        return "update";
    case EndpointPlan::Action::Replace:
        return "replace";
    }
    return {};
}

Result<EndpointPlan> planEndpoint(EndpointWish wish, const std::vector<Endpoint> &existing)
{
    auto events = spelledOut(wish.events);
    if (!events)
        return std::move(events).error();
    wish.events = std::move(*events);
    EndpointPlan plan;
    std::vector<Endpoint> ours;
    for (const Endpoint &one : existing) {
        if (one.flow == flowOf(wish) && one.environment == wish.environment &&
            one.project == wish.project)
            ours.push_back(one);
    }
    plan.wish = std::move(wish);
    const auto isKept = [&receipts = plan.wish.receipts](const Endpoint &one) {
        return std::find(receipts.begin(), receipts.end(), one.receipt) != receipts.end();
    };
    // Whose secret is known first, then the oldest.
    std::stable_sort(ours.begin(), ours.end(), [&isKept](const Endpoint &a, const Endpoint &b) {
        return std::pair(!isKept(a), a.created) < std::pair(!isKept(b), b.created);
    });
    if (ours.empty())
        return plan;
    plan.current = ours.front();
    plan.surplus.assign(ours.begin() + 1, ours.end());
    plan.action = EndpointPlan::Action::Keep;
    const auto differs = [&plan](const char *what, const std::string &have, const std::string &want,
                                 EndpointPlan::Action needs) {
        if (have == want)
            return;
        plan.differences.push_back({what, have, want});
        plan.action = std::max(plan.action, needs);
    };
    std::vector<std::string> has = plan.current->events;
    std::sort(has.begin(), has.end());
    differs("url", plan.current->url, plan.wish.url, EndpointPlan::Action::Update);
    differs("events", joined(has), joined(plan.wish.events), EndpointPlan::Action::Update);
    differs("status", plan.current->status, "enabled", EndpointPlan::Action::Update);
    differs("api_version", plan.current->apiVersion, plan.wish.apiVersion,
            EndpointPlan::Action::Replace);
    if (!isKept(*plan.current))
        differs("secret", "not stored here", "stored", EndpointPlan::Action::Replace);
    return plan;
}

struct EndpointDesk::Work
{
    EndpointPlan plan;
    KeepSecret keep;
    std::function<void(Result<std::string>)> done;
    std::string id;
    std::vector<std::string> leaving;
};

void EndpointDesk::list(Listed done)
{
    listFrom({}, std::make_shared<std::vector<Endpoint>>(), std::move(done));
}

void EndpointDesk::listFrom(const std::string &after, std::shared_ptr<std::vector<Endpoint>> found,
                            Listed done)
{
    FormFields query{{"limit", "100"}};
    if (!after.empty())
        query.emplace_back("starting_after", after);
    m_reads.get(kEndpoints, query, this,
                [this, found, done = std::move(done)](Result<StripeReads::Answer> answer) {
                    if (!answer)
                        return done(std::move(answer).error());
                    for (const Value &one : answer->body->root().get("data").items())
                        found->push_back(endpointFrom(one));
                    const Value more = answer->body->root().get("has_more");
                    if (more.isBool() && more.asBool() && !found->empty())
                        return listFrom(std::string(found->back().id), found, done);
                    done(std::move(*found));
                });
}

void EndpointDesk::apply(EndpointPlan plan, KeepSecret keep,
                         std::function<void(Result<std::string>)> done)
{
    auto work =
        std::make_shared<Work>(Work{std::move(plan), std::move(keep), std::move(done), {}, {}});
    for (const Endpoint &one : work->plan.surplus)
        work->leaving.push_back(one.id);
    if (work->plan.current)
        work->id = work->plan.current->id;
    switch (work->plan.action) {
    case EndpointPlan::Action::Keep:
        return removeRest(work);
    case EndpointPlan::Action::Update:
        return update(work);
    case EndpointPlan::Action::Replace:
        work->leaving.push_back(work->id);
        return create(work);
    case EndpointPlan::Action::Create:
        return create(work);
    }
}

void EndpointDesk::create(const WorkPtr &work)
{
    const EndpointWish &wish = work->plan.wish;
    FormFields form = formOf(wish);
    form.emplace_back("api_version", wish.apiVersion);
    form.emplace_back("description", "Tidewire: " + flowOf(wish) + " (" + wish.environment + ')');
    const std::string receipt = randomToken(8);
    form.emplace_back("metadata[" + std::string(kReceipt) + ']', receipt);
    m_reads.post(
        kEndpoints, form, "tidewire-endpoint-" + receipt, this,
        [this, work, receipt](Result<StripeReads::Answer> answer) {
            if (!answer)
                return work->done(std::move(answer).error());
            const Value made = answer->body->root();
            work->id = made.get("id").text();
            const Value secret = made.get("secret");
            const auto kept =
                secret.isString()
                    ? work->keep(Secret(std::string(secret.text())), receipt)
                    : Result<void>(internalError("stripe.no_secret",
                                                 "Stripe's answer has no secret of the endpoint."));
            if (kept)
                return removeRest(work);
            m_reads.remove(std::string(kEndpoints) + '/' + encodePathSegment(work->id), this,
                           [work, why = kept.error()](const Result<StripeReads::Answer> &) {
                               work->done(why);
                           });
        });
}

void EndpointDesk::update(const WorkPtr &work)
{
    FormFields form = formOf(work->plan.wish);
    form.emplace_back("disabled", "false");
    m_reads.post(std::string(kEndpoints) + '/' + encodePathSegment(work->id), form,
                 "tidewire-endpoint-" + randomToken(8), this,
                 [this, work](Result<StripeReads::Answer> answer) {
                     if (!answer)
                         return work->done(std::move(answer).error());
                     removeRest(work);
                 });
}

void EndpointDesk::removeRest(const WorkPtr &work)
{
    if (work->leaving.empty())
        return work->done(work->id);
    const std::string id = work->leaving.back();
    work->leaving.pop_back();
    m_reads.remove(std::string(kEndpoints) + '/' + encodePathSegment(id), this,
                   [this, work](Result<StripeReads::Answer> answer) {
                       if (!answer && answer.error().code != "stripe.resource_missing")
                           return work->done(std::move(answer).error());
                       removeRest(work);
                   });
}

} // namespace tw::stripe
