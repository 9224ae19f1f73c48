// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace tw::analysis {

/// One piece of an expression as it is written. Offsets are UTF-8.
struct Lexeme
{
    enum class Kind { Name, Variable, String, Number, Constant, Word, Operator, Regex, Comment };
    Kind kind = Kind::Operator; ///< Word: and, or, in between two operands.
    int start = 0;
    int end = 0;
    bool closed = true;  ///< False: a string, name, regex or comment without its end.
    bool quoted = false; ///< A name in backquotes.

    std::string_view in(std::string_view text) const
    {
        return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
    }
};

/// Splits any text, comments included; what is not closed ends with its line (a comment: with the
/// text). For text that compiles the pieces are exactly the tokens of the parser.
std::vector<Lexeme> lexemesOf(std::string_view text);

/// True when an operand ends with this piece: an operator can follow, another operand cannot.
bool endsOperand(const Lexeme &lexeme, std::string_view text);

/// A field name as it must be written: in backquotes when the bare word would be read as something
/// else.
bool needsBackquotes(std::string_view name);

} // namespace tw::analysis
