// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/MapTarget.h"

#include "app/runner/Files.h"
#include "core/connectors/salesforce/RecordShape.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::runner {
namespace {

bool isTrue(const Value &value)
{
    return value.isBool() && value.asBool();
}

bool lists(const Value &words, std::string_view word)
{
    if (words.isString())
        return words.text() == word;
    const auto items = words.items();
    return std::any_of(items.begin(), items.end(), [word](const Value &item) {
        return item.isString() && item.text() == word;
    });
}

Shape::Type typeOf(const Value &types)
{
    using Type = Shape::Type;
    constexpr std::pair<std::string_view, Type> kTypes[] = {
        {"object", Type::Group},    {"array", Type::List},    {"string", Type::Text},
        {"integer", Type::Integer}, {"number", Type::Number}, {"boolean", Type::Boolean},
    };
    for (const auto &[word, type] : kTypes) {
        if (lists(types, word))
            return type;
    }
    return Type::Any;
}

Shape fromSchema(const Value &schema)
{
    Shape shape;
    shape.type =
        schema.get("properties").isObject() ? Shape::Type::Group : typeOf(schema.get("type"));
    shape.nullable = lists(schema.get("type"), "null");
    for (const Member &member : schema.get("properties").members()) {
        const std::string name(member.key.text());
        shape.fields.push_back({name, fromSchema(member.value), lists(schema.get("required"), name),
                                !isTrue(member.value.get("readOnly"))});
    }
    if (shape.type == Shape::Type::List)
        shape.item = {fromSchema(schema.get("items"))};
    return shape;
}

} // namespace

Result<Shape> readTarget(const std::string &path)
{
    auto bytes = readInput(path);
    if (!bytes)
        return std::move(bytes).error();
    auto document = parseJson(*bytes);
    if (!document)
        return std::move(document.error()).at(path);
    const Value &root = document->root();
    if (root.get("fields").isArray())
        return salesforce::recordShape(salesforce::Describe(std::move(*document)));
    if (root.get("properties").isObject())
        return fromSchema(root);
    return configError("runner.no_target", "This is neither a JSON Schema of an object nor a "
                                           "Salesforce describe result.")
        .at(path);
}

} // namespace tw::runner
