// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/CompiledMapping.h"
#include "core/schema/MappingForm.h"

#include <algorithm>
#include <set>

namespace tw {
namespace {

using Path = std::vector<std::string>;

/// Whether a field can be mapped, and as what.
struct Place
{
    bool isWritable = false;
    bool mayBeNull = false;
};

Place placeOf(const Shape &target, const Path &path)
{
    const Shape *shape = &target;
    for (const std::string &name : path) {
        const bool isOpen = shape->type == Shape::Type::Any ||
                            (shape->type == Shape::Type::Group && shape->fields.empty());
        if (isOpen)
            return {true, true};
        const Shape::Field *field = shape->find(name);
        if (!field || !field->writable)
            return {};
        shape = &field->shape;
    }
    return {true, shape->nullable};
}

/// Walks the fields of a target and counts which are mapped. A group counts by its fields; one
/// expression may fill it as a whole.
class Count
{
public:
    Count(Coverage &coverage, const std::set<Path> &mapped) : m_coverage(coverage), m_mapped(mapped)
    {}

    void walk(const Shape &group, bool isNeeded, bool isFilled)
    {
        for (const Shape::Field &field : group.fields) {
            if (!field.writable || isAnotherWay(field))
                continue;
            m_path.push_back(field.name);
            const bool filled = isFilled || m_mapped.contains(m_path);
            const bool needed = isNeeded && field.required;
            if (field.shape.type == Shape::Type::Group && !field.shape.fields.empty())
                walk(field.shape, needed || isMappedBelow(), filled);
            else
                leaf(needed, filled);
            m_path.pop_back();
        }
    }

private:
    /// A group of names that nobody knows and nobody needs (a relationship) is no field of its own.
    static bool isAnotherWay(const Shape::Field &field)
    {
        return field.shape.type == Shape::Type::Group && field.shape.fields.empty() &&
               !field.shape.item.empty() && !field.required;
    }

    /// A group that is sent at all needs its required fields.
    bool isMappedBelow() const
    {
        const auto next = m_mapped.upper_bound(m_path);
        return next != m_mapped.end() && next->size() > m_path.size() &&
               std::equal(m_path.begin(), m_path.end(), next->begin());
    }

    void leaf(bool isNeeded, bool isFilled)
    {
        ++m_coverage.total;
        m_coverage.mapped += isFilled ? 1 : 0;
        if (!isFilled)
            (isNeeded ? m_coverage.openRequired : m_coverage.open)
                .push_back(mapping_form::targetText(m_path));
    }

    Coverage &m_coverage;
    const std::set<Path> &m_mapped;
    Path m_path;
};

bool isRequired(const Shape &target, const Path &path)
{
    const Shape *shape = &target;
    bool required = false;
    for (const std::string &name : path) {
        const Shape::Field *field = shape->find(name);
        if (!field)
            return false;
        required = field->required;
        shape = &field->shape;
    }
    return required;
}

bool isMissingSomewhere(std::size_t field, bool mayBeNull, std::span<const MappingOutcome> outcomes)
{
    return std::any_of(outcomes.begin(), outcomes.end(), [&](const MappingOutcome &outcome) {
        if (field >= outcome.fields.size())
            return false; // left out of the preview
        const FieldOutcome::State state = outcome.fields[field].state;
        return state == FieldOutcome::State::Missing ||
               (state == FieldOutcome::State::Cleared && !mayBeNull);
    });
}

} // namespace

Coverage coverageOf(const Mapping &mapping, const Shape &target,
                    std::span<const MappingOutcome> outcomes)
{
    Coverage coverage;
    std::set<Path> mapped;
    for (std::size_t i = 0; i < mapping.fields.size(); ++i) {
        const std::string &name = mapping.fields[i].target;
        const auto path = mapping_form::targetPath(name);
        const Place place = path ? placeOf(target, *path) : Place();
        if (!place.isWritable) {
            coverage.unknown.push_back(name);
            continue;
        }
        mapped.insert(*path);
        if (isRequired(target, *path) && isMissingSomewhere(i, place.mayBeNull, outcomes))
            coverage.mayBeMissing.push_back(name);
    }
    Count(coverage, mapped).walk(target, true, false);
    return coverage;
}

} // namespace tw
