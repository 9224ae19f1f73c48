// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceApi.h"

#include "core/data/Json.h"
#include "core/base/Encoding.h"
#include "core/sandbox/JsonMaker.h"

#include <algorithm>
#include <charconv>

namespace tw::salesforce {

namespace {

constexpr int kOldestVersion = 31;
constexpr int kNewestVersion = 67;
constexpr int kUpsertAnswersSince = 46; ///< Before: 204 without a body for a changed record.
constexpr std::size_t kPage = 2000;
constexpr std::size_t kCursorsKept = 20;

int numberOf(const std::string &version)
{
    int number = 0;
    const auto *end = version.data() + version.size();
    if (version.size() < 4 || version.front() != 'v')
        return 0;
    const auto [stop, problem] = std::from_chars(version.data() + 1, end, number);
    if (problem != std::errc() ||
        std::string_view(stop, static_cast<std::size_t>(end - stop)) != ".0")
        return 0;
    return number >= kOldestVersion && number <= kNewestVersion ? number : 0;
}

std::string parameter(const HttpRequest &request, std::string_view name)
{
    const auto fields = formDecode(request.query);
    if (!fields)
        return {};
    const auto found = std::find_if(fields->begin(), fields->end(),
                                    [&](const auto &field) { return field.first == name; });
    return found == fields->end() ? std::string() : found->second;
}

Refusal methodNotAllowed(const HttpRequest &request)
{
    return {"METHOD_NOT_ALLOWED", "HTTP Method '" + request.method + "' not allowed.", {}};
}

HttpResponse saved(int status, const std::string &id, std::optional<bool> created)
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    Value body = json.object({{"id", id}, {"success", true}, {"errors", json.array({})}});
    if (created)
        body = json.with(body, {{"created", *created}});
    return jsonResponse(status, toJson(body));
}

/// The body of a write: a JSON object, or the refusal.
std::variant<Value, Refusal> recordOf(Arena &arena, const HttpRequest &request)
{
    auto parsed = parseJsonInto(arena, request.body.empty() ? "{}" : request.body);
    if (!parsed)
        return Refusal{"JSON_PARSER_ERROR", "Unexpected character: " + parsed.error().message, {}};
    if (!parsed->isObject())
        return Refusal{"JSON_PARSER_ERROR", "The HTTP entity body must be an object.", {}};
    return *parsed;
}

} // namespace

HttpResponse refuse(int status, const Refusal &refusal)
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder fields(arena);
    for (const auto &field : refusal.fields)
        fields.add(json.text(field));
    return jsonResponse(status, toJson(json.array({json.object({{"message", refusal.message},
                                                                {"errorCode", refusal.code},
                                                                {"fields", fields.finish()}})})));
}

HttpResponse notFound()
{
    return refuse(404, {"NOT_FOUND", "The requested resource does not exist", {}});
}

SalesforceApi::SalesforceApi(const DescribeSet &describes, RecordStore &store)
    : m_describes(describes), m_store(store), m_rules(describes, &store)
{}

void SalesforceApi::setDay(int used, int limit)
{
    m_calls = used;
    m_dayLimit = limit;
}

HttpResponse SalesforceApi::versions()
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder list(arena);
    for (int number = kOldestVersion; number <= kNewestVersion; ++number) {
        const std::string version = std::to_string(number) + ".0";
        list.add(json.object({{"label", "Release " + version},
                              {"url", "/services/data/v" + version},
                              {"version", version}}));
    }
    return jsonResponse(200, toJson(list.finish()));
}

HttpResponse SalesforceApi::handle(const HttpRequest &request,
                                   const std::vector<std::string> &segments)
{
    const bool usedUp = m_calls >= m_dayLimit;
    m_calls += !usedUp;
    const Call call{request,
                    segments.front(),
                    numberOf(segments.front()),
                    {segments.begin() + 1, segments.end()}};
    HttpResponse answer = usedUp ? refuse(403, {"REQUEST_LIMIT_EXCEEDED",
                                                "TotalRequests Limit exceeded.", {}})
        : call.versionNumber == 0 ? notFound()
                                  : route(call);
    addLimitInfo(answer);
    return answer;
}

void SalesforceApi::addLimitInfo(HttpResponse &answer) const
{
    answer.headers.set("Sforce-Limit-Info",
                       "api-usage=" + std::to_string(m_calls) + '/' + std::to_string(m_dayLimit));
}

HttpResponse SalesforceApi::route(const Call &call)
{
    const auto &path = call.path;
    const bool isGet = call.request.method == "GET";
    if (path.empty() || path[0].empty())
        return jsonResponse(200,
                            R"({"sobjects":"/services/data/)" + call.version + R"(/sobjects"})");
    if (path[0] == "limits" && path.size() == 1 && isGet)
        return limits();
    if (path[0] == "query" && path.size() <= 2 && isGet)
        return query(call);
    if (path[0] == "composite" && path.size() == 4 && path[1] == "sobjects")
        return upsertMany(call);
    if (path[0] != "sobjects")
        return notFound();
    if (path.size() == 1)
        return isGet ? globalDescribe() : refuse(405, methodNotAllowed(call.request));
    const auto *object = m_describes.object(path[1]);
    return object ? sobjects(call, *object) : notFound();
}

HttpResponse SalesforceApi::sobjects(const Call &call, const Describe &object)
{
    const auto &path = call.path;
    if (path.size() == 2)
        return call.request.method == "POST" ? create(call, object)
                                             : refuse(405, methodNotAllowed(call.request));
    if (path.size() == 3 && path[2] == "describe") {
        if (call.request.method != "GET")
            return refuse(405, methodNotAllowed(call.request));
        return jsonResponse(200, toJson(object.answer()));
    }
    if (path.size() == 3)
        return oneById(call, object, path[2]);
    return path.size() == 4 ? oneByKey(call, object) : notFound();
}

HttpResponse SalesforceApi::create(const Call &call, const Describe &object)
{
    Arena arena;
    const auto body = recordOf(arena, call.request);
    if (const auto *refusal = std::get_if<Refusal>(&body))
        return refuse(400, *refusal);
    const auto checked = m_rules.check(arena, object, std::get<Value>(body), nullptr);
    if (const auto *refusal = std::get_if<Refusal>(&checked))
        return refuse(400, *refusal);
    return saved(201, m_store.create(object, std::get<Value>(checked)).id, std::nullopt);
}

HttpResponse SalesforceApi::oneById(const Call &call, const Describe &object, const std::string &id)
{
    const auto *record = m_store.byId(id);
    if (!record || record->object != object.name())
        return refuse(404, {"NOT_FOUND",
                            "Provided external ID field does not exist or is not "
                            "accessible: " +
                                id,
                            {}});
    if (call.request.method == "GET" || call.request.method == "HEAD")
        return read(call, object, *record);
    if (call.request.method == "DELETE") {
        m_store.remove(record->id);
        return {204, {}, {}, false, std::nullopt};
    }
    if (call.request.method != "PATCH")
        return refuse(405, methodNotAllowed(call.request));
    Arena arena;
    const auto body = recordOf(arena, call.request);
    if (const auto *refusal = std::get_if<Refusal>(&body))
        return refuse(400, *refusal);
    const auto checked = m_rules.check(arena, object, std::get<Value>(body), record);
    if (const auto *refusal = std::get_if<Refusal>(&checked))
        return refuse(400, *refusal);
    m_store.update(record->id, std::get<Value>(checked));
    return {204, {}, {}, false, std::nullopt};
}

HttpResponse SalesforceApi::oneByKey(const Call &call, const Describe &object)
{
    const auto *key = object.field(call.path[2]);
    if (!key || !key->externalId)
        return refuse(404, {"NOT_FOUND",
                            "Provided external ID field does not exist or is not "
                            "accessible: " +
                                call.path[2],
                            {}});
    if (call.path[3].empty())
        return notFound();
    const auto matches = m_store.byField(object, *key, call.path[3]);
    if (matches.size() > 1) {
        Arena arena;
        ArrayBuilder urls(arena);
        for (const auto *match : matches)
            urls.add(Value::string(arena, "/services/data/" + call.version + "/sobjects/" +
                                              object.name() + '/' + match->id));
        return jsonResponse(300, toJson(urls.finish()));
    }
    if (call.request.method == "PATCH")
        return upsert(call, object, *key, matches);
    if (matches.empty())
        return notFound();
    if (call.request.method == "GET" || call.request.method == "HEAD")
        return read(call, object, *matches.front());
    if (call.request.method != "DELETE")
        return refuse(405, methodNotAllowed(call.request));
    m_store.remove(matches.front()->id);
    return {204, {}, {}, false, std::nullopt};
}

HttpResponse SalesforceApi::upsert(const Call &call, const Describe &object, const FieldInfo &key,
                                   const std::vector<const Record *> &matches)
{
    Arena arena;
    const auto body = recordOf(arena, call.request);
    if (const auto *refusal = std::get_if<Refusal>(&body))
        return refuse(400, *refusal);
    Value record = std::get<Value>(body);
    for (const auto &member : record.members()) {
        if (lowerCase(member.key.text()) == lowerCase(key.name))
            return refuse(
                400, {"INVALID_FIELD",
                      "The " + key.name + " field should not be specified in the sobject data.",
                      {}});
    }
    const auto *existing = matches.empty() ? nullptr : matches.front();
    if (!existing && parameter(call.request, "updateOnly") == "true")
        return notFound();
    if (!existing)
        record = sandbox::JsonMaker(arena).with(record, {{key.name, call.path[3]}});
    const auto checked = m_rules.check(arena, object, record, existing);
    if (const auto *refusal = std::get_if<Refusal>(&checked))
        return refuse(400, *refusal);
    if (!existing)
        return saved(201, m_store.create(object, std::get<Value>(checked)).id, true);
    const std::string id = m_store.update(existing->id, std::get<Value>(checked)).id;
    if (call.versionNumber < kUpsertAnswersSince)
        return {204, {}, {}, false, std::nullopt};
    return saved(200, id, false);
}

HttpResponse SalesforceApi::read(const Call &call, const Describe &object,
                                 const Record &record) const
{
    Arena arena;
    const Value full = fullRecord(arena, object, record, call.version);
    const std::string wanted = parameter(call.request, "fields");
    if (wanted.empty())
        return jsonResponse(200, toJson(full));
    ObjectBuilder builder(arena);
    builder.set("attributes", full.get("attributes"));
    builder.set("Id", full.get("Id"));
    std::string_view rest(wanted);
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        const auto name = rest.substr(0, comma);
        rest = rest.substr(std::min(comma + 1, rest.size()));
        const auto *field = object.field(name);
        if (!field)
            return refuse(400, {"INVALID_FIELD",
                                "No such column '" + std::string(name) + "' on sobject of type " +
                                    object.name(),
                                {}});
        builder.set(field->name, full.get(field->name));
    }
    return jsonResponse(200, toJson(builder.finish()));
}

HttpResponse SalesforceApi::query(const Call &call)
{
    if (call.path.size() == 2) {
        const auto found = m_cursors.find(call.path[1]);
        if (found == m_cursors.end())
            return refuse(400, {"INVALID_QUERY_LOCATOR", "invalid query locator", {}});
        Cursor cursor = std::move(found->second);
        m_cursors.erase(found);
        return page(call, std::move(cursor));
    }
    const auto parsed = parseSoql(parameter(call.request, "q"));
    if (const auto *refusal = std::get_if<Refusal>(&parsed))
        return refuse(400, *refusal);
    auto result = runQuery(std::get<Soql>(parsed), m_describes, m_store);
    if (const auto *refusal = std::get_if<Refusal>(&result))
        return refuse(400, *refusal);
    return page(call, {std::move(std::get<QueryResult>(result)), 0});
}

HttpResponse SalesforceApi::page(const Call &call, Cursor cursor)
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder records(arena);
    const std::size_t total = cursor.result.records.size();
    const std::size_t end = cursor.result.countOnly ? total : std::min(total, cursor.at + kPage);
    for (; !cursor.result.countOnly && cursor.at < end; ++cursor.at)
        records.add(
            queriedRecord(arena, cursor.result, *cursor.result.records[cursor.at], call.version));
    Value body = json.object({{"totalSize", total}, {"done", end == total}});
    if (end < total) {
        if (m_cursors.size() >= kCursorsKept)
            m_cursors.erase(m_cursors.begin());
        const std::string next =
            "01g5g00000Tw" + std::to_string(1000 + ++m_nextCursor) + "AAA-" + std::to_string(end);
        m_cursors.insert_or_assign(next, std::move(cursor));
        body = json.with(body,
                         {{"nextRecordsUrl", "/services/data/" + call.version + "/query/" + next}});
    }
    return jsonResponse(200, toJson(json.with(body, {{"records", records.finish()}})));
}

HttpResponse SalesforceApi::globalDescribe() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    ArrayBuilder objects(arena);
    for (const auto *object : m_describes.all()) {
        const Value &full = object->answer();
        objects.add(json.object({{"name", object->name()},
                                 {"label", full.get("label")},
                                 {"labelPlural", full.get("labelPlural")},
                                 {"keyPrefix", object->keyPrefix()},
                                 {"custom", full.get("custom")},
                                 {"createable", full.get("createable")},
                                 {"updateable", full.get("updateable")},
                                 {"queryable", full.get("queryable")},
                                 {"urls", full.get("urls")}}));
    }
    return jsonResponse(
        200, toJson(json.object(
                 {{"encoding", "UTF-8"}, {"maxBatchSize", 200}, {"sobjects", objects.finish()}})));
}

HttpResponse SalesforceApi::limits() const
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    const Value calls =
        json.object({{"Max", m_dayLimit}, {"Remaining", std::max(0, m_dayLimit - m_calls)}});
    return jsonResponse(200, toJson(json.object({{"DailyApiRequests", calls}})));
}

} // namespace tw::salesforce
