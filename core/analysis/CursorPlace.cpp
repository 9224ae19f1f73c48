// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/CursorPlace.h"

#include "core/analysis/Lexemes.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using expr::AstPtr;

namespace {

constexpr std::string_view kStandIn = "tidewire_stand_in";

/// The names of `function($a, $b` are made up by the author.
bool isParameter(const std::vector<Lexeme> &before, std::string_view text)
{
    for (std::size_t i = before.size(); i-- > 0;) {
        const std::string_view written = before[i].in(text);
        if (written == "(")
            return i > 0 &&
                   (before[i - 1].in(text) == "function" || before[i - 1].in(text) == "\u03bb");
        if (before[i].kind != Lexeme::Kind::Variable && written != ",")
            return false;
    }
    return false;
}

TypedWord::Kind kindBehind(const std::vector<Lexeme> &before, std::string_view text)
{
    if (before.empty())
        return TypedWord::Kind::Operand;
    const Lexeme &last = before.back();
    const std::string_view written = last.in(text);
    if (endsOperand(last, text))
        return TypedWord::Kind::Operator;
    if (written == "@" || written == "#" || isParameter(before, text))
        return TypedWord::Kind::Nothing;
    return written == "." ? TypedWord::Kind::Step : TypedWord::Kind::Operand;
}

void readTouched(const Lexeme &lexeme, std::string_view text, int cursor, TypedWord &word)
{
    const bool inside = cursor < lexeme.end || !lexeme.closed;
    const auto typed = [&](int skipped) {
        const auto from = static_cast<std::size_t>(lexeme.start + skipped);
        return std::string(text.substr(from, static_cast<std::size_t>(cursor) - from));
    };
    word.start = lexeme.start;
    word.end = lexeme.closed ? lexeme.end : cursor;
    switch (lexeme.kind) {
    case Lexeme::Kind::Name:
        word.prefix = typed(lexeme.quoted ? 1 : 0);
        break;
    case Lexeme::Kind::Word:
    case Lexeme::Kind::Constant:
        word.prefix = typed(0);
        break;
    case Lexeme::Kind::Variable:
        word.prefix = typed(1);
        word.isVariable = true;
        break;
    case Lexeme::Kind::String:
        word.kind = inside ? TypedWord::Kind::Text : TypedWord::Kind::Nothing;
        word.prefix = typed(1);
        break;
    case Lexeme::Kind::Comment:
        word.kind = inside ? TypedWord::Kind::Nothing : word.kind;
        word.start = word.end = cursor;
        break;
    case Lexeme::Kind::Number:
    case Lexeme::Kind::Regex:
        word.kind = TypedWord::Kind::Nothing;
        break;
    case Lexeme::Kind::Operator:
        word.start = word.end = cursor;
        break;
    }
}

Shape ofType(Shape::Type type)
{
    Shape shape;
    shape.type = type;
    return shape;
}

Shape itemOf(const Shape &shape)
{
    return shape.type == Shape::Type::List && !shape.item.empty() ? shape.item.front() : shape;
}

} // namespace

TypedWord typedWordAt(std::string_view text, int cursor)
{
    TypedWord word;
    word.start = word.end = cursor;
    std::vector<Lexeme> before;
    std::optional<Lexeme> touched;
    for (const Lexeme &lexeme : lexemesOf(text)) {
        if (lexeme.start >= cursor)
            break;
        const bool touches = lexeme.end >= cursor && lexeme.kind != Lexeme::Kind::Operator;
        if (touches)
            touched = lexeme;
        else if (lexeme.kind != Lexeme::Kind::Comment)
            before.push_back(lexeme);
    }
    word.kind = kindBehind(before, text);
    const bool madeUp = word.kind == TypedWord::Kind::Nothing;
    if (touched)
        readTouched(*touched, text, cursor, word);
    if (madeUp)
        word.kind = TypedWord::Kind::Nothing;
    return word;
}

CursorPlace::CursorPlace(std::string_view text, const TypedWord &word,
                         const Surroundings &surroundings)
    : m_surroundings(surroundings)
{
    std::string whole(text.substr(0, static_cast<std::size_t>(word.start)));
    whole += std::string(kStandIn) + " ";
    whole += text.substr(static_cast<std::size_t>(word.end));
    m_recovered = expr::parseRecovering(whole);
    m_types = inferTypes(*m_recovered.tree, surroundings);
    find(*m_recovered.tree);
    std::reverse(m_way.begin(), m_way.end());
}

bool CursorPlace::find(const Ast &node)
{
    bool found = node.kind == AstKind::Name && node.text == kStandIn;
    expr::eachPart(node, [&](const Ast &part) { found = found || find(part); });
    if (found)
        m_way.push_back(&node);
    return found;
}

std::optional<Shape> CursorPlace::context() const
{
    const FieldStep *step = m_way.empty() ? nullptr : m_types.step(*m_way.back());
    if (!step || !step->input.isKnown)
        return std::nullopt;
    return itemOf(step->input.shape);
}

std::optional<Shape> CursorPlace::expected() const
{
    return m_way.empty() ? std::nullopt : expectedAt(m_way.size() - 1);
}

/// What the node at `depth` of the way should be, from the one above it.
std::optional<Shape> CursorPlace::expectedAt(std::size_t depth) const
{
    if (depth == 0)
        return m_surroundings.target ? std::optional(m_surroundings.target->shape) : std::nullopt;
    const Ast &node = *m_way[depth];
    const Ast &above = *m_way[depth - 1];
    switch (above.kind) {
    case AstKind::Path:
    case AstKind::Block:
        return !above.items.empty() && above.items.back().get() == &node ? expectedAt(depth - 1)
                                                                         : std::nullopt;
    case AstKind::Condition:
        return above.left.get() == &node ? ofType(Shape::Type::Boolean) : expectedAt(depth - 1);
    case AstKind::Coalesce:
    case AstKind::Default:
        return expectedAt(depth - 1);
    case AstKind::Array: {
        const auto list = expectedAt(depth - 1);
        return list ? std::optional(itemOf(*list)) : std::nullopt;
    }
    case AstKind::Object:
        return expectedPair(depth);
    case AstKind::Binary:
        return expectedOperand(depth);
    default:
        return std::nullopt;
    }
}

std::optional<Shape> CursorPlace::expectedOperand(std::size_t depth) const
{
    const Ast &binary = *m_way[depth - 1];
    const bool isLeft = binary.left.get() == m_way[depth];
    const std::string_view sign = binary.text;
    if (sign == "and" || sign == "or")
        return ofType(Shape::Type::Boolean);
    if (sign == "+" || sign == "-" || sign == "*" || sign == "/" || sign == "%" || sign == "..")
        return ofType(Shape::Type::Number);
    const AstPtr other = isLeft ? binary.right : binary.left;
    if (sign == "&" || !other)
        return std::nullopt;
    const Inferred &type = m_types.of(*other);
    return type.isKnown ? std::optional(itemOf(type.shape)) : std::nullopt;
}

std::optional<Shape> CursorPlace::expectedPair(std::size_t depth) const
{
    const auto object = expectedAt(depth - 1);
    for (const expr::AstPair &pair : m_way[depth - 1]->pairs) {
        if (pair.value.get() != m_way[depth] || pair.key->kind != AstKind::String || !object)
            continue;
        const Shape record = itemOf(*object);
        const Shape::Field *field = record.find(pair.key->text);
        return field ? std::optional(field->shape) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Shape> CursorPlace::keysOf() const
{
    std::size_t depth = m_way.size();
    while (depth > 0 && m_way[depth - 1]->kind != AstKind::Object)
        --depth;
    if (depth == 0 || depth == m_way.size())
        return std::nullopt;
    for (const expr::AstPair &pair : m_way[depth - 1]->pairs) {
        if (pair.key.get() == m_way[depth])
            return expectedAt(depth - 1);
    }
    return std::nullopt;
}

void CursorPlace::addVariables(std::size_t depth, std::vector<Variable> &found) const
{
    const Ast &node = *m_way[depth];
    const Ast *below = depth + 1 < m_way.size() ? m_way[depth + 1] : nullptr;
    const auto add = [&found](std::string_view name, Shape shape = {}) {
        const bool known = std::any_of(found.begin(), found.end(),
                                       [&](const Variable &other) { return other.name == name; });
        if (!name.empty() && !known)
            found.push_back({std::string(name), std::move(shape)});
    };
    for (const std::string_view parameter : node.parameters)
        add(parameter);
    add(node.focus);
    add(node.index, ofType(Shape::Type::Integer));
    if (node.kind != AstKind::Path && node.kind != AstKind::Block)
        return;
    for (const AstPtr item : node.items) {
        const bool here = item.get() == below;
        const bool recursive =
            item->kind == AstKind::Bind && item->right && item->right->kind == AstKind::Lambda;
        if (here && !recursive)
            break;
        add(item->focus);
        add(item->index, ofType(Shape::Type::Integer));
        for (const expr::AstStage &stage : item->stages)
            add(stage.index, ofType(Shape::Type::Integer));
        if (item->kind == AstKind::Bind)
            add(item->text, item->right ? m_types.of(*item->right).shape : Shape());
        if (here)
            break;
    }
}

std::vector<CursorPlace::Variable> CursorPlace::variables() const
{
    std::vector<Variable> found;
    for (std::size_t depth = m_way.size(); depth-- > 0;)
        addVariables(depth, found);
    return found;
}

} // namespace tw::analysis
