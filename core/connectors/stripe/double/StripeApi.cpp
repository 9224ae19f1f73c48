// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/StripeApi.h"

#include "core/base/Encoding.h"
#include "core/connectors/stripe/double/BillingHooks.h"
#include "core/connectors/stripe/double/Expansion.h"
#include "core/connectors/stripe/double/ObjectList.h"
#include "core/connectors/stripe/double/PaymentLists.h"
#include "core/connectors/stripe/double/RequestRules.h"
#include "core/connectors/stripe/double/SearchQuery.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/data/Json.h"
#include "core/sandbox/FormTree.h"

#include <QByteArray>
#include <algorithm>

namespace tw::stripe {

namespace {

constexpr std::size_t kLongestKey = 255;

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

std::vector<std::string> expandOf(const Value &params)
{
    std::vector<std::string> paths;
    const Value expand = params.get("expand");
    for (const Value &path : expand.items())
        paths.emplace_back(path.text());
    if (expand.isString())
        paths.emplace_back(expand.text());
    return paths;
}

/// The connected account of a call; of a context the last part.
std::string accountIn(const HttpRequest &request)
{
    std::string account(request.header("Stripe-Account"));
    if (account.empty())
        account = request.header("Stripe-Context");
    return account.substr(account.rfind('/') + 1);
}

std::string withLogPage(const std::string &body, const std::string &requestId)
{
    Arena arena;
    const auto answer = parseJsonInto(arena, body);
    if (!answer || !answer->get("error").isObject())
        return body;
    const sandbox::JsonMaker json(arena);
    const Value error =
        json.with(answer->get("error"),
                  {{"request_log_url", "https://dashboard.stripe.com/test/logs/" + requestId}});
    return toJson(json.object({{"error", error}}), JsonStyle::Pretty);
}

/// Whether a list lies inside one object: "/v1/customers/{id}/payment_methods".
bool liesInside(const ApiOperation &operation)
{
    return operation.path.find('}') != std::string::npos;
}

} // namespace

struct StripeApi::Account
{
    Account(Clock &clock, StripeStore *given, std::uint64_t seed)
        : own(given ? nullptr : std::make_unique<StripeStore>()),
          store(given ? *given : *own),
          desk(clock, store, seed)
    {}

    std::unique_ptr<StripeStore> own;
    StripeStore &store;
    ApiDesk desk;
    IdempotencyMemory memory;
};

StripeApi::StripeApi(Clock &clock, StripeStore &store, std::uint64_t seed)
    : m_clock(clock), m_store(store), m_seed(seed)
{
    addCustomerRoutes(m_routes);
    addPaymentRoutes(m_routes);
    addRefundRoutes(m_routes);
    addEndpointRoutes(m_routes);
    addCatalogueRoutes(m_routes);
    addSubscriptionRoutes(m_routes);
    addInvoiceRoutes(m_routes);
    addCheckoutRoutes(m_routes);
}

StripeApi::~StripeApi() = default;

StripeApi::Account &StripeApi::accountOf(const std::string &id)
{
    auto &account = m_accounts[id];
    if (account)
        return *account;
    account = std::make_unique<Account>(m_clock, id.empty() ? &m_store : nullptr,
                                        m_seed + m_accounts.size() - 1);
    account->desk.onNews([this, id](const ObjectNews &news) {
        if (m_announce)
            m_announce(id, news);
    });
    account->desk.onTold(
        [desk = &account->desk](const ApiCall &from, std::string_view event, const Value &object) {
            billingHears(*desk, from, event, object);
        });
    account->desk.onCall([this, id](const ApiCall &from, std::string_view method,
                                    const std::string &path, const Value &params) {
        Request request{std::string(method), path, segmentsOf(path), expandOf(params),
                        ApiCatalogue::builtIn().find(method, path)};
        ApiCall inner{request.method, {},        params, from.idempotencyKey, from.account,
                      from.requestId, from.arena};
        return carryOut(accountOf(id), request, inner);
    });
    return *account;
}

ApiHost &StripeApi::host()
{
    return accountOf({}).desk;
}

StripeStore &StripeApi::storeOf(const std::string &account)
{
    return accountOf(account).store;
}

void StripeApi::reset()
{
    for (auto at = m_accounts.begin(); at != m_accounts.end();)
        at = at->first.empty() ? std::next(at) : m_accounts.erase(at);
    accountOf({}).memory.clear();
}

HttpResponse StripeApi::handle(const HttpRequest &request, std::chrono::milliseconds takes)
{
    const std::string requestId = accountOf({}).desk.newId("req_");
    HttpResponse given = answer(request, requestId, takes);
    if (given.status >= 400)
        given.body = withLogPage(given.body, requestId);
    given.headers.set("Request-Id", requestId);
    const auto version = request.header("Stripe-Version");
    given.headers.set("Stripe-Version", version.empty() ? kApiVersion : std::string(version));
    if (const auto account = request.header("Stripe-Account"); !account.empty())
        given.headers.set("Stripe-Account", std::string(account));
    return given;
}

void StripeApi::answeredInstead(const HttpRequest &request, const HttpResponse &answer)
{
    if (const std::string key(request.header("Idempotency-Key")); !key.empty())
        accountOf(accountIn(request)).memory.end(key, answer, m_clock.now());
}

HttpResponse StripeApi::answer(const HttpRequest &http, const std::string &requestId,
                               std::chrono::milliseconds takes)
{
    const std::string key = keyOf(http.header("Authorization"));
    if (key.empty())
        return answers::missingKey();
    if (!key.starts_with("sk_test_") && !key.starts_with("rk_test_"))
        return answers::badKey();
    if (const auto version = http.header("Stripe-Version");
        !version.empty() && !isVersionName(version))
        return answers::refuse(
            {.message = "Invalid Stripe API version: " + std::string(version) + '.'});
    Arena arena;
    Request request{http.method, http.path, segmentsOf(http.path), {}, nullptr};
    Value params;
    if (http.path.starts_with("/v2/")) {
        const auto body =
            parseJsonInto(arena, http.method == "POST" && !http.body.empty() ? http.body : "{}");
        const auto query = formDecode(http.query);
        if (!body || !query)
            return answers::refuse({.message = "The request is not the JSON that it should be."});
        params = http.method == "POST" ? *body : sandbox::formTree(arena, *query);
    } else {
        const auto fields = formDecode(http.method == "POST" ? http.body : http.query);
        if (!fields)
            return answers::refuse({.message = "The request is not form-encoded as it should be."});
        params = sandbox::formTree(arena, *fields);
    }
    request.expand = expandOf(params);
    request.operation = ApiCatalogue::builtIn().find(http.method, http.path);
    const std::string account = accountIn(http);
    ApiCall call{http.method, {},        params, std::string(http.header("Idempotency-Key")),
                 account,     requestId, arena};
    Account &data = accountOf(account);
    if (http.method != "POST" || call.idempotencyKey.empty())
        return carryOut(data, request, call);
    if (call.idempotencyKey.size() > kLongestKey)
        return answers::refuse({.type = "idempotency_error",
                                .message = "Idempotency keys have up to 255 characters."});
    const std::string fingerprint = http.target + '\n' + http.body;
    if (auto earlier = data.memory.before(call.idempotencyKey, fingerprint, m_clock.now())) {
        earlier->headers.set("Idempotency-Key", call.idempotencyKey);
        return *earlier;
    }
    data.memory.begin(call.idempotencyKey, fingerprint, m_clock.now());
    HttpResponse given = carryOut(data, request, call);
    given.headers.set("Idempotency-Key", call.idempotencyKey);
    given.headers.set("Request-Id", requestId);
    if (spendsKey(given))
        data.memory.end(call.idempotencyKey, given, m_clock.now() + takes);
    else
        data.memory.forget(call.idempotencyKey);
    return given;
}

HttpResponse StripeApi::carryOut(Account &account, const Request &request, ApiCall &call)
{
    if (request.operation) {
        if (auto refusal = refusedBefore(*request.operation, call.params, request.expand))
            return *refusal;
        const Value about = request.method == "POST" && !request.segments.empty()
                                ? account.store.object(request.segments.back())
                                : Value();
        if (auto refusal =
                overfilledBy(call.json(), about.get("metadata"), call.params.get("metadata")))
            return *refusal;
    }
    HttpResponse given = dispatch(account, request, call);
    if (given.status != 200)
        return blamingParam(std::move(given), request.segments, call.params);
    const auto body = parseJsonInto(call.arena, given.body);
    if (!body)
        return given;
    const Expansion expansion(
        call.arena, account.store, [&](const Value &object, std::string_view field) {
            const Value made = billingIncludes(account.desk, call, object, field);
            return made.isUndefined() ? paymentIncludes(account.desk, call, object, field) : made;
        });
    HttpResponse shown = answers::ok(expansion.shown(*body, request.expand));
    for (const auto &[name, value] : given.headers)
        shown.headers.set(name, value);
    return shown;
}

HttpResponse StripeApi::dispatch(Account &account, const Request &request, ApiCall &call)
{
    if (const auto *handler = m_routes.find(request.method, request.segments, call.ids))
        return (*handler)(account.desk, call);
    if (!request.operation)
        return answers::unknownUrl(request.method, request.path);
    switch (request.operation->verb) {
    case ApiVerb::List:
        return list(account, request, call);
    case ApiVerb::Search:
        return search(account, request, call);
    case ApiVerb::Retrieve:
        if (request.operation->hasId())
            return retrieve(account, request, call);
        break;
    default:
        break;
    }
    return answers::refuse({.status = 404,
                            .message = "Stripe has this call, its double does not: " +
                                       request.method + ' ' + request.operation->path + '.'});
}

/// Events are kept for 30 days.
bool StripeApi::isForgotten(const Value &event) const
{
    return event.get("created").toInt().value_or(0) <
           (m_clock.now() + -std::chrono::hours(24 * 30)).seconds();
}

HttpResponse StripeApi::list(Account &account, const Request &request, const ApiCall &call)
{
    const ApiOperation &operation = *request.operation;
    auto objects = account.store.list(operation.object);
    if (liesInside(operation)) {
        const std::string path = request.path.substr(0, request.path.rfind('/'));
        const ApiOperation *owner = ApiCatalogue::builtIn().find("GET", path);
        const std::string &id = request.segments.at(request.segments.size() - 2);
        if (!owner || !account.store.find(owner->object, id))
            return answers::missingObject(owner ? owner->object : std::string("object"), id);
        std::erase_if(objects, [&](const DocumentPtr &object) {
            const Value link = object->root().get(owner->object);
            return (link.isObject() ? link.get("id").text() : link.text()) != id;
        });
    }
    if (operation.object == "event")
        std::erase_if(objects, [&](const DocumentPtr &one) { return isForgotten(one->root()); });
    return listObjects(call.arena, objects, operation, request.path, call.params);
}

HttpResponse StripeApi::search(Account &account, const Request &request, const ApiCall &call)
{
    auto query = SearchQuery::parse(call.text("query"));
    if (!query)
        return answers::badParam("query", query.error().message);
    if (auto bound = query->bindTo(request.operation->object); !bound)
        return answers::badParam("query", bound.error().message);
    std::vector<Value> found;
    for (const DocumentPtr &object : account.store.list(request.operation->object)) {
        const Value &root = object->root();
        if (m_clock.now() - account.desk.madeAt(root.get("id").text()) >= m_searchDelay &&
            query->fits(root))
            found.push_back(root);
    }
    return searchPage(call.arena, found, request.path, call.params);
}

HttpResponse StripeApi::retrieve(Account &account, const Request &request, const ApiCall &call)
{
    const std::string &type = request.operation->object;
    const std::string &id = request.segments.back();
    const auto *held = account.store.find(type, id);
    if (!held || (type == "event" && isForgotten(held->object->root())))
        return answers::missingObject(type, id);
    if (request.operation->path.find('}') != request.operation->path.rfind('}')) {
        const std::string &owner = request.segments.at(request.segments.size() - 3);
        const auto &members = held->object->root().members();
        if (std::none_of(members.begin(), members.end(),
                         [&owner](const Member &member) { return member.value.text() == owner; }))
            return answers::missingObject(type, id);
    }
    if (!held->deleted)
        return answers::ok(held->object->root());
    if (type != "customer") // The only ones that are shown as gone.
        return answers::missingObject(type, id);
    return answers::ok(call.json().object({{"id", id}, {"object", type}, {"deleted", true}}));
}

} // namespace tw::stripe
