// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/StripeDouble.h"

#include "core/connectors/stripe/double/BalanceBook.h"
#include "core/connectors/stripe/double/BillingHooks.h"
#include "core/connectors/stripe/double/EventVersions.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/samples/SampleObjects.h"
#include "core/data/Json.h"
#include "core/sandbox/Cast.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

namespace tw::stripe {

namespace {

constexpr std::string_view kKeyAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kReportsKept = 200'000;

/// What a plan sends to webhooks that take everything.
const std::vector<std::string> kCommonTypes = {
    "charge.succeeded", "charge.succeeded",         "charge.failed",   "charge.succeeded",
    "charge.refunded",  "payment_intent.succeeded", "customer.updated"};

const std::vector<std::string> kListedCurrencies = {"usd", "usd", "eur", "eur",
                                                    "gbp", "chf", "jpy", "kwd"};

std::string seededKey(std::uint64_t seed, std::uint64_t purpose, std::string_view prefix)
{
    return std::string(prefix) + Random(seed * 31 + purpose).text(32, kKeyAlphabet);
}

bool canPoison(const std::string &type)
{
    return type == "charge.succeeded" || type == "charge.failed" || type == "charge.pending" ||
           type == "charge.refunded";
}

} // namespace

Result<std::unique_ptr<sandbox::Double>> StripeDouble::start(const sandbox::DoubleOptions &options)
{
    std::unique_ptr<StripeDouble> made(new StripeDouble(options));
    if (auto opened = made->open(options); !opened)
        return std::move(opened).error();
    return std::unique_ptr<sandbox::Double>(std::move(made));
}

StripeDouble::StripeDouble(const sandbox::DoubleOptions &options)
    : m_clock(options.clock),
      m_apiKey(seededKey(options.seed, 1, "sk_test_")),
      m_webhookSecret(seededKey(options.seed, 2, "whsec_")),
      m_factory(options.seed, options.clock.now(), kListedCurrencies),
      m_api(m_clock, m_store, options.seed),
      m_delivery(m_clock),
      m_dice(options.seed * 31 + 3)
{}

StripeDouble::~StripeDouble() = default;

Result<void> StripeDouble::open(const sandbox::DoubleOptions &options)
{
    if (auto opened = m_store.open(options.dataDir); !opened)
        return opened;
    // A store that was kept has used up ids of this seed already.
    if (const auto used = m_store.count("event"); used > 0)
        m_factory = SampleFactory(options.seed + used, options.clock.now(), kListedCurrencies);
    addCast();
    m_api.onChange(
        [this](const std::string &account, const ObjectNews &news) { announce(account, news); });
    syncEndpoints();
    resume();
    m_server.setHandler([this](HttpRequest request, HttpReply reply) {
        handle(std::move(request), std::move(reply));
    });
    return m_server.listen(options.address, options.port);
}

std::map<std::string, std::string> StripeDouble::connectionSettings() const
{
    return {{"base_url", url()}};
}

std::map<std::string, Secret> StripeDouble::connectionSecrets() const
{
    return {{"api_key", Secret(m_apiKey)}, {"webhook_secret", m_webhookSecret}};
}

void StripeDouble::addWebhook(sandbox::WebhookTarget target)
{
    if (target.secret.isEmpty())
        target.secret = m_webhookSecret;
    m_delivery.addTarget(std::move(target));
}

void StripeDouble::handle(HttpRequest request, HttpReply reply)
{
    if (request.path.starts_with("/_tidewire/") || request.path.starts_with("/_double/")) {
        control(request, std::move(reply));
        return;
    }
    const auto fault = m_faults.take();
    if (!fault) {
        HttpResponse answer = m_api.handle(request);
        if (request.method != "GET" && request.path.starts_with("/v1/webhook_endpoints"))
            syncEndpoints();
        reply.send(std::move(answer));
        return;
    }
    const int status = fault->status != 0 || fault->code.empty() ? fault->status
                       : fault->code == "lock_timeout"           ? 429
                                                                 : 400;
    const bool hasEffect =
        fault->effect == sandbox::Fault::Effect::After || (status == 0 && !fault->drop);
    HttpResponse answer;
    if (hasEffect)
        answer = m_api.handle(request, fault->delay);
    if (status != 0)
        answer = answers::refuse({.status = status,
                                  .type = status == 402   ? "card_error"
                                          : status >= 500 ? "api_error"
                                                          : "invalid_request_error",
                                  .code = fault->code,
                                  .message = "The double was told to answer so."});
    if (status == 429 && fault->code != "lock_timeout")
        answer.headers.set("Stripe-Rate-Limited-Reason",
                           fault->reason.empty() ? "global-rate" : fault->reason);
    if (status == 409 || status >= 500)
        answer.headers.set("Stripe-Should-Retry", "true");
    if (status == 500 && hasEffect) // What came in front of Stripe (502 to 504) is not remembered.
        m_api.answeredInstead(request, answer);
    sandbox::sendWithFault(std::move(reply), std::move(answer), *fault, m_clock, this);
}

void StripeDouble::announce(const std::string &account, const ObjectNews &news)
{
    m_factory.setNow(m_clock.now());
    const Document made = m_factory.eventAround(news.type, news.object, news.previous);
    Arena arena;
    const sandbox::JsonMaker json(arena);
    const Value request =
        json.object({{"id", news.requestId.empty() ? Value::null() : json.text(news.requestId)},
                     {"idempotency_key", news.key.empty() ? Value::null() : json.text(news.key)}});
    Value event = json.with(made.root(), {{"request", request}});
    if (!account.empty())
        event = json.with(event, {{"account", account}});
    event = json.with(event, {{"pending_webhooks", targetsOf(event).size()}});
    m_api.storeOf(account).put(event);
    sendEvent(event, false, false, sandbox::DeliveryPlan().attempts, {});
}

/// A thin event says what it is about and carries nothing of it
/// (docs.stripe.com/event-destinations).
void StripeDouble::announceThin(const std::string &type, const Value &related)
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_clock.now().msSinceEpoch, Qt::UTC);
    const Value about =
        related.isUndefined()
            ? Value::null()
            : json.object({{"id", related.get("id")},
                           {"type", related.get("object")},
                           {"url", "/v1/" + std::string(related.get("object").text()) + "s/" +
                                       std::string(related.get("id").text())}});
    const Value event = json.object({{"id", m_api.host().newId("evt_")},
                                     {"object", "v2.core.event"},
                                     {"type", type},
                                     {"created", now.toString(Qt::ISODateWithMs).toStdString()},
                                     {"livemode", false},
                                     {"related_object", about}});
    m_store.put(event);
    sendEvent(event, false, false, sandbox::DeliveryPlan().attempts, {});
}

/// The targets of deliveries follow the webhook endpoints of the account.
void StripeDouble::syncEndpoints()
{
    for (const auto &[id, endpoint] : m_endpoints)
        m_delivery.removeTarget(endpoint.url);
    m_endpoints.clear();
    for (const DocumentPtr &one : m_store.list("webhook_endpoint")) {
        const Value &endpoint = one->root();
        const std::string id(endpoint.get("id").text());
        const auto *kept = m_store.find("_endpoint_secret", "secret:" + id);
        if (!kept || endpoint.get("status").text() != "enabled")
            continue;
        std::vector<std::string> events;
        for (const Value &event : endpoint.get("enabled_events").items())
            events.emplace_back(event.text());
        const std::string url(endpoint.get("url").text());
        m_endpoints.emplace(id, Endpoint{url, std::string(endpoint.get("api_version").text()),
                                         !endpoint.get("_connect").isUndefined()});
        m_delivery.addTarget(
            {url, Secret(std::string(kept->object->root().get("secret").text())), events});
    }
}

/// Endpoints of Connect hear of connected accounts, the others of the account itself; those that
/// were not made by the API hear of both.
std::vector<std::size_t> StripeDouble::targetsOf(const Value &event) const
{
    std::vector<std::size_t> targets = m_delivery.targetsFor(event.get("type").text());
    const bool isConnected = event.get("account").isString();
    std::erase_if(targets, [&](std::size_t target) {
        return std::any_of(m_endpoints.begin(), m_endpoints.end(), [&](const auto &entry) {
            return entry.second.url == m_delivery.targets()[target].url &&
                   entry.second.connect != isConnected;
        });
    });
    return targets;
}

/// One webhook less that has not taken the event.
void StripeDouble::arrived(const std::string &account, const std::string &eventId)
{
    StripeStore &store = m_api.storeOf(account);
    const auto *held = store.find("event", eventId);
    const auto open = held ? held->object->root().get("pending_webhooks").toInt().value_or(0) : 0;
    if (open <= 0)
        return;
    Arena arena;
    store.put(
        sandbox::JsonMaker(arena).with(held->object->root(), {{"pending_webhooks", open - 1}}));
}

/// Stripe waits with the finalisation of an invoice whose creation was not taken.
void StripeDouble::wasRefused(const std::string &account, const std::string &eventId)
{
    StripeStore &store = m_api.storeOf(account);
    const auto *held = store.find("event", eventId);
    if (!held || held->object->root().get("type").text() != "invoice.created")
        return;
    Arena arena;
    store.put(sandbox::JsonMaker(arena).with(held->object->root(), {{"_refused", true}}));
}

void StripeDouble::sendEvent(const Value &event, bool repeat, bool forged, int attempts,
                             const std::function<void(const sandbox::DeliveryReport &)> &done)
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    const std::string type(event.get("type").text());
    for (const auto target : targetsOf(event)) {
        std::string version = m_mischief.apiVersion;
        for (const auto &[id, endpoint] : m_endpoints) {
            if (version.empty() && endpoint.url == m_delivery.targets()[target].url)
                version = endpoint.apiVersion;
        }
        auto body = std::make_shared<const std::string>(
            toJson(eventInVersion(json, event, version), JsonStyle::Pretty));
        hand({std::string(event.get("id").text()), type, body, target, repeat, forged, 0, attempts,
              [this, done, account = std::string(event.get("account").text())](
                  const sandbox::DeliveryReport &report) {
                  note(report);
                  if (report.status >= 200 && report.status < 300 && !report.repeat)
                      arrived(account, report.eventId);
                  if (done)
                      done(report);
              },
              [this, account = std::string(event.get("account").text()),
               id = std::string(event.get("id").text())] { wasRefused(account, id); }});
    }
}

void StripeDouble::hand(EventDelivery::Parcel parcel)
{
    const auto chance = [this](double share) {
        return share > 0 && static_cast<double>(m_dice.below(1'000'000)) < share * 1'000'000;
    };
    if (chance(m_mischief.drop)) {
        ++m_totals.dropped;
        if (parcel.done)
            m_clock.callAfter(std::chrono::milliseconds(0), this, [parcel] {
                parcel.done(
                    {parcel.eventId, parcel.type, {}, 0, parcel.repeat, parcel.forged, "dropped"});
            });
        return;
    }
    if (chance(m_mischief.duplicate)) {
        EventDelivery::Parcel again = parcel;
        again.repeat = true;
        again.done = [this](const sandbox::DeliveryReport &report) { note(report); };
        m_delivery.enqueue(std::move(again));
    }
    if (m_mischief.delay.count() > 0) {
        m_clock.callAfter(m_mischief.delay, this, [this, parcel] { m_delivery.enqueue(parcel); });
    } else if (m_mischief.reorder > 1) {
        if (m_heldBack.empty())
            m_clock.callAfter(std::chrono::seconds(1), this, [this] { release(); });
        m_heldBack.push_back(std::move(parcel));
        if (m_heldBack.size() >= m_mischief.reorder)
            release();
    } else {
        m_delivery.enqueue(std::move(parcel));
    }
}

/// Those held back leave, the last one first.
void StripeDouble::release()
{
    auto held = std::exchange(m_heldBack, {});
    for (auto parcel = held.rbegin(); parcel != held.rend(); ++parcel)
        m_delivery.enqueue(std::move(*parcel));
}

/// Whatever was to happen later in a store that was kept.
void StripeDouble::resume()
{
    Arena arena;
    const ApiCall own{"POST", {}, Value(), {}, {}, {}, arena};
    resumeBilling(m_api.host(), own);
    resumePayments(m_api.host(), own);
}

/// The customers that the accounts of the CRM double know.
void StripeDouble::addCast()
{
    Arena arena;
    for (const auto &member : sandbox::cast()) {
        if (!m_store.find("customer", member.customerId))
            m_store.put(samples::customer(sandbox::JsonMaker(arena), member, m_clock.now()));
    }
}

std::string StripeDouble::seededSecret()
{
    return "whsec_" + m_dice.text(32, kKeyAlphabet);
}

void StripeDouble::note(const sandbox::DeliveryReport &report)
{
    if (report.status == 0)
        ++m_totals.unanswered;
    else if (report.status >= 200 && report.status < 300)
        ++m_totals.accepted;
    else
        ++m_totals.refused;
    m_totals.repeats += report.repeat ? 1 : 0;
    m_totals.forged += report.forged ? 1 : 0;
    if (m_reports.size() < kReportsKept)
        m_reports.push_back(report);
}

std::vector<std::string> StripeDouble::typesOf(const sandbox::DeliveryPlan &plan) const
{
    if (!plan.types.empty())
        return plan.types;
    const auto wanted = [this](const std::string &type) {
        return !m_delivery.targetsFor(type).empty();
    };
    std::vector<std::string> types;
    std::copy_if(kCommonTypes.begin(), kCommonTypes.end(), std::back_inserter(types), wanted);
    if (types.empty()) {
        const auto all = SampleFactory::eventTypes();
        std::copy_if(all.begin(), all.end(), std::back_inserter(types), wanted);
    }
    return types;
}

std::vector<StripeDouble::Planned> StripeDouble::prepare(const sandbox::DeliveryPlan &plan)
{
    std::vector<Planned> planned;
    const auto types = typesOf(plan);
    if (types.empty())
        return planned;
    m_factory.setNow(m_clock.now());
    int poison = plan.poisoned;
    for (int i = 0; i < plan.events; ++i) {
        const std::string &type = types[static_cast<std::size_t>(i) % types.size()];
        const bool spoil = poison > 0 && canPoison(type);
        auto event = spoil ? m_factory.poisoned(type) : m_factory.event(type);
        if (!event)
            continue;
        poison -= spoil ? 1 : 0;
        for (const Document &other : m_factory.around())
            m_store.put(other.root());
        m_store.put(event->root().find("data.object"));
        m_store.put(event->root());
        planned.push_back({std::move(event).value(), false, false});
    }
    const std::size_t events = planned.size();
    for (int i = 0; i < plan.repeats && events > 0; ++i) {
        const auto source = static_cast<std::size_t>(i) % events;
        Planned again{planned[source].event.clone(), true, false};
        planned.push_back(std::move(again));
    }
    for (int i = 0; i < plan.forged; ++i) {
        auto event = m_factory.event(types[static_cast<std::size_t>(i) % types.size()]);
        if (event)
            planned.push_back({std::move(event).value(), false, true});
    }
    return planned;
}

void StripeDouble::deliver(const sandbox::DeliveryPlan &plan,
                           std::function<void(const sandbox::DeliveryReport &)> progress,
                           std::function<void()> done)
{
    struct Job
    {
        std::size_t open = 1; ///< One for the loop below, so that `done` is called once.
        std::function<void()> done;
    };
    auto job = std::make_shared<Job>(Job{1, std::move(done)});
    const auto finish = [this, job] {
        if (--job->open == 0 && job->done)
            m_clock.callAfter(std::chrono::milliseconds(0), this, job->done);
    };
    m_delivery.setParallel(plan.parallel);
    for (const auto &entry : prepare(plan)) {
        job->open += m_delivery.targetsFor(entry.event.root().get("type").text()).size();
        sendEvent(entry.event.root(), entry.repeat, entry.forged, plan.attempts,
                  [progress, finish](const sandbox::DeliveryReport &report) {
                      if (progress)
                          progress(report);
                      finish();
                  });
    }
    finish();
}

} // namespace tw::stripe
