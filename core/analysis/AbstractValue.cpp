// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/AbstractValue.h"

#include <algorithm>
#include <unordered_set>

namespace tw::analysis {
namespace {

void addField(AbstractValue &to, const AbstractField &field)
{
    for (AbstractField &known : to.fields) {
        if (known.name == field.name) {
            known.value = joined(known.value, field.value);
            return;
        }
    }
    to.fields.push_back(field);
}

void addEntry(AbstractValue &to, const std::optional<AbstractEntry> &entry)
{
    if (!entry)
        return;
    if (!to.entry) {
        to.entry = entry;
        return;
    }
    to.entry->key = joined(to.entry->key, entry->key);
    to.entry->value = joined(to.entry->value, entry->value);
}

bool isEmpty(const AbstractValue &value)
{
    return value.sources.empty() && value.decides.empty() && !value.isStructured() &&
           value.callables.empty() && value.functions.empty() && !value.literal &&
           !value.untraceable && value.repeats == Repeats::No;
}

class Collector
{
public:
    explicit Collector(AbstractContents &contents) : m_contents(contents) {}

    void add(const AbstractValue &value)
    {
        if (!m_seen.insert(&value).second)
            return;
        addLines(m_contents.sources, value.sources);
        addLines(m_contents.decides, value.decides);
        m_contents.functions.insert(value.functions.begin(), value.functions.end());
        m_contents.callables.insert(m_contents.callables.end(), value.callables.begin(),
                                    value.callables.end());
        m_contents.untraceable = m_contents.untraceable || value.untraceable;
        for (const AbstractField &field : value.fields)
            add(*field.value);
        if (value.entry) {
            add(*value.entry->key);
            add(*value.entry->value);
        }
    }

private:
    AbstractContents &m_contents;
    std::unordered_set<const AbstractValue *> m_seen;
};

AbstractValue withoutStructure(AbstractValue value)
{
    AbstractContents contents;
    Collector(contents).add(value);
    AbstractValue flat;
    for (SourceLine line : contents.sources) {
        line.kind = LineKind::Computed;
        addLine(flat.sources, line);
    }
    flat.decides = std::move(contents.decides);
    flat.functions = std::move(contents.functions);
    flat.callables = std::move(contents.callables);
    flat.untraceable = contents.untraceable;
    flat.repeats = value.repeats;
    return flat;
}

} // namespace

AbstractPtr share(AbstractValue value)
{
    constexpr std::uint32_t kHeaviest = 20'000;
    std::uint32_t weight =
        1 + static_cast<std::uint32_t>(value.sources.size() + value.decides.size());
    for (const AbstractField &field : value.fields)
        weight += field.value->weight;
    if (value.entry)
        weight += value.entry->key->weight + value.entry->value->weight;
    value.weight = weight;
    if (weight > kHeaviest)
        value = withoutStructure(std::move(value));
    return std::make_shared<const AbstractValue>(std::move(value));
}

const AbstractPtr &nothing()
{
    static const AbstractPtr kNothing = share({});
    return kNothing;
}

void addLine(std::vector<SourceLine> &lines, const SourceLine &line)
{
    for (SourceLine &known : lines) {
        if (known.kind != line.kind || known.source != line.source)
            continue;
        for (const std::string &step : line.through) {
            if (std::find(known.through.begin(), known.through.end(), step) == known.through.end())
                known.through.push_back(step);
        }
        return;
    }
    lines.push_back(line);
}

void goThrough(SourceLine &line, const std::string &name)
{
    std::erase(line.through, name);
    line.through.push_back(name);
}

void addLines(std::vector<SourceLine> &lines, const std::vector<SourceLine> &more)
{
    for (const SourceLine &line : more)
        addLine(lines, line);
}

AbstractPtr joined(const AbstractPtr &a, const AbstractPtr &b)
{
    if (a == b || isEmpty(*b))
        return a;
    if (isEmpty(*a))
        return b;
    AbstractValue both = *a;
    addLines(both.sources, b->sources);
    addLines(both.decides, b->decides);
    for (const AbstractField &field : b->fields)
        addField(both, field);
    addEntry(both, b->entry);
    for (const AbstractCallable *callable : b->callables) {
        if (std::find(both.callables.begin(), both.callables.end(), callable) ==
            both.callables.end())
            both.callables.push_back(callable);
    }
    both.functions.insert(b->functions.begin(), b->functions.end());
    if (both.text != b->text)
        both.text.reset();
    if (both.literal != b->literal)
        both.literal = 0;
    both.repeats = std::max(both.repeats, b->repeats);
    if (!both.listSource)
        both.listSource = b->listSource;
    if (!both.groupedFrom)
        both.groupedFrom = b->groupedFrom;
    both.tuple = nullptr;
    both.object = both.object || b->object;
    both.untraceable = both.untraceable || b->untraceable;
    return share(std::move(both));
}

AbstractPtr undecided(const AbstractPtr &value)
{
    if (value->decides.empty() && !value->tuple)
        return value;
    AbstractValue bare = *value;
    bare.decides.clear();
    bare.tuple = nullptr;
    return share(std::move(bare));
}

AbstractPtr withDecides(const AbstractPtr &value, const std::vector<SourceLine> &decides,
                        const std::set<std::string> &functions, bool untraceable)
{
    if (decides.empty() && functions.empty() && !untraceable)
        return value;
    AbstractValue more = *value;
    addLines(more.decides, decides);
    more.functions.insert(functions.begin(), functions.end());
    more.untraceable = more.untraceable || untraceable;
    return share(std::move(more));
}

AbstractContents contentsOf(const AbstractPtr &value)
{
    AbstractContents contents;
    Collector(contents).add(*value);
    return contents;
}

std::optional<SourcePath> copiedFrom(const AbstractValue &value)
{
    for (const SourceLine &line : value.sources) {
        if (line.kind == LineKind::Copied)
            return line.source;
    }
    return std::nullopt;
}

} // namespace tw::analysis
