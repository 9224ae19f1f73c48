// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"

#include <algorithm>
#include <set>
#include <string>

namespace tw::testing {

/// Holds objects of an answer against what the catalogue says of their type: no unknown field, the
/// right types, what is always there, choices that are closed. Collects sentences.
class ObjectCheck
{
public:
    std::set<std::string> problems;
    int looked = 0;

    /// Every object inside `value` that names a type of the catalogue.
    void all(const Value &value)
    {
        if (value.isArray()) {
            for (const Value &item : value.items())
                all(item);
        }
        if (!value.isObject())
            return;
        const std::string type(value.get("object").text());
        const bool isGone = value.get("deleted").isBool();
        const auto *known = stripe::ApiCatalogue::builtIn().object(type);
        const bool isStub = known && known->fields.size() < 3; // Names that are known, no more.
        if (known && !isStub && !isGone) {
            ++looked;
            members(known->fields, value, type);
        }
        for (const Member &member : value.members())
            all(member.value);
    }

private:
    using Kind = stripe::ApiField::Kind;

    void tell(const std::string &path, const char *what) { problems.insert(path + ' ' + what); }

    void members(const std::vector<stripe::ApiField> &fields, const Value &object,
                 const std::string &path)
    {
        for (const Member &member : object.members()) {
            const std::string name(member.key.text());
            if (std::none_of(fields.begin(), fields.end(),
                             [&name](const auto &field) { return field.name == name; }))
                tell(path + '.' + name, "is unknown");
        }
        for (const auto &field : fields) {
            const Value value = object.get(field.name);
            if (!value.isUndefined())
                one(field, value, path + '.' + field.name);
            else if (field.required && !field.includable)
                tell(path + '.' + field.name, "is missing");
        }
    }

    void one(const stripe::ApiField &field, const Value &value, const std::string &path)
    {
        if (value.isNull()) {
            if (!field.nullable)
                tell(path, "is null");
            return;
        }
        const std::string type(value.get("object").text());
        const auto &to = field.expandsTo;
        if (value.isObject() && !to.empty() && std::find(to.begin(), to.end(), type) != to.end())
            return; // all() looks into it.
        switch (field.kind) {
        case Kind::Text:
            if (!value.isString())
                return tell(path, "is no text");
            if (!field.choices.empty() && !field.openChoices &&
                std::find(field.choices.begin(), field.choices.end(), value.text()) ==
                    field.choices.end())
                problems.insert(path + " is no choice: " + std::string(value.text()));
            return;
        case Kind::Integer:
            if (!value.isNumber() || !value.toInt())
                tell(path, "is no whole number");
            return;
        case Kind::Number:
            if (!value.isNumber())
                tell(path, "is no number");
            return;
        case Kind::Boolean:
            if (!value.isBool())
                tell(path, "is no truth value");
            return;
        case Kind::Map:
            if (!value.isObject())
                tell(path, "is no map");
            return;
        case Kind::Group:
            if (!value.isObject())
                return tell(path, "is no object");
            if (!field.fields.empty() && !stripe::ApiCatalogue::builtIn().object(type))
                members(field.fields, value, path);
            return;
        case Kind::List:
            if (!value.isArray())
                return tell(path, "is no list");
            if (!field.fields.empty()) {
                for (const Value &item : value.items())
                    one(field.fields.front(), item, path + "[]");
            }
            return;
        case Kind::Any:
            return;
        }
    }
};

} // namespace tw::testing
