// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/MappingCase.h"

#include "core/data/Json.h"
#include "core/expr/Ast.h"
#include "core/mapping/CompiledMapping.h"

#include <cstdio>
#include <optional>

namespace tw::bench {
namespace {

/// The object constructor that an expression ends with, and what stands before its dot.
struct Constructor
{
    std::string path;
    std::string text;
};

std::optional<Constructor> constructorOf(const Expression &expression)
{
    const expr::Ast *ast = &expression.ast();
    if (ast->kind == expr::AstKind::Path && !ast->items.empty())
        ast = &**(ast->items.end() - 1);
    if (ast->kind != expr::AstKind::Object)
        return std::nullopt;
    const auto start = static_cast<std::size_t>(ast->start);
    std::string path = expression.text().substr(0, start);
    while (!path.empty() && (path.back() == '.' || path.back() == ' '))
        path.pop_back();
    return Constructor{path.empty() ? "$" : path, expression.text().substr(start)};
}

Mapping mappingOf(const Expression &expression)
{
    Mapping mapping;
    for (const auto &pair : expression.ast().pairs) {
        MappingField field;
        field.target = pair.key->text;
        const auto start = static_cast<std::size_t>(pair.value->start);
        field.expression =
            expression.text().substr(start, static_cast<std::size_t>(pair.value->end) - start);
        mapping.fields.push_back(std::move(field));
    }
    return mapping;
}

} // namespace

void compareAsMapping(const std::string &id, const std::string &expression, const Value &event,
                      const std::function<double(const std::function<void()> &)> &measure)
{
    const auto whole = Expression::compile(expression);
    const auto constructor = whole ? constructorOf(*whole) : std::nullopt;
    const auto path = constructor ? Expression::compile(constructor->path) : whole;
    const auto input =
        path ? path->evaluateToDocument(event) : ExpressionResult<Document>(ExpressionError{});
    const auto plain = constructor ? Expression::compile(constructor->text) : whole;
    if (!constructor || !input || !input->root().isObject() || !plain)
        return;
    const Value &record = input->root();
    const auto mapping = CompiledMapping::compile(mappingOf(*plain));
    const auto wanted = plain->evaluateToDocument(record);
    const auto made = mapping ? mapping->run(record, {}) : Result<DocumentPtr>(Error{});
    if (!made || !wanted || toJson((*made)->root()) != toJson(wanted->root())) {
        std::printf("%-18s as a mapping gives another result\n", id.c_str());
        return;
    }
    const Environment environment;
    const double expressionTime =
        measure([&] { (void)plain->evaluateToDocument(record, environment); });
    const double mappingTime = measure([&] { (void)mapping->run(record, environment); });
    std::printf("%-18s %10.3f as an expression, %10.3f as a mapping: x %.2f\n", id.c_str(),
                expressionTime, mappingTime, mappingTime / expressionTime);
}

} // namespace tw::bench
