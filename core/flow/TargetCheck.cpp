// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FlowCheck that compares the names of a mapping with what the steps behind it take.
#include "core/flow/FlowCheck.h"

#include "core/base/Text.h"
#include "core/schema/MappingForm.h"

#include <algorithm>

namespace tw {
namespace {

using Path = std::vector<std::string>;

enum class Place { Fillable, ReadOnly, Unknown };

struct Found
{
    Place place = Place::Fillable;
    const Shape *group = nullptr; ///< That has no such field.
    std::string name;             ///< Of the field, in full.
};

bool isOpen(const Shape &shape)
{
    return shape.type == Shape::Type::Any ||
           (shape.type == Shape::Type::Group && shape.fields.empty());
}

Found placeIn(const Shape &target, const Path &path)
{
    const Shape *shape = &target;
    std::string name;
    for (const std::string &step : path) {
        if (isOpen(*shape))
            return {};
        const Shape::Field *field = shape->find(step);
        if (!field)
            return {Place::Unknown, shape, name};
        name += (name.empty() ? "" : ".") + step;
        if (!field->writable)
            return {Place::ReadOnly, shape, name};
        shape = &field->shape;
    }
    return {};
}

/// Of all targets the one that takes the field, or else the first.
Found placeIn(const std::vector<Shape> &targets, const Path &path)
{
    Found first;
    for (const Shape &target : targets) {
        Found found = placeIn(target, path);
        if (found.place == Place::Fillable)
            return found;
        if (first.place == Place::Fillable)
            first = std::move(found);
    }
    return first;
}

std::vector<std::string> namesOf(const Shape &group)
{
    std::vector<std::string> names;
    for (const Shape::Field &field : group.fields) {
        if (field.writable)
            names.push_back(field.name);
    }
    return names;
}

std::string titleOf(const Shape &target)
{
    return target.title.empty() ? "the step behind it" : inQuotes(target.title);
}

std::string lowerCase(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// People leave out what all fields of an object end with: "Amount" is "Amount__c".
std::string nearestName(const std::string &word, const std::vector<std::string> &names)
{
    for (const std::string &name : names) {
        if (lowerCase(name.substr(0, name.rfind("__"))) == lowerCase(word) ||
            lowerCase(name) == lowerCase(word))
            return name;
    }
    return nearestWord(word, names);
}

} // namespace

void FlowCheck::checkTargetFields(const FlowStep &step, const YamlNode &mapping)
{
    const std::vector<Shape> targets = m_shapes.targets(step);
    if (targets.empty() || !mapping.isMap())
        return;
    std::set<std::string> mapped;
    for (const YamlNode::Entry &entry : mapping.entries) {
        const auto path = mapping_form::targetPath(entry.key);
        if (!path || path->empty())
            continue;
        mapped.insert(path->front());
        const Found found = placeIn(targets, *path);
        m_findings.enter("steps/" + step.id + "/with/mapping/" + entry.key, step.id);
        if (found.place == Place::ReadOnly) {
            m_findings.warning(entry.keyAt, "map.read_only",
                               inQuotes(found.name) + " of " + titleOf(targets.front()) +
                                   " cannot be written.",
                               "Remove it, or map another field.");
        } else if (found.place == Place::Unknown) {
            const std::string nearest = nearestName((*path)[found.name.empty() ? 0 : path->size() - 1],
                                                    namesOf(*found.group));
            const std::string whole = (found.name.empty() ? "" : found.name + '.') + nearest;
            m_findings.warning(entry.keyAt, "map.unknown_target",
                               inQuotes(entry.key) + " is not known as a field of " +
                                   titleOf(targets.front()) + '.',
                               nearest.empty() ? "Check the name, or add the field there."
                                               : "Did you mean " + inQuotes(whole) + '?');
        }
    }
    m_findings.enter("steps/" + step.id + "/with/mapping", step.id);
    for (const Shape &target : targets) {
        for (const Shape::Field &field : target.fields) {
            if (!field.required || !field.writable || !mapped.insert(field.name).second)
                continue;
            m_findings.warning(mapping.at, "map.required_unmapped",
                               inQuotes(field.name) + " of " + titleOf(target) +
                                   " is required, but nothing is mapped to it.",
                               "Map a value to it.");
        }
    }
}

} // namespace tw
