// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/SchemaReader.h"

#include <algorithm>
#include <tuple>

namespace tw::stripe {
namespace {

using Kind = ApiField::Kind;

constexpr std::size_t kMostOperations = 5000;

Value answerSchema(const Value &operation)
{
    return operation.find("responses.200.content").get("application/json").get("schema");
}

/// "customer" of an answer that is a customer, a list of them or the notice that one was deleted.
std::string objectOf(const SchemaReader &reader, const Value &schema, int depth = 0)
{
    if (depth > 3)
        return {};
    if (const Value reference = schema.get("$ref"); reference.isString()) {
        std::string name = lastOf(reference.text());
        return name.starts_with("deleted_") ? name.substr(8) : name;
    }
    const Value items = schema.find("properties.data.items");
    if (items.isObject())
        return objectOf(reader, items, depth + 1);
    for (const Value &way : schema.get("anyOf").items()) {
        if (std::string name = objectOf(reader, way, depth + 1); !name.empty())
            return name;
    }
    return {};
}

std::string_view lastSegment(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

bool lists(const Value &operation)
{
    return answerSchema(operation).find("properties.data").isObject();
}

Error notASpec(const char *why)
{
    return rejectedError("stripe.not_a_spec",
                         std::string("This is no description of Stripe's API (spec3.json): ") +
                             why);
}

/// Reads the calls of one path at a time.
class OperationReader
{
public:
    OperationReader(SchemaReader &reader, const Value &paths) : m_reader(reader), m_paths(paths) {}

    ApiOperation read(const std::string &path, std::string_view method, const Value &call)
    {
        ApiOperation operation;
        operation.path = path;
        operation.method = method;
        std::transform(method.begin(), method.end(), operation.method.begin(),
                       [](char letter) { return static_cast<char>(letter - 'a' + 'A'); });
        operation.object = objectOf(m_reader, answerSchema(call));
        takeVerb(operation, call);
        takeParams(operation, call);
        return operation;
    }

private:
    Value at(std::string_view path, std::string_view method) const
    {
        return m_paths.get(path).get(method);
    }

    void takeVerb(ApiOperation &operation, const Value &call)
    {
        const std::string_view path = operation.path;
        const std::string_view parent = path.substr(0, path.rfind('/'));
        const bool isOwn = path.ends_with('}');
        if (operation.method == "DELETE") {
            operation.verb = ApiVerb::Delete;
        } else if (operation.method == "GET") {
            // A word beside the ids of a collection is no id: /v1/credit_notes/preview.
            operation.verb = lastSegment(path) == "search" ? ApiVerb::Search
                             : isOwn                       ? ApiVerb::Retrieve
                             : lists(call)                 ? ApiVerb::List
                             : lists(at(parent, "get")) || operation.object.empty()
                                 ? ApiVerb::Action
                                 : ApiVerb::Retrieve;
        } else if (const Value same = at(path, "get"); isOwn || same.isObject()) {
            // What is no collection is there once: /v1/customers/{id}/cash_balance.
            operation.verb = !isOwn && lists(same) ? ApiVerb::Create : ApiVerb::Update;
        } else {
            const bool isWord = parent.ends_with('}') || at(parent, "post").isObject();
            operation.verb = isWord ? ApiVerb::Action : ApiVerb::Create;
        }
        if (operation.verb == ApiVerb::Action) {
            operation.action = lastSegment(path);
            takeOwner(operation, parent);
        } else if (operation.object.empty()) {
            operation.object = objectOf(m_reader, answerSchema(at(path, "get")));
        }
    }

    void takeOwner(ApiOperation &operation, std::string_view parent)
    {
        for (const std::string_view method : {"get", "post"}) {
            std::string owner = objectOf(m_reader, answerSchema(at(parent, method)));
            if (owner.empty())
                continue;
            operation.object = std::move(owner);
            return;
        }
    }

    void takeParams(ApiOperation &operation, const Value &call)
    {
        const auto take = [&operation](ApiField field) {
            // Of a DELETE some stand in the query and in the form.
            const auto &known = operation.params;
            const bool isKnown =
                std::any_of(known.begin(), known.end(),
                            [&field](const ApiField &other) { return other.name == field.name; });
            if (field.name != "expand" && !field.name.empty() && !isKnown)
                operation.params.push_back(std::move(field));
        };
        for (const Value &parameter : call.get("parameters").items()) {
            if (parameter.get("in").text() != "query" || m_reader.isTooMuch())
                continue;
            ApiField field =
                m_reader.read(parameter.get("name").text(), parameter.get("schema"), 0, false);
            field.required = isTrue(parameter.get("required"));
            take(std::move(field));
        }
        const Value content = call.find("requestBody.content");
        const Value form = content.get("application/x-www-form-urlencoded");
        const Value body = (form.isObject() ? form : content.get("application/json")).get("schema");
        for (ApiField &field : m_reader.members(body, 0, false))
            take(std::move(field));
    }

    SchemaReader &m_reader;
    Value m_paths;
};

} // namespace

Result<ApiCatalogue> ApiCatalogue::fromOpenApi(const Value &spec)
{
    const Value paths = spec.get("paths");
    if (!spec.find("components.schemas").isObject() || !paths.isObject())
        return notASpec("it has no paths or no schemas.");
    ApiCatalogue made;
    made.m_version = spec.find("info.version").text();
    if (made.m_version.empty())
        return notASpec("it does not say its version.");
    SchemaReader reader(spec);
    for (const Member &member : reader.schemas().members()) {
        const std::string name(member.key.text());
        if (name.starts_with("deleted_") || name.empty() ||
            !SchemaReader::isResource(member.value) || !member.value.get("properties").isObject())
            continue;
        ApiField group;
        group.kind = Kind::Group;
        group.name = name;
        group.fields = reader.members(member.value, 0, true);
        made.m_objects.emplace(name, std::move(group));
    }
    OperationReader operations(reader, paths);
    for (const Member &entry : paths.members()) {
        const std::string path(entry.key.text());
        if (!path.starts_with('/'))
            continue;
        for (const std::string_view method : {"get", "post", "delete"}) {
            const Value call = entry.value.get(method);
            if (call.isObject())
                made.m_operations.push_back(operations.read(path, method, call));
        }
        if (made.m_operations.size() > kMostOperations || reader.isTooMuch())
            return notASpec("it is larger than any that Stripe publishes.");
    }
    if (made.m_operations.empty())
        return notASpec("it describes no calls.");
    std::sort(made.m_operations.begin(), made.m_operations.end(),
              [](const ApiOperation &a, const ApiOperation &b) {
                  return std::tie(a.path, a.method) < std::tie(b.path, b.method);
              });
    made.index();
    return made;
}

} // namespace tw::stripe
