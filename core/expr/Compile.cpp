// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Errors.h"
#include "core/expr/Path.h"

#include <algorithm>

namespace tw::expr {
namespace {

/// Gives an id to every name that the expression binds itself.
void collectBindings(const Ast &ast, Program &program)
{
    if (ast.kind == AstKind::Bind)
        program.nameId(ast.text);
    for (const std::string_view parameter : ast.parameters)
        program.nameId(parameter);
    for (const std::string_view bound : {ast.focus, ast.index}) {
        if (!bound.empty())
            program.nameId(bound);
    }
    const auto visit = [&program](const AstPtr &child) {
        if (child)
            collectBindings(*child, program);
    };
    for (const AstPtr *child : {&ast.left, &ast.right, &ast.third})
        visit(*child);
    for (const auto *list : {&ast.items, &ast.predicates})
        std::for_each(list->begin(), list->end(), visit);
    for (const AstSortTerm &term : ast.terms)
        visit(term.expression);
    for (const AstStage &stage : ast.stages) {
        visit(stage.filter);
        if (!stage.index.empty())
            program.nameId(stage.index);
    }
    for (const auto *pairs : {&ast.pairs, ast.group ? &ast.group->pairs : &ast.pairs}) {
        for (const AstPair &pair : *pairs) {
            visit(pair.key);
            visit(pair.value);
        }
    }
}

/// Most mappings bind nothing, which is seen faster in their text than in their tree.
bool mayBind(std::string_view text)
{
    for (const std::string_view mark : {":=", "@", "#", "function", "\u03bb"}) {
        if (text.find(mark) != std::string_view::npos)
            return true;
    }
    return false;
}

struct OperatorName
{
    std::string_view text;
    Operator which;
};
constexpr OperatorName kOperators[] = {
    {"+", Operator::Add},       {"-", Operator::Subtract},      {"*", Operator::Multiply},
    {"/", Operator::Divide},    {"%", Operator::Modulo},        {"=", Operator::Equal},
    {"!=", Operator::NotEqual}, {"<", Operator::Less},          {"<=", Operator::LessEqual},
    {">", Operator::Greater},   {">=", Operator::GreaterEqual}, {"in", Operator::In},
    {"and", Operator::And},     {"or", Operator::Or},           {"..", Operator::Range},
};

} // namespace

Program::Program(std::size_t expectedBytes) : memory(expectedBytes) {}
Program::~Program() = default;

int Program::nameId(std::string_view name)
{
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end())
        return static_cast<int>(known - names.begin());
    names.emplace_back(name);
    return static_cast<int>(names.size()) - 1;
}

NodePtr Compiler::compile(const Ast &ast)
{
    if (mayBind(m_program.text))
        collectBindings(ast, m_program);
    m_bound = static_cast<int>(m_program.names.size());
    NodePtr root = node(ast);
    return m_failed ? nullptr : std::move(root);
}

void Compiler::fail(ExpressionError error)
{
    if (!m_failed)
        m_error = std::move(error);
    m_failed = true;
}

void Compiler::capture()
{
    for (Scope *scope = m_scope; scope; scope = scope->outer)
        scope->captured = true;
}

NodePtr Compiler::node(const Ast &ast)
{
    m_highest = std::max(m_highest, ++m_height);
    NodePtr inner = plain(ast);
    --m_height;
    const bool path = ast.kind == AstKind::Path || ast.kind == AstKind::Name;
    if (path || (ast.predicates.empty() && !ast.group && !ast.keepArray))
        return inner;
    auto decorated = made<DecoratedNode>(ast);
    if (ast.kind == AstKind::Call)
        static_cast<CallNode &>(*inner).raw = true;
    else if (ast.kind == AstKind::Apply)
        static_cast<ApplyNode &>(*inner).raw = true;
    decorated->inner = std::move(inner);
    decorated->keepArray = ast.keepArray;
    decorated->many = ast.kind == AstKind::Wildcard || ast.kind == AstKind::Descendant;
    for (const AstPtr &predicate : ast.predicates)
        decorated->predicates.push_back(node(*predicate));
    if (ast.group) {
        decorated->group = made<GroupNode>(ast);
        decorated->group->position = ast.group->position;
        decorated->group->pairs = pairs(ast.group->pairs);
    }
    return decorated;
}

NodePtr Compiler::plain(const Ast &ast)
{
    switch (ast.kind) {
    case AstKind::Name: {
        auto field = made<NameNode>(ast);
        field->key = Value::key(ast.text);
        return field;
    }
    case AstKind::Variable:
        return variable(ast);
    case AstKind::Wildcard:
        return made<WildcardNode>(ast);
    case AstKind::Descendant:
        return made<DescendantNode>(ast);
    case AstKind::Parent: {
        auto parent = made<VariableNode>(ast);
        parent->name = m_program.nameId(ast.slot->label);
        return parent;
    }
    case AstKind::Regex:
        return regex(ast);
    case AstKind::Path:
        return path(ast);
    case AstKind::Binary:
        return binary(ast);
    case AstKind::Array:
        return array(ast);
    case AstKind::Object:
        return object(ast);
    case AstKind::Block:
        return block(ast);
    case AstKind::Bind:
        return bind(ast);
    case AstKind::Lambda:
        return lambda(ast);
    case AstKind::Call:
        return call(ast);
    case AstKind::Partial:
        return partial(ast);
    case AstKind::Apply:
        return apply(ast);
    case AstKind::Transform:
        return transform(ast);
    case AstKind::Negate: {
        auto negate = made<NegateNode>(ast);
        negate->inner = node(*ast.left);
        return negate;
    }
    case AstKind::Condition: {
        auto condition = made<ConditionNode>(ast);
        condition->condition = node(*ast.left);
        condition->then = node(*ast.right);
        condition->otherwise = ast.third ? node(*ast.third) : nullptr;
        return condition;
    }
    case AstKind::Coalesce:
    case AstKind::Default: {
        auto fallback = made<FallbackNode>(ast);
        fallback->onlyMissing = ast.kind == AstKind::Coalesce;
        fallback->left = node(*ast.left);
        fallback->right = node(*ast.right);
        return fallback;
    }
    case AstKind::Sort: {
        auto sort = made<SortNode>(ast);
        for (const AstSortTerm &term : ast.terms)
            sort->terms.push_back({node(*term.expression), term.descending});
        return sort;
    }
    default:
        return literal(ast);
    }
}

NodePtr Compiler::literal(const Ast &ast)
{
    if (ast.kind == AstKind::String)
        return made<ConstantNode>(ast, Value::key(ast.text));
    if (ast.kind == AstKind::Number) {
        const double number = ast.number;
        const bool whole = number == static_cast<double>(static_cast<std::int64_t>(
                                         std::abs(number) < 0x1p53 ? number : 0.5)) &&
                           number != 0;
        return made<ConstantNode>(ast, whole ? Value::integer(static_cast<std::int64_t>(number))
                                             : Value::number(number));
    }
    return made<ConstantNode>(ast, ast.text == "null" ? Value::null()
                                                      : Value::boolean(ast.text == "true"));
}

NodePtr Compiler::variable(const Ast &ast)
{
    if (ast.text.empty())
        return made<ContextNode>(ast);
    if (ast.text == "$")
        return made<RootNode>(ast);
    auto variable = made<VariableNode>(ast);
    if (ast.text == "eval")
        capture();
    variable->name = m_program.nameId(ast.text);
    if (variable->name >= m_bound)
        variable->builtin = findBuiltin(ast.text);
    return variable;
}

NodePtr Compiler::path(const Ast &ast)
{
    auto path = made<PathNode>(ast);
    path->keepSingleton = ast.keepSingleton;
    path->keepArray = ast.keepArray;
    path->yieldsTuples = ast.tuple;
    path->fromVariable = ast.items.front()->kind == AstKind::Variable;
    path->steps.reserve(ast.items.size());
    for (const AstPtr &part : ast.items) {
        Step &step = path->steps.emplace_back();
        step.node = node(*part);
        if (part->kind == AstKind::Name)
            step.field = static_cast<const NameNode *>(step.node.get());
        if (part->kind == AstKind::Sort)
            step.sort = static_cast<const SortNode *>(step.node.get());
        step.many = part->kind == AstKind::Wildcard || part->kind == AstKind::Descendant;
        step.tuple = part->tuple;
        step.cons = part->consArray;
        if (!part->focus.empty())
            step.focus = m_program.nameId(part->focus);
        if (!part->index.empty())
            step.index = m_program.nameId(part->index);
        if (part->ancestor)
            step.ancestor = m_program.nameId(part->ancestor->label);
        step.stages.reserve(part->stages.size());
        for (const AstStage &stage : part->stages) {
            Stage &compiled = step.stages.emplace_back();
            if (stage.filter)
                compiled.predicate = node(*stage.filter);
            else
                compiled.index = m_program.nameId(stage.index);
        }
    }
    for (const Step &step : path->steps) {
        if (!step.field || step.tuple || !step.stages.empty())
            break;
        ++path->plainFields;
    }
    if (ast.group) {
        path->group = made<GroupNode>(ast);
        path->group->position = ast.group->position;
        path->group->pairs = pairs(ast.group->pairs);
    }
    return path;
}

void Compiler::concatParts(const Ast &ast, std::vector<NodePtr> &parts)
{
    constexpr std::size_t kMost = 15;
    const Ast &left = *ast.left;
    const bool chain = left.kind == AstKind::Binary && left.text == "&" &&
                       left.predicates.empty() && !left.group && !left.keepArray;
    std::size_t length = 2;
    for (const Ast *at = &left; at->kind == AstKind::Binary && at->text == "&"; at = at->left.get())
        ++length;
    if (chain && length <= kMost)
        concatParts(left, parts);
    else
        parts.push_back(node(left));
    parts.push_back(node(*ast.right));
}

NodePtr Compiler::binary(const Ast &ast)
{
    if (ast.text == "&") {
        auto concat = made<ConcatNode>(ast);
        concat->last = &ast;
        concatParts(ast, concat->parts);
        return concat;
    }
    auto binary = made<BinaryNode>(ast);
    for (const OperatorName &known : kOperators) {
        if (known.text == ast.text)
            binary->which = known.which;
    }
    binary->token = ast.text;
    binary->left = node(*ast.left);
    binary->right = node(*ast.right);
    return binary;
}

NodePtr Compiler::array(const Ast &ast)
{
    auto array = made<ArrayNode>(ast);
    array->cons = ast.consArray;
    bool constant = true;
    for (const AstPtr &item : ast.items) {
        array->items.push_back(node(*item));
        array->nested.push_back(item->kind == AstKind::Array);
        constant = constant && array->items.back() && array->items.back()->constant();
    }
    if (!constant || m_failed)
        return array;
    ArrayBuilder items(m_program.memory);
    for (const NodePtr &item : array->items)
        items.add(*item->constant());
    return made<ConstantNode>(ast, items.finish(ast.consArray ? Value::Constructed : 0));
}

std::vector<std::pair<NodePtr, NodePtr>> Compiler::pairs(const AstList<AstPair> &from)
{
    std::vector<std::pair<NodePtr, NodePtr>> compiled;
    compiled.reserve(from.size());
    for (const AstPair &pair : from) {
        NodePtr key = node(*pair.key);
        compiled.emplace_back(std::move(key), node(*pair.value));
    }
    return compiled;
}

NodePtr Compiler::object(const Ast &ast)
{
    auto group = made<GroupNode>(ast);
    group->pairs = pairs(ast.pairs);
    bool distinct = !m_failed;
    bool constant = !m_failed;
    ObjectBuilder folded(m_program.memory);
    folded.reserve(static_cast<std::uint32_t>(group->pairs.size()));
    for (const auto &[key, value] : group->pairs) {
        if (m_failed)
            break;
        const Value *name = key->constant();
        distinct = distinct && name && name->isString() && folded.get(*name).isUndefined();
        constant = constant && distinct && value->constant();
        if (distinct)
            folded.set(*name, constant ? *value->constant() : Value::null());
    }
    group->distinctConstantKeys = distinct;
    if (constant)
        return made<ConstantNode>(ast, folded.finish());
    return group;
}

NodePtr Compiler::block(const Ast &ast)
{
    auto block = made<BlockNode>(ast);
    Scope scope{m_scope};
    m_scope = &scope;
    block->items.reserve(ast.items.size());
    for (const AstPtr &item : ast.items)
        block->items.push_back(node(*item));
    m_scope = scope.outer;
    block->captured = scope.captured;
    return block;
}

NodePtr Compiler::bind(const Ast &ast)
{
    auto bind = made<BindNode>(ast);
    bind->name = m_program.nameId(ast.text);
    bind->value = node(*ast.right);
    return bind;
}

NodePtr Compiler::lambda(const Ast &ast)
{
    capture();
    auto lambda = made<LambdaNode>(ast);
    for (const std::string_view parameter : ast.parameters)
        lambda->parameters.push_back(m_program.nameId(parameter));
    Signature::Problem problem;
    if (!ast.flags.empty() && !lambda->signature.parse(ast.flags, problem))
        fail(compileError(problem.code, ast.position, ast.start, ast.end, {}, problem.culprit));
    const int height = std::exchange(m_height, 0);
    const int highest = std::exchange(m_highest, 0);
    Scope scope{m_scope};
    m_scope = &scope;
    lambda->body = node(*ast.right);
    m_scope = scope.outer;
    lambda->captured = scope.captured;
    lambda->height = m_highest + 2;
    m_height = height;
    m_highest = highest;
    return lambda;
}

namespace {

/// How errors call the procedure of a call.
std::string_view procedureName(const Ast &procedure)
{
    return procedure.kind == AstKind::Path ? procedure.items.front()->text : procedure.text;
}

} // namespace

NodePtr Compiler::call(const Ast &ast)
{
    auto call = made<CallNode>(ast);
    call->procedure = node(*ast.left);
    call->name = procedureName(*ast.left);
    if (ast.left->kind == AstKind::Path)
        call->variable = m_program.nameId(call->name);
    call->tail = ast.tail;
    call->arguments.reserve(ast.items.size());
    for (const AstPtr &argument : ast.items)
        call->arguments.push_back(node(*argument));
    return call;
}

NodePtr Compiler::partial(const Ast &ast)
{
    auto partial = made<PartialNode>(ast);
    partial->procedure = node(*ast.left);
    partial->name = procedureName(*ast.left);
    if (ast.left->kind == AstKind::Path)
        partial->variable = m_program.nameId(partial->name);
    for (const AstPtr &argument : ast.items) {
        const bool open = argument->kind == AstKind::Placeholder;
        partial->arguments.push_back(open ? nullptr : node(*argument));
    }
    return partial;
}

NodePtr Compiler::apply(const Ast &ast)
{
    auto apply = made<ApplyNode>(ast);
    apply->left = node(*ast.left);
    if (ast.right->kind != AstKind::Call) {
        apply->right = node(*ast.right);
        return apply;
    }
    apply->right = call(*ast.right);
    auto *called = static_cast<CallNode *>(apply->right.get());
    called->raw = true;
    apply->call = called;
    return apply;
}

NodePtr Compiler::transform(const Ast &ast)
{
    capture();
    auto transform = made<TransformNode>(ast);
    transform->pattern = node(*ast.left);
    transform->update = node(*ast.right);
    transform->remove = ast.third ? node(*ast.third) : nullptr;
    return transform;
}

NodePtr Compiler::regex(const Ast &ast)
{
    RegexProblem problem;
    auto matcher = makeMatcher(ast.text, ast.flags, problem);
    if (!matcher) {
        fail(regexError(ast, problem));
        return made<ConstantNode>(ast, Value());
    }
    const Value value = Value::function(static_cast<const Callable *>(matcher.get()));
    m_program.matchers.push_back(std::move(matcher));
    return made<ConstantNode>(ast, value);
}

} // namespace tw::expr
