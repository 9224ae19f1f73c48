// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Recognition.h"

#include "core/analysis/FormText.h"
#include "core/analysis/Lexemes.h"
#include "core/analysis/TreeCompare.h"
#include "core/expr/FunctionTable.h"
#include "core/expr/Parser.h"

#include <algorithm>
#include <cmath>

namespace tw::analysis {
namespace {

using expr::Ast;
using expr::AstKind;

const FunctionInfo *functionNamed(std::string_view name)
{
    const auto table = functionTable();
    const auto found = std::ranges::find(table, name, &FunctionInfo::name);
    return found == table.end() ? nullptr : &*found;
}

bool isBinding(const Ast &node)
{
    return node.kind == AstKind::Variable && isBare(node) && !node.text.empty() &&
           node.text != "$" && !functionNamed(node.text);
}

/// `a.b`, `$.a`, `$$.a`, `$event.a`, `$event`. A field called "*" would read as a wildcard, and one
/// with a backquote cannot be written.
std::optional<SourcePath> sourceOf(const Ast &wrapped)
{
    const Ast &node = withoutParentheses(wrapped);
    SourcePath path;
    if (isBinding(node)) {
        path.root = node.text;
        return path;
    }
    if (node.kind != AstKind::Path || !isBare(node) || node.items.empty())
        return {};
    bool first = true;
    for (const expr::AstPtr step : node.items) {
        const bool opens = std::exchange(first, false) && step->kind == AstKind::Variable;
        const bool whole = opens && (step->text.empty() || step->text == "$");
        const bool name = step->kind == AstKind::Name && step->text != "*" && step->text != "**" &&
                          step->text.find('`') == std::string_view::npos;
        if (!isBare(*step) || (!name && !whole && !(opens && isBinding(*step))))
            return {};
        if (name)
            path.steps.emplace_back(step->text);
        else if (!whole)
            path.root = step->text;
    }
    if (path.steps.empty())
        return {};
    return path;
}

std::optional<Value> constantOf(const Ast &node, Arena &arena);

std::optional<Value> listOf(const Ast &node, Arena &arena)
{
    ArrayBuilder items(arena);
    for (const expr::AstPtr item : node.items) {
        const auto value = constantOf(*item, arena);
        if (!value)
            return {};
        items.add(*value);
    }
    return items.finish();
}

std::optional<Value> objectOf(const Ast &node, Arena &arena)
{
    ObjectBuilder members(arena);
    for (const expr::AstPair &pair : node.pairs) {
        const auto value = constantOf(*pair.value, arena);
        const bool plainKey = pair.key->kind == AstKind::String && isBare(*pair.key);
        const Value key = Value::key(arena.copy(plainKey ? pair.key->text : ""));
        if (!value || !plainKey || !members.get(key).isUndefined())
            return {};
        members.set(key, *value);
    }
    return members.finish();
}

std::optional<Value> constantOf(const Ast &wrapped, Arena &arena)
{
    const Ast &node = withoutParentheses(wrapped);
    if (!isBare(node))
        return {};
    switch (node.kind) {
    case AstKind::String:
        return Value::string(arena, node.text);
    case AstKind::Number:
        return Value::number(node.number);
    case AstKind::Constant:
        return node.text == "null" ? Value::null() : Value::boolean(node.text == "true");
    case AstKind::Negate: {
        const bool number = node.left->kind == AstKind::Number && isBare(*node.left);
        return number ? std::optional(Value::number(-node.left->number)) : std::nullopt;
    }
    case AstKind::Array:
        return listOf(node, arena);
    case AstKind::Object:
        return objectOf(node, arena);
    default:
        return {};
    }
}

DocumentPtr constantDocument(const Ast &node)
{
    auto arena = std::make_unique<Arena>();
    const auto value = constantOf(node, *arena);
    return value ? share(Document(std::move(arena), *value)) : nullptr;
}

/// Reads one tree; every reader gives nothing where the tree is not quite its shape.
class Recogniser
{
public:
    explicit Recogniser(std::string_view text) : m_text(text) {}

    std::optional<MapperForm> form(const Ast &wrapped) const
    {
        const Ast &node = withoutParentheses(wrapped);
        if (auto source = sourceOf(node))
            return form::Copy{std::move(*source)};
        if (DocumentPtr value = constantDocument(node))
            return form::Constant{std::move(value)};
        if (!isBare(node))
            return {};
        switch (node.kind) {
        case AstKind::Call:
            return call(node);
        case AstKind::Coalesce:
            return tableWithRest(node);
        case AstKind::Condition:
            return condition(node);
        case AstKind::Binary:
            return node.text == "&" ? join(node) : arithmetic(node);
        default:
            return {};
        }
    }

private:
    static std::string_view calledName(const Ast &call)
    {
        const bool named = call.kind == AstKind::Call && isBare(call) &&
                           call.left->kind == AstKind::Variable && isBare(*call.left);
        return named ? call.left->text : std::string_view();
    }
    static const Ast &argument(const Ast &call, std::size_t index)
    {
        return withoutParentheses(*call.items.begin()[index]);
    }
    static std::optional<std::string> textArgument(const Ast &call, std::size_t index)
    {
        const Ast &node = argument(call, index);
        if (node.kind != AstKind::String || !isBare(node))
            return {};
        return std::string(node.text);
    }

    /// The text of a part, checked: read alone it must mean what it means here.
    std::optional<std::string> partText(const Ast &wrapped) const
    {
        const Ast &node = withoutParentheses(wrapped);
        const auto from = static_cast<std::size_t>(node.start);
        std::string part(m_text.substr(from, static_cast<std::size_t>(node.end) - from));
        const auto alone = expr::parse(part);
        if (!alone || !sameTree(**alone, node))
            return {};
        return part;
    }

    std::optional<MapperForm> call(const Ast &node) const
    {
        const std::string_view name = calledName(node);
        if (name == "sfDateTime" || name == "sfDate") {
            if (auto date = salesforceDate(node, name == "sfDate"))
                return date;
        }
        if (name == "fromMillis") {
            if (auto date = fromMillis(node))
                return date;
        }
        if (auto lookup = table(node))
            return *lookup;
        return convert(node, name);
    }

    std::optional<MapperForm> salesforceDate(const Ast &node, bool dateOnly) const
    {
        form::Date date;
        date.dateOnly = dateOnly;
        date.unit = 1000;
        const std::size_t most = dateOnly ? 2 : 1;
        if (node.items.empty() || node.items.size() > most)
            return {};
        const auto source = sourceOf(argument(node, 0));
        const auto zone = node.items.size() == 2 ? textArgument(node, 1) : std::string();
        if (!source || !zone || (node.items.size() == 2 && zone->empty()))
            return {};
        date.source = *source;
        date.zone = *zone;
        return date;
    }

    std::optional<MapperForm> fromMillis(const Ast &node) const
    {
        form::Date date;
        if (node.items.empty() || node.items.size() > 3 || !scaledSource(argument(node, 0), date))
            return {};
        const bool pictured = node.items.size() > 1;
        const auto picture = pictured ? textArgument(node, 1) : std::string();
        const auto zone = node.items.size() > 2 ? textArgument(node, 2) : std::string();
        if (!picture || !zone || (pictured && picture->empty()) ||
            (node.items.size() > 2 && zone->empty()))
            return {};
        date.picture = pictured || date.unit == 1 ? *picture : std::string(kIsoPicture);
        date.zone = *zone;
        if (date.unit == 1 && date.picture == kDatePicture) {
            date.dateOnly = true;
            date.picture.clear();
        }
        return date;
    }

    static bool scaledSource(const Ast &node, form::Date &date)
    {
        constexpr double kLargestUnit = 1e9;
        const bool scaled = node.kind == AstKind::Binary && node.text == "*" && isBare(node);
        const auto source = sourceOf(scaled ? *node.left : node);
        if (!source)
            return false;
        date.source = *source;
        date.unit = 1;
        if (!scaled)
            return true;
        const Ast &unit = withoutParentheses(*node.right);
        if (unit.kind != AstKind::Number || !isBare(unit) ||
            unit.number != std::floor(unit.number) || unit.number < 2 || unit.number > kLargestUnit)
            return false;
        date.unit = static_cast<int>(unit.number);
        return true;
    }

    std::optional<form::LookupTable> table(const Ast &node) const
    {
        const std::string_view name = calledName(node);
        const bool portable = name == "lookup";
        const std::size_t count = node.items.size();
        if ((!portable && name != "mapValue") || count < 2 || count > (portable ? 2u : 3u))
            return {};
        form::LookupTable lookup;
        lookup.portable = portable;
        const auto source = sourceOf(argument(node, portable ? 1 : 0));
        const Ast &rows = argument(node, portable ? 0 : 1);
        if (!source || rows.kind != AstKind::Object || !isBare(rows) || !constantDocument(rows))
            return {};
        lookup.source = *source;
        for (const expr::AstPair &row : rows.pairs)
            lookup.rows.emplace_back(row.key->text, constantDocument(*row.value));
        if (count == 3 && !(lookup.otherwise = constantDocument(argument(node, 2))))
            return {};
        return lookup;
    }

    std::optional<MapperForm> tableWithRest(const Ast &node) const
    {
        auto lookup = table(withoutParentheses(*node.left));
        if (!lookup || lookup->otherwise)
            return {};
        lookup->otherwise = constantDocument(*node.right);
        if (lookup->otherwise)
            return *lookup;
        const auto wanted = expr::parse(unknownEntryText(lookup->source));
        lookup->failsWhenUnknown = wanted && sameTree(**wanted, withoutParentheses(*node.right));
        return lookup->failsWhenUnknown ? std::optional<MapperForm>(*lookup) : std::nullopt;
    }

    std::optional<MapperForm> convert(const Ast &node, std::string_view name) const
    {
        const FunctionInfo *function = functionNamed(name);
        if (!function || function->kind == FunctionKind::HigherOrder || name == "eval" ||
            node.items.empty())
            return {};
        const auto source = sourceOf(argument(node, 0));
        if (!source)
            return {};
        form::Convert made{std::string(name), *source, {}};
        for (std::size_t i = 1; i < node.items.size(); ++i) {
            auto part = partText(argument(node, i));
            if (!part)
                return {};
            made.arguments.push_back(std::move(*part));
        }
        return made;
    }

    std::optional<MapperForm> arithmetic(const Ast &node) const
    {
        const bool known = std::string_view("+-*/%").find(node.text) != std::string_view::npos;
        const auto source = sourceOf(*node.left);
        const DocumentPtr number = constantDocument(*node.right);
        if (!known || !source || !number || !number->root().isNumber())
            return {};
        auto part = partText(*node.right);
        if (!part)
            return {};
        return form::Convert{std::string(node.text), *source, {std::move(*part)}};
    }

    std::optional<MapperForm> join(const Ast &node) const
    {
        form::Join made;
        if (!addParts(node, made))
            return {};
        return made;
    }

    static bool addParts(const Ast &wrapped, form::Join &made)
    {
        const Ast &node = withoutParentheses(wrapped);
        if (node.kind == AstKind::Binary && node.text == "&" && isBare(node))
            return addParts(*node.left, made) && addParts(*node.right, made);
        form::Join::Part part;
        if (auto source = sourceOf(node))
            part.source = std::move(*source);
        else if (node.kind == AstKind::String && isBare(node))
            part.text = node.text;
        else
            return false;
        made.parts.push_back(std::move(part));
        return true;
    }

    std::optional<MapperForm> condition(const Ast &node) const
    {
        form::Condition made;
        const Ast *rest = &node;
        for (; rest && rest->kind == AstKind::Condition && isBare(*rest);
             rest = rest->third ? &withoutParentheses(*rest->third) : nullptr) {
            auto when = partText(*rest->left);
            auto then = partText(*rest->right);
            if (!when || !then)
                return {};
            made.cases.emplace_back(std::move(*when), std::move(*then));
        }
        if (!rest)
            return made;
        auto otherwise = partText(*rest);
        if (!otherwise)
            return {};
        made.otherwise = std::move(*otherwise);
        return made;
    }

    std::string_view m_text;
};

bool hasComment(std::string_view text)
{
    if (text.find("/*") == std::string_view::npos)
        return false;
    return std::ranges::any_of(
        lexemesOf(text), [](const Lexeme &lexeme) { return lexeme.kind == Lexeme::Kind::Comment; });
}

} // namespace

MapperForm recognise(std::string_view text)
{
    if (!hasComment(text)) {
        if (const auto tree = expr::parse(text)) {
            if (auto form = Recogniser(text).form(**tree))
                return std::move(*form);
        }
    }
    return form::Free{std::string(text)};
}

} // namespace tw::analysis
