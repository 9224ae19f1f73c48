// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Functions.h"
#include "core/expr/Node.h"

#include <utility>

namespace tw::expr {

class ConstantNode final : public Node
{
public:
    explicit ConstantNode(const Value &value) : m_value(value) {}
    Value eval(Run &, Value, Frame *) const override { return m_value; }
    const Value *constant() const override { return &m_value; }

private:
    Value m_value;
};

class ContextNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
};

class RootNode final : public Node
{
public:
    Value eval(Run &run, Value, Frame *) const override { return run.root; }
};

class VariableNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    int name = 0;
    const Builtin *builtin = nullptr; ///< Set when the expression itself never binds the name.
};

class NameNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    Value key;
};

class WildcardNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
};

class DescendantNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
};

/// Adds predicates, a grouping or `[]` to any node that is not a path.
class DecoratedNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    NodePtr inner;
    std::vector<NodePtr> predicates;
    NodeOf<class GroupNode> group;
    bool keepArray = false;
    bool many = false; ///< A wildcard: where it finds nothing, there is no item to ask about.
};

enum class Operator : std::uint8_t {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    And,
    Or,
    Range
};

class BinaryNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    Operator which = Operator::Add;
    std::string_view token;
    NodePtr left;
    NodePtr right;

private:
    Value arithmetic(Run &run, const Value &a, const Value &b) const;
    Value compare(Run &run, const Value &a, const Value &b) const;
    Value range(Run &run, const Value &a, const Value &b) const;
};

class ConcatNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    std::vector<NodePtr> parts;
    const Ast *last = nullptr; ///< The outermost `&`.

private:
    void locate(Run &run, std::size_t part) const;
};

class NegateNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    NodePtr inner;
};

class ConditionNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    NodePtr condition;
    NodePtr then;
    NodePtr otherwise;
};

/// `??` takes the right side for a missing left one, `?:` for a false one.
class FallbackNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    bool onlyMissing = true;
    NodePtr left;
    NodePtr right;
};

class ArrayNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    std::vector<NodePtr> items;
    std::vector<bool> nested; ///< Items that are array constructors stay arrays.
    bool cons = false;
};

/// An object constructor, or the grouping behind a path.
class GroupNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    Value group(Run &run, const Value &input, Frame *frame) const;
    std::vector<std::pair<NodePtr, NodePtr>> pairs;
    bool distinctConstantKeys = false;

private:
    Value single(Run &run, const Value &input, Frame *frame) const;
    Value key(Run &run, const Node &node, const Value &input, Frame *frame) const;
};

class BlockNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    std::vector<NodePtr> items;
    bool captured = false;
};

class BindNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    int name = 0;
    NodePtr value;
};

class LambdaNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    std::vector<int> parameters;
    Signature signature;
    NodePtr body;
    int height = 1;
    bool captured = false;
};

class CallNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    /// `first` goes before the written arguments (from `~>`), unless null.
    Value call(Run &run, const Value &input, Frame *frame, const Value *first) const;
    NodePtr procedure;
    std::string_view name; ///< For error messages.
    int variable = -1;     ///< The variable probably meant by `foo(1)` instead of `$foo(1)`.
    std::vector<NodePtr> arguments;
    bool tail = false;
    bool raw = false; ///< Sequences are left as they are for the predicates around.

private:
    Value invoke(Run &run, const Value &function, const Value *args, int count, const Value &input,
                 Frame *frame) const;
};

class PartialNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    NodePtr procedure;
    std::string_view name;
    int variable = -1;
    std::vector<NodePtr> arguments; ///< Null for a placeholder.
};

class ApplyNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    NodePtr left;
    NodePtr right;
    const CallNode *call = nullptr; ///< `right`, when that is a call: it takes one argument more.
    bool raw = false;
};

class TransformNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;
    NodePtr pattern;
    NodePtr update;
    NodePtr remove;
};

struct SortTerm
{
    NodePtr expression;
    bool descending = false;
};

class SortNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override
    {
        return sort(run, input, frame);
    }
    /// `input` is an array or a tuple stream.
    Value sort(Run &run, const Value &input, Frame *frame) const;
    std::vector<SortTerm> terms;
};

/// `results` are those items of `input` for which the predicate holds; always a sequence or array.
Value filter(Run &run, const Node &predicate, const Value &input, Frame *frame);
/// What a field name gives on any input; arrays are looked through. Uncollapsed.
Value fieldOf(Run &run, const Value &input, const Value &key);
/// A frame that shows the bindings of a tuple.
Frame *tupleFrame(Run &run, Frame *outer, const Tuple &tuple);
Value tupleValue(Run &run, const Value &at, Binding *list);
/// The tuple stream as plain values.
Value tupleItems(Run &run, const Value &stream);

} // namespace tw::expr
