// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/YamlText.h"

#include <algorithm>
#include <cmath>

namespace tw {
namespace yaml {
namespace {

constexpr std::size_t kFlowColumns = 80;

std::string spaces(std::size_t count)
{
    return std::string(count, ' ');
}

/// Readers of YAML 1.1 take "1e+21" for a text unless the mantissa has a point.
std::string numberText(const Value &value)
{
    if (value.kind() == Value::Kind::Double && !std::isfinite(value.rawDouble()))
        return std::isnan(value.rawDouble()) ? ".nan" : value.rawDouble() > 0 ? ".inf" : "-.inf";
    std::string text = toJson(value);
    const std::size_t power = text.find_first_of("eE");
    if (power == std::string::npos)
        return text;
    if (text[power + 1] != '+' && text[power + 1] != '-')
        text.insert(power + 1, 1, '+');
    if (text.find('.') == std::string::npos)
        text.insert(power, ".0");
    return text;
}

/// Whether a literal block says exactly this text: nothing that an editor or a reader would trim.
bool suitsLiteral(std::string_view text)
{
    if (text.find('\n') == std::string_view::npos || text.front() == '\n' || text.ends_with("\n\n"))
        return false;
    if (needsEscapes(text))
        return false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        if (!line.empty() &&
            (line.find_first_not_of(" \t") == std::string_view::npos || line[0] == '\t'))
            return false;
        if (at == 0 && line.starts_with(' '))
            return false;
        at = end + 1;
    }
    return true;
}

std::string literalText(std::string_view text, std::size_t indent)
{
    std::string out = text.ends_with('\n') ? "|" : "|-";
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        out += '\n';
        if (end > at)
            out += spaces(indent);
        out += text.substr(at, end - at);
        at = end + 1;
    }
    return out;
}

bool isContainer(const Value &value)
{
    return (value.isArray() || value.isObject()) && value.size() > 0;
}

std::string flowText(const Value &value);

std::string flowList(const Value &value)
{
    std::string out = "[";
    for (const Value &item : value.items())
        out += (out.size() > 1 ? ", " : "") + flowText(item);
    return out + "]";
}

std::string flowMap(const Value &value)
{
    std::string out = "{";
    for (const Member &member : value.members()) {
        if (member.value.isUndefined() || member.value.isFunction())
            continue;
        out += (out.size() > 1 ? ", " : "") + keyText(member.key.text(), true) + ": " +
               flowText(member.value);
    }
    return out + "}";
}

std::string flowText(const Value &value)
{
    if (value.isString())
        return scalarText(value.text(), true);
    if (value.isNumber())
        return numberText(value);
    if (value.isArray())
        return flowList(value);
    if (value.isObject())
        return flowMap(value);
    return value.isBool() && value.asBool() ? "true" : value.isBool() ? "false" : "null";
}

bool fitsFlow(const Value &list, std::size_t indent)
{
    const bool scalars = std::ranges::none_of(list.items(), isContainer);
    return scalars && indent + flowList(list).size() <= kFlowColumns;
}

std::string mapText(const Value &value, std::size_t indent, const Layout &layout)
{
    std::string out;
    for (const Member &member : value.members()) {
        if (member.value.isUndefined() || member.value.isFunction())
            continue;
        if (!out.empty())
            out += "\n" + spaces(indent);
        out += keyText(member.key.text(), false) + ":";
        const std::size_t inner = indent + 2;
        if (isBlock(member.value, inner, layout))
            out += "\n" + spaces(inner) + valueText(member.value, inner, layout);
        else
            out += " " + valueText(member.value, indent, layout);
    }
    return out.empty() ? "{}" : out;
}

std::string listText(const Value &value, std::size_t indent, const Layout &layout)
{
    std::string out;
    for (const Value &item : value.items()) {
        if (!out.empty())
            out += "\n" + spaces(indent);
        const bool block = isBlock(item, indent + 2, layout);
        out += "- " + valueText(item, block ? indent + 2 : indent, layout);
    }
    return out;
}

} // namespace

bool isBlock(const Value &value, std::size_t indent, const Layout &layout)
{
    if (layout.flow || !isContainer(value))
        return false;
    return value.isObject() || !fitsFlow(value, indent);
}

std::string valueText(const Value &value, std::size_t indent, const Layout &layout)
{
    if (layout.flow)
        return flowText(value);
    if (value.isString() && layout.literals && suitsLiteral(value.text()))
        return literalText(value.text(), indent + 2);
    if (!isBlock(value, indent, layout))
        return value.isString() ? scalarText(value.text(), false) : flowText(value);
    return value.isObject() ? mapText(value, indent, layout) : listText(value, indent, layout);
}

} // namespace yaml

std::string toYaml(const Value &value, int indent)
{
    return yaml::valueText(value, static_cast<std::size_t>(std::max(indent, 0)), {});
}

} // namespace tw
