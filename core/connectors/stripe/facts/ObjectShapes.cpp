// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/ObjectShapes.h"

#include "core/connectors/stripe/facts/EventTypes.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <set>

namespace tw::stripe {
namespace {

struct ObjectFields
{
    std::string_view object, fields;
};

constexpr ObjectFields kObjects[] = {
#include "core/connectors/stripe/facts/ObjectFields.inc"
};

Shape ofType(Shape::Type type)
{
    Shape shape;
    shape.type = type;
    return shape;
}

/// Reads the text of packaging/generate/stripe_facts.py: `{name?!:t list[{…}] map* word:c(a|b)}`,
/// where ? may be missing and ! may be null. The text is ours, so nothing is checked.
class FieldText
{
public:
    explicit FieldText(std::string_view text) : m_text(text) {}

    Shape kind()
    {
        switch (m_text[m_at++]) {
        case '{':
            return group();
        case '*': {
            Shape map = ofType(Shape::Type::Group);
            map.item = {Shape()};
            return map;
        }
        case '[': {
            Shape list = ofType(Shape::Type::List);
            list.item = {kind()};
            ++m_at; // ]
            return list;
        }
        default:
            return word();
        }
    }

private:
    Shape group()
    {
        Shape shape = ofType(Shape::Type::Group);
        while (m_text[m_at] != '}') {
            if (m_text[m_at] == ' ')
                ++m_at;
            shape.fields.push_back(field());
        }
        ++m_at; // }
        return shape;
    }

    Shape::Field field()
    {
        const std::size_t end = m_text.find_first_of("?!:{[*", m_at);
        Shape::Field made;
        made.name = m_text.substr(m_at, end - m_at);
        m_at = end;
        made.required = m_text[m_at] != '?';
        m_at += made.required ? 0 : 1;
        const bool nullable = m_text[m_at] == '!';
        m_at += nullable ? 1 : 0;
        made.shape = kind();
        made.shape.nullable = nullable;
        if (made.name == "id" && made.shape.type == Shape::Type::Text)
            made.shape.type = Shape::Type::Id;
        if (made.name == "metadata" && made.shape.type == Shape::Type::Group)
            made.shape.item = {ofType(Shape::Type::Text)};
        return made;
    }

    Shape word()
    {
        switch (m_text[m_at++]) {
        case 't':
            return ofType(Shape::Type::Text);
        case 'd':
            return ofType(Shape::Type::Id);
        case 'i':
            return ofType(Shape::Type::Integer);
        case 'n':
            return ofType(Shape::Type::Number);
        case 'b':
            return ofType(Shape::Type::Boolean);
        case 'c':
            return choices();
        default:
            return {};
        }
    }

    Shape choices()
    {
        Shape shape = ofType(Shape::Type::Choice);
        while (m_text[m_at] != ')') {
            ++m_at; // ( or |
            const std::size_t end = m_text.find_first_of("|)", m_at);
            shape.choices.emplace_back(m_text.substr(m_at, end - m_at));
            m_at = end;
        }
        ++m_at;
        return shape;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

/// Objects within objects say what they are: `object: line_item`.
void annotateInner(Shape &shape)
{
    for (Shape::Field &field : shape.fields) {
        const Shape::Field *name = field.shape.find("object");
        if (name && name->shape.choices.size() == 1)
            addFieldFacts(field.shape, name->shape.choices.front());
        annotateInner(field.shape);
    }
    for (Shape &item : shape.item) {
        const Shape::Field *name = item.find("object");
        if (name && name->shape.choices.size() == 1)
            addFieldFacts(item, name->shape.choices.front());
        annotateInner(item);
    }
}

Shape madeShape(const ObjectFields &one)
{
    Shape shape = FieldText(one.fields).kind();
    addFieldFacts(shape, one.object);
    annotateInner(shape);
    return shape;
}

Shape::Field always(std::string name, Shape shape, bool required = true)
{
    return {std::move(name), std::move(shape), required, true};
}

Shape optionalText()
{
    Shape shape = ofType(Shape::Type::Text);
    shape.nullable = true;
    return shape;
}

Shape envelope(Shape object, std::vector<std::string> types)
{
    Shape created = ofType(Shape::Type::Instant);
    created.unit = "unix_seconds";
    Shape type = ofType(types.empty() ? Shape::Type::Text : Shape::Type::Choice);
    type.choices = std::move(types);
    Shape before = ofType(Shape::Type::Group);
    before.item = {Shape()};
    Shape data = ofType(Shape::Type::Group);
    data.fields = {always("object", std::move(object)),
                   always("previous_attributes", std::move(before), false)};
    Shape request = ofType(Shape::Type::Group);
    request.fields = {always("id", optionalText()), always("idempotency_key", optionalText())};
    request.nullable = true;
    Shape event = ofType(Shape::Type::Group);
    event.fields = {always("id", ofType(Shape::Type::Id)),
                    always("object", ofType(Shape::Type::Text)),
                    always("account", ofType(Shape::Type::Id), false),
                    always("api_version", optionalText()),
                    always("context", optionalText(), false),
                    always("created", std::move(created)),
                    always("data", std::move(data)),
                    always("livemode", ofType(Shape::Type::Boolean)),
                    always("pending_webhooks", ofType(Shape::Type::Integer)),
                    always("request", std::move(request)),
                    always("type", std::move(type))};
    return event;
}

} // namespace

const Shape &objectShape(std::string_view object)
{
    static std::mutex lock;
    static std::map<std::string, Shape, std::less<>> shapes; // Those that somebody asked for.
    static const Shape kUnknown;
    const auto known = std::find_if(std::begin(kObjects), std::end(kObjects),
                                    [&](const ObjectFields &one) { return one.object == object; });
    if (known == std::end(kObjects))
        return kUnknown;
    const std::scoped_lock guard(lock);
    auto found = shapes.find(object);
    if (found == shapes.end())
        found = shapes.emplace(object, madeShape(*known)).first;
    return found->second;
}

Shape eventsShape(const std::vector<std::string> &patterns)
{
    std::set<std::string_view> objects;
    bool known = !patterns.empty();
    for (const EventType &type : eventTypes()) {
        if (!matchesEvent(patterns, type.name))
            continue;
        if (type.thin)
            return {}; // a notification without an object: another envelope
        objects.insert(type.object);
    }
    std::vector<std::string> types;
    for (const std::string &pattern : patterns) {
        known = known && eventType(pattern);
        types.push_back(pattern);
    }
    std::optional<Shape> object;
    for (const std::string_view name : objects)
        object = object ? joined(*object, objectShape(name)) : objectShape(name);
    const bool tellsAll = std::none_of(patterns.begin(), patterns.end(), [](const auto &pattern) {
        return pattern == "*" || (!pattern.ends_with(".*") && !eventType(pattern));
    });
    return envelope(object && tellsAll ? *object : Shape(),
                    known ? std::move(types) : std::vector<std::string>());
}

} // namespace tw::stripe
