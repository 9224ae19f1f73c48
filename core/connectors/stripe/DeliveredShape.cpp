// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/DeliveredShape.h"

#include "core/connectors/stripe/ObjectPaths.h"
#include "core/connectors/stripe/StepForms.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/ObjectShapes.h"

#include <QDateTime>
#include <algorithm>
#include <optional>
#include <set>

namespace tw::stripe {
namespace {

using Type = Shape::Type;

constexpr std::string_view kV1 = "v1.";

bool isThinName(std::string_view type)
{
    return type.starts_with(kV1) || type.starts_with("v2.");
}

/// A thin event is about what the snapshot of the same name is about.
std::string objectOfType(const EventType &type)
{
    if (!type.thin)
        return std::string(type.object);
    const EventType *snapshot =
        type.name.starts_with(kV1) ? eventType(type.name.substr(kV1.size())) : nullptr;
    return snapshot ? std::string(snapshot->object) : std::string();
}

Shape ofType(Type type, bool nullable = false)
{
    Shape shape;
    shape.type = type;
    shape.nullable = nullable;
    return shape;
}

Shape group(std::vector<Shape::Field> fields, bool nullable = false)
{
    Shape shape = ofType(Type::Group, nullable);
    shape.fields = std::move(fields);
    return shape;
}

Shape::Field field(const char *name, Shape shape, bool required = true)
{
    return {name, std::move(shape), required, true};
}

Shape unixTime()
{
    Shape shape = ofType(Type::Instant);
    shape.unit = "unix_seconds";
    return shape;
}

/// What the API answers for one of these objects; Any where one of them is not known.
Shape readShape(const ApiCatalogue &catalogue, const std::set<std::string> &objects,
                const std::vector<std::string> &expand)
{
    std::optional<Shape> shape;
    for (const std::string &object : objects) {
        if (!catalogue.object(object))
            return {};
        Shape one = expandedShape(catalogue, object, expand);
        // What was deleted meanwhile has its id, its type and this.
        one.fields.push_back(field("deleted", ofType(Type::Boolean), false));
        shape = shape ? joined(*shape, one) : std::move(one);
    }
    return shape.value_or(Shape());
}

Shape thinEnvelope(Shape object, std::vector<std::string> types)
{
    Shape created = ofType(Type::Instant);
    created.unit = "iso8601";
    Shape type = ofType(types.empty() ? Type::Text : Type::Choice);
    type.choices = std::move(types);
    Shape related = group({field("id", ofType(Type::Id)), field("type", ofType(Type::Text)),
                           field("url", ofType(Type::Text))},
                          true);
    Shape request = group(
        {field("id", ofType(Type::Id)), field("idempotency_key", ofType(Type::Text, true), false)},
        true);
    Shape reason =
        group({field("type", ofType(Type::Text)), field("request", request, false)}, true);
    Shape changes = ofType(Type::Group, true);
    changes.item = {Shape()};
    return group({field("id", ofType(Type::Id)), field("object", ofType(Type::Text)),
                  field("type", std::move(type)), field("created", std::move(created)),
                  field("livemode", ofType(Type::Boolean)),
                  field("context", ofType(Type::Text, true), false),
                  field("related_object", std::move(related)),
                  field("reason", std::move(reason), false),
                  field("snapshot_event", ofType(Type::Id, true), false),
                  field("changes", std::move(changes), false),
                  field("data", group({field("object", std::move(object), false)})),
                  field("fetched", group({field("at", unixTime())}))});
}

/// The names, where all of them are types; else nothing is known of what comes.
std::vector<std::string> namesOf(const std::vector<std::string> &patterns)
{
    const bool known = std::all_of(patterns.begin(), patterns.end(),
                                   [](const auto &pattern) { return eventType(pattern); });
    return known ? patterns : std::vector<std::string>();
}

Shape thinShape(const ApiCatalogue &catalogue, const std::vector<std::string> &patterns,
                const std::vector<std::string> &expand)
{
    std::set<std::string> objects;
    for (const EventType &type : eventTypes()) {
        if (type.thin && matchesEvent(patterns, type.name))
            objects.insert(objectOfType(type));
    }
    return thinEnvelope(readShape(catalogue, objects, expand), namesOf(patterns));
}

/// As sent, but for the object, which was read again.
Shape currentShape(const ApiCatalogue &catalogue, const std::vector<std::string> &patterns,
                   const std::vector<std::string> &expand)
{
    Shape event = eventsShape(patterns);
    const auto data = std::find_if(event.fields.begin(), event.fields.end(),
                                   [](const auto &one) { return one.name == "data"; });
    if (data == event.fields.end())
        return event;
    std::set<std::string> objects;
    for (const EventType &type : eventTypes()) {
        if (!type.thin && matchesEvent(patterns, type.name))
            objects.insert(std::string(type.object));
    }
    const auto object = std::find_if(data->shape.fields.begin(), data->shape.fields.end(),
                                     [](const auto &one) { return one.name == "object"; });
    // Without what expansion brings, the tables know every version; so fields of either.
    if (object != data->shape.fields.end() && object->shape.type != Type::Any)
        object->shape = joined(object->shape, readShape(catalogue, objects, expand));
    event.fields.push_back(field(
        "fetched",
        group({field("at", unixTime()), field("event_api_version", ofType(Type::Text), false)}),
        false));
    return event;
}

} // namespace

std::vector<std::string> objectsOf(const std::vector<std::string> &events)
{
    std::set<std::string> found;
    for (const EventType &type : eventTypes()) {
        if (!matchesEvent(events, type.name))
            continue;
        if (std::string object = objectOfType(type); !object.empty())
            found.insert(std::move(object));
    }
    return {found.begin(), found.end()};
}

Shape deliveredShape(const CataloguePtr &catalogue, const Settings &settings)
{
    const auto expand = settings.list("expand");
    std::vector<std::string> thin, snapshots;
    for (const std::string &pattern : settings.list("events")) {
        if (pattern == "*")
            return {}; // Everything comes, in both envelopes.
        (isThinName(pattern) ? thin : snapshots).push_back(pattern);
    }
    const bool isRead = settings.text("deliver") == "current";
    if (thin.empty())
        return isRead ? currentShape(*catalogue, snapshots, expand) : eventsShape(snapshots);
    Shape shape = thinShape(*catalogue, thin, expand);
    if (snapshots.empty())
        return shape;
    return joined(shape,
                  isRead ? currentShape(*catalogue, snapshots, expand) : eventsShape(snapshots));
}

DocumentPtr thinSample(std::string_view type, const Value &snapshot)
{
    Document made;
    Arena &arena = made.arena();
    const auto text = [&arena](const std::string &words) { return Value::string(arena, words); };
    const Value object = snapshot.find("data.object");
    const std::int64_t created = snapshot.get("created").toInt().value_or(0);
    ObjectBuilder related(arena);
    related.set("id", copyInto(arena, object.get("id")));
    related.set("type", copyInto(arena, object.get("object")));
    related.set("url", text(pathOf(object)));
    ObjectBuilder data(arena);
    data.set("object", copyInto(arena, object));
    ObjectBuilder fetched(arena);
    fetched.set("at", Value::integer(created + 1));
    ObjectBuilder event(arena);
    event.set("id", copyInto(arena, snapshot.get("id")));
    event.set("object", text("v2.core.event"));
    event.set("type", text(std::string(type)));
    event.set("created", text(QDateTime::fromSecsSinceEpoch(created, Qt::UTC)
                                  .toString(Qt::ISODateWithMs)
                                  .toStdString()));
    event.set("livemode", copyInto(arena, snapshot.get("livemode")));
    event.set("context", Value::null());
    event.set("related_object", related.finish());
    event.set("reason", Value::null());
    event.set("data", data.finish());
    event.set("fetched", fetched.finish());
    made.setRoot(event.finish());
    return share(std::move(made));
}

} // namespace tw::stripe
