// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/HttpRequestStep.h"

#include "core/connectors/http/ServiceConnection.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"

#include <algorithm>

namespace tw::http {
namespace {

std::vector<Param> requestParams()
{
    return {
        choice("method", "Method")
            .help("What the call does: GET reads, POST adds, PUT and PATCH change, DELETE removes.")
            .oneOf({{"GET", "GET", "", ""},
                    {"POST", "POST", "", ""},
                    {"PUT", "PUT", "", ""},
                    {"PATCH", "PATCH", "", ""},
                    {"DELETE", "DELETE", "", ""},
                    {"HEAD", "HEAD", "", ""}})
            .fallback("POST"),
        text("path", "Path")
            .help("Follows the address of the connection. Values of the message stand in braces.")
            .example("/orders/{order_id}"),
        mapping("query", "Query")
            .help("Parameters behind the question mark. Missing ones are left out; a list repeats "
                  "its parameter.")
            .example("{status: '\"open\"'}"),
        mapping("headers", "Headers").help("Further header fields.").advanced(),
        choice("body", "Body")
            .help("What is sent along; never with GET and HEAD.")
            .oneOf({{"message", "The message as JSON", "", ""},
                    {"expression", "An expression as JSON", "", ""},
                    {"form", "An expression as form fields", "", ""},
                    {"none", "Nothing", "", ""}})
            .fallback("message"),
        expression("content", "Content")
            .help("Gives the body when that is an expression; of form fields, an object."),
        text("also_fine", "Also fine")
            .help("Answers outside 200 to 299 that are no failure, separated by commas: 404.")
            .matches("^[1-5][0-9][0-9]( *, *[1-5][0-9][0-9])*$", "status codes such as 404, 409")
            .advanced(),
        boolean("idempotency_key", "Send an Idempotency-Key")
            .help("The same key for each repeat of the same call, so that a service that knows the "
                  "header acts once.")
            .fallback("true")
            .advanced(),
        duration("timeout", "Longest wait").fallback("60s").advanced(),
    };
}

Shape resultShape()
{
    const auto named = [](const char *name, Shape::Type type, bool required) {
        Shape shape;
        shape.type = type;
        return Shape::Field{name, shape, required, true};
    };
    Shape shape;
    shape.type = Shape::Type::Group;
    shape.fields = {named("status", Shape::Type::Integer, true),
                    named("headers", Shape::Type::Any, true),
                    named("body", Shape::Type::Any, false)};
    return shape;
}

Error notAnObject(const char *what)
{
    return rejectedError("http.bad_content",
                         std::string("The ") + what + " must be an object with a value per name.");
}

Result<CompiledMapping> compileFields(const Settings &settings, const char *id)
{
    auto fields = settings.has(id) ? Mapping::fromSettings(settings.value(id)) : Mapping{};
    if (!fields)
        return std::move(fields).error().at(id);
    auto compiled = CompiledMapping::compile(std::move(*fields));
    if (!compiled)
        return compiled.error().toError().at(id);
    return std::move(*compiled);
}

std::vector<int> statusList(const std::string &text)
{
    std::vector<int> list;
    for (std::size_t at = text.find_first_of("12345"); at < text.size();
         at = text.find_first_of("12345", at + 3))
        list.push_back(std::stoi(text.substr(at, 3)));
    return list;
}

/// Lists repeat their name; values that are missing or null are left out.
void appendFields(FormFields &fields, const std::string &name, const Value &value)
{
    if (value.isArray()) {
        for (const Value &item : value.items())
            appendFields(fields, name, item);
    } else if (!value.isUndefined() && !value.isNull()) {
        fields.emplace_back(name, plainText(value));
    }
}

FormFields formFields(const Value &object)
{
    FormFields fields;
    for (const Member &member : object.members())
        appendFields(fields, std::string(member.key.text()), member.value);
    return fields;
}

/// RFC 9110 section 9.2.2: PUT and DELETE have the same effect when they are repeated.
Repeat repeatOf(const Settings &settings)
{
    const std::string method = settings.text("method");
    const bool reads = method == "GET" || method == "HEAD";
    if (reads || settings.flag("idempotency_key"))
        return Repeat::SafeByKey;
    return method == "PUT" || method == "DELETE" ? Repeat::SafeByState : Repeat::Unsafe;
}

/// A gateway or a crash behind it: what became of the call is not known.
bool saysNothing(int status)
{
    return status == 500 || status == 502 || status == 504;
}

bool isJson(const HttpAnswer &answer)
{
    return answer.headers.value("Content-Type").find("json") != std::string_view::npos;
}

DocumentPtr resultOf(const HttpAnswer &answer)
{
    Document document;
    Arena &arena = document.arena();
    ObjectBuilder result(arena);
    result.set("status", Value::integer(answer.status));
    ObjectBuilder headers(arena);
    for (const auto &[name, value] : answer.headers) {
        std::string key(name);
        std::transform(key.begin(), key.end(), key.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        headers.set(Value::string(arena, key).text(), Value::string(arena, value));
    }
    result.set("headers", headers.finish());
    const auto parsed = isJson(answer) ? parseJson(answer.body) : Result<Document>(Error{});
    if (parsed)
        result.set("body", copyInto(arena, parsed->root()));
    else if (!answer.body.empty())
        result.set("body", Value::string(arena, answer.body));
    document.setRoot(result.finish());
    return share(std::move(document));
}

} // namespace

NodeDescriptor HttpRequestStep::descriptor()
{
    NodeDescriptor node;
    node.kind = NodeKind::Action;
    node.type = "http.request";
    node.title = "HTTP request";
    node.label = "Web service";
    node.group = "Act";
    node.icon = "globe2";
    node.help = "Calls a web API for each message and passes its answer on: status, headers and "
                "body. What the service refuses takes the failure exit; what is only busy or down "
                "is tried again.";
    node.connection = "http";
    node.params = requestParams();
    node.effect = true;
    node.repeatWith = repeatOf;
    node.repeatWith = [](const Settings &settings) {
        const std::string method = settings.text("method");
        if (settings.flag("idempotency_key") || method == "GET" || method == "HEAD")
            return Repeat::SafeByKey;
        return method == "PUT" || method == "DELETE" ? Repeat::SafeByState : Repeat::Unsafe;
    };
    node.summary = [](const Settings &settings) {
        return settings.text("method") + ' ' + settings.text("path");
    };
    node.output = resultShape();
    node.errorCodes = {"http.empty_path_value", "http.bad_content", "http.status_404",
                       "http.status_429", "net.timeout", "net.connect", "net.address_refused"};
    node.createStep = &HttpRequestStep::create;
    return node;
}

Result<std::unique_ptr<Step>> HttpRequestStep::create(NodeContext context)
{
    auto connection = std::dynamic_pointer_cast<ServiceConnection>(context.connection);
    if (!connection)
        return configError("http.no_connection", "Choose a web service connection for the step \""
                                                     + context.step + "\".");
    auto path = PathTemplate::compile(context.settings.text("path"), "http");
    if (!path)
        return std::move(path).error();
    auto query = compileFields(context.settings, "query");
    if (!query)
        return std::move(query).error();
    auto headers = compileFields(context.settings, "headers");
    if (!headers)
        return std::move(headers).error();
    Parts parts{std::move(*path), std::move(*query), std::move(*headers), {}};
    const std::string body = context.settings.text("body");
    if (body == "expression" || body == "form") {
        auto content = compileSetting(context.settings.text("content"), "content");
        if (!content)
            return std::move(content).error();
        parts.body = std::move(*content);
    }
    return std::unique_ptr<Step>(
        new HttpRequestStep(context, std::move(connection), std::move(parts)));
}

HttpRequestStep::HttpRequestStep(const NodeContext &context,
                                 std::shared_ptr<ServiceConnection> connection, Parts parts)
    : m_clock(context.services.clock), m_connection(std::move(connection)),
      m_parts(std::move(parts)), m_method(context.settings.text("method")),
      m_alsoFine(statusList(context.settings.text("also_fine"))),
      m_timeout(context.settings.duration("timeout")),
      m_sendKey(context.settings.flag("idempotency_key"))
{
    const std::string body = context.settings.text("body");
    m_body = isRead() || body == "none" ? Body::None
        : body == "form"                ? Body::Form
        : body == "expression"          ? Body::Expression
                                        : Body::Message;
}

Result<void> HttpRequestStep::addQuery(const StepCall &call, std::string &url) const
{
    auto fields = m_parts.query.run(call.input->root(), environmentOf(call));
    if (!fields)
        return std::move(fields).error().at("query");
    if (const FormFields list = formFields((*fields)->root()); !list.empty())
        url += '?' + formEncode(list);
    return {};
}

Result<void> HttpRequestStep::addHeaders(const StepCall &call, HttpHeaders &headers) const
{
    auto fields = m_parts.headers.run(call.input->root(), environmentOf(call));
    if (!fields)
        return std::move(fields).error().at("headers");
    for (auto &[name, value] : formFields((*fields)->root())) {
        // Data may not break out of its line; the client would call that a mistake of the flow.
        if (!isHttpFieldValue(value))
            return rejectedError("http.bad_header_value",
                                 "The value for the header " + name
                                     + " has a line break or another control character.");
        headers.set(name, std::move(value));
    }
    return {};
}

Result<std::string> HttpRequestStep::bodyOf(const StepCall &call) const
{
    if (m_body == Body::None)
        return std::string();
    if (m_body == Body::Message)
        return toJson(call.input->root());
    Arena arena;
    auto value = evaluate(*m_parts.body, arena, call);
    if (!value)
        return std::move(value).error().at("content");
    if (m_body == Body::Expression) {
        if (auto finite = checkFinite(*value); !finite)
            return std::move(finite).error();
        return value->isUndefined() ? std::string() : toJson(*value);
    }
    if (!value->isObject())
        return notAnObject("form");
    return formEncode(formFields(*value));
}

void HttpRequestStep::process(const StepCall &call, StepReply reply)
{
    HttpCall request;
    request.method = m_method;
    request.timeout = m_timeout;
    auto path = m_parts.path.fill(call);
    if (!path)
        return reply.fail(std::move(path).error());
    request.url = m_connection->baseUrl() + *path;
    if (auto added = addQuery(call, request.url); !added)
        return reply.fail(std::move(added).error());
    request.headers.set("Accept", "application/json, */*;q=0.5");
    if (auto added = addHeaders(call, request.headers); !added)
        return reply.fail(std::move(added).error());
    auto body = bodyOf(call);
    if (!body)
        return reply.fail(std::move(body).error());
    request.body = std::move(*body);
    if (!request.body.empty() && !request.headers.contains("Content-Type"))
        request.headers.set("Content-Type", m_body == Body::Form
                                                ? "application/x-www-form-urlencoded"
                                                : "application/json");
    request.repeatable = m_sendKey && !isRead();
    if (request.repeatable)
        request.headers.set("Idempotency-Key", call.idempotencyKey);
    auto held = std::make_shared<StepReply>(std::move(reply));
    m_connection->send(std::move(request), this, [this, held](Result<HttpAnswer> answer) {
        if (!answer)
            return held->fail(std::move(answer).error());
        answered(*held, *answer);
    });
}

bool HttpRequestStep::isSuccess(int status) const
{
    return (status >= 200 && status < 300)
        || std::find(m_alsoFine.begin(), m_alsoFine.end(), status) != m_alsoFine.end();
}

void HttpRequestStep::answered(StepReply &reply, const HttpAnswer &answer) const
{
    if (!isSuccess(answer.status)) {
        Error error = toError(answer, m_connection->baseUrl(), m_clock.now());
        error.outcomeUnknown = saysNothing(answer.status) && !isRead() && !m_sendKey;
        return reply.fail(std::move(error));
    }
    reply.emit("out", resultOf(answer), "answered " + std::to_string(answer.status));
}

} // namespace tw::http
