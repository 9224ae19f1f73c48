// SPDX-License-Identifier: GPL-3.0-or-later
// The part of StripeDouble that is driven by JSON over HTTP, under /_tidewire/ (and /_double/).
#include "core/connectors/stripe/double/StripeDouble.h"

#include "core/connectors/stripe/double/BlankObject.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/PaymentTools.h"
#include "core/connectors/stripe/double/PayoutTools.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/double/TriggerChains.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {

namespace {

constexpr int kMostEvents = 1'000'000;
constexpr std::int64_t kMostSeconds = 10LL * 366 * 86'400;

int boundedNumber(const Value &value, int fallback)
{
    return static_cast<int>(
        std::clamp<std::int64_t>(value.toInt().value_or(fallback), 0, kMostEvents));
}

sandbox::DeliveryPlan planFrom(const Value &order)
{
    sandbox::DeliveryPlan plan;
    plan.events = boundedNumber(order.get("events"), plan.events);
    plan.repeats = boundedNumber(order.get("repeats"), plan.repeats);
    plan.forged = boundedNumber(order.get("forged"), plan.forged);
    plan.poisoned = boundedNumber(order.get("poisoned"), plan.poisoned);
    plan.parallel = boundedNumber(order.get("parallel"), plan.parallel);
    for (const auto &type : order.get("types").items())
        plan.types.emplace_back(type.text());
    return plan;
}

Value reportValue(const sandbox::JsonMaker &json, const sandbox::DeliveryReport &report)
{
    return json.object({{"event", report.eventId},
                        {"type", report.type},
                        {"url", report.url},
                        {"status", report.status},
                        {"repeat", report.repeat},
                        {"forged", report.forged},
                        {"answer", report.answer}});
}

std::int64_t secondsOf(const Value &order, const char *name)
{
    return std::clamp<std::int64_t>(order.get(name).toInt().value_or(0), 0, kMostSeconds);
}

bool isTrue(const Value &value)
{
    return value.isBool() && value.asBool();
}

} // namespace

void StripeDouble::control(const HttpRequest &request, HttpReply reply)
{
    const std::string_view path = request.path;
    const std::string_view what = path.substr(path.find('/', 1) + 1);
    if (request.method == "GET") {
        reply.send(what == "state"        ? state()
                   : what == "deliveries" ? deliveries()
                   : what == "records"    ? heldRecords()
                   : what == "triggers"   ? triggerNames()
                   : what == "save"       ? saved()
                                          : answers::unknownUrl("GET", request.path));
        return;
    }
    const auto order = parseJson(request.body.empty() ? "{}" : request.body);
    if (request.method != "POST" || !order || !order->root().isObject()) {
        reply.send(answers::refuse({.message = "Send a JSON object by POST."}));
        return;
    }
    const Value &root = order->root();
    if (what == "deliver")
        return controlDeliver(root, std::move(reply));
    reply.send(what == "webhooks"       ? controlWebhook(root)
               : what == "faults"       ? controlFaults(root)
               : what == "trigger"      ? controlTrigger(root)
               : what == "clock"        ? controlClock(root)
               : what == "search"       ? controlSearch(root)
               : what == "secrets"      ? controlSecret(root)
               : what == "payouts"      ? controlPayout(root)
               : what == "authenticate" ? controlAuthenticate(root)
               : what == "complete"     ? controlSession(root, false)
               : what == "settle"       ? controlSession(root, true)
               : what == "reset"        ? controlReset()
               : what == "load"         ? controlLoad(root)
                                        : answers::unknownUrl("POST", request.path));
}

/// {"next": [...]} for calls, {"deliveries": {"drop": 0.05, "duplicate": 0.05, "reorder": 4,
/// "delay": 2000, "api_version": "2023-08-16"}} for webhooks; {"clear": true} ends both.
HttpResponse StripeDouble::controlFaults(const Value &order)
{
    if (isTrue(order.get("clear"))) {
        m_faults.clear();
        m_mischief = {};
        return state();
    }
    const Value deliveries = order.get("deliveries");
    if (order.get("next").isUndefined() && deliveries.isUndefined())
        return answers::missingParam("next");
    if (!order.get("next").isUndefined() && !m_faults.load(order))
        return answers::badParam("next",
                                 "\"next\" is a list of objects such as {\"status\": 503}.");
    if (deliveries.isObject()) {
        const auto share = [&deliveries](const char *name) {
            return std::clamp(
                deliveries.get(name).isNumber() ? deliveries.get(name).toDouble() : 0.0, 0.0, 1.0);
        };
        m_mischief = {};
        m_mischief.drop = share("drop");
        m_mischief.duplicate = share("duplicate");
        m_mischief.reorder = static_cast<std::size_t>(boundedNumber(deliveries.get("reorder"), 0));
        m_mischief.delay = std::chrono::milliseconds(boundedNumber(deliveries.get("delay"), 0));
        m_mischief.apiVersion = deliveries.get("api_version").text();
    }
    return state();
}

/// Makes an event happen: by the calls that make it at Stripe, else by an object of its own.
HttpResponse StripeDouble::controlTrigger(const Value &order)
{
    const std::string asked(order.get("event").text());
    const std::string name = TriggerChains::eventOf(asked);
    const EventType *type = eventType(name);
    if (!type && !TriggerChains::knows(asked))
        return answers::badParam("event", "There is no event type \"" + name + "\".");
    const std::size_t before = m_store.count("event");
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ApiCall own{"POST", {}, Value(), {}, {}, m_api.host().newId("req_"), arena};
    const auto steps = TriggerChains::run(
        asked, arena, [&](std::string_view method, const std::string &path, const Value &params) {
            return m_api.host().call(own, method, path, params);
        });
    // What takes a moment at Stripe (a payout that arrives) is waited for.
    m_clock.advance(std::chrono::seconds(12));
    const auto made = [&] {
        std::vector<std::string> types;
        const auto all = m_store.list("event");
        for (std::size_t at = all.size() - std::min(all.size(), before); at-- > 0;)
            types.emplace_back(all[at]->root().get("type").text());
        return types;
    };
    std::vector<std::string> types = made();
    const bool isThere = std::find(types.begin(), types.end(), name) != types.end();
    if (!isThere && type && type->thin) {
        announceThin(name, {});
        types.push_back(name);
    }
    const bool madeUp = !isThere && type && !type->thin;
    if (madeUp) {
        auto sample =
            SampleFactory::makes(name) ? m_factory.object(name) : Result<Document>(Error{});
        Value object = sample ? sample->root() : Value();
        if (!sample) {
            const auto known = m_store.list(type->object);
            object = known.empty()
                         ? json.with(blankObject(json, type->object),
                                     {{"id", m_api.host().newId("obj_")}, {"object", type->object}})
                         : known.front()->root();
        } else {
            // Whoever asks for what the event tells of finds it.
            for (const Document &other : m_factory.around())
                m_store.put(other.root());
            m_store.put(object);
        }
        m_api.host().tell(own, name, object);
        types = made();
    }
    ArrayBuilder events(arena);
    for (const std::string &one : types)
        events.add(json.text(one));
    ArrayBuilder calls(arena);
    for (const auto &step : steps)
        calls.add(json.object({{"call", step.call}, {"status", step.status}}));
    return answers::ok(json.object({{"event", name},
                                    {"events", events.finish()},
                                    {"calls", calls.finish()},
                                    {"made_up", madeUp}}));
}

HttpResponse StripeDouble::controlClock(const Value &order)
{
    m_clock.advance(std::chrono::seconds(secondsOf(order, "advance")));
    return state();
}

HttpResponse StripeDouble::controlSearch(const Value &order)
{
    m_api.setSearchDelay(std::chrono::seconds(secondsOf(order, "delay")));
    return state();
}

/// A new signing secret; the old one signs, too, for `overlap` seconds (a day with Stripe).
HttpResponse StripeDouble::controlSecret(const Value &order)
{
    Arena arena;
    const Secret rolled(seededSecret());
    const auto overlap = std::chrono::seconds(
        order.get("overlap").isNumber() ? secondsOf(order, "overlap") : std::int64_t(86'400));
    m_delivery.rollSecret(m_webhookSecret, rolled, m_clock.now() + overlap);
    m_webhookSecret = rolled;
    return answers::ok(sandbox::JsonMaker(arena).object({{"webhook_secret", rolled.reveal()}}));
}

HttpResponse StripeDouble::controlPayout(const Value &order)
{
    Arena arena;
    const ApiCall own{"POST", {}, Value(), {}, {}, {}, arena};
    const Value currency = order.get("currency");
    const Value made = automaticPayout(m_api.host(), own,
                                       currency.isString() ? std::string(currency.text()) : "usd");
    if (made.isUndefined())
        return answers::refuse(
            {.message = "The balance holds nothing to pay out in this currency."});
    return answers::ok(made);
}

/// What the customer does at the bank's page: {"intent": "pi_…", "succeed": true}.
HttpResponse StripeDouble::controlAuthenticate(const Value &order)
{
    Arena arena;
    const ApiCall own{"POST", {}, Value(), {}, {}, {}, arena};
    const Value succeed = order.get("succeed");
    return authenticateIntent(m_api.host(), own, std::string(order.get("intent").text()),
                              succeed.isUndefined() || isTrue(succeed));
}

/// What the buyer does on the Checkout page, and how a payment that takes days ends.
HttpResponse StripeDouble::controlSession(const Value &order, bool settles)
{
    Arena arena;
    const ApiCall own{"POST", {}, Value(), {}, {}, {}, arena};
    const std::string id(order.get("session").text());
    const Value session = m_api.host().get(own, "checkout.session", id);
    if (session.isUndefined())
        return answers::missingObject("checkout.session", id);
    const Value method = order.get("payment_method");
    const Value succeed = order.get("succeed");
    const auto done =
        settles
            ? settleSession(m_api.host(), own, session, succeed.isUndefined() || isTrue(succeed))
            : completeSession(m_api.host(), own, session,
                              method.isString() ? std::string(method.text()) : "pm_card_visa");
    return done ? answers::ok(*done) : done.error();
}

HttpResponse StripeDouble::triggerNames() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder names(arena);
    for (const std::string &name : TriggerChains::names())
        names.add(json.text(name));
    return answers::ok(json.object({{"triggers", names.finish()}}));
}

HttpResponse StripeDouble::saved() const
{
    Arena arena;
    return answers::ok(sandbox::JsonMaker(arena).object({{"objects", m_store.dump(arena)}}));
}

HttpResponse StripeDouble::controlReset()
{
    m_store.clear();
    m_api.reset();
    m_faults.clear();
    m_mischief = {};
    m_reports.clear();
    m_totals = {};
    addCast();
    syncEndpoints();
    return state();
}

HttpResponse StripeDouble::controlLoad(const Value &order)
{
    const Value objects = order.get("objects");
    if (!objects.isArray())
        return answers::missingParam("objects");
    m_store.clear();
    m_api.reset();
    m_store.load(objects);
    syncEndpoints();
    resume();
    return state();
}

void StripeDouble::controlDeliver(const Value &order, HttpReply reply)
{
    const auto plan = planFrom(order);
    for (const auto &type : plan.types) {
        if (!SampleFactory::makes(type)) {
            reply.send(answers::badParam("types", m_factory.event(type).error().message));
            return;
        }
    }
    const Value wait = order.get("wait");
    if (!wait.isBool() || !wait.asBool()) {
        deliver(plan, {}, {});
        auto answer = state();
        answer.status = 202;
        reply.send(std::move(answer));
        return;
    }
    auto held = std::make_shared<HttpReply>(std::move(reply));
    deliver(plan, {}, [this, held] { held->send(state()); });
}

HttpResponse StripeDouble::controlWebhook(const Value &order)
{
    const Value url = order.get("url");
    if (!url.isString() || url.size() == 0)
        return answers::missingParam("url");
    std::vector<std::string> events;
    for (const auto &event : order.get("events").items())
        events.emplace_back(event.text());
    addWebhook({std::string(url.text()), Secret(std::string(order.get("secret").text())), events});
    return state();
}

HttpResponse StripeDouble::state() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder webhooks(arena);
    for (const auto &target : m_delivery.targets()) {
        ArrayBuilder events(arena);
        for (const auto &event : target.events)
            events.add(json.text(event));
        if (!target.url.empty())
            webhooks.add(json.object({{"url", target.url}, {"events", events.finish()}}));
    }
    const Value totals = json.object({{"waiting", m_delivery.waiting()},
                                      {"accepted", m_totals.accepted},
                                      {"refused", m_totals.refused},
                                      {"unanswered", m_totals.unanswered},
                                      {"repeats", m_totals.repeats},
                                      {"forged", m_totals.forged},
                                      {"dropped", m_totals.dropped}});
    return answers::ok(json.object({{"url", url()},
                                    {"webhooks", webhooks.finish()},
                                    {"events", m_store.count("event")},
                                    {"faults", m_faults.size()},
                                    {"now", m_clock.now().seconds()},
                                    {"clock_ahead", m_clock.shift().count() / 1000},
                                    {"deliveries", totals}}));
}

HttpResponse StripeDouble::deliveries() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder list(arena);
    for (const auto &report : m_reports)
        list.add(reportValue(json, report));
    return answers::ok(json.object({{"deliveries", list.finish()}}));
}

HttpResponse StripeDouble::heldRecords() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder list(arena);
    const auto held = records();
    for (const auto &record : held)
        list.add(json.object({{"type", record.type},
                              {"id", record.id},
                              {"writes", record.writes},
                              {"fields", record.fields->root()}}));
    return answers::ok(json.object({{"records", list.finish()}}));
}

} // namespace tw::stripe
