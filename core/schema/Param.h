// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tw {

class Settings;

/// One declared setting of a step, a connection or an environment.
///
/// From this one declaration come the form row, the YAML check, the JSON Schema and the reference
/// page. Texts are English source texts marked for translation. A plain value built by the
/// functions below: `text("object", "Object").help("…").required()`.
class Param
{
public:
    enum class Type {
        Text,     ///< One line.
        LongText, ///< Several lines.
        Number,   ///< JSON number, with bounds.
        Integer,  ///< Whole number, with bounds.
        Boolean,
        Choice,     ///< One of `choices`.
        ChoiceList, ///< Several of `choices`; with `openChoices` others too (wildcards).
        Duration,   ///< "500ms", "30s", "5m", "12h", "30d".
        Expression, ///< JSONata text.
        Mapping,    ///< Target field -> expression, in order.
        Fields,     ///< Field -> what it holds, one of `choices`, in order.
        Cases,      ///< Named exits with a condition each, in order: branch.
        Secret,     ///< Never in YAML; only in connections.
        Url,
        FieldName, ///< A name from the other system (object, external id), free text with
                   ///< suggestions.
        StepRef,   ///< The id of another step of the flow.
    };
    struct Choice
    {
        std::string value;
        std::string title;
        std::string help;
        std::string group;
    };

    Param(Type type, std::string id, std::string title)
        : m_type(type), m_id(std::move(id)), m_title(std::move(title))
    {}

    Param &help(std::string sentence)
    {
        m_help = std::move(sentence);
        return *this;
    }
    Param &required()
    {
        m_required = true;
        return *this;
    }
    Param &advanced()
    {
        m_advanced = true;
        return *this;
    }
    Param &fallback(const char *text)
    {
        m_default = text;
        return *this;
    } ///< As YAML text: "30d", "true", "5".
    Param &range(double lowest, double highest)
    {
        m_lowest = lowest;
        m_highest = highest;
        return *this;
    }
    Param &maxLength(int characters)
    {
        m_maxLength = characters;
        return *this;
    }
    Param &matches(std::string regex, std::string hint)
    {
        m_pattern = std::move(regex);
        m_patternHint = std::move(hint);
        return *this;
    }
    Param &oneOf(std::vector<Choice> choices)
    {
        m_choices = std::move(choices);
        return *this;
    }
    /// Choices that follow from the other settings of the step, beside those of oneOf(): suggestions
    /// for the form and for completion. Pure; values are checked by the step type itself.
    using Suggest = std::function<std::vector<Choice>(const Settings &)>;
    Param &suggestedBy(Suggest suggest)
    {
        m_suggest = std::move(suggest);
        return *this;
    }
    Param &open()
    {
        m_openChoices = true;
        return *this;
    }
    Param &placeholder(std::string text)
    {
        m_placeholder = std::move(text);
        return *this;
    }
    Param &example(std::string text)
    {
        m_example = std::move(text);
        return *this;
    }
    Param &shownWhen(std::string id, std::string value)
    {
        m_shownWhenId = std::move(id);
        m_shownWhenValue = std::move(value);
        return *this;
    }

    Type type() const { return m_type; }
    const std::string &id() const { return m_id; }
    const std::string &title() const { return m_title; }
    const std::string &helpText() const { return m_help; }
    bool isRequired() const { return m_required; }
    bool isAdvanced() const { return m_advanced; }
    const std::optional<std::string> &defaultText() const { return m_default; }
    std::optional<double> lowest() const { return m_lowest; }
    std::optional<double> highest() const { return m_highest; }
    std::optional<int> longest() const { return m_maxLength; }
    const std::string &pattern() const { return m_pattern; }
    const std::string &patternHint() const { return m_patternHint; }
    const std::vector<Choice> &choices() const { return m_choices; }
    const Suggest &suggest() const { return m_suggest; } ///< May be empty.
    bool hasOpenChoices() const { return m_openChoices; }
    const std::string &placeholderText() const { return m_placeholder; }
    const std::string &exampleText() const { return m_example; }
    const std::string &shownWhenId() const { return m_shownWhenId; }
    const std::string &shownWhenValue() const { return m_shownWhenValue; }

private:
    Type m_type;
    std::string m_id, m_title, m_help, m_pattern, m_patternHint, m_placeholder, m_example;
    std::string m_shownWhenId, m_shownWhenValue;
    bool m_required = false, m_advanced = false, m_openChoices = false;
    std::optional<std::string> m_default;
    std::optional<double> m_lowest, m_highest;
    std::optional<int> m_maxLength;
    std::vector<Choice> m_choices;
    Suggest m_suggest;
};

Param text(std::string id, std::string title);
Param longText(std::string id, std::string title);
Param number(std::string id, std::string title);
Param integer(std::string id, std::string title);
Param boolean(std::string id, std::string title);
Param choice(std::string id, std::string title);
Param choiceList(std::string id, std::string title);
Param duration(std::string id, std::string title);
Param expression(std::string id, std::string title);
Param mapping(std::string id, std::string title);
Param fields(std::string id, std::string title);
Param cases(std::string id, std::string title);
Param secret(std::string id, std::string title);
Param url(std::string id, std::string title);
Param fieldName(std::string id, std::string title);
Param stepRef(std::string id, std::string title);

} // namespace tw
