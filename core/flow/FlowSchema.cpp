// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowSchema.h"

#include "core/data/Json.h"
#include "core/schema/JsonSchema.h"

#include <cassert>

namespace tw {
namespace {

constexpr std::string_view kFlow = R"json({
"$schema": "http://json-schema.org/draft-07/schema#",
"title": "Tidewire flow",
"description": "A flow: steps, the wires between them, and how they lie on the canvas.",
"type": "object",
"required": ["schema", "id"],
"additionalProperties": false,
"properties": {
  "schema": {"description": "Format of this file.", "type": "string", "pattern": "^flow/1(\\.[0-9]+)?$"},
  "id": {"description": "Never changes; the file is called after it.", "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,63}$"},
  "name": {"type": "string"},
  "version": {"type": ["string", "number"]},
  "description": {"type": "string"},
  "connections": {
    "description": "Names used by the steps, and the type of each; addresses and keys live in environments.",
    "type": ["object", "null"],
    "propertyNames": {"pattern": "^[a-z][a-z0-9_-]{0,63}$"},
    "additionalProperties": {"type": "string"}
  },
  "order": {
    "description": "Events of one business object run one after the other; none: in any order.",
    "anyOf": [
      {"const": "none"},
      {
        "type": "object", "additionalProperties": false,
        "properties": {
          "by": {"description": "Expression over the event; without it, the object that the trigger names.", "type": "string"},
          "after_failure": {"description": "Whether later events of the key pass a failed one or wait for a person.", "enum": ["pass", "hold"]}
        }
      }
    ]
  },
  "failures": {
    "description": "Who looks after dead letters of this flow, and by when.",
    "type": "object", "additionalProperties": false,
    "properties": {
      "owner": {"type": "string"},
      "due": {"$ref": "#/definitions/duration"},
      "escalate": {
        "type": "object", "required": ["after", "to"], "additionalProperties": false,
        "properties": {"after": {"$ref": "#/definitions/duration"}, "to": {"type": "string"}}
      }
    }
  },
  "steps": {"type": ["array", "null"], "items": {"$ref": "#/definitions/step"}},
  "notes": {
    "type": ["array", "null"],
    "items": {
      "type": "object", "required": ["id"], "additionalProperties": false,
      "properties": {"id": {"$ref": "#/definitions/id"}, "text": {"description": "Markdown.", "type": "string"}}
    }
  },
  "groups": {
    "type": ["array", "null"],
    "items": {
      "type": "object", "required": ["id"], "additionalProperties": false,
      "properties": {
        "id": {"$ref": "#/definitions/id"}, "title": {"type": "string"}, "folded": {"type": "boolean"},
        "steps": {"type": "array", "items": {"$ref": "#/definitions/id"}}
      }
    }
  },
  "layout": {
    "type": ["object", "null"],
    "additionalProperties": {
      "type": "object", "additionalProperties": false,
      "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}, "w": {"type": "integer"}, "h": {"type": "integer"}}
    }
  }
}})json";

constexpr std::string_view kDefinitions = R"json({
"id": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"},
"targets": {"anyOf": [{"$ref": "#/definitions/id"}, {"type": "array", "items": {"$ref": "#/definitions/id"}}]},
"duration": {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"},
"retry_times": {"type": "integer", "minimum": 0, "maximum": 100},
"retry_factor": {"type": "number", "minimum": 1, "maximum": 100}
})json";

constexpr std::string_view kStep = R"json({
"type": "object",
"required": ["id", "type"],
"additionalProperties": false,
"properties": {
  "id": {"$ref": "#/definitions/id"},
  "type": {"type": "string"},
  "name": {"type": "string"},
  "connection": {"type": "string"},
  "disabled": {"type": "boolean"},
  "with": {"type": ["object", "null"]},
  "retry": {
    "description": "What is tried again after a failure, how often and how patiently.",
    "type": "object", "additionalProperties": false,
    "properties": {
      "times": {"$ref": "#/definitions/retry_times"},
      "first": {"$ref": "#/definitions/duration"},
      "factor": {"$ref": "#/definitions/retry_factor"},
      "longest": {"$ref": "#/definitions/duration"},
      "jitter": {"enum": ["full", "none"]},
      "within": {"$ref": "#/definitions/duration"},
      "for": {
        "description": "What is different for a class of failures, or for an error code.",
        "type": "object",
        "propertyNames": {"pattern": "^(rate_limit|lock|[a-z0-9_]+\\.[a-z0-9_]+)$"},
        "additionalProperties": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "times": {"$ref": "#/definitions/retry_times"},
            "first": {"$ref": "#/definitions/duration"},
            "factor": {"$ref": "#/definitions/retry_factor"},
            "longest": {"$ref": "#/definitions/duration"}
          }
        }
      }
    }
  },
  "on_unknown": {"description": "When it is not known whether the step took effect.", "enum": ["repeat", "look_up", "ask"]},
  "batch": {
    "description": "Records of many events in one call, where the step can.",
    "type": "object", "additionalProperties": false,
    "properties": {
      "size": {"type": "integer", "minimum": 1, "maximum": 10000},
      "linger": {"$ref": "#/definitions/duration"}
    }
  },
  "stale": {"description": "When a newer event of the same record was written already.", "enum": ["skip", "write"]},
  "to": {"anyOf": [{"$ref": "#/definitions/targets"}, {"type": "object", "additionalProperties": {"$ref": "#/definitions/targets"}}]},
  "on_error": {"$ref": "#/definitions/targets"},
  "note": {"type": "string"}
}})json";

constexpr std::string_view kEnvironment = R"json({
"$schema": "http://json-schema.org/draft-07/schema#",
"title": "Tidewire environment",
"description": "Where the connections of a project point. Secrets stand as ${secret:connection/field}.",
"type": "object",
"required": ["schema"],
"additionalProperties": false,
"properties": {
  "schema": {"type": "string", "pattern": "^environment/1(\\.[0-9]+)?$"},
  "name": {"type": "string"},
  "kind": {"enum": ["local", "sandbox", "qa", "production"]},
  "listen": {"type": "string", "pattern": "^[^ /]+:[0-9]{1,5}$"},
  "journal": {
    "description": "What a runner keeps, for how long, and how.",
    "type": "object", "additionalProperties": false,
    "properties": {
      "quota": {"description": "Events are refused shortly before it is reached.", "type": "string", "pattern": "^[1-9][0-9]*(KB|MB|GB|TB)$"},
      "reserve": {"description": "Space that the disk must have left for events; on a small disk at most a twentieth of it.", "type": "string", "pattern": "^[1-9][0-9]*(KB|MB|GB|TB)$"},
      "max_bodies": {"description": "Beyond it the oldest events lose their bodies before their time.", "type": "string", "pattern": "^[1-9][0-9]*(KB|MB|GB|TB)$"},
      "keep_bodies": {"type": "string", "pattern": "^[0-9]+(h|d)$"},
      "keep_runs": {"description": "As long repeats of an event are recognised.", "type": "string", "pattern": "^[0-9]+(h|d)$"},
      "encrypt": {"description": "Payloads are sealed with the project's key.", "type": "boolean"}
    }
  }
}})json";

constexpr std::string_view kProject = R"json({
"$schema": "http://json-schema.org/draft-07/schema#",
"title": "Tidewire project",
"description": "What the flows of a folder have in common. Never secrets.",
"type": "object",
"required": ["schema"],
"additionalProperties": false,
"properties": {
  "schema": {"type": "string", "pattern": "^project/1(\\.[0-9]+)?$"},
  "name": {"type": "string"},
  "owner": {"type": "string"},
  "description": {"type": "string"},
  "ownership": {},
  "mapping": {
    "type": "object", "additionalProperties": false,
    "properties": {"portable": {"description": "Note what other JSONata engines do not know.", "type": "boolean"}}
  },
  "privacy": {
    "description": "Which fields logs and exports mask, besides those that are known to be personal.",
    "type": "object", "additionalProperties": false,
    "properties": {
      "mask": {"description": "Names of fields, or ends of paths.", "$ref": "#/definitions/fields"},
      "keep": {"description": "Shown although they would be masked; card numbers never are.", "$ref": "#/definitions/fields"}
    }
  }
},
"definitions": {
  "fields": {"type": "array", "items": {"type": "string", "pattern": "^[^.\\s\\[\\]]+(\\.[^.\\s\\[\\]]+)*$"}}
}})json";

Value written(Arena &arena, std::string_view json)
{
    auto value = parseJsonInto(arena, json);
    assert(value.has_value());
    return value ? *value : Value();
}

/// `base` with one more member, or with another value for one.
Value with(Arena &arena, const Value &base, std::string_view name, const Value &value)
{
    ObjectBuilder object(arena);
    for (const Member &member : base.members())
        object.set(member.key, member.value);
    object.set(name, value);
    return object.finish();
}

Value one(Arena &arena, std::string_view name, const Value &value)
{
    return with(arena, Value(), name, value);
}

Value textList(Arena &arena, const std::vector<std::string> &texts)
{
    ArrayBuilder list(arena);
    for (const std::string &text : texts)
        list.add(Value::string(arena, text));
    return list.finish();
}

Value constType(Arena &arena, const std::string &type)
{
    const Value constant = one(arena, "const", Value::string(arena, type));
    const Value properties = one(arena, "properties", one(arena, "type", constant));
    return with(arena, properties, "required", textList(arena, {"type"}));
}

/// What may stand behind `to`: nothing, a plain target for the exit "out", or a map of exits.
Value exitsSchema(Arena &arena, const NodeDescriptor &node)
{
    if (node.terminal || node.exits.empty())
        return Value::boolean(false);
    const Value targets = one(arena, "$ref", Value::string("#/definitions/targets"));
    ObjectBuilder properties(arena);
    bool hasPlain = false;
    for (const Exit &exit : node.exits) {
        properties.set(exit.id, targets);
        hasPlain = hasPlain || exit.id == "out";
    }
    ObjectBuilder map(arena);
    map.set("type", Value::string("object"));
    map.set("properties", properties.finish());
    map.set("additionalProperties", Value::boolean(false));
    if (!hasPlain)
        return map.finish();
    ArrayBuilder either(arena);
    either.add(targets);
    either.add(map.finish());
    return one(arena, "anyOf", either.finish());
}

Value stepRule(Arena &arena, const NodeDescriptor &node)
{
    std::vector<std::string> required;
    if (!node.connection.empty())
        required.push_back("connection");
    const Value settings = schemaOfSettings(arena, node.params);
    if (!settings.get("required").isUndefined())
        required.push_back("with");
    ObjectBuilder properties(arena);
    properties.set("with", settings);
    if (!node.dynamicExits)
        properties.set("to", exitsSchema(arena, node));
    if (!node.canFail)
        properties.set("on_error", Value::boolean(false));
    if (node.kind == NodeKind::Trigger)
        properties.set("retry", Value::boolean(false));
    if (!node.effect) {
        properties.set("on_unknown", Value::boolean(false));
        properties.set("batch", Value::boolean(false));
    }
    Value then = one(arena, "properties", properties.finish());
    if (!required.empty())
        then = with(arena, then, "required", textList(arena, required));
    return with(arena, one(arena, "if", constType(arena, node.type)), "then", then);
}

Value stepSchema(Arena &arena, const Registry &registry)
{
    Value step = written(arena, kStep);
    const Value types = one(arena, "enum", textList(arena, registry.nodeTypes()));
    step = with(arena, step, "properties", with(arena, step.get("properties"), "type", types));
    ArrayBuilder rules(arena);
    for (const NodeDescriptor *node : registry.nodes())
        rules.add(stepRule(arena, *node));
    return rules.size() > 0 ? with(arena, step, "allOf", rules.finish()) : step;
}

/// The settings of one connector, none required because a double needs none.
Value connectionSchema(Arena &arena, const ConnectorDescriptor &connector)
{
    const Value settings = schemaOfSettings(arena, connector.connection);
    Value properties = with(arena, settings.get("properties"), "double",
                            one(arena, "type", Value::string("boolean")));
    properties =
        with(arena, properties, "type", one(arena, "const", Value::string(arena, connector.id)));
    ObjectBuilder schema(arena);
    schema.set("title", Value::string(arena, connector.title));
    schema.set("type", Value::string("object"));
    schema.set("properties", properties);
    schema.set("additionalProperties", Value::boolean(false));
    return schema.finish();
}

} // namespace

Value flowSchema(Arena &arena, const Registry &registry)
{
    const Value definitions =
        with(arena, written(arena, kDefinitions), "step", stepSchema(arena, registry));
    return with(arena, written(arena, kFlow), "definitions", definitions);
}

Value projectSchema(Arena &arena, const Registry &registry)
{
    std::vector<std::string> types;
    for (const ConnectorDescriptor &connector : registry.connectors())
        types.push_back(connector.id);
    const Value text = one(arena, "type", Value::string("string"));
    const Value kind = with(arena, text, "enum", textList(arena, types));
    Value connection = one(arena, "type", Value::string("object"));
    connection = with(arena, connection, "required", textList(arena, {"type"}));
    connection = with(arena, connection, "additionalProperties", Value::boolean(false));
    connection = with(arena, connection, "properties",
                      with(arena, one(arena, "type", kind), "title", text));
    Value connections = one(arena, "type", textList(arena, {"object", "null"}));
    connections = with(arena, connections, "additionalProperties", connection);
    const Value base = written(arena, kProject);
    return with(arena, base, "properties",
                with(arena, base.get("properties"), "connections", connections));
}

Value environmentSchema(Arena &arena, const Registry &registry)
{
    ArrayBuilder kinds(arena);
    for (const ConnectorDescriptor &connector : registry.connectors()) {
        if (!connector.connection.empty() || connector.connect)
            kinds.add(connectionSchema(arena, connector));
    }
    ObjectBuilder connections(arena);
    connections.set("type", Value::string("object"));
    if (kinds.size() > 0)
        connections.set("additionalProperties", one(arena, "anyOf", kinds.finish()));
    const Value base = written(arena, kEnvironment);
    return with(arena, base, "properties",
                with(arena, base.get("properties"), "connections", connections.finish()));
}

} // namespace tw
