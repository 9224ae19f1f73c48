// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Surroundings.h"
#include "core/analysis/Types.h"
#include "core/expr/Parser.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// What is being typed at a place of a text, from its characters alone.
struct TypedWord
{
    enum class Kind {
        Nothing,  ///< Inside a comment, number or pattern, or a name that is only made up here.
        Operand,  ///< A new expression may begin.
        Step,     ///< Behind a dot.
        Operator, ///< Behind a complete operand.
        Text      ///< Inside a string.
    };
    Kind kind = Kind::Operand;
    int start = 0; ///< What accepting replaces: UTF-8 offsets.
    int end = 0;
    std::string prefix;      ///< Up to the cursor, without dollar and quotes.
    bool isVariable = false; ///< Began with a dollar sign.
};
TypedWord typedWordAt(std::string_view text, int cursor);

/// The tree around the word, with a stand-in where the word is, and all types in it.
///
/// The text before and behind may be half typed. A plain value; the trees it points into are its
/// own.
class CursorPlace
{
public:
    CursorPlace(std::string_view text, const TypedWord &word, const Surroundings &surroundings);

    /// One item of what a field name at the cursor would look into; empty when unknown.
    std::optional<Shape> context() const;
    /// What the value at the cursor should be, as far as its neighbours and the target tell.
    std::optional<Shape> expected() const;
    /// What the keys of the object are, when the cursor stands where a key stands.
    std::optional<Shape> keysOf() const;

    struct Variable
    {
        std::string name;
        Shape shape;
    };
    /// Names bound around the cursor, innermost first.
    std::vector<Variable> variables() const;

private:
    bool find(const expr::Ast &node);
    std::optional<Shape> expectedAt(std::size_t depth) const;
    std::optional<Shape> expectedOperand(std::size_t depth) const;
    std::optional<Shape> expectedPair(std::size_t depth) const;
    void addVariables(std::size_t depth, std::vector<Variable> &found) const;

    const Surroundings &m_surroundings;
    expr::RecoveredTree m_recovered;
    TypeMap m_types;
    std::vector<const expr::Ast *> m_way; ///< From the root to the stand-in; empty: not found.
};

} // namespace tw::analysis
