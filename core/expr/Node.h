// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"
#include "core/expr/Run.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tw::expr {

/// One piece of a compiled expression: knows how to evaluate itself and nothing else. Immutable.
///
/// eval() gives what JSONata's evaluation of one AST node gives: sequences of one item are already
/// that item. On failure the run's error is set and the value means nothing.
class Node
{
public:
    virtual ~Node() = default;
    virtual Value eval(Run &run, Value input, Frame *frame) const = 0;
    /// The value, if it is the same for every input.
    virtual const Value *constant() const { return nullptr; }

    int position = 0;
    int start = 0;
    int end = 0;
};

/// Nodes lie in their program's arena: only what they hold elsewhere is given back.
struct NodeDelete
{
    template <typename T>
    void operator()(T *node) const
    {
        node->~T();
    }
};
template <typename T>
using NodeOf = std::unique_ptr<T, NodeDelete>;
using NodePtr = NodeOf<Node>;

struct Matcher;

/// What compile() makes. `memory` holds literals; values of evaluations may point into it.
struct Program
{
    explicit Program(std::size_t expectedBytes = 512);
    ~Program();
    std::string text;
    AstTree ast;
    Arena memory; ///< Of nodes and of constants; texts are those of the tree.
    NodePtr root;
    std::vector<std::string> names; ///< Variables, labels of `%`: Binding::name is an index here.
    std::vector<std::unique_ptr<Matcher>> matchers;

    int nameId(std::string_view name);
};

class Compiler
{
public:
    explicit Compiler(Program &program) : m_program(program) {}
    /// Null when error() is set (a broken signature or regular expression).
    NodePtr compile(const Ast &ast);
    const ExpressionError &error() const { return m_error; }

private:
    struct Scope
    {
        Scope *outer;
        bool captured = false; ///< Something inside may outlive the frame.
    };
    template <typename T, typename... Arguments>
    NodeOf<T> made(const Ast &ast, Arguments &&...arguments)
    {
        T *memory = m_program.memory.allocateArray<T>(1);
        NodeOf<T> node(std::construct_at(memory, std::forward<Arguments>(arguments)...));
        node->position = ast.position;
        node->start = ast.start;
        node->end = ast.end;
        return node;
    }
    NodePtr node(const Ast &ast);
    NodePtr plain(const Ast &ast);
    NodePtr literal(const Ast &ast);
    NodePtr variable(const Ast &ast);
    NodePtr path(const Ast &ast);
    NodePtr binary(const Ast &ast);
    NodePtr array(const Ast &ast);
    NodePtr object(const Ast &ast);
    NodePtr block(const Ast &ast);
    NodePtr bind(const Ast &ast);
    NodePtr lambda(const Ast &ast);
    NodePtr call(const Ast &ast);
    NodePtr partial(const Ast &ast);
    NodePtr apply(const Ast &ast);
    NodePtr transform(const Ast &ast);
    NodePtr regex(const Ast &ast);
    void concatParts(const Ast &ast, std::vector<NodePtr> &parts);
    std::vector<std::pair<NodePtr, NodePtr>> pairs(const AstList<AstPair> &from);
    void capture();
    void fail(ExpressionError error);
    void rise();

    Program &m_program;
    Scope *m_scope = nullptr;
    int m_height = 0; ///< Of what is being compiled, above its lambda.
    int m_highest = 0;
    int m_bound = 0; ///< Names below this id are bound somewhere in the expression.
    bool m_failed = false;
    ExpressionError m_error;
};

} // namespace tw::expr
