// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/ApiStep.h"

#include "core/connectors/stripe/StripeErrors.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Json.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe {
namespace {

constexpr int kMostRounds = 5;
constexpr std::size_t kMostTypes = 20;
constexpr int kMostPages = 50;
constexpr std::chrono::hours kEventsKept{30 * 24};
// Events follow their change by some seconds; a look before that would miss them.
constexpr std::chrono::seconds kEventLag{60};
constexpr std::chrono::minutes kClocksDiffer{5};
constexpr std::size_t kEvidenceBytes = 4096;

std::string keyOfRound(const StepCall &call, int round)
{
    return round == 0 ? call.idempotencyKey : call.idempotencyKey + '-' + std::to_string(round);
}

bool isReplayed(const HttpAnswer &answer)
{
    return answer.headers.value("Idempotent-Replayed") == "true";
}

/// Whether the answer is only what Stripe remembers of the key, and may be asked for anew.
bool isOldNews(const StepCall &call, const HttpAnswer &answer, const Error &error)
{
    if (isReplayed(answer) && answer.status >= 500)
        return true;
    const bool byPerson = call.origin != 0 && call.origin != call.run;
    return byPerson && answer.status < 500 &&
           (isReplayed(answer) || error.code == "stripe.idempotency_error");
}

} // namespace

struct ApiStep::Search
{
    std::string key;
    std::string object;
    StripeCall request;
    FormFields fields; ///< Without the cursor.
    int pages = 0;
    std::string id; ///< Of the newest event that names the key and is about the object.
    Found done;
};

ApiStep::ApiStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
                 CataloguePtr catalogue)
    : expand(context.settings.list("expand")),
      m_clock(context.services.clock),
      m_connection(std::move(connection)),
      m_catalogue(std::move(catalogue))
{}

void ApiStep::get(StripeCall request, std::function<void(Result<DocumentPtr>)> done)
{
    request.method = "GET";
    m_connection->send(request, this,
                       [this, request, done = std::move(done)](Result<HttpAnswer> answer) {
                           done(read(request, std::move(answer)));
                       });
}

void ApiStep::post(const StepCall &call, StripeCall request, const std::string &object,
                   std::function<void(Result<DocumentPtr>, const std::string &)> done, int round)
{
    request.method = "POST";
    request.idempotencyKey = keyOfRound(call, round);
    m_connection->send(
        request, this,
        [this, call, request, object, done = std::move(done), round](Result<HttpAnswer> answer) {
            if (!answer)
                return done(std::move(answer).error(), {});
            const std::string note = callNote({}, *answer, request.idempotencyKey);
            const HttpAnswer said = *answer;
            auto result = read(request, std::move(answer));
            const bool mayLook = !object.empty() && round + 1 < kMostRounds;
            if (result || !mayLook || !isOldNews(call, said, result.error()))
                return done(std::move(result), note);
            const auto since = m_clock.now() - call.runStarted;
            if (since < kEventLag && said.status >= 500) {
                Error wait = std::move(result).error();
                wait.retryAfter =
                    std::chrono::duration_cast<std::chrono::milliseconds>(kEventLag - since);
                return done(std::move(wait), note);
            }
            findByKey(
                call, request.idempotencyKey, object,
                [this, call, request, object, done, round](Result<std::optional<std::string>> id) {
                    if (!id)
                        return done(std::move(id).error(), {});
                    if (!*id)
                        return post(call, request, object, done, round + 1);
                    fetch(object, **id,
                          [done, key = request.idempotencyKey](Result<DocumentPtr> now) {
                              done(std::move(now), "done by an earlier call, key " + key);
                          });
                });
        });
}

Result<DocumentPtr> ApiStep::read(const StripeCall &request, Result<HttpAnswer> answer) const
{
    if (!answer) {
        Error error = std::move(answer).error();
        if (error.outcomeUnknown)
            error.kind = ErrorKind::Transient;
        return error;
    }
    if (answer->status < 200 || answer->status > 299)
        return toError(*answer, m_clock.now());
    auto parsed = parseJson(answer->body);
    if (parsed && parsed->root().isObject())
        return share(std::move(*parsed));
    Error error = transientError("stripe.bad_answer",
                                 "The answer to " + request.method + ' ' + request.path +
                                     " is no object. Something between here and Stripe answers in "
                                     "its place; look at the connection's address.");
    error.outcomeUnknown = request.method != "GET";
    error.evidence = answer->body.substr(0, kEvidenceBytes);
    return error;
}

void ApiStep::findByKey(const StepCall &call, const std::string &key, const std::string &object,
                        Found done)
{
    if (m_clock.now() - call.runStarted > kEventsKept)
        return done(
            rejectedError("stripe.too_old_to_tell",
                          "Stripe lists events for 30 days, and this run began before. Look in "
                          "the Dashboard whether the " +
                              objectTitle(object) + " is there, then send it again or leave it."));
    auto search = std::make_shared<Search>();
    search->key = key;
    search->object = object;
    search->done = std::move(done);
    search->request.path = "/v1/events";
    search->request.endpoint = "events";
    search->request.turn = StripeCall::Turn::Further;
    const Instant from = call.runStarted + -kClocksDiffer;
    search->fields = {{"limit", "100"}, {"created[gte]", std::to_string(from.seconds())}};
    std::vector<std::string_view> types;
    for (const EventType &type : eventTypes()) {
        if (!type.thin && type.object == object)
            types.push_back(type.name);
    }
    if (types.size() <= kMostTypes) {
        for (std::size_t at = 0; at < types.size(); ++at)
            search->fields.emplace_back("types[" + std::to_string(at) + ']', types[at]);
    }
    nextPage(std::move(search));
}

void ApiStep::nextPage(std::shared_ptr<Search> search)
{
    search->request.fields = search->fields;
    get(search->request, [this, search](Result<DocumentPtr> page) {
        if (!page)
            return search->done(std::move(page).error());
        const Value data = (*page)->root().get("data");
        for (const Value &event : data.items()) {
            const Value about = event.find("data.object");
            if (event.find("request.idempotency_key").text() == search->key &&
                about.get("object").text() == search->object)
                search->id = about.get("id").text();
        }
        const Value more = (*page)->root().get("has_more");
        const bool goesOn = more.isBool() && more.asBool() && data.size() > 0;
        if (!search->id.empty() || !goesOn)
            return search->done(search->id.empty() ? std::nullopt : std::optional(search->id));
        if (++search->pages == kMostPages)
            return search->done(
                rejectedError("stripe.too_many_to_tell",
                              "Too many events came since this run began to find out "
                              "whether it was sent. Look in the Dashboard, then send it "
                              "again or leave it."));
        std::erase_if(search->fields,
                      [](const auto &field) { return field.first == "starting_after"; });
        search->fields.emplace_back("starting_after",
                                    std::string(data.at(data.size() - 1).get("id").text()));
        nextPage(search);
    });
}

void ApiStep::fetch(const std::string &object, const std::string &id,
                    std::function<void(Result<DocumentPtr>)> done, StripeCall::Turn turn)
{
    const ApiOperation *retrieve = m_catalogue->find(object, ApiVerb::Retrieve);
    if (!retrieve)
        return done(rejectedError("stripe.not_retrievable",
                                  "A " + objectTitle(object) + " cannot be asked for by its id."));
    StripeCall request;
    request.path = pathWithId(retrieve->path, id);
    request.endpoint = endpointOf(retrieve->path);
    request.turn = turn;
    addExpand(request.fields, expand);
    get(std::move(request), std::move(done));
}

std::string callNote(const std::string &what, const HttpAnswer &answer, const std::string &key)
{
    std::string note = what;
    const auto add = [&note](const std::string &text) {
        note += (note.empty() ? "" : ", ") + text;
    };
    if (const auto request = answer.headers.value("Request-Id"); !request.empty())
        add("request " + std::string(request));
    if (!key.empty())
        add("key " + key);
    if (isReplayed(answer))
        add("an answer that Stripe gave before");
    return note;
}

std::string endpointOf(const std::string &path)
{
    if (path.ends_with("/search"))
        return "search";
    std::string rest = path.substr(path.find('/', 1) + 1); // Behind "/v1/".
    if (rest.starts_with("test_helpers/") || rest.starts_with("checkout/"))
        return rest.substr(0, rest.find('/', rest.find('/') + 1));
    return rest.substr(0, rest.find('/'));
}

std::string pathWithId(const std::string &path, const std::string &id)
{
    const auto open = path.rfind('{');
    if (open == std::string::npos)
        return path;
    return path.substr(0, open) + encodePathSegment(id) + path.substr(path.find('}', open) + 1);
}

void addExpand(FormFields &fields, const std::vector<std::string> &expand)
{
    for (std::size_t at = 0; at < expand.size(); ++at)
        fields.emplace_back("expand[" + std::to_string(at) + ']', expand[at]);
}

Result<std::shared_ptr<StripeConnection>> stripeConnectionOf(const NodeContext &context)
{
    auto connection = std::dynamic_pointer_cast<StripeConnection>(context.connection);
    if (!connection)
        return configError("stripe.no_connection",
                           "Choose a Stripe connection for the step \"" + context.step + "\".");
    if (connection->apiKey().isEmpty())
        return configError("stripe.no_key", "The connection \"" + connection->name() +
                                                "\" has no key, so nothing can be sent. Put a "
                                                "restricted key into its \"api_key\".");
    return connection;
}

} // namespace tw::stripe
