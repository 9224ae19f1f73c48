// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Lineage.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tw::analysis {

struct AbstractValue;
struct AbstractCallable; ///< Something that can be called: see LineageWalk.h.
struct AbstractFrame;

/// Never null; values are shared and immutable.
using AbstractPtr = std::shared_ptr<const AbstractValue>;

/// Whether a value is a list for sure (`[]`, $map), likely (a filter, an order), or not by itself.
enum class Repeats { No, Filtered, Always };

struct AbstractField
{
    std::string name;
    AbstractPtr value;
    int start = -1; ///< The expression of the field.
    int end = -1;
};

/// Fields whose names are worked out.
struct AbstractEntry
{
    AbstractPtr key;
    AbstractPtr value;
    int start = -1;
    int end = -1;
};

/// What is known about a value without running anything: from which places it may come, unchanged
/// or changed; what decided about it; which fields it has if the expression built it. Lists are
/// transparent: a list is described by what its items may be.
struct AbstractValue
{
    std::vector<SourceLine> sources; ///< Copied and Computed; each path once per kind.
    std::vector<SourceLine> decides;
    std::vector<AbstractField> fields;
    std::optional<AbstractEntry> entry;
    std::vector<const AbstractCallable *> callables;
    std::set<std::string> functions;
    std::optional<std::string> text; ///< A literal string.
    char literal = 0;                ///< Type letter of a literal, as in signatures: s n b l f o.
    Repeats repeats = Repeats::No;
    std::optional<SourcePath> listSource;  ///< One item of this for each item of that.
    std::optional<SourcePath> groupedFrom; ///< An object made by grouping these.
    const AbstractFrame *tuple = nullptr;  ///< What `@`, `#` and `%` bound on the way.
    bool object = false;                   ///< Built by `{}`.
    bool untraceable = false;
    std::uint32_t weight = 1; ///< Size when written out as a tree.

    bool isStructured() const { return object || !fields.empty() || entry.has_value(); }
};

/// What is heavier than any mapping needs loses its fields: they become sources of the whole.
AbstractPtr share(AbstractValue value);
const AbstractPtr &nothing();

/// Either of the two.
AbstractPtr joined(const AbstractPtr &a, const AbstractPtr &b);
/// The same without what decided about it.
AbstractPtr undecided(const AbstractPtr &value);
AbstractPtr withDecides(const AbstractPtr &value, const std::vector<SourceLine> &decides,
                        const std::set<std::string> &functions = {}, bool untraceable = false);

/// Adds a line, or what it went through to the line that is there.
void addLine(std::vector<SourceLine> &lines, const SourceLine &line);
/// Notes a function or operator on the way: each once, outermost last.
void goThrough(SourceLine &line, const std::string &name);
void addLines(std::vector<SourceLine> &lines, const std::vector<SourceLine> &more);

/// Everything in a value, fields at any depth included.
struct AbstractContents
{
    std::vector<SourceLine> sources;
    std::vector<SourceLine> decides;
    std::set<std::string> functions;
    std::vector<const AbstractCallable *> callables;
    bool untraceable = false;
};
AbstractContents contentsOf(const AbstractPtr &value);

/// The place that a value is a copy of; the first if there are several.
std::optional<SourcePath> copiedFrom(const AbstractValue &value);

} // namespace tw::analysis
