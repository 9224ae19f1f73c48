// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/Mapping.h"

#include "core/data/Json.h"
#include "core/expr/Expression.h"
#include "core/schema/MappingForm.h"

#include <algorithm>

namespace tw {
namespace {

const std::string kSeparator = MappingField{}.separator;

/// The enumerator of a word; `words` name the enumerators from the second on.
template <typename Policy, std::size_t N>
Result<Policy> policyOf(const Value &given, const std::array<std::string_view, N> &words)
{
    if (given.isUndefined())
        return static_cast<Policy>(0);
    const auto found = std::find(words.begin(), words.end(), given.text());
    if (given.isString() && found != words.end())
        return static_cast<Policy>(found - words.begin() + 1);
    std::string choices;
    for (const std::string_view word : words)
        choices += (choices.empty() ? "" : ", ") + std::string(word);
    return configError("map.bad_setting", "The choices are: " + choices + '.');
}

template <typename Policy, std::size_t N>
std::string_view wordOf(Policy policy, const std::array<std::string_view, N> &words)
{
    return words[static_cast<std::size_t>(policy) - 1];
}

/// Texts as they are; numbers and booleans (as unquoted YAML gives them) as their JSON.
Result<std::string> textOf(const Value &value)
{
    if (value.isString())
        return std::string(value.text());
    if (value.isNumber() || value.isBool())
        return toJson(value);
    return configError("map.bad_setting", "A text is needed here.");
}

DocumentPtr documentOf(const Value &value)
{
    Document document;
    document.setRoot(copyInto(document.arena(), value));
    return share(std::move(document));
}

Result<void> readTexts(const Value &group, MappingField &field)
{
    auto expression = textOf(group.get("value"));
    if (!expression)
        return std::move(expression.error()).at("value");
    field.expression = std::move(*expression);
    for (auto [key, text] : {std::pair{"separator", &field.separator}, {"note", &field.note}}) {
        if (group.get(key).isUndefined())
            continue;
        auto given = textOf(group.get(key));
        if (!given)
            return std::move(given.error()).at(key);
        *text = std::move(*given);
    }
    return {};
}

Result<void> readPolicies(const Value &group, MappingField &field)
{
    auto ifMissing = policyOf<IfMissing>(group.get("if_missing"), mapping_form::kIfMissing);
    if (!ifMissing)
        return std::move(ifMissing.error()).at("if_missing");
    auto list = policyOf<ListPolicy>(group.get("list"), mapping_form::kList);
    if (!list)
        return std::move(list.error()).at("list");
    field.ifMissing = *ifMissing;
    field.list = *list;
    const Value fallback = group.get("default");
    if (fallback.isUndefined() == (field.ifMissing == IfMissing::Default))
        return configError("map.bad_setting", "\"default\" and \"if_missing: default\" belong "
                                              "together.");
    if (!checkFinite(fallback))
        return configError("map.bad_setting", "A default must be a finite number; infinity and NaN "
                                              "never reach a record.")
            .at("default");
    if (!fallback.isUndefined())
        field.fallback = documentOf(fallback);
    return {};
}

Result<void> readField(const Value &setting, MappingField &field)
{
    if (setting.isObject()) {
        auto texts = readTexts(setting, field);
        return texts ? readPolicies(setting, field) : texts;
    }
    auto expression = textOf(setting);
    if (!expression)
        return std::move(expression).error();
    field.expression = std::move(*expression);
    return {};
}

Result<void> checkTargets(const std::vector<MappingField> &fields)
{
    std::vector<std::vector<std::string>> paths;
    for (const MappingField &field : fields) {
        auto path = mapping_form::targetPath(field.target);
        if (!path)
            return std::move(path.error()).at(field.target);
        paths.push_back(std::move(*path));
    }
    const auto both = mapping_form::conflictingTargets(paths);
    if (!both)
        return {};
    return configError("map.target_conflict", "The field " + fields[both->first].target +
                                                  " is filled there already; map a field or the "
                                                  "fields inside it, not both.")
        .at(fields[both->second].target);
}

} // namespace

Result<Mapping> Mapping::fromSettings(const Value &settings)
{
    if (!settings.isObject())
        return configError("map.bad_setting", "A mapping names target fields with expressions.");
    Mapping mapping;
    mapping.fields.reserve(settings.size());
    for (const Member &member : settings.members()) {
        MappingField field;
        field.target = member.key.text();
        if (auto read = readField(member.value, field); !read)
            return std::move(read.error()).at(field.target);
        mapping.fields.push_back(std::move(field));
    }
    if (auto targets = checkTargets(mapping.fields); !targets)
        return std::move(targets).error();
    return mapping;
}

Result<Mapping> Mapping::fromStep(const Settings &settings)
{
    auto mapping = fromSettings(settings.value("mapping"));
    if (!mapping)
        return mapping;
    const Value word = settings.value("if_missing");
    const bool said = word.isString() && word.text() != kAsWritten;
    auto policy = policyOf<IfMissing>(said ? word : Value(), mapping_form::kIfMissing);
    if (!policy || *policy == IfMissing::Default)
        return configError("map.bad_setting", "A step cannot give all its fields one default.")
            .at("if_missing");
    for (MappingField &field : mapping->fields) {
        if (field.ifMissing == IfMissing::AsIs)
            field.ifMissing = *policy;
    }
    return mapping;
}

Document Mapping::toSetting(const MappingField &field)
{
    Document document;
    Arena &arena = document.arena();
    ObjectBuilder group(arena);
    const auto set = [&](std::string_view key, std::string_view text) {
        group.set(key, Value::string(arena, text));
    };
    set("value", field.expression);
    if (field.ifMissing != IfMissing::AsIs)
        set("if_missing", wordOf(field.ifMissing, mapping_form::kIfMissing));
    if (field.ifMissing == IfMissing::Default)
        group.set("default",
                  field.fallback ? copyInto(arena, field.fallback->root()) : Value::null());
    if (field.list != ListPolicy::AsIs)
        set("list", wordOf(field.list, mapping_form::kList));
    if (field.list == ListPolicy::Join && field.separator != kSeparator)
        set("separator", field.separator);
    if (!field.note.empty())
        set("note", field.note);
    const bool alone = group.size() == 1;
    document.setRoot(alone ? Value::string(arena, field.expression) : group.finish());
    return document;
}

} // namespace tw
