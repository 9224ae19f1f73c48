// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/MappingCheck.h"

#include "core/base/Text.h"
#include "core/schema/MappingForm.h"
#include "core/schema/Settings.h"

#include <algorithm>
#include <cmath>

namespace tw {
namespace {

std::string quoted(std::string_view text)
{
    constexpr std::size_t kShown = 60;
    std::size_t length = std::min(text.size(), kShown);
    while (length > 0 && length < text.size() && (text[length] & 0xC0) == 0x80)
        --length;
    return '"' + std::string(text.substr(0, length)) + (length < text.size() ? "…\"" : "\"");
}

std::string listed(std::span<const std::string_view> words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
    return text;
}

std::string meant(std::string_view word, std::span<const std::string_view> words,
                  const std::string &otherwise)
{
    const std::vector<std::string> known(words.begin(), words.end());
    const std::string nearest = nearestWord(word, known);
    return nearest.empty() ? otherwise : "Did you mean \"" + nearest + "\"?";
}

TextPosition placeOf(const YamlNode::Entry &entry)
{
    return entry.value.isNull() ? entry.keyAt : entry.value.at;
}

bool holdsSecret(const YamlNode &node)
{
    const auto inEntry = [](const YamlNode::Entry &entry) { return holdsSecret(entry.value); };
    return (node.isScalar() && looksLikeSecret(node.scalar)) ||
           std::any_of(node.items.begin(), node.items.end(), holdsSecret) ||
           std::any_of(node.entries.begin(), node.entries.end(), inEntry);
}

/// The first number that no record can hold: infinity, NaN, or one that is too large.
const YamlNode *endlessNumber(const YamlNode &node)
{
    if (node.isScalar()) {
        Arena scratch;
        const Value value = node.toValue(scratch);
        return value.isNumber() && !std::isfinite(value.toDouble()) ? &node : nullptr;
    }
    for (const YamlNode &item : node.items) {
        if (const YamlNode *found = endlessNumber(item))
            return found;
    }
    for (const YamlNode::Entry &entry : node.entries) {
        if (const YamlNode *found = endlessNumber(entry.value))
            return found;
    }
    return nullptr;
}

bool says(const YamlNode &group, std::string_view key, std::string_view word)
{
    const YamlNode *given = group.find(key);
    return given && given->isScalar() && given->scalar == word;
}

} // namespace

Value MappingCheck::read(const YamlNode &node)
{
    ObjectBuilder fields(m_arena);
    for (const YamlNode::Entry &field : node.entries) {
        m_field = field.key;
        if (const Value value = readField(field); !value.isUndefined())
            fields.set(field.key, value);
    }
    m_field.clear();
    checkTargets(node);
    return fields.finish();
}

Value MappingCheck::readField(const YamlNode::Entry &field)
{
    if (field.value.isMap())
        return readGroup(field);
    if (field.value.isScalar() && !field.value.scalar.empty())
        return m_readExpression(field.value);
    report(placeOf(field), "flow.wrong_type",
           quoted(field.key) + " in " + quoted(m_param) + " needs an expression.",
           "Write an expression behind the colon, or a group with \"value\".");
    return {};
}

Value MappingCheck::readGroup(const YamlNode::Entry &field)
{
    const std::size_t before = m_findings.size();
    if (!field.value.entry("value"))
        report(field.value.at, "flow.missing_setting",
               "The field " + quoted(field.key) + " needs \"value\": the expression that fills it.",
               "Add \"value\" with an expression.");
    ObjectBuilder group(m_arena);
    for (const YamlNode::Entry &member : field.value.entries)
        group.set(member.key, readMember(field, member));
    const bool sound = fitTogether(field) && m_findings.size() == before;
    return sound ? group.finish() : Value();
}

Value MappingCheck::readMember(const YamlNode::Entry &field, const YamlNode::Entry &member)
{
    using namespace mapping_form;
    if (std::find(kKeys.begin(), kKeys.end(), member.key) == kKeys.end()) {
        report(member.keyAt, "flow.unknown_key",
               "The field " + quoted(field.key) + " has no setting " + quoted(member.key) + '.',
               member.value.isNull()
                   ? "A comma ends a value inside { }: put an expression with commas in quotes."
                   : meant(member.key, kKeys, "Use " + listed(kKeys) + '.'));
        return {};
    }
    if (member.key == "default")
        return readDefault(member.value);
    if (!member.value.isScalar() || (member.key == "value" && member.value.scalar.empty())) {
        report(placeOf(member), "flow.wrong_type",
               quoted(member.key) + " of the field " + quoted(field.key) +
                   " must be a single value.",
               member.key == "value" ? "Write an expression behind the colon."
                                     : "Write the value behind the colon.");
        return {};
    }
    if (member.key == "if_missing")
        return readWord(member, kIfMissing);
    if (member.key == "list")
        return readWord(member, kList);
    return m_readExpression(member.value); // also the check of plain texts: no keys in them
}

Value MappingCheck::readWord(const YamlNode::Entry &member, std::span<const std::string_view> words)
{
    const std::string &word = member.value.scalar;
    if (std::find(words.begin(), words.end(), word) != words.end())
        return Value::string(m_arena, word);
    report(member.value.at, "flow.unknown_choice",
           quoted(word) + " is not a choice of " + quoted(member.key) + '.',
           meant(word, words, "Write " + listed(words) + '.'));
    return {};
}

Value MappingCheck::readDefault(const YamlNode &node)
{
    if (holdsSecret(node)) {
        report(node.at, "flow.secret_in_text",
               "The default of the field " + quoted(m_field) + " looks like a key or password.",
               "Keep keys in a connection; mappings never need them.");
        return {};
    }
    if (const YamlNode *endless = endlessNumber(node)) {
        report(endless->at, "flow.not_finite",
               "The default of the field " + quoted(m_field) + " is " + quoted(endless->scalar) +
                   ", which no record can hold: infinity, not a number, or too large.",
               "Write a number with digits; to empty the field, write \"if_missing: clear\".");
        return {};
    }
    return node.toValue(m_arena);
}

bool MappingCheck::fitTogether(const YamlNode::Entry &field)
{
    const YamlNode &group = field.value;
    const YamlNode::Entry *fallback = group.entry("default");
    const bool wantsDefault = says(group, "if_missing", "default");
    const std::string name = quoted(field.key);
    if (wantsDefault && (!fallback || fallback->value.isNull())) {
        report(fallback ? fallback->keyAt : group.find("if_missing")->at, "flow.missing_setting",
               "The field " + name + " takes a default when its value is missing, but has none.",
               "Add \"default\" with a value; to empty the field, write \"if_missing: clear\".");
        return false;
    }
    if (fallback && !wantsDefault) {
        report(fallback->keyAt, "flow.unused_setting",
               "The default of the field " + name + " is never used.",
               "Add \"if_missing: default\", or remove \"default\".");
        return false;
    }
    const YamlNode::Entry *separator = group.entry("separator");
    if (separator && !says(group, "list", "join")) {
        report(separator->keyAt, "flow.unused_setting",
               "The separator of the field " + name + " is never used.",
               "Add \"list: join\", or remove \"separator\".");
        return false;
    }
    return true;
}

void MappingCheck::checkTargets(const YamlNode &node)
{
    std::vector<std::vector<std::string>> paths;
    std::vector<const YamlNode::Entry *> fields;
    for (const YamlNode::Entry &field : node.entries) {
        m_field = field.key;
        if (auto path = mapping_form::targetPath(field.key)) {
            paths.push_back(std::move(*path));
            fields.push_back(&field);
        } else {
            report(field.keyAt, "flow.bad_target",
                   quoted(field.key) + " cannot be a target field. " + path.error().message,
                   "Write \"group.field\"; a dot of the name itself gets a backslash: "
                   "\"price\\.eur\".");
        }
    }
    if (const auto both = mapping_form::conflictingTargets(paths)) {
        m_field = fields[both->second]->key;
        report(fields[both->second]->keyAt, "flow.bad_target",
               quoted(m_field) + " and " + quoted(fields[both->first]->key) +
                   " fill the same field.",
               "Map the field itself or the fields inside it, not both.");
    }
    m_field.clear();
}

void MappingCheck::report(const TextPosition &at, std::string code, std::string message,
                          std::string fix)
{
    Diagnostic finding;
    finding.code = std::move(code);
    finding.file = m_file;
    finding.line = at.line;
    finding.column = at.column;
    finding.message = std::move(message);
    finding.fix = std::move(fix);
    finding.path = m_field.empty() ? m_param : m_param + '/' + m_field;
    m_findings.push_back(std::move(finding));
}

} // namespace tw
