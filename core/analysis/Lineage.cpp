// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Lineage.h"

#include "core/analysis/LineageWalk.h"

#include <algorithm>
#include <set>

namespace tw::analysis {
namespace {

bool isPlainName(std::string_view name)
{
    static constexpr std::string_view kWords[] = {"and", "or", "in", "true", "false", "null"};
    if (name == "*" || name == "**")
        return true;
    if (name.empty() || (name.front() >= '0' && name.front() <= '9') ||
        std::find(std::begin(kWords), std::end(kWords), name) != std::end(kWords))
        return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || static_cast<unsigned char>(c) >= 0x80;
    });
}

/// Whether pattern[i…] covers steps[j…] or, when `asPrefix`, leads through its end.
bool matches(const SourcePath &pattern, std::size_t i, const SourcePath &path, std::size_t j,
             bool asPrefix)
{
    if (i == pattern.steps.size())
        return !asPrefix || j == path.steps.size();
    if (asPrefix && j == path.steps.size())
        return true;
    const std::string &step = pattern.steps[i];
    if (step == "**") {
        for (std::size_t skip = j; skip <= path.steps.size(); ++skip) {
            if (matches(pattern, i + 1, path, skip, asPrefix))
                return true;
        }
        return false;
    }
    if (j == path.steps.size())
        return false;
    const bool same = step == "*" || step == path.steps[j];
    return same && matches(pattern, i + 1, path, j + 1, asPrefix);
}

/// Turns the value of the whole expression into targets.
class TargetWriter
{
public:
    TargetWriter(Lineage &lineage, const LineageOptions &options)
        : m_lineage(lineage), m_options(options)
    {}

    void write(const std::vector<std::string> &path, const AbstractValue &value, int start, int end)
    {
        constexpr std::size_t kMostTargets = 20'000;
        if (m_lineage.targets.size() >= kMostTargets)
            return;
        TargetLineage target = targetOf(path, value, start, end);
        const bool container = !value.fields.empty() || value.entry.has_value();
        if (!container || target.isList || !target.lines.empty() || target.untraceable)
            m_lineage.targets.push_back(std::move(target));
        for (const AbstractField &field : value.fields)
            write(below(path, field.name), *field.value, field.start, field.end);
        if (value.entry)
            writeEntry(below(path, "*"), *value.entry);
    }

private:
    static std::vector<std::string> below(std::vector<std::string> path, const std::string &name)
    {
        path.push_back(name);
        return path;
    }

    void writeEntry(const std::vector<std::string> &path, const AbstractEntry &entry)
    {
        const AbstractContents key = contentsOf(entry.key);
        std::vector<SourceLine> decides = key.decides;
        for (SourceLine line : key.sources) {
            line.kind = LineKind::Decides;
            addLine(decides, line);
        }
        const AbstractPtr value = withDecides(entry.value, decides, key.functions, key.untraceable);
        const std::size_t first = m_lineage.targets.size();
        write(path, *value, entry.start, entry.end);
        for (std::size_t i = first; i < m_lineage.targets.size(); ++i)
            m_lineage.targets[i].dynamicName =
                m_lineage.targets[i].dynamicName || m_lineage.targets[i].path == path;
    }

    TargetLineage targetOf(const std::vector<std::string> &path, const AbstractValue &value,
                           int start, int end) const
    {
        TargetLineage target;
        target.path = path;
        target.start = start;
        target.end = end;
        target.untraceable = value.untraceable;
        target.functions.assign(value.functions.begin(), value.functions.end());
        addLines(target.lines, value.sources);
        for (SourceLine line : value.decides) {
            line.kind = LineKind::Decides;
            const auto valued = [&line](const SourceLine &other) {
                return other.source == line.source;
            };
            if (std::none_of(value.sources.begin(), value.sources.end(), valued))
                addLine(target.lines, line);
        }
        std::stable_sort(target.lines.begin(), target.lines.end(),
                         [](const SourceLine &a, const SourceLine &b) {
                             return a.kind != b.kind ? a.kind < b.kind : a.start < b.start;
                         });
        target.constant = target.lines.empty() && !target.untraceable;
        markList(target, value);
        return target;
    }

    void markList(TargetLineage &target, const AbstractValue &value) const
    {
        const bool structured = value.isStructured();
        const Repeats least = structured ? Repeats::Filtered : Repeats::Always;
        if (!value.listSource)
            return;
        const bool known = structured && m_options.isList && m_options.isList(*value.listSource);
        if (value.repeats < least && !known)
            return;
        target.isList = true;
        target.listSource = *value.listSource;
        target.constant = false;
    }

    Lineage &m_lineage;
    const LineageOptions &m_options;
};

void addUnused(Lineage &lineage, const LineageWalk &walk)
{
    std::set<SourcePath> used;
    for (const TargetLineage &target : lineage.targets) {
        for (const SourceLine &line : target.lines)
            used.insert(line.source);
    }
    const auto isKnown = [&used](const SourcePath &path, bool alsoOnTheWay) {
        return std::any_of(used.begin(), used.end(), [&](const SourcePath &other) {
            return covers(other, path) || (alsoOnTheWay && leadsThrough(other, path));
        });
    };
    for (const SourcePath &path : walk.consumed()) {
        if (!isKnown(path, false)) {
            lineage.unused.push_back(path);
            used.insert(path);
        }
    }
    for (auto path = walk.touched().rbegin(); path != walk.touched().rend(); ++path) {
        if (!isKnown(*path, true)) {
            lineage.unused.push_back(*path);
            used.insert(*path);
        }
    }
    std::sort(lineage.unused.begin(), lineage.unused.end());
}

void giveUp(Lineage &lineage, const LineageOptions &options, int end)
{
    lineage = {};
    TargetLineage target;
    target.untraceable = true;
    target.end = end;
    SourceLine all;
    all.kind = LineKind::Computed;
    all.end = end;
    target.lines.push_back(all);
    for (const std::string &binding : options.bindings) {
        all.source.root = binding;
        target.lines.push_back(all);
    }
    lineage.targets.push_back(std::move(target));
}

} // namespace

std::string SourcePath::text() const
{
    std::string text;
    if (!root.empty())
        text = '$' + root;
    else if (steps.empty())
        return "$";
    for (const std::string &step : steps) {
        if (!text.empty())
            text += '.';
        text += isPlainName(step) ? step : '`' + step + '`';
    }
    return text;
}

bool covers(const SourcePath &pattern, const SourcePath &path)
{
    return pattern.root == path.root && matches(pattern, 0, path, 0, false);
}

bool leadsThrough(const SourcePath &pattern, const SourcePath &path)
{
    return pattern.root == path.root && matches(pattern, 0, path, 0, true);
}

std::vector<SourcePath> Lineage::reads() const
{
    std::set<SourcePath> all(unused.begin(), unused.end());
    for (const TargetLineage &target : targets) {
        for (const SourceLine &line : target.lines)
            all.insert(line.source);
    }
    return {all.begin(), all.end()};
}

Lineage lineageOf(const Expression &expression, const LineageOptions &options)
{
    Lineage lineage;
    LineageWalk walk(options.bindings);
    const expr::Ast &ast = expression.ast();
    const AbstractPtr value = walk.run(ast);
    const int end = static_cast<int>(expression.text().size());
    if (walk.isExhausted()) {
        giveUp(lineage, options, end);
        return lineage;
    }
    TargetWriter(lineage, options).write({}, *value, ast.start, ast.end);
    addUnused(lineage, walk);
    return lineage;
}

Lineage lineageOf(const Expression &expression, const std::vector<std::string> &bindings)
{
    LineageOptions options;
    options.bindings = bindings;
    return lineageOf(expression, options);
}

} // namespace tw::analysis
