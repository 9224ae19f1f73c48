// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/EventTypes.h"

#include <algorithm>

namespace tw::stripe {

namespace {

constexpr EventType kTypes[] = {
#include "core/connectors/stripe/facts/EventTypes.inc"
};

enum class Fact { MinorAmount, UnixTime, Currency, Email, Url };

struct FieldFact
{
    std::string_view object, path;
    Fact fact;
};

constexpr FieldFact kFieldFacts[] = {
#include "core/connectors/stripe/facts/FieldFacts.inc"
};

const FieldFact *factOf(std::string_view object, std::string_view path)
{
    const auto *found =
        std::find_if(std::begin(kFieldFacts), std::end(kFieldFacts), [&](const FieldFact &fact) {
            return fact.object == object && fact.path == path;
        });
    return found == std::end(kFieldFacts) ? nullptr : found;
}

void apply(Shape &shape, Fact fact)
{
    switch (fact) {
    case Fact::MinorAmount:
        shape.type = Shape::Type::Money;
        shape.unit = "minor";
        break;
    case Fact::UnixTime:
        shape.type = Shape::Type::Instant;
        shape.unit = "unix_seconds";
        break;
    case Fact::Currency:
        shape.type = Shape::Type::Currency;
        shape.unit = "lower";
        break;
    case Fact::Email:
        shape.type = Shape::Type::Email;
        break;
    case Fact::Url:
        shape.type = Shape::Type::Url;
        break;
    }
}

void annotate(Shape &shape, std::string_view object, const std::string &path)
{
    if (!path.empty()) {
        const auto *fact = shape.type == Shape::Type::List ? nullptr : factOf(object, path);
        if (fact) {
            apply(shape, fact->fact);
            return;
        }
    }
    for (auto &field : shape.fields)
        annotate(field.shape, object, path.empty() ? field.name : path + '.' + field.name);
    if (shape.type == Shape::Type::List) {
        for (auto &item : shape.item)
            annotate(item, object, path);
    }
}

Shape::Field *fieldOf(Shape &shape, std::string_view name)
{
    const auto found = std::find_if(shape.fields.begin(), shape.fields.end(),
                                    [&](const Shape::Field &field) { return field.name == name; });
    return found == shape.fields.end() ? nullptr : &*found;
}

std::string_view firstWord(std::string_view name)
{
    return name.substr(0, name.find('.'));
}

} // namespace

std::span<const EventType> eventTypes()
{
    return kTypes;
}

const EventType *eventType(std::string_view name)
{
    const auto *found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                     [&](const EventType &type) { return type.name == name; });
    return found == std::end(kTypes) ? nullptr : found;
}

std::vector<Param::Choice> eventChoices()
{
    std::vector<Param::Choice> choices{{"*", "Every event", "Whatever Stripe sends.", "All"}};
    std::string_view family;
    for (const auto &type : kTypes) {
        const std::string group = eventGroup(type);
        if (!type.thin && firstWord(type.name) != family) {
            family = firstWord(type.name);
            choices.push_back({std::string(family) + ".*", "All of " + group,
                               "Every event of this group, also future ones.", group});
        }
        choices.push_back(
            {std::string(type.name), std::string(type.name), eventDescription(type), group});
    }
    return choices;
}

bool matchesEvent(const std::vector<std::string> &patterns, std::string_view type)
{
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string &pattern) {
        if (pattern == "*" || pattern == type)
            return true;
        const std::string_view text(pattern);
        return text.ends_with(".*") && type.starts_with(text.substr(0, text.size() - 1));
    });
}

void addFieldFacts(Shape &shape, std::string_view object)
{
    annotate(shape, object, {});
}

Shape eventShape(const Value &example, std::string_view object)
{
    Shape shape = shapeOf(example);
    if (auto *created = fieldOf(shape, "created"))
        apply(created->shape, Fact::UnixTime);
    if (auto *data = fieldOf(shape, "data")) {
        if (auto *inner = fieldOf(data->shape, "object"))
            annotate(inner->shape, object, {});
    }
    return shape;
}

} // namespace tw::stripe
