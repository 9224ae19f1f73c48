// SPDX-License-Identifier: GPL-3.0-or-later
// Reads Stripe's OpenAPI files, whose conventions are: `x-resourceId` names an object, an
// expandable field is `anyOf [string, $ref]` with `x-expansionResources`, what an empty text unsets
// has an `anyOf` with `enum: [""]`, open enumerations carry `x-stripeBypassValidation`.
#include "core/connectors/stripe/facts/Catalogue.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace tw::stripe {
namespace {

constexpr int kDeepest = 12;
constexpr std::size_t kMostOperations = 5000;
constexpr std::size_t kMostFields = 400'000; ///< Of a hostile file.
constexpr std::size_t kMostChoices = 300;

using Kind = ApiField::Kind;
using Unit = ApiField::Unit;

std::string lastOf(std::string_view reference)
{
    return std::string(reference.substr(reference.rfind('/') + 1));
}

bool isIn(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Minor units by name: tests hold the rule against Stripe's own descriptions (field-hints).
bool namesAnAmount(std::string_view name)
{
    if (isIn(name, {"amount_type", "amount_tax_display", "amounts", "amount_details"}))
        return false;
    return name.ends_with("amount") || name.starts_with("amount_") ||
           isIn(name, {"balance", "starting_balance", "ending_balance", "total", "subtotal", "fee",
                       "net", "tax", "total_excluding_tax", "subtotal_excluding_tax", "amount",
                       "unit_cost", "available_balance", "refunded"});
}

Unit unitOf(const ApiField &field, std::string_view format)
{
    if (field.kind == Kind::Integer && format == "unix-time")
        return Unit::UnixTime;
    if (field.kind == Kind::Integer && namesAnAmount(field.name))
        return Unit::MinorAmount;
    if (field.kind != Kind::Text)
        return Unit::None;
    if (field.name.ends_with("_decimal"))
        return Unit::Decimal;
    if (field.name == "currency" || field.name.ends_with("_currency"))
        return Unit::Currency;
    if (field.name == "country" || field.name.ends_with("_country"))
        return Unit::Country;
    if (field.name == "email" || field.name.ends_with("_email"))
        return Unit::Email;
    if (field.name == "url" || field.name.ends_with("_url"))
        return Unit::Url;
    return Unit::None;
}

class Reader
{
public:
    explicit Reader(const Value &spec) : m_schemas(spec.find("components.schemas")) {}

    bool isTooMuch() const { return m_fields > kMostFields; }

    ApiField read(std::string name, const Value &schema, int depth, bool isObject)
    {
        ++m_fields;
        ApiField field;
        field.name = std::move(name);
        const Value nullable = schema.get("nullable");
        field.nullable = nullable.isBool() && nullable.asBool();
        if (depth > kDeepest || isTooMuch())
            return field;
        if (const Value reference = schema.get("$ref"); reference.isString()) {
            takeReference(field, lastOf(reference.text()), depth, isObject);
        } else if (const Value any = schema.get("anyOf"); any.isArray()) {
            takeChoice(field, schema, any, depth, isObject);
        } else {
            takePlain(field, schema, depth, isObject);
        }
        return field;
    }

    std::vector<ApiField> members(const Value &schema, int depth, bool isObject)
    {
        std::set<std::string_view> required;
        for (const Value &name : schema.get("required").items())
            required.insert(name.text());
        std::vector<ApiField> fields;
        for (const Member &member : schema.get("properties").members()) {
            ApiField field =
                read(std::string(member.key.text()), member.value, depth + 1, isObject);
            field.required = required.count(member.key.text()) > 0;
            fields.push_back(std::move(field));
        }
        return fields;
    }

    const Value &schemas() const { return m_schemas; }
    Value schema(const std::string &name) const { return m_schemas.get(name); }

    static bool isResource(const Value &schema)
    {
        return schema.get("x-resourceId").isString() ||
               schema.find("properties.object").get("enum").isArray();
    }

private:
    /// Objects with a name of their own are named, other schemas are written out.
    void takeReference(ApiField &field, const std::string &name, int depth, bool isObject)
    {
        const Value target = schema(name);
        field.kind = Kind::Group;
        if (isResource(target) && isObject) {
            field.expandsTo = {name};
            return;
        }
        if (!m_open.insert(name).second) {
            field.kind = Kind::Any; // It holds itself.
            return;
        }
        const bool nullable = field.nullable;
        const ApiField inner = read(field.name, target, depth + 1, isObject);
        m_open.erase(name);
        field = inner;
        field.nullable = field.nullable || nullable;
    }

    void takeChoice(ApiField &field, const Value &schema, const Value &any, int depth,
                    bool isObject)
    {
        std::vector<Value> ways;
        for (const Value &way : any.items()) {
            const Value list = way.get("enum");
            const bool isEmptyText =
                list.size() == 1 && list.isArray() && list.at(0).text().empty();
            if (isEmptyText)
                field.nullable = true;
            else
                ways.push_back(way);
        }
        if (schema.get("x-expansionResources").isObject() || isExpansion(ways)) {
            field.kind = Kind::Text;
            for (const Value &way : ways) {
                const std::string name = lastOf(way.get("$ref").text());
                if (!name.empty() && !name.starts_with("deleted_"))
                    field.expandsTo.push_back(name);
            }
            return;
        }
        if (ways.size() == 1) {
            const bool nullable = field.nullable;
            const ApiField only = read(field.name, ways.front(), depth, isObject);
            field = only;
            field.nullable = field.nullable || nullable;
            return;
        }
        // One of several forms: the members of the object among them are kept for the mapper.
        field.kind = Kind::Any;
        for (const Value &way : ways) {
            const ApiField one = read(field.name, way, depth, isObject);
            if (one.kind == Kind::Group && field.fields.empty())
                field.fields = one.fields;
        }
    }

    bool isExpansion(const std::vector<Value> &ways) const
    {
        if (ways.size() < 2 || ways.front().get("type").text() != "string")
            return false;
        return std::all_of(ways.begin() + 1, ways.end(), [this](const Value &way) {
            return way.get("$ref").isString() && isResource(schema(lastOf(way.get("$ref").text())));
        });
    }

    void takePlain(ApiField &field, const Value &schema, int depth, bool isObject)
    {
        const std::string_view type = schema.get("type").text();
        if (type == "array") {
            field.kind = Kind::List;
            field.fields = {read({}, schema.get("items"), depth + 1, isObject)};
        } else if (schema.get("properties").isObject()) {
            field.kind = Kind::Group;
            field.fields = members(schema, depth, isObject);
        } else if (type == "object") {
            field.kind = Kind::Map;
        } else if (type == "string") {
            field.kind = Kind::Text;
        } else if (type == "integer") {
            field.kind = Kind::Integer;
        } else if (type == "number") {
            field.kind = Kind::Number;
        } else if (type == "boolean") {
            field.kind = Kind::Boolean;
        }
        const Value open = schema.get("x-stripeBypassValidation");
        field.openChoices = open.isBool() && open.asBool();
        const Value choices = schema.get("enum");
        for (const Value &choice : choices.items()) {
            if (choice.isString() && choice.size() > 0 && field.choices.size() < kMostChoices)
                field.choices.emplace_back(choice.text());
            else if (choice.isString() && choice.size() == 0)
                field.nullable = true;
        }
        field.unit = unitOf(field, schema.get("format").text());
    }

    Value m_schemas;
    std::set<std::string> m_open;
    std::size_t m_fields = 0;
};

Value answerSchema(const Value &operation)
{
    return operation.find("responses.200.content").get("application/json").get("schema");
}

/// "customer" of an answer that is a customer, a list of them or the notice that one was deleted.
std::string objectOf(const Reader &reader, const Value &schema, int depth = 0)
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

std::string parentOf(const std::string &path)
{
    return path.substr(0, path.rfind('/'));
}

} // namespace

Result<ApiCatalogue> ApiCatalogue::fromOpenApi(const Value &spec)
{
    const auto notASpec = [](const char *why) {
        return rejectedError("stripe.not_a_spec",
                             std::string("This is no description of Stripe's API (spec3.json): ") +
                                 why);
    };
    const Value paths = spec.get("paths");
    if (!spec.find("components.schemas").isObject() || !paths.isObject())
        return notASpec("it has no paths or no schemas.");
    ApiCatalogue made;
    made.m_version = spec.find("info.version").text();
    if (made.m_version.empty())
        return notASpec("it does not say its version.");
    Reader reader(spec);
    for (const Member &member : reader.schemas().members()) {
        const std::string name(member.key.text());
        if (name.starts_with("deleted_") || !Reader::isResource(member.value))
            continue;
        ApiField group;
        group.kind = Kind::Group;
        group.name = name;
        group.fields = reader.members(member.value, 0, true);
        made.m_objects.emplace(name, std::move(group));
    }
    for (const Member &entry : paths.members()) {
        const std::string path(entry.key.text());
        const bool endsOpen = path.ends_with('}');
        for (const Member &one : entry.value.members()) {
            ApiOperation operation;
            operation.path = path;
            const std::string_view method = one.key.text();
            const bool isGet = method == "get", isPost = method == "post",
                       isDelete = method == "delete";
            if (!isGet && !isPost && !isDelete)
                continue;
            operation.method = isGet ? "GET" : isPost ? "POST" : "DELETE";
            const Value answer = answerSchema(one.value);
            operation.object = objectOf(reader, answer);
            if (isDelete) {
                operation.verb = ApiVerb::Delete;
            } else if (isGet) {
                operation.verb = lastSegment(path) == "search" ? ApiVerb::Search
                                 : answer.find("properties.data").isObject() && !endsOpen
                                     ? ApiVerb::List
                                     : ApiVerb::Retrieve;
            } else if (endsOpen) {
                operation.verb = ApiVerb::Update;
            } else {
                // A word behind an object or a collection that is no collection itself is an
                // action.
                const Value listed = entry.value.get("get");
                const std::string parent = parentOf(path);
                const bool isWord =
                    !listed.isObject() &&
                    (parent.ends_with('}') || paths.get(parent).get("post").isObject());
                operation.verb = isWord ? ApiVerb::Action : ApiVerb::Create;
                if (isWord) {
                    operation.action = lastSegment(path);
                    const Value whole =
                        paths.get(parent).get(parent.ends_with('}') ? "get" : "post");
                    const std::string about = objectOf(reader, answerSchema(whole));
                    if (!about.empty())
                        operation.object = about;
                }
            }
            const auto take = [&operation](ApiField field) {
                if (field.name != "expand")
                    operation.params.push_back(std::move(field));
            };
            for (const Value &parameter : one.value.get("parameters").items()) {
                if (parameter.get("in").text() != "query")
                    continue;
                ApiField field = reader.read(std::string(parameter.get("name").text()),
                                             parameter.get("schema"), 0, false);
                const Value required = parameter.get("required");
                field.required = required.isBool() && required.asBool();
                take(std::move(field));
            }
            const Value content = one.value.find("requestBody.content");
            const Value form = content.get("application/x-www-form-urlencoded");
            const Value body =
                (form.isObject() ? form : content.get("application/json")).get("schema");
            for (ApiField &field : reader.members(body, 0, false))
                take(std::move(field));
            if (made.m_operations.size() >= kMostOperations || reader.isTooMuch())
                return notASpec("it is larger than any that Stripe publishes.");
            made.m_operations.push_back(std::move(operation));
        }
    }
    if (made.m_operations.empty())
        return notASpec("it describes no calls.");
    std::sort(made.m_operations.begin(), made.m_operations.end(),
              [](const ApiOperation &a, const ApiOperation &b) {
                  return std::tie(a.path, a.method) < std::tie(b.path, b.method);
              });
    return made;
}

} // namespace tw::stripe
