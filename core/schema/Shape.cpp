// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Shape.h"

#include <algorithm>
#include <array>
#include <optional>

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

bool isTime(const Shape &shape, bool asText)
{
    const bool text = shape.unit != "unix_seconds" && shape.unit != "unix_millis";
    return shape.type == Shape::Type::Instant && text == asText;
}

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

void joinItems(Shape &into, const Shape &other)
{
    if (into.item.empty())
        into.item = other.item;
    else if (!other.item.empty())
        into.item = {joined(into.item.front(), other.item.front())};
}

/// What is known about texts holds for both only when both tell.
void joinBounds(Shape &into, const Shape &a, const Shape &b)
{
    into.maxLength = a.maxLength && b.maxLength
                         ? std::optional(std::max(*a.maxLength, *b.maxLength))
                         : std::nullopt;
    into.choices.clear();
    if (a.choices.empty() || b.choices.empty())
        return;
    into.choices = a.choices;
    for (const std::string &choice : b.choices) {
        if (std::find(a.choices.begin(), a.choices.end(), choice) == a.choices.end())
            into.choices.push_back(choice);
    }
}

} // namespace

const Shape::Field *Shape::find(std::string_view name) const
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [name](const Field &field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

bool Shape::isText() const
{
    switch (type) {
    case Type::Text:
    case Type::Date:
    case Type::Currency:
    case Type::Id:
    case Type::Email:
    case Type::Url:
    case Type::Choice:
        return true;
    default:
        return isTime(*this, true);
    }
}

bool Shape::isNumber() const
{
    return type == Type::Number || type == Type::Integer || type == Type::Money ||
           isTime(*this, false);
}

Shape joined(const Shape &a, const Shape &b)
{
    Shape result = isNothing(a) ? b : a;
    if (isNothing(a) || isNothing(b)) {
        result.nullable = true;
        return result;
    }
    result.nullable = a.nullable || b.nullable;
    if (a.type == b.type && a.unit == b.unit) {
        joinItems(result, b);
        joinBounds(result, a, b);
        if (a.type == Shape::Type::Group)
            joinFields(result, b);
        return result;
    }
    Shape mixed;
    mixed.nullable = result.nullable;
    if (a.type == b.type && a.type == Shape::Type::Currency)
        mixed.type = a.type;
    else if (a.isNumber() && b.isNumber())
        mixed.type = Shape::Type::Number;
    else if (a.isText() && b.isText())
        mixed.type = Shape::Type::Text;
    if (mixed.type == Shape::Type::Text)
        joinBounds(mixed, a, b);
    return mixed;
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
