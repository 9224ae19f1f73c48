// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Expression.h"

#include "core/expr/Errors.h"
#include "core/expr/Evaluation.h"
#include "core/expr/Functions.h"
#include "core/expr/Nodes.h"
#include "core/expr/Parser.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <cmath>

namespace tw {
namespace expr {
namespace {

ExpressionResult<std::shared_ptr<Program>> compileText(std::string_view text,
                                                       const std::vector<std::string> &names)
{
    auto ast = parse(text);
    if (!ast)
        return ast.error();
    constexpr std::size_t kBytesPerCharacter = 12; // of nodes
    auto program = std::make_shared<Program>(512 + text.size() * kBytesPerCharacter);
    program->text = text;
    program->names = names;
    program->ast = std::move(*ast);
    Compiler compiler(*program);
    program->root = compiler.compile(*program->ast);
    if (!program->root)
        return compiler.error();
    return program;
}

ExpressionError described(ExpressionError error)
{
    describe(error);
    return error;
}

ExpressionError tooLarge(std::uint64_t most)
{
    ExpressionError error;
    error.code = "D2015";
    error.message = most >= 1U << 20 ? "The result is larger than " + std::to_string(most >> 20) +
                                           " MB, which is the most that an expression may give."
                                     : "The result is larger than is allowed.";
    return error;
}

/// A copy without the marks that sequences have inside an evaluation.
Value plainCopy(Arena &arena, const Value &value)
{
    if (value.isArray()) {
        ArrayBuilder items(arena);
        items.reserve(value.size());
        for (const Value &item : value.items())
            items.add(plainCopy(arena, item));
        return items.finish();
    }
    if (!value.isObject())
        return copyInto(arena, value);
    ObjectBuilder object(arena);
    object.reserve(value.size());
    for (const Member &member : value.members())
        object.set(Value::key(arena.copy(member.key.text())), plainCopy(arena, member.value));
    return object.finish();
}

/// Digits may be exact and long, but beyond the range of a double no receiver takes them.
bool isEndless(const Value &value)
{
    const bool mayBe = value.kind() == Value::Kind::Double || value.kind() == Value::Kind::Digits;
    return mayBe && !std::isfinite(value.toDouble());
}

Result<void> checkFiniteAt(const Value &value, const std::string &path, int depth)
{
    if (isEndless(value)) {
        Error error =
            rejectedError("expr.not_finite", "The result is not a finite number: there was"
                                             " a division by zero, an overflow or a number"
                                             " that is too large.");
        error.where = path;
        return error;
    }
    if (depth > 2000)
        return {};
    for (std::uint32_t i = 0; value.isArray() && i < value.size(); ++i) {
        const Value &item = value.at(i);
        if (!item.isArray() && !item.isObject() && !isEndless(item))
            continue;
        if (auto checked = checkFiniteAt(item, path + "[" + std::to_string(i) + "]", depth + 1);
            !checked)
            return checked;
    }
    for (const Member &member : value.members()) {
        const Value &field = member.value;
        if (!field.isArray() && !field.isObject() && !isEndless(field))
            continue;
        const std::string name(member.key.text());
        if (auto checked = checkFiniteAt(field, path.empty() ? name : path + "." + name, depth + 1);
            !checked)
            return checked;
    }
    return {};
}

} // namespace

const Program *compileForRun(Run &run, std::string_view text, std::string &problem)
{
    auto compiled = compileText(text, run.program->names);
    if (!compiled) {
        problem = described(compiled.error()).message;
        return nullptr;
    }
    run.programs.push_back(std::move(*compiled));
    run.program = run.programs.back().get();
    return run.program;
}

Value wrappedInput(Run &run, const Value &input)
{
    if (!input.isArray() || input.has(Value::Sequence))
        return input;
    auto *one = run.make<Value>();
    *one = input;
    return Value::array(one, 1, Value::Sequence | kOuterWrapper);
}

} // namespace expr

Expression::Expression(std::shared_ptr<const expr::Program> program) : m_program(std::move(program))
{}

ExpressionResult<Expression> Expression::compile(std::string_view text)
{
    auto compiled = expr::compileText(text, {});
    if (!compiled)
        return expr::described(compiled.error());
    return Expression(std::move(*compiled));
}

const std::string &Expression::text() const
{
    return m_program->text;
}

const expr::Ast &Expression::ast() const
{
    return *m_program->ast;
}

ExpressionResult<Value> Expression::evaluate(Arena &arena, const Value &input,
                                             const Environment &environment) const
{
    expr::Run run(arena, *m_program, environment);
    const Value given = input.isArray() ? input.withFlags(0) : input;
    run.root = given;
    expr::Frame frame{nullptr, nullptr};
    for (const Environment::Binding &binding : environment.bindings) {
        const auto &names = m_program->names;
        const auto known = std::find(names.begin(), names.end(), binding.name);
        if (known == names.end())
            continue;
        run.shadowed = run.shadowed || expr::findBuiltin(binding.name) != nullptr;
        run.bind(frame, static_cast<int>(known - names.begin()), binding.value);
    }
    if (run.reads) [[unlikely]] {
        run.reads->clear();
        run.reads->watch({}, given);
        for (const Environment::Binding &binding : environment.bindings)
            run.reads->watch(binding.name, binding.value);
    }
    Value result = m_program->root->eval(run, expr::wrappedInput(run, given), &frame);
    if (environment.use)
        *environment.use = run.use();
    if (run.failed())
        return expr::described(run.error());
    if (result.isArray() && result.has(Value::TupleStream))
        result = expr::collapsed(expr::tupleItems(run, result));
    if (result.isArray() && (result.flags() & expr::kOuterWrapper) != 0)
        result = result.at(0);
    if (run.reads) [[unlikely]]
        run.reads->whole(result);
    const std::uint64_t most = environment.budget.result;
    const std::uint64_t size = most > 0 ? expr::sizeUpTo(result, most) : 0;
    if (size > most)
        return expr::tooLarge(most);
    if (environment.use)
        environment.use->result = size;
    if (!run.programs.empty())
        result = expr::plainCopy(arena, result);
    return result.isArray() ? result.withFlags(0) : result;
}

ExpressionResult<Document> Expression::evaluateToDocument(const Value &input,
                                                          const Environment &environment) const
{
    Arena scratch;
    auto result = evaluate(scratch, input, environment);
    if (!result)
        return result.error();
    auto memory = std::make_unique<Arena>();
    const Value root = expr::plainCopy(*memory, *result);
    return Document(std::move(memory), root);
}

Result<void> checkFinite(const Value &result)
{
    return expr::checkFiniteAt(result, {}, 0);
}

} // namespace tw
