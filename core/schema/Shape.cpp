// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Shape.h"

#include <algorithm>
#include <array>

namespace tw {
namespace {

/// True when `text` begins with `pattern`, where `d` stands for a digit.
bool beginsLike(std::string_view text, std::string_view pattern)
{
    if (text.size() < pattern.size())
        return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == 'd' ? !digit : text[i] != pattern[i])
            return false;
    }
    return true;
}

Shape ofText(std::string_view text)
{
    Shape shape;
    shape.type = Shape::Type::Text;
    if (beginsLike(text, "dddd-dd-ddTdd:dd")) {
        shape.type = Shape::Type::Instant;
        shape.unit = "iso8601";
    } else if (text.size() == 10 && beginsLike(text, "dddd-dd-dd")) {
        shape.type = Shape::Type::Date;
    } else if (text.starts_with("https://") || text.starts_with("http://")) {
        shape.type = Shape::Type::Url;
    }
    return shape;
}

bool isNothing(const Shape &shape)
{
    return shape.type == Shape::Type::Any && shape.nullable;
}

bool isPair(const Shape &a, const Shape &b, Shape::Type first, Shape::Type second)
{
    return (a.type == first && b.type == second) || (a.type == second && b.type == first);
}

bool isTextual(const Shape &shape)
{
    switch (shape.type) {
    case Shape::Type::Text:
    case Shape::Type::Instant:
    case Shape::Type::Date:
    case Shape::Type::Url:
        return true;
    default:
        return false;
    }
}

Shape joined(const Shape &a, const Shape &b);

void joinFields(Shape &into, const Shape &other)
{
    for (Shape::Field &field : into.fields) {
        const Shape::Field *twin = other.find(field.name);
        field.required = field.required && twin && twin->required;
        if (twin)
            field.shape = joined(field.shape, twin->shape);
    }
    for (const Shape::Field &field : other.fields) {
        if (!into.find(field.name)) {
            into.fields.push_back(field);
            into.fields.back().required = false;
        }
    }
}

Shape joined(const Shape &a, const Shape &b)
{
    Shape result = isNothing(a) ? b : a;
    if (isNothing(a) || isNothing(b)) {
        result.nullable = true;
        return result;
    }
    result.nullable = a.nullable || b.nullable;
    if (a.type == b.type) {
        if (a.type == Shape::Type::Group)
            joinFields(result, b);
        else if (a.type == Shape::Type::List && !a.item.empty() && !b.item.empty())
            result.item = {joined(a.item.front(), b.item.front())};
        else if (a.type == Shape::Type::List && a.item.empty())
            result.item = b.item;
        return result;
    }
    Shape mixed;
    mixed.nullable = result.nullable;
    if (isPair(a, b, Shape::Type::Integer, Shape::Type::Number))
        mixed.type = Shape::Type::Number;
    else if (isTextual(a) && isTextual(b))
        mixed.type = Shape::Type::Text;
    return mixed;
}

} // namespace

const Shape::Field *Shape::find(std::string_view name) const
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [name](const Field &field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

std::string_view toString(Shape::Type type)
{
    constexpr std::array<std::string_view, 15> kNames{
        "any",      "text", "number", "integer", "boolean", "instant", "date", "money",
        "currency", "id",   "email",  "url",     "choice",  "list",    "group"};
    return kNames[static_cast<std::size_t>(type)];
}

std::string typeWord(const Shape &shape)
{
    switch (shape.type) {
    case Shape::Type::Any:
        return "anything";
    case Shape::Type::Text:
        return "text";
    case Shape::Type::Number:
        return "number";
    case Shape::Type::Integer:
        return "whole number";
    case Shape::Type::Boolean:
        return "yes or no";
    case Shape::Type::Instant:
        return "date and time";
    case Shape::Type::Date:
        return "date";
    case Shape::Type::Money:
        return "money";
    case Shape::Type::Currency:
        return "currency";
    case Shape::Type::Id:
        return "id";
    case Shape::Type::Email:
        return "e-mail";
    case Shape::Type::Url:
        return "address";
    case Shape::Type::Choice:
        return "choice";
    case Shape::Type::List:
        return shape.item.empty() ? "list" : "list of " + typeWord(shape.item.front());
    case Shape::Type::Group:
        return "group";
    }
    return "anything";
}

Shape shapeOf(const Value &example)
{
    Shape shape;
    switch (example.kind()) {
    case Value::Kind::Bool:
        shape.type = Shape::Type::Boolean;
        break;
    case Value::Kind::Int:
    case Value::Kind::UInt:
        shape.type = Shape::Type::Integer;
        break;
    case Value::Kind::Double:
    case Value::Kind::Digits:
        shape.type = Shape::Type::Number;
        break;
    case Value::Kind::String:
        return ofText(example.text());
    case Value::Kind::Array:
        shape.type = Shape::Type::List;
        for (const Value &item : example.items())
            shape.item = {shape.item.empty() ? shapeOf(item)
                                             : joined(shape.item.front(), shapeOf(item))};
        break;
    case Value::Kind::Object:
        shape.type = Shape::Type::Group;
        for (const Member &member : example.members())
            shape.fields.push_back(
                {std::string(member.key.text()), shapeOf(member.value), true, true});
        break;
    case Value::Kind::Null:
        shape.nullable = true;
        break;
    case Value::Kind::Undefined:
    case Value::Kind::Function:
        break;
    }
    return shape;
}

} // namespace tw
