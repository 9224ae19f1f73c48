// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <functional>
#include <string>
#include <vector>

namespace tw::analysis {

/// A place in what an expression reads. `root` is empty for its input, else the name of a binding
/// ("event"). Lists are transparent: `lines.data.amount` stands for every line. A step "*" means
/// all fields of its parent, "**" everything below.
struct SourcePath
{
    std::string root;
    std::vector<std::string> steps;

    std::string text() const; ///< "data.object.amount", "$event.id"; quoted where JSONata needs it.
    friend bool operator==(const SourcePath &, const SourcePath &) = default;
    friend auto operator<=>(const SourcePath &, const SourcePath &) = default;
};

/// How a source reaches a target: unchanged, through functions or operators, or only by deciding
/// (condition, filter, sort term, group key, lookup key).
enum class LineKind { Copied, Computed, Decides };

/// One line of the mapper's picture.
struct SourceLine
{
    SourcePath source;
    LineKind kind = LineKind::Copied;
    std::vector<std::string> through; ///< Functions and operators on the way, outermost last.
    int start = 0;                    ///< Where the expression names the source: UTF-8 offsets.
    int end = 0;
};

/// One field of the result. `path` is empty for a result that is not built field by field; below a
/// list of objects it goes on: {"lines", "amount"}. Sorted: copied, computed, decides; each source
/// once per kind, and a source that gives its value is not listed as deciding again. An object or a
/// list of objects has a target of its own only if there is something to draw: a loop mark, a
/// source that is copied whole, or what decides about all of it.
struct TargetLineage
{
    std::vector<std::string> path;
    std::vector<SourceLine> lines;
    /// Made once per item of `listSource`: the loop mark. Told by the text ([], $map, a filter or
    /// an order) or by LineageOptions::isList.
    bool isList = false;
    SourcePath listSource;
    bool dynamicName = false; ///< The name is computed: "(key from product)"; path ends with "*".
    bool constant = false;    ///< No source at all: a chip without a line.
    bool untraceable = false; ///< $eval, or a binding of unknown content, takes part.
    std::vector<std::string> functions; ///< All that are called on the way: for the chip.
    int start = 0;                      ///< The expression of this field.
    int end = 0;
};

struct Lineage
{
    std::vector<TargetLineage> targets; ///< In the order of the text.
    std::vector<SourcePath> unused;     ///< Looked at on the way, but reaching no target.

    /// Every source of every target, without repeats: what the expression may read at all. Sound: a
    /// real evaluation reads nothing else (a path with a wildcard covers all that it stands for).
    std::vector<SourcePath> reads() const;
};

struct LineageOptions
{
    std::vector<std::string> bindings = {"event"};
    /// What the schema knows: whether there is a list at a place. May be empty.
    std::function<bool(const SourcePath &)> isList;
};

/// Follows the values of an expression through its tree without running it. Names in `bindings` are
/// sources of their own; other unbound variables make a target untraceable. Pure; any thread.
Lineage lineageOf(const Expression &expression,
                  const std::vector<std::string> &bindings = {"event"});

Lineage lineageOf(const Expression &expression, const LineageOptions &options);

/// True when `pattern` (perhaps with wildcards) covers `path` or a parent of it.
bool covers(const SourcePath &pattern, const SourcePath &path);
/// True when `path` is a parent of something that `pattern` stands for, or that itself.
bool leadsThrough(const SourcePath &pattern, const SourcePath &path);

} // namespace tw::analysis
