// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/JsonSchema.h"

#include "core/schema/ParamCheck.h"

namespace tw {
namespace {

/// Table cells hold one line, and a bar would end them.
std::string cell(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '|')
            out += "\\|";
        else
            out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string bounds(const Param &param)
{
    const auto whole = [](double bound) {
        std::string text = std::to_string(bound);
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.'))
            text.pop_back();
        return text;
    };
    const std::string unit = param.type() == Param::Type::Duration ? " s" : "";
    if (param.lowest() && param.highest())
        return ", " + whole(*param.lowest()) + " to " + whole(*param.highest()) + unit;
    if (param.lowest())
        return ", at least " + whole(*param.lowest()) + unit;
    return param.highest() ? ", at most " + whole(*param.highest()) + unit : std::string();
}

std::string choiceWords(const Param &param)
{
    constexpr std::size_t kShown = 12;
    std::string words;
    for (std::size_t i = 0; i < param.choices().size() && i < kShown; ++i)
        words += (i ? ", `" : " `") + param.choices()[i].value + '`';
    if (words.empty())
        return {};
    if (param.choices().size() > kShown)
        words += " and " + std::to_string(param.choices().size() - kShown) + " more";
    return " One of:" + words + '.';
}

std::string need(const Param &param)
{
    if (param.isRequired() && !param.defaultText())
        return "required";
    return param.isAdvanced() ? "optional, advanced" : "optional";
}

} // namespace

std::string referenceTable(const std::vector<Param> &params)
{
    if (params.empty())
        return "No settings.\n";
    std::string table = "| Setting | Type | Need | Default | Meaning |\n|---|---|---|---|---|\n";
    for (const Param &param : params) {
        std::string meaning = param.title() + '.';
        if (!param.helpText().empty())
            meaning += ' ' + param.helpText();
        meaning += choiceWords(param);
        if (!param.exampleText().empty())
            meaning += " Example: `" + param.exampleText() + "`.";
        table += "| `" + param.id() + "` | " + typeWord(param.type()) + bounds(param) + " | " +
                 need(param) + " | " +
                 (param.defaultText() ? '`' + cell(*param.defaultText()) + '`' : std::string()) +
                 " | " + cell(meaning) + " |\n";
    }
    return table;
}

} // namespace tw
