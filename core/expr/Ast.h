// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tw::expr {

struct Ast;
using AstPtr = std::unique_ptr<Ast>;

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
    std::string label;
    int level = 1;
    int index = 0;
};
using SlotPtr = std::shared_ptr<AncestorSlot>;

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
    std::string index;
    int position = 0;
};

struct AstGroup
{
    std::vector<AstPair> pairs;
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
    std::string text;
    std::string flags; ///< Of a Regex; the signature text of a Lambda.
    double number = 0;
    AstPtr left;
    AstPtr right;
    AstPtr third;
    std::vector<AstPtr> items;
    std::vector<AstPair> pairs;
    std::vector<AstSortTerm> terms;
    std::vector<std::string> parameters;
    std::vector<AstPtr> predicates;
    std::vector<AstStage> stages;
    std::unique_ptr<AstGroup> group;
    std::string focus; ///< `@$focus`
    std::string index; ///< `#$index`
    SlotPtr slot;      ///< Of a Parent.
    SlotPtr ancestor;  ///< Of a step: its input is somebody's `%`.
    std::vector<SlotPtr> seekingParent;
};

/// JSONata's own word for a kind ("path", "binary", …), as its errors show it.
std::string_view kindName(AstKind kind);

} // namespace tw::expr
