// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/ParamCheck.h"

#include "core/base/Text.h"
#include "core/schema/MappingCheck.h"
#include "core/schema/SecretRef.h"
#include "core/schema/Settings.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>

namespace tw {
namespace {

std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string plainNumber(double number)
{
    std::string text = std::to_string(number);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

std::string quoted(std::string_view text)
{
    constexpr std::size_t kShown = 60;
    std::string shown(text.substr(0, kShown));
    if (text.size() > kShown)
        shown += "…";
    return '"' + shown + '"';
}

bool isCaseId(std::string_view id)
{
    if (id.empty() || id.size() > 64 || id.front() < 'a' || id.front() > 'z')
        return false;
    return std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

} // namespace

std::string typeWord(Param::Type type)
{
    switch (type) {
    case Param::Type::Text:
    case Param::Type::LongText:
        return "text";
    case Param::Type::Number:
        return "number";
    case Param::Type::Integer:
        return "whole number";
    case Param::Type::Boolean:
        return "true or false";
    case Param::Type::Choice:
        return "one of a list";
    case Param::Type::ChoiceList:
        return "list";
    case Param::Type::Duration:
        return "span of time";
    case Param::Type::Expression:
        return "expression";
    case Param::Type::Mapping:
        return "mapping";
    case Param::Type::Fields:
        return "fields";
    case Param::Type::Cases:
        return "cases";
    case Param::Type::Secret:
        return "secret";
    case Param::Type::Url:
        return "address";
    case Param::Type::FieldName:
        return "name";
    case Param::Type::StepRef:
        return "step";
    }
    return "text";
}

Value ParamCheck::read(const YamlNode &node)
{
    switch (m_param.type()) {
    case Param::Type::ChoiceList:
        return readList(node);
    case Param::Type::Mapping:
    case Param::Type::Fields:
    case Param::Type::Cases:
        return readMap(node);
    default:
        break;
    }
    if (!node.isScalar()) {
        report(node.at, "flow.wrong_type",
               '"' + m_param.id() + "\" must be a single value (" + typeWord(m_param.type()) +
                   "), not a " + (node.isMap() ? "map." : "list."),
               "Write the value behind the colon.");
        return {};
    }
    return readScalar(node);
}

Value ParamCheck::readScalar(const YamlNode &node)
{
    switch (m_param.type()) {
    case Param::Type::Number:
    case Param::Type::Integer:
        return readNumber(node);
    case Param::Type::Boolean:
        return readBoolean(node);
    case Param::Type::Choice:
        return readChoice(node);
    case Param::Type::Duration:
        return readDuration(node);
    case Param::Type::Secret:
        return readSecret(node);
    case Param::Type::Url:
        return readUrl(node);
    case Param::Type::Expression:
        return readExpression(node);
    default:
        return readText(node);
    }
}

Value ParamCheck::readText(const YamlNode &node)
{
    if (parseSecretRef(node.scalar)) {
        report(node.at, "flow.misplaced_secret",
               '"' + m_param.id() + "\" cannot refer to a secret.",
               "Name the secret in a secret setting of the connection instead.");
        return {};
    }
    if (looksLikeSecret(node.scalar)) {
        report(node.at, "flow.secret_in_text",
               "The value of \"" + m_param.id() + "\" looks like a key or password.",
               "Remove it here, revoke it if the file was shared, and keep it in the connection.");
        return {};
    }
    const bool oneLine = m_param.type() != Param::Type::LongText;
    if (oneLine && node.scalar.find_first_of("\r\n\t") != std::string::npos) {
        report(node.at, "flow.wrong_type", '"' + m_param.id() + "\" must be one line without tabs.",
               "Write it in one line.");
        return {};
    }
    if (m_param.longest() &&
        characters(node.scalar) > static_cast<std::size_t>(*m_param.longest())) {
        report(node.at, "flow.too_long",
               '"' + m_param.id() + "\" has " + std::to_string(characters(node.scalar)) +
                   " characters; " + std::to_string(*m_param.longest()) + " are allowed.",
               "Shorten it.");
        return {};
    }
    if (!fitsPattern(node))
        return {};
    return Value::string(m_arena, node.scalar);
}

Value ParamCheck::readExpression(const YamlNode &node)
{
    if (looksLikeSecret(node.scalar)) {
        report(node.at, "flow.secret_in_text",
               "The expression of \"" + m_param.id() + "\" contains what looks like a key.",
               "Keep keys in a connection; expressions never need them.");
        return {};
    }
    return Value::string(m_arena, node.scalar);
}

Value ParamCheck::readNumber(const YamlNode &node)
{
    const bool whole = m_param.type() == Param::Type::Integer;
    const Value value = node.toValue(m_arena);
    const bool fits = value.isNumber() && (!whole || value.toInt().has_value());
    if (!fits || !std::isfinite(value.toDouble())) {
        report(node.at, "flow.wrong_type",
               '"' + m_param.id() + "\" must be a " + typeWord(m_param.type()) + ", not " +
                   quoted(node.scalar) + '.',
               whole ? "Write digits without quotes." : "Write a number without quotes.");
        return {};
    }
    const double number = value.toDouble();
    const bool low = m_param.lowest() && number < *m_param.lowest();
    if (low || (m_param.highest() && number > *m_param.highest())) {
        const double bound = low ? *m_param.lowest() : *m_param.highest();
        report(node.at, "flow.out_of_bounds",
               '"' + m_param.id() + "\" is " + node.scalar + "; it must be " + plainNumber(bound) +
                   (low ? " or more." : " or less."),
               "Write " + plainNumber(bound) +
                   (low ? " or a larger number." : " or a smaller number."));
        return {};
    }
    return whole ? Value::integer(*value.toInt()) : value;
}

Value ParamCheck::readBoolean(const YamlNode &node)
{
    if (node.style == YamlNode::Style::Plain && (node.scalar == "true" || node.scalar == "false"))
        return Value::boolean(node.scalar == "true");
    report(node.at, "flow.wrong_type",
           '"' + m_param.id() + "\" must be true or false, not " + quoted(node.scalar) + '.',
           "Write true or false without quotes.");
    return {};
}

bool ParamCheck::isDeclaredChoice(const YamlNode &node)
{
    if (m_param.hasOpenChoices() || m_param.choices().empty())
        return true;
    std::vector<std::string> known;
    for (const Param::Choice &choice : m_param.choices()) {
        if (choice.value == node.scalar)
            return true;
        known.push_back(choice.value);
    }
    const std::string nearest = nearestWord(node.scalar, known);
    std::string fix = nearest.empty() ? "Choose one of: " : "Did you mean \"" + nearest + "\"?";
    if (nearest.empty()) {
        for (std::size_t i = 0; i < known.size() && i < 8; ++i)
            fix += (i ? ", " : "") + known[i];
        fix += known.size() > 8 ? ", …" : ".";
    }
    report(node.at, "flow.unknown_choice",
           quoted(node.scalar) + " is not a choice of \"" + m_param.id() + "\".", fix);
    return false;
}

Value ParamCheck::readChoice(const YamlNode &node)
{
    return isDeclaredChoice(node) ? readText(node) : Value();
}

Value ParamCheck::readDuration(const YamlNode &node)
{
    const auto span = parseDuration(node.scalar);
    if (!span) {
        report(node.at, "flow.bad_duration",
               '"' + m_param.id() + "\" is " + quoted(node.scalar) +
                   ", which is not a span of time.",
               "Write a whole number and a unit: 500ms, 30s, 5m, 12h or 30d.");
        return {};
    }
    const auto seconds = static_cast<double>(span->count()) / 1000;
    const bool low = m_param.lowest() && seconds < *m_param.lowest();
    if (low || (m_param.highest() && seconds > *m_param.highest())) {
        const double bound = (low ? *m_param.lowest() : *m_param.highest()) * 1000;
        const std::string text =
            durationText(std::chrono::milliseconds(static_cast<std::int64_t>(bound)));
        report(node.at, "flow.out_of_bounds",
               '"' + m_param.id() + "\" is " + node.scalar + "; it must be " + text +
                   (low ? " or longer." : " or shorter."),
               "Write " + text + '.');
        return {};
    }
    return Value::string(m_arena, node.scalar);
}

Value ParamCheck::readSecret(const YamlNode &node)
{
    if (parseSecretRef(node.scalar))
        return Value::string(m_arena, node.scalar);
    report(node.at, "flow.secret_in_text", '"' + m_param.id() + "\" must not stand in a file.",
           "Write ${secret:<connection>/" + m_param.id() +
               "} and supply the value from the keychain or the environment.");
    return {};
}

Value ParamCheck::readUrl(const YamlNode &node)
{
    const std::string_view text = node.scalar;
    const std::size_t scheme = text.starts_with("https://")  ? 8
                               : text.starts_with("http://") ? 7
                                                             : 0;
    const std::string_view host = text.substr(scheme, text.find('/', scheme) - scheme);
    if (scheme == 0 || host.empty() || text.find_first_of(" \t\"<>\\") != std::string_view::npos) {
        report(node.at, "flow.bad_address",
               '"' + m_param.id() + "\" is " + quoted(text) + ", which is not a web address.",
               "Write an address that begins with https:// and names a host.");
        return {};
    }
    if (host.find('@') != std::string_view::npos) {
        report(node.at, "flow.secret_in_text",
               "The address in \"" + m_param.id() + "\" holds a user name or password.",
               "Remove the part before @ and keep it in a secret setting.");
        return {};
    }
    return readText(node);
}

Value ParamCheck::readList(const YamlNode &node)
{
    if (!node.isSequence()) {
        report(node.at, "flow.wrong_type", '"' + m_param.id() + "\" must be a list.",
               node.isScalar() ? "Write [" + node.scalar.substr(0, 40) + "]."
                               : "Write the values as [a, b].");
        return {};
    }
    ArrayBuilder items(m_arena);
    for (const YamlNode &item : node.items) {
        if (!item.isScalar()) {
            report(item.at, "flow.wrong_type",
                   "Each value of \"" + m_param.id() + "\" must be a single text.",
                   "Write the values as [a, b].");
            continue;
        }
        const Value value = isDeclaredChoice(item) ? readText(item) : Value();
        if (!value.isUndefined())
            items.add(value);
    }
    return items.finish();
}

Value ParamCheck::readMap(const YamlNode &node)
{
    const bool cases = m_param.type() == Param::Type::Cases;
    const bool isFields = m_param.type() == Param::Type::Fields;
    if (!node.isMap()) {
        report(node.at, "flow.wrong_type", '"' + m_param.id() + "\" must be a map.",
               isFields ? "Write one line per field: its name, a colon, what it holds."
               : cases  ? "Write one line per exit: its id, a colon, its condition."
                     : "Write one line per field: its name, a colon, its expression.");
        return {};
    }
    if (isFields)
        return readFields(node);
    if (cases)
        return readCases(node);
    MappingCheck check(m_arena, m_param.id(), m_file, m_findings,
                       [this](const YamlNode &expression) { return readExpression(expression); });
    return check.read(node);
}

Value ParamCheck::readFields(const YamlNode &node)
{
    ObjectBuilder members(m_arena);
    for (const YamlNode::Entry &entry : node.entries) {
        const Value word = isDeclaredChoice(entry.value) ? readText(entry.value) : Value();
        if (!word.isUndefined())
            members.set(entry.key, word);
    }
    return members.finish();
}

Value ParamCheck::readCases(const YamlNode &node)
{
    ObjectBuilder members(m_arena);
    for (const YamlNode::Entry &entry : node.entries) {
        if (!entry.value.isScalar()) {
            report(entry.value.isNull() ? entry.keyAt : entry.value.at, "flow.wrong_type",
                   '"' + entry.key + "\" in \"" + m_param.id() + "\" needs an expression.",
                   "Write an expression behind the colon.");
        } else if (!isCaseId(entry.key)) {
            report(entry.keyAt, "flow.bad_id", quoted(entry.key) + " cannot be the id of an exit.",
                   "Use lower-case letters, digits and underscores, beginning with a letter.");
        } else if (entry.key == "error") {
            report(entry.keyAt, "flow.bad_id", "\"error\" is the failure exit of every step.",
                   "Give this exit another id.");
        } else if (const Value value = readExpression(entry.value); !value.isUndefined()) {
            members.set(entry.key, value);
        }
    }
    return members.finish();
}

bool ParamCheck::fitsPattern(const YamlNode &node)
{
    if (m_param.pattern().empty())
        return true;
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 pattern(m_param.pattern(), options);
    if (!pattern.ok() || RE2::PartialMatch(node.scalar, pattern))
        return true;
    report(node.at, "flow.bad_pattern",
           '"' + m_param.id() + "\" is " + quoted(node.scalar) +
               ", which does not have the right form.",
           m_param.patternHint().empty() ? "Expected form: " + m_param.pattern()
                                         : m_param.patternHint());
    return false;
}

Value ParamCheck::fallback()
{
    if (!m_param.defaultText())
        return {};
    const std::string &declared = *m_param.defaultText();
    const Param::Type type = m_param.type();
    const bool isQuoted = declared.size() > 1 && declared.front() == '"' &&
                          declared.back() == '"' && type != Param::Type::Expression;
    if (isQuoted || type == Param::Type::ChoiceList || type == Param::Type::Mapping ||
        type == Param::Type::Cases)
        return read(parseYaml(declared).root);
    YamlNode scalar;
    scalar.kind = YamlNode::Kind::Scalar;
    scalar.scalar = declared;
    return readScalar(scalar);
}

void ParamCheck::report(const TextPosition &at, std::string code, std::string message,
                        std::string fix)
{
    Diagnostic finding;
    finding.code = std::move(code);
    finding.file = m_file;
    finding.line = at.line;
    finding.column = at.column;
    finding.message = std::move(message);
    finding.fix = std::move(fix);
    finding.path = m_param.id();
    m_findings.push_back(std::move(finding));
}

} // namespace tw
