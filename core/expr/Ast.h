// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Arena.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tw::expr {

struct Ast;

/// A place for a node; the node belongs to its AstTree. Null where there is none.
class AstPtr
{
public:
    constexpr AstPtr(std::nullptr_t = nullptr) {}
    explicit AstPtr(Ast *node) : m_node(node) {}
    Ast *get() const { return m_node; }
    Ast &operator*() const { return *m_node; }
    Ast *operator->() const { return m_node; }
    explicit operator bool() const { return m_node != nullptr; }

private:
    Ast *m_node = nullptr;
};

/// The parts of a node in their order: read it as any range. Its memory belongs to the AstTree.
template <typename T>
class AstList
{
public:
    using value_type = T;
    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    T *begin() { return m_data; }
    T *end() { return m_data + m_size; }
    const T *begin() const { return m_data; }
    const T *end() const { return m_data + m_size; }
    T *data() { return m_data; }
    const T *data() const { return m_data; }
    T &operator[](std::size_t index) { return m_data[index]; }
    const T &operator[](std::size_t index) const { return m_data[index]; }
    T &front() { return m_data[0]; }
    const T &front() const { return m_data[0]; }
    T &back() { return m_data[m_size - 1]; }
    const T &back() const { return m_data[m_size - 1]; }
    void clear() { m_size = 0; }
    void add(Arena &memory, const T &part)
    {
        static_assert(std::is_trivially_destructible_v<T>);
        if (m_size == m_capacity)
            grow(memory);
        std::construct_at(m_data + m_size++, part);
    }

private:
    void grow(Arena &memory)
    {
        m_capacity = m_capacity == 0 ? 2 : m_capacity * 2;
        T *data = memory.allocateArray<T>(m_capacity);
        std::uninitialized_copy(m_data, m_data + m_size, data);
        m_data = data;
    }

    T *m_data = nullptr;
    std::uint32_t m_size = 0;
    std::uint32_t m_capacity = 0;
};

enum class AstKind : std::uint8_t {
    Name, ///< Field `text`; always a step of a Path.
    String,
    Number,
    Constant, ///< `text` is true, false or null.
    Regex,    ///< `text` is the pattern, `flags` the letters behind it.
    Variable, ///< `text` without the dollar; empty = context, "$" = root.
    Wildcard,
    Descendant,
    Parent,      ///< `%`; `slot` names the tuple binding that holds it.
    Placeholder, ///< `?` among the arguments of a Partial.
    Path,        ///< `items` are the steps.
    Binary,      ///< `text` is the operator: + - * / % & = != < <= > >= in and or ..
    Negate,
    Array,     ///< `items`.
    Object,    ///< `pairs`.
    Block,     ///< `items`.
    Condition, ///< `left` ? `right` : `third`.
    Coalesce,  ///< `left` ?? `right`.
    Default,   ///< `left` ?: `right`.
    Bind,      ///< `$text := right`.
    Lambda,    ///< `parameters`, `right` is the body.
    Call,      ///< `left` is the procedure, `items` the arguments.
    Partial,   ///< As Call, with Placeholders.
    Apply,     ///< `left` ~> `right`.
    Sort,      ///< A step; `terms`.
    Transform, ///< |left|right,third|.
    Error,     ///< Only from parseRecovering(): a hole, or `items` that do not belong together.
    // Below: only between parser and resolver.
    Dot,
    Filter,
    GroupBy,
    OrderBy,
    Focus,
    Index,
    OperatorName,
    End
};

/// Shared between a `%` and the step whose input it means.
struct AncestorSlot
{
    std::string_view label;
    int level = 1;
    int index = 0;
};
using SlotPtr = AncestorSlot *;

struct AstPair
{
    AstPtr key;
    AstPtr value;
};

struct AstSortTerm
{
    AstPtr expression;
    bool descending = false;
};

/// What happens to the result of one path step: a predicate, or `#$variable` behind predicates.
struct AstStage
{
    AstPtr filter;
    std::string_view index;
    int position = 0;
};

struct AstGroup
{
    AstList<AstPair> pairs;
    int position = 0;
};

/// One node of a compiled expression; open for reading (lineage, completion, formatting).
///
/// `start` and `end` are UTF-8 offsets into the expression text, `position` is what errors report.
/// Names are always inside a Path; path steps carry `stages`, every other node `predicates`.
struct Ast
{
    AstKind kind = AstKind::End;
    bool keepArray = false;     ///< `[]` stands behind this node.
    bool keepSingleton = false; ///< A Path of which some step has `keepArray`.
    bool consArray = false;     ///< An Array at either end of a Path: its result is not flattened.
    bool tuple = false;         ///< Yields a tuple stream (`@`, `#`, `%` need it).
    bool tail = false;          ///< A Call in tail position of a Lambda.
    int position = 0;
    int start = 0;
    int end = 0;
    std::string_view text;
    std::string_view flags; ///< Of a Regex; the signature text of a Lambda.
    double number = 0;
    AstPtr left;
    AstPtr right;
    AstPtr third;
    AstList<AstPtr> items;
    AstList<AstPair> pairs;
    AstList<AstSortTerm> terms;
    AstList<std::string_view> parameters;
    AstList<AstPtr> predicates;
    AstList<AstStage> stages;
    AstGroup *group = nullptr;
    std::string_view focus;     ///< `@$focus`
    std::string_view index;     ///< `#$index`
    SlotPtr slot = nullptr;     ///< Of a Parent.
    SlotPtr ancestor = nullptr; ///< Of a step: its input is somebody's `%`.
    AstList<SlotPtr> seekingParent;
};

static_assert(std::is_trivially_destructible_v<Ast>);

/// The syntax of one expression: owns every node, list and text in it.
class AstTree
{
public:
    AstTree() = default;
    AstTree(std::unique_ptr<Arena> memory, AstPtr root) : m_memory(std::move(memory)), m_root(root)
    {}
    Ast &operator*() const { return *m_root; }
    Ast *operator->() const { return m_root.get(); }
    Ast *get() const { return m_root.get(); }
    explicit operator bool() const { return static_cast<bool>(m_root); }

private:
    std::unique_ptr<Arena> m_memory;
    AstPtr m_root;
};

/// Calls visit(part) for every node right below `node`, in the order of evaluation or of the text.
template <typename Visit>
void eachPart(const Ast &node, const Visit &visit)
{
    for (const AstPtr part : {node.left, node.right, node.third}) {
        if (part)
            visit(*part);
    }
    for (const AstPtr item : node.items)
        visit(*item);
    const auto pairs = [&visit](const AstList<AstPair> &list) {
        for (const AstPair &pair : list) {
            visit(*pair.key);
            visit(*pair.value);
        }
    };
    pairs(node.pairs);
    for (const AstSortTerm &term : node.terms)
        visit(*term.expression);
    for (const AstPtr predicate : node.predicates)
        visit(*predicate);
    for (const AstStage &stage : node.stages) {
        if (stage.filter)
            visit(*stage.filter);
    }
    if (node.group)
        pairs(node.group->pairs);
}

/// JSONata's own word for a kind ("path", "binary", …), as its errors show it.
std::string_view kindName(AstKind kind);

} // namespace tw::expr
