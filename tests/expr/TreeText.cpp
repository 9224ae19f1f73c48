// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/expr/TreeText.h"

namespace tw::test {
namespace {

using expr::Ast;
using expr::AstKind;

class Writer
{
public:
    explicit Writer(bool loose) : m_loose(loose) {}

    std::string text;

    void write(const Ast &ast)
    {
        if (m_loose && ast.kind == AstKind::Block && ast.items.size() == 1 && !ast.keepArray &&
            ast.predicates.empty() && ast.stages.empty() && !ast.group)
            return write(*ast.items.front());
        text += std::string("(") + std::to_string(static_cast<int>(ast.kind));
        word(ast.kind == AstKind::Lambda || ast.kind == AstKind::Block ? "" : ast.text);
        word(ast.flags);
        word(ast.focus);
        word(ast.index);
        mark('k', ast.keepArray);
        mark('s', ast.keepSingleton);
        mark('c', ast.consArray && !m_loose);
        mark('t', ast.tuple && !m_loose);
        mark('l', ast.tail);
        for (const auto &parameter : ast.parameters)
            word(parameter);
        for (const expr::AstPtr *part : {&ast.left, &ast.right, &ast.third}) {
            text += '|';
            if (*part)
                write(**part);
        }
        parts(ast);
        text += ')';
    }

private:
    void parts(const Ast &ast)
    {
        for (const auto &item : ast.items)
            write(*item);
        for (const auto &pair : ast.pairs)
            pairOf(pair);
        for (const auto &term : ast.terms) {
            mark('>', term.descending);
            write(*term.expression);
        }
        for (const auto &predicate : ast.predicates) {
            text += 'p';
            write(*predicate);
        }
        for (const auto &stage : ast.stages) {
            text += 'q';
            word(stage.index);
            if (stage.filter)
                write(*stage.filter);
        }
        if (ast.group) {
            text += 'g';
            for (const auto &pair : ast.group->pairs)
                pairOf(pair);
        }
        if (ast.slot)
            word(ast.slot->label);
        if (ast.ancestor)
            word(ast.ancestor->label);
    }
    void pairOf(const expr::AstPair &pair)
    {
        write(*pair.key);
        text += ':';
        write(*pair.value);
    }
    void word(std::string_view written)
    {
        if (!written.empty())
            text += " '" + std::string(written) + "'";
    }
    void mark(char letter, bool set)
    {
        if (set)
            text += letter;
    }

    bool m_loose;
};

} // namespace

std::string treeText(const Ast &ast, bool loose)
{
    Writer writer(loose);
    writer.write(ast);
    return writer.text;
}

} // namespace tw::test
