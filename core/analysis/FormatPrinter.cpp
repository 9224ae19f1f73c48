// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/FormatPrinter.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using expr::AstPtr;

namespace {

int powerClass(std::string_view text)
{
    if (text == "*" || text == "/" || text == "%")
        return 3;
    if (text == "+" || text == "-" || text == "&")
        return 2;
    return text == "and" ? 1 : text == "or" ? 0 : -1;
}

/// `inner` continues the row of operands that `outer` ends.
bool sameRow(const Ast &outer, const Ast &inner)
{
    if (inner.kind != outer.kind || inner.keepArray)
        return false;
    return outer.kind == AstKind::Apply ||
           (powerClass(outer.text) >= 0 && powerClass(outer.text) == powerClass(inner.text));
}

bool isSimple(const Ast &ast)
{
    switch (ast.kind) {
    case AstKind::Dot:
        return isSimple(*ast.left) && isSimple(*ast.right);
    case AstKind::Name:
    case AstKind::Variable:
    case AstKind::String:
    case AstKind::Number:
    case AstKind::Constant:
    case AstKind::Placeholder:
        return true;
    default:
        return false;
    }
}

} // namespace

void FormatPrinter::node(const Ast &ast)
{
    bare(ast);
    if (ast.keepArray)
        m_layout.text("[]");
}

void FormatPrinter::bare(const Ast &ast)
{
    switch (ast.kind) {
    case AstKind::Binary:
    case AstKind::Apply:
        return binary(ast);
    case AstKind::Coalesce:
    case AstKind::Default:
        return alternatives(ast);
    case AstKind::Condition:
        return condition(ast);
    case AstKind::Bind:
        return bind(ast);
    case AstKind::Negate:
        put("-", ast.start);
        return node(*ast.left);
    case AstKind::Array:
        return list("[", ast.start, {ast.items.data(), ast.items.size()}, ",", "]");
    case AstKind::Block:
        return list("(", ast.start, {ast.items.data(), ast.items.size()}, ";", ")");
    case AstKind::Object:
        return pairs(ast.start, ast.pairs);
    case AstKind::GroupBy:
        node(*ast.left);
        return pairs(tokenAt(ast.left->end), ast.pairs);
    case AstKind::Dot:
        return dot(ast);
    case AstKind::Filter:
        return filter(ast);
    case AstKind::OrderBy:
        return orderBy(ast);
    case AstKind::Focus:
    case AstKind::Index:
        node(*ast.left);
        put(ast.kind == AstKind::Focus ? "@" : "#", tokenAt(ast.left->end));
        return node(*ast.right);
    case AstKind::Call:
    case AstKind::Partial:
        return call(ast);
    case AstKind::Lambda:
        return lambda(ast);
    case AstKind::Transform:
        return transform(ast);
    default:
        return leaf(ast);
    }
}

void FormatPrinter::leaf(const Ast &ast)
{
    switch (ast.kind) {
    case AstKind::Name:
    case AstKind::OperatorName:
        return put(quotedName(ast.text), ast.start);
    case AstKind::String:
        return put(quotedText(ast.text), ast.start);
    case AstKind::Regex:
        return put("/" + std::string(ast.text) + "/" + std::string(ast.flags), ast.start);
    case AstKind::Variable:
        return put("$" + std::string(ast.text), ast.start);
    default:
        return put(ast.text, ast.start);
    }
}

void FormatPrinter::binary(const Ast &ast)
{
    if (ast.text == "..") {
        node(*ast.left);
        put("..", tokenAt(ast.left->end));
        return node(*ast.right);
    }
    openAt(ast.start);
    operands(ast);
    m_layout.dedent();
    m_layout.close();
}

/// A row of operands of one strength: all on one line, or each on its own behind its operator.
void FormatPrinter::operands(const Ast &ast)
{
    if (sameRow(ast, *ast.left)) {
        operands(*ast.left);
    } else {
        node(*ast.left);
        m_layout.indent();
    }
    m_layout.line();
    operatorAt(ast.kind == AstKind::Apply ? "~>" : ast.text, ast.left->end);
    node(*ast.right);
}

void FormatPrinter::alternatives(const Ast &ast)
{
    openAt(ast.start);
    node(*ast.left);
    m_layout.indent();
    const Ast *last = &ast;
    for (;;) {
        m_layout.line();
        operatorAt(last->kind == AstKind::Coalesce ? "??" : "?:", last->left->end);
        const Ast &right = *last->right;
        const bool more = right.kind == AstKind::Coalesce || right.kind == AstKind::Default;
        if (!more || right.keepArray)
            break;
        node(*right.left);
        last = &right;
    }
    node(*last->right);
    m_layout.dedent();
    m_layout.close();
}

void FormatPrinter::condition(const Ast &ast)
{
    openAt(ast.start);
    conditionCases(ast);
    m_layout.close();
}

/// `if ? then` on one line each, `: otherwise` behind; a chain goes on at the same depth.
void FormatPrinter::conditionCases(const Ast &ast)
{
    m_layout.open();
    node(*ast.left);
    m_layout.indent();
    m_layout.line();
    operatorAt("?", ast.left->end);
    node(*ast.right);
    m_layout.dedent();
    m_layout.close();
    if (!ast.third)
        return;
    m_layout.indent();
    m_layout.line();
    operatorAt(":", ast.right->end);
    m_layout.dedent();
    if (ast.third->kind == AstKind::Condition && !ast.third->keepArray)
        return conditionCases(*ast.third);
    m_layout.indent();
    node(*ast.third);
    m_layout.dedent();
}

void FormatPrinter::bind(const Ast &ast)
{
    node(*ast.left);
    m_layout.space();
    operatorAt(":=", ast.left->end);
    node(*ast.right);
}

void FormatPrinter::dot(const Ast &ast)
{
    node(*ast.left);
    m_layout.indent();
    m_layout.fillLine();
    put(".", tokenAt(ast.left->end));
    m_layout.dedent();
    const Ast &step = *ast.right;
    const bool name = step.kind == AstKind::String && !step.keepArray &&
                      step.text.find('`') == std::string::npos && !step.text.empty();
    if (name)
        put(quotedName(step.text), step.start);
    else
        node(step);
}

void FormatPrinter::call(const Ast &ast)
{
    node(*ast.left);
    const int opener = tokenAt(ast.left->end);
    const std::span<const AstPtr> items(ast.items.data(), ast.items.size());
    const bool hugs = !items.empty() && !items.back()->keepArray &&
                      std::all_of(items.begin(), items.end() - 1,
                                  [](const AstPtr &item) { return isSimple(*item); });
    const AstKind last = items.empty() ? AstKind::End : items.back()->kind;
    const bool lonely = items.size() == 1 && (last == AstKind::Object || last == AstKind::Array);
    if (!hugs || !(lonely || last == AstKind::Lambda))
        return list("(", opener, items, ",", ")");
    put("(", opener);
    for (const AstPtr &item : items.first(items.size() - 1)) {
        node(*item);
        put(",", tokenAt(item->end));
        m_layout.space();
    }
    node(*items.back());
    put(")", closerAt(items.back()->end));
}

void FormatPrinter::lambda(const Ast &ast)
{
    put("function", ast.start);
    int at = tokenAt(ast.start + 1);
    put("(", at);
    for (std::size_t i = 0; i < ast.parameters.size(); ++i) {
        if (i > 0) {
            put(",", at = tokenAt(at + 1));
            m_layout.space();
        }
        put("$" + std::string(ast.parameters[i]), at = tokenAt(at + 1));
    }
    put(")" + std::string(ast.flags), closerAt(at + 1));
    m_layout.space();
    const Ast &body = *ast.right;
    const int opener = tokenBefore(body.start);
    const int closer = tokenAt(body.end);
    if (body.kind == AstKind::Block && !body.keepArray) {
        put("{", opener);
        node(body);
        return put("}", closer);
    }
    put("{", opener);
    m_layout.open();
    m_layout.indent();
    m_layout.line();
    node(body);
    m_layout.dedent();
    m_layout.line();
    m_layout.close();
    put("}", closer);
}

void FormatPrinter::filter(const Ast &ast)
{
    node(*ast.left);
    enter("[", tokenAt(ast.left->end));
    node(*ast.right);
    leave("]", ast.right->end);
}

void FormatPrinter::orderBy(const Ast &ast)
{
    node(*ast.left);
    const int caret = tokenAt(ast.left->end);
    put("^", caret);
    enter("(", tokenAt(caret + 1));
    for (const expr::AstSortTerm &term : ast.terms) {
        if (&term != &ast.terms.front())
            m_layout.line();
        if (term.descending)
            put(">", tokenBefore(term.expression->start));
        node(*term.expression);
        if (&term != &ast.terms.back())
            put(",", tokenAt(term.expression->end));
    }
    leave(")", ast.terms.back().expression->end);
}

void FormatPrinter::transform(const Ast &ast)
{
    put("|", ast.start);
    node(*ast.left);
    put("|", tokenAt(ast.left->end));
    node(*ast.right);
    const Ast *last = ast.right.get();
    if (ast.third) {
        put(",", tokenAt(last->end));
        m_layout.space();
        last = ast.third.get();
        node(*last);
    }
    put("|", tokenAt(last->end));
}

void FormatPrinter::list(std::string_view opener, int at, std::span<const AstPtr> items,
                         std::string_view separator, std::string_view closer)
{
    if (items.empty()) {
        put(opener, at);
        return put(closer, closerAt(at + 1));
    }
    enter(opener, at);
    for (const AstPtr &item : items) {
        if (&item != &items.front())
            m_layout.line();
        node(*item);
        if (&item != &items.back())
            put(separator, tokenAt(item->end));
    }
    leave(closer, items.back()->end);
}

void FormatPrinter::pairs(int at, const expr::AstList<expr::AstPair> &pairs)
{
    if (pairs.empty()) {
        put("{", at);
        return put("}", closerAt(at + 1));
    }
    enter("{", at);
    for (const expr::AstPair &pair : pairs) {
        if (&pair != &pairs.front())
            m_layout.line();
        node(*pair.key);
        put(":", tokenAt(pair.key->end));
        m_layout.space();
        node(*pair.value);
        if (&pair != &pairs.back())
            put(",", tokenAt(pair.value->end));
    }
    leave("}", pairs.back().value->end);
}

} // namespace tw::analysis
