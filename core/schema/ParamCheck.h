// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"
#include "core/schema/Diagnostic.h"
#include "core/schema/Param.h"

#include <vector>

namespace tw {

/// Checks one value of the file against its declaration and turns it into a Value of the right
/// type: the work behind readSettings(). Lives for one call; findings go to the list it was given.
class ParamCheck
{
public:
    ParamCheck(Arena &arena, const Param &param, std::string file,
               std::vector<Diagnostic> &findings)
        : m_arena(arena), m_param(param), m_file(std::move(file)), m_findings(findings)
    {}

    /// Undefined when the value is not usable; the reason is among the findings.
    Value read(const YamlNode &node);
    /// The declared default, or undefined.
    Value fallback();

private:
    Value readScalar(const YamlNode &node);
    Value readText(const YamlNode &node);
    Value readExpression(const YamlNode &node);
    Value readNumber(const YamlNode &node);
    Value readBoolean(const YamlNode &node);
    Value readChoice(const YamlNode &node);
    Value readDuration(const YamlNode &node);
    Value readSecret(const YamlNode &node);
    Value readUrl(const YamlNode &node);
    Value readList(const YamlNode &node);
    Value readMap(const YamlNode &node);
    Value readCases(const YamlNode &node);
    Value readFields(const YamlNode &node);
    bool isDeclaredChoice(const YamlNode &node);
    bool fitsPattern(const YamlNode &node);
    void report(const TextPosition &at, std::string code, std::string message, std::string fix);

    Arena &m_arena;
    const Param &m_param;
    std::string m_file;
    std::vector<Diagnostic> &m_findings;
};

/// "text", "whole number", …: the word for a type in messages and on the reference page.
std::string typeWord(Param::Type type);

} // namespace tw
