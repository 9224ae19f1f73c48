// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/FunctionReference.h"

#include <array>
#include <utility>
#include <vector>

namespace tw {
namespace {

struct Chapter
{
    FunctionKind kind;
    std::string_view id;
    std::string_view title;
};
constexpr std::array<Chapter, kFunctionKinds> kChapters{{
    {FunctionKind::Text, "text", "Text"},
    {FunctionKind::Numbers, "numbers", "Numbers"},
    {FunctionKind::Money, "money", "Money"},
    {FunctionKind::Times, "times", "Times"},
    {FunctionKind::Lists, "lists", "Lists"},
    {FunctionKind::Objects, "objects", "Objects and values"},
    {FunctionKind::Logic, "logic", "Logic and errors"},
    {FunctionKind::HigherOrder, "higher_order", "Functions that take functions"},
    {FunctionKind::Matching, "matching", "Tables and matching"},
}};

std::string_view wordOf(char letter)
{
    switch (letter) {
    case 's':
        return "text";
    case 'n':
        return "number";
    case 'b':
        return "true or false";
    case 'l':
        return "null";
    case 'a':
        return "list";
    case 'o':
        return "object";
    case 'f':
        return "function";
    default:
        return "any value";
    }
}

std::string_view pluralOf(char letter)
{
    switch (letter) {
    case 's':
        return "texts";
    case 'n':
        return "numbers";
    case 'o':
        return "objects";
    default:
        return "values";
    }
}

struct Parameter
{
    std::string words;
    bool optional = false;
    bool context = false;
    bool repeated = false;
};

/// Reads JSONata's notation ("<s-nn?:s>") for people; the engine's own reader is Signature.
class Notation
{
public:
    explicit Notation(std::string_view text) : m_text(text) {}

    std::vector<Parameter> parameters()
    {
        std::vector<Parameter> made;
        for (m_at = 1; m_at < m_text.size() && m_text[m_at] != ':' && m_text[m_at] != '>';) {
            Parameter parameter;
            parameter.words = type();
            for (; m_at < m_text.size() && std::string_view("-?+").find(m_text[m_at]) != npos;
                 ++m_at) {
                parameter.context |= m_text[m_at] == '-';
                parameter.optional |= m_text[m_at] != '+';
                parameter.repeated |= m_text[m_at] == '+';
            }
            made.push_back(std::move(parameter));
        }
        return made;
    }
    /// Behind the colon; call after parameters().
    std::string result()
    {
        if (m_at >= m_text.size() || m_text[m_at] != ':')
            return {};
        ++m_at;
        return type();
    }

private:
    static constexpr std::size_t npos = std::string_view::npos;

    std::string type()
    {
        const char letter = m_text[m_at++];
        if (letter == '(')
            return choice();
        std::string words(wordOf(letter));
        if (m_at < m_text.size() && m_text[m_at] == '<') {
            const char item = m_text[m_at + 1];
            m_at = m_text.find('>', m_at) + 1;
            if (letter == 'a')
                words = "list of " + std::string(pluralOf(item));
        }
        return words;
    }
    std::string choice()
    {
        std::string words;
        for (; m_at < m_text.size() && m_text[m_at] != ')'; ++m_at) {
            const bool last = m_text[m_at + 1] == ')';
            words += words.empty() ? "" : last ? " or " : ", ";
            words += wordOf(m_text[m_at]);
        }
        ++m_at;
        return words;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

std::vector<std::string> argumentNames(const FunctionInfo &function)
{
    std::vector<std::string> names;
    for (std::string_view rest = function.arguments; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(", "), rest.size());
        names.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 2, rest.size()));
    }
    return names;
}

/// A cell of a Markdown table: bars would end it.
std::string cell(std::string_view text)
{
    std::string out;
    for (const char c : text)
        out += c == '|' ? "\\|" : std::string(1, c);
    return out;
}

std::string resultInWords(const FunctionInfo &function)
{
    constexpr std::string_view kError = "error ";
    if (function.result.starts_with(kError))
        return "fails with " + std::string(function.result.substr(kError.size()));
    return "`" + cell(function.result) + "`";
}

std::string entry(const FunctionInfo &function)
{
    std::string text = "### $" + std::string(function.name) + "\n\n`" + callForm(function) + "`";
    text += function.extension ? " (Tidewire's own)\n\n" : " (JSONata)\n\n";
    text += std::string(function.help) + "\n\n";
    if (const std::string words = signatureInWords(function); !words.empty())
        text += words + "\n\n";
    return text + "Example: `" + std::string(function.example) + "` " +
           (function.result.starts_with("error ") ? "" : "gives ") + resultInWords(function) +
           ".\n\n";
}

std::string overview()
{
    std::string rows = "| function | what it does | origin |\n|---|---|---|\n";
    for (const Chapter &chapter : kChapters) {
        for (const FunctionInfo &function : functionTable()) {
            if (function.kind != chapter.kind)
                continue;
            rows += "| `" + cell(callForm(function)) + "` | " + cell(function.help) + " | " +
                    (function.extension ? "Tidewire" : "JSONata") + " |\n";
        }
    }
    return rows;
}

} // namespace

std::string_view titleOf(FunctionKind kind)
{
    return kChapters[static_cast<std::size_t>(kind)].title;
}

std::string_view idOf(FunctionKind kind)
{
    return kChapters[static_cast<std::size_t>(kind)].id;
}

std::string callForm(const FunctionInfo &function)
{
    const auto parameters = Notation(function.signature).parameters();
    const auto names = argumentNames(function);
    std::string text = "$" + std::string(function.name) + "(";
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool optional = i < parameters.size() && parameters[i].optional;
        text += (i > 0 ? ", " : "") + names[i] + (optional ? "?" : "");
    }
    return text + ")";
}

std::string signatureInWords(const FunctionInfo &function)
{
    Notation notation(function.signature);
    const auto parameters = notation.parameters();
    const std::string result = notation.result();
    const auto names = argumentNames(function);
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < parameters.size(); ++i) {
        const Parameter &parameter = parameters[i];
        text += (i > 0 ? "; " : "") + names[i] + ": " + parameter.words;
        if (parameter.repeated)
            text += ", and more of them";
        if (parameter.context)
            text += ", the context when left out";
        else if (parameter.optional)
            text += ", may be left out";
    }
    if (!text.empty())
        text += ".";
    if (!result.empty())
        text += (text.empty() ? "Gives: " : " Gives: ") + result + ".";
    return text;
}

std::string parameterInWords(const FunctionInfo &function, std::size_t index)
{
    const auto parameters = Notation(function.signature).parameters();
    return index < parameters.size() ? parameters[index].words : std::string();
}

std::string functionPage()
{
    std::string page =
        "<!-- Written by `tidewire functions --markdown`; do not edit. -->\n"
        "# Functions\n\n"
        "Mappings, filters and branches are JSONata 2.2. Functions marked as Tidewire's own are "
        "not "
        "known to other JSONata engines; `tidewire eval --portable` reports where they are used. "
        "Unless a function says otherwise, a missing argument gives nothing; in Tidewire's own "
        "functions null stays null, so that a field can be cleared.\n\n";
    page += overview();
    for (const Chapter &chapter : kChapters) {
        page += "\n## " + std::string(chapter.title) + "\n\n";
        for (const FunctionInfo &function : functionTable()) {
            if (function.kind == chapter.kind)
                page += entry(function);
        }
        page.pop_back();
    }
    return page;
}

} // namespace tw
