// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Layout.h"
#include "core/analysis/Lexemes.h"
#include "core/expr/Ast.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// Lays out a raw tree (before resolve()) of `text`. Every token is written with the offset it came
/// from, so that comments can be put between the same tokens again. `text` must outlive it; use
/// once.
class FormatPrinter
{
public:
    explicit FormatPrinter(std::string_view text);

    std::string print(const expr::Ast &root, int width, int indent);

private:
    /// Comments that share their line with tokens on both sides, none, or only the left.
    enum class Standing { Inline, Alone, LineEnd };
    struct Comment
    {
        Lexeme lexeme;
        Standing standing = Standing::Inline;
        int after = 0; ///< Where the token before it ends.
    };

    void node(const expr::Ast &ast);
    void bare(const expr::Ast &ast);
    void leaf(const expr::Ast &ast);
    void binary(const expr::Ast &ast);
    void operands(const expr::Ast &ast);
    void alternatives(const expr::Ast &ast);
    void condition(const expr::Ast &ast);
    void conditionCases(const expr::Ast &ast);
    void bind(const expr::Ast &ast);
    void dot(const expr::Ast &ast);
    void call(const expr::Ast &ast);
    void lambda(const expr::Ast &ast);
    void filter(const expr::Ast &ast);
    void orderBy(const expr::Ast &ast);
    void transform(const expr::Ast &ast);
    void list(std::string_view opener, int at, std::span<const expr::AstPtr> items,
              std::string_view separator, std::string_view closer);
    void pairs(int at, const expr::AstList<expr::AstPair> &pairs);

    void put(std::string_view token, int at);
    void operatorAt(std::string_view token, int from);
    void enter(std::string_view opener, int at);
    void leave(std::string_view closer, int from);
    void openAt(int at);
    void flushBefore(int at);
    void flushLineEnd(int tokenEnd);
    void write(const Comment &comment);
    int tokenAt(int offset) const;
    int closerAt(int offset) const;
    int tokenBefore(int offset) const;
    std::string_view written(int at) const;

    std::string_view m_text;
    std::vector<Lexeme> m_tokens;
    std::vector<Comment> m_comments;
    std::size_t m_nextComment = 0;
    Layout m_layout;
};

/// A text as JSONata literal in double quotes.
std::string quotedText(std::string_view content);
/// A field name as it stands in a path, in backquotes where needed.
std::string quotedName(std::string_view name);

} // namespace tw::analysis
