// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/Expansion.h"

#include "core/connectors/stripe/facts/Catalogue.h"

#include <algorithm>
#include <map>

namespace tw::stripe {
namespace {

constexpr int kMostLevels = 4;

using Names = std::vector<std::string>;

/// Fields of an object that come only when they are expanded.
const Names &includablesOf(std::string_view type)
{
    static const std::map<std::string, Names, std::less<>> all = [] {
        std::map<std::string, Names, std::less<>> found;
        const ApiCatalogue &catalogue = ApiCatalogue::builtIn();
        for (const std::string &object : catalogue.objects()) {
            for (const ApiField &field : catalogue.object(object)->fields) {
                if (field.includable)
                    found[object].push_back(field.name);
            }
        }
        return found;
    }();
    static const Names none;
    const auto known = all.find(type);
    return known == all.end() ? none : known->second;
}

/// The paths that begin with `name`, without it.
std::vector<std::string> behind(const std::vector<std::string> &paths, std::string_view name)
{
    std::vector<std::string> rest;
    for (const std::string &path : paths) {
        if (path.size() > name.size() && path[name.size()] == '.' && path.starts_with(name))
            rest.push_back(path.substr(name.size() + 1));
    }
    return rest;
}

bool isNamed(const std::vector<std::string> &paths, std::string_view name)
{
    return std::any_of(paths.begin(), paths.end(), [name](const std::string &path) {
        return path == name ||
               (path.size() > name.size() && path[name.size()] == '.' && path.starts_with(name));
    });
}

} // namespace

bool isIncludable(std::string_view object, std::string_view field)
{
    const Names &names = includablesOf(object);
    return std::find(names.begin(), names.end(), field) != names.end();
}

Value Expansion::shown(const Value &answer, const std::vector<std::string> &paths) const
{
    return filled(answer, paths, 0);
}

Value Expansion::bare(const Value &object) const
{
    return filled(object, {}, 0);
}

Value Expansion::filledId(const Value &member, const std::vector<std::string> &paths,
                          int depth) const
{
    const Value object = depth < kMostLevels ? m_store.object(member.text()) : Value();
    return object.isUndefined() ? member : filled(object, paths, depth + 1);
}

Value Expansion::filled(const Value &value, const std::vector<std::string> &paths, int depth) const
{
    if (value.isArray()) {
        ArrayBuilder items(m_arena);
        for (const Value &item : value.items())
            items.add(filled(item, paths, depth));
        return items.finish();
    }
    if (!value.isObject())
        return value;
    const std::string_view type = value.get("object").text();
    ObjectBuilder object(m_arena);
    for (const Member &member : value.members()) {
        const std::string_view name = member.key.text();
        const bool asked = isNamed(paths, name);
        if (name.starts_with("_") || (isIncludable(type, name) && !asked)) // Marks of the double.
            continue;
        const std::vector<std::string> rest = behind(paths, name);
        const bool isLast = std::find(paths.begin(), paths.end(), name) != paths.end();
        if (asked && member.value.isString()) {
            object.set(name, filledId(member.value, rest, depth));
        } else if (asked && member.value.isArray() && isLast) {
            ArrayBuilder items(m_arena); // A list of ids.
            for (const Value &item : member.value.items())
                items.add(item.isString() ? filledId(item, rest, depth)
                                          : filled(item, rest, depth));
            object.set(name, items.finish());
        } else {
            object.set(name, filled(member.value, rest, depth));
        }
    }
    if (!m_includes || paths.empty())
        return object.finish();
    for (const std::string &field : includablesOf(type)) {
        if (!value.get(field).isUndefined() || !isNamed(paths, field))
            continue;
        if (const Value made = m_includes(value, field); !made.isUndefined())
            object.set(field, filled(made, behind(paths, field), depth));
    }
    return object.finish();
}

} // namespace tw::stripe
