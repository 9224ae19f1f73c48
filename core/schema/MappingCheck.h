// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"
#include "core/schema/Diagnostic.h"

#include <functional>
#include <string>
#include <vector>

namespace tw {

/// Checks the fields of a mapping, each an expression or a group `{value, if_missing, default,
/// list, separator, note}`, and turns them into a Value with the same two forms. Lives for one
/// call; findings go to the list it was given, with the field in their path.
class MappingCheck
{
public:
    /// Checks an expression; undefined (with a finding) when it cannot be taken.
    using ReadExpression = std::function<Value(const YamlNode &)>;

    MappingCheck(Arena &arena, std::string param, std::string file,
                 std::vector<Diagnostic> &findings, ReadExpression readExpression)
        : m_arena(arena),
          m_param(std::move(param)),
          m_file(std::move(file)),
          m_findings(findings),
          m_readExpression(std::move(readExpression))
    {}

    /// `node` is a map.
    Value read(const YamlNode &node);

private:
    Value readField(const YamlNode::Entry &field);
    Value readGroup(const YamlNode::Entry &field);
    Value readMember(const YamlNode::Entry &field, const YamlNode::Entry &member);
    Value readWord(const YamlNode::Entry &member, std::span<const std::string_view> words);
    Value readDefault(const YamlNode &node);
    bool fitTogether(const YamlNode::Entry &field);
    void checkTargets(const YamlNode &node);
    void report(const TextPosition &at, std::string code, std::string message, std::string fix);

    Arena &m_arena;
    std::string m_param;
    std::string m_file;
    std::vector<Diagnostic> &m_findings;
    ReadExpression m_readExpression;
    std::string m_field; ///< Being checked.
};

} // namespace tw
