// SPDX-License-Identifier: GPL-3.0-or-later
// A catalogue as compact JSON. A field is {"n": name, "k": kind, "w": kinds of an Any, "u": unit,
// "f": flags, "c": choices, "x": objects, "s": fields}; members that say nothing are left out.
#include "core/connectors/stripe/facts/Catalogue.h"

#include "core/connectors/stripe/facts/JsonPlace.h"
#include "core/data/Json.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tw::stripe {
namespace {

constexpr std::string_view kKinds = "tinbmgla"; // As ApiField::Kind.
constexpr std::string_view kUnits = "-adtcleu"; // As ApiField::Unit.
constexpr std::array<std::string_view, 7> kVerbs{"create", "retrieve", "update", "delete",
                                                 "list",   "search",   "action"};
constexpr int kDeepest = 32;

Value textValue(Arena &arena, const std::string &text)
{
    return Value::string(arena, text);
}

Value namesValue(Arena &arena, const std::vector<std::string> &names)
{
    ArrayBuilder list(arena);
    for (const std::string &name : names)
        list.add(textValue(arena, name));
    return list.finish();
}

Value fieldsValue(Arena &arena, const std::vector<ApiField> &fields);

Value fieldValue(Arena &arena, const ApiField &field)
{
    ObjectBuilder object(arena);
    if (!field.name.empty())
        object.set("n", textValue(arena, field.name));
    object.set("k", textValue(arena, {kKinds[static_cast<std::size_t>(field.kind)]}));
    std::string kinds;
    for (const ApiField::Kind kind : field.kinds)
        kinds += kKinds[static_cast<std::size_t>(kind)];
    if (!kinds.empty())
        object.set("w", textValue(arena, kinds));
    if (field.unit != ApiField::Unit::None)
        object.set("u", textValue(arena, {kUnits[static_cast<std::size_t>(field.unit)]}));
    const std::string flags = std::string(field.required ? "r" : "") + (field.nullable ? "n" : "") +
                              (field.openChoices ? "o" : "") + (field.includable ? "i" : "");
    if (!flags.empty())
        object.set("f", textValue(arena, flags));
    if (!field.choices.empty())
        object.set("c", namesValue(arena, field.choices));
    if (!field.expandsTo.empty())
        object.set("x", namesValue(arena, field.expandsTo));
    if (!field.fields.empty())
        object.set("s", fieldsValue(arena, field.fields));
    return object.finish();
}

Value fieldsValue(Arena &arena, const std::vector<ApiField> &fields)
{
    ArrayBuilder list(arena);
    for (const ApiField &field : fields)
        list.add(fieldValue(arena, field));
    return list.finish();
}

std::vector<std::string> namesOf(const Value &list)
{
    std::vector<std::string> names;
    names.reserve(list.items().size());
    for (const Value &name : list.items())
        names.emplace_back(name.text());
    return names;
}

std::optional<std::size_t> letterOf(std::string_view letters, const Value &value)
{
    const auto at =
        value.isString() && value.size() == 1 ? letters.find(value.text()) : std::string_view::npos;
    return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

bool readKinds(std::string_view letters, std::vector<ApiField::Kind> &kinds)
{
    for (const char letter : letters) {
        const auto at = kKinds.find(letter);
        if (at == std::string_view::npos)
            return false;
        kinds.push_back(static_cast<ApiField::Kind>(at));
    }
    return true;
}

bool areNames(const Value &list)
{
    const auto isName = [](const Value &name) { return name.isString(); };
    return list.isUndefined() ||
           (list.isArray() && std::all_of(list.items().begin(), list.items().end(), isName));
}

/// A list says what its items are; a map may.
bool isWhole(const ApiField &field)
{
    return field.kind == ApiField::Kind::List  ? field.fields.size() == 1
           : field.kind == ApiField::Kind::Map ? field.fields.size() <= 1
                                               : true;
}

/// False: not of the form above. `areMembers`: of a group, where each has a name.
bool readFields(const Value &list, std::vector<ApiField> &fields, int depth, bool areMembers = true)
{
    if (depth > kDeepest)
        return false;
    fields.reserve(list.items().size());
    for (const Value &one : list.items()) {
        ApiField field;
        const auto kind = letterOf(kKinds, one.get("k"));
        if (!kind || !areNames(one.get("c")) || !areNames(one.get("x")) ||
            !readKinds(one.get("w").text(), field.kinds))
            return false;
        field.name = one.get("n").text();
        field.kind = static_cast<ApiField::Kind>(*kind);
        if (areMembers && field.name.empty())
            return false;
        const bool isList = field.kind == ApiField::Kind::List || field.kind == ApiField::Kind::Map;
        if (const Value unit = one.get("u"); !unit.isUndefined()) {
            const auto at = letterOf(kUnits, unit);
            if (!at)
                return false;
            field.unit = static_cast<ApiField::Unit>(*at);
        }
        const std::string_view flags = one.get("f").text();
        field.required = flags.find('r') != std::string_view::npos;
        field.nullable = flags.find('n') != std::string_view::npos;
        field.openChoices = flags.find('o') != std::string_view::npos;
        field.includable = flags.find('i') != std::string_view::npos;
        field.choices = namesOf(one.get("c"));
        field.expandsTo = namesOf(one.get("x"));
        if (!readFields(one.get("s"), field.fields, depth + 1, !isList) || !isWhole(field))
            return false;
        fields.push_back(std::move(field));
    }
    return true;
}

Error notACatalogue()
{
    return rejectedError(
        "stripe.not_a_catalogue",
        "This is no catalogue of Stripe's calls. Import Stripe's spec3.json again.");
}

} // namespace

std::string placeIn(std::string_view message)
{
    constexpr std::string_view kLine = "Line ", kColumn = ", column ";
    const auto digitsAt = [message](std::size_t from) {
        std::size_t to = from;
        while (to < message.size() && message[to] >= '0' && message[to] <= '9')
            ++to;
        return message.substr(from, to - from);
    };
    const auto start = message.find(kLine);
    if (start == std::string_view::npos)
        return {};
    const auto line = digitsAt(start + kLine.size());
    const auto behind = start + kLine.size() + line.size();
    if (line.empty() || message.substr(behind, kColumn.size()) != kColumn)
        return {};
    const auto column = digitsAt(behind + kColumn.size());
    return column.empty() ? std::string() : std::string(line) + ':' + std::string(column);
}

std::string ApiCatalogue::text() const
{
    Arena arena;
    ObjectBuilder objects(arena);
    for (const auto &[name, field] : m_objects)
        objects.set(name, fieldsValue(arena, field.fields));
    ArrayBuilder operations(arena);
    for (const ApiOperation &operation : m_operations) {
        ObjectBuilder one(arena);
        one.set("m", textValue(arena, operation.method));
        one.set("p", textValue(arena, operation.path));
        one.set("v",
                textValue(arena, std::string(kVerbs[static_cast<std::size_t>(operation.verb)])));
        one.set("o", textValue(arena, operation.object));
        if (!operation.action.empty())
            one.set("a", textValue(arena, operation.action));
        one.set("s", fieldsValue(arena, operation.params));
        operations.add(one.finish());
    }
    ObjectBuilder all(arena);
    all.set("version", textValue(arena, m_version));
    all.set("objects", objects.finish());
    all.set("operations", operations.finish());
    return toJson(all.finish());
}

Result<ApiCatalogue> ApiCatalogue::fromText(std::string_view json)
{
    auto parsed = parseJson(json);
    if (!parsed) {
        Error error = notACatalogue();
        error.message += ' ' + parsed.error().message;
        error.where = placeIn(parsed.error().message);
        return error;
    }
    const Value &root = parsed->root();
    ApiCatalogue made;
    made.m_version = root.get("version").text();
    for (const Member &member : root.get("objects").members()) {
        ApiField group;
        group.kind = ApiField::Kind::Group;
        group.name = member.key.text();
        if (!readFields(member.value, group.fields, 0))
            return notACatalogue();
        made.m_objects.emplace(group.name, std::move(group));
    }
    for (const Value &one : root.get("operations").items()) {
        ApiOperation operation;
        operation.method = one.get("m").text();
        operation.path = one.get("p").text();
        operation.object = one.get("o").text();
        operation.action = one.get("a").text();
        const auto verb = std::find(kVerbs.begin(), kVerbs.end(), one.get("v").text());
        if (verb == kVerbs.end() || !operation.path.starts_with('/') ||
            !readFields(one.get("s"), operation.params, 0))
            return notACatalogue();
        operation.verb = static_cast<ApiVerb>(verb - kVerbs.begin());
        made.m_operations.push_back(std::move(operation));
    }
    if (made.m_version.empty() || made.m_operations.empty())
        return notACatalogue();
    made.index();
    return made;
}

} // namespace tw::stripe
