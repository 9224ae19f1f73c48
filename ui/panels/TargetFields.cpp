// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/TargetFields.h"

#include "core/base/Text.h"
#include "core/flow/FlowShapes.h"
#include "core/schema/MappingForm.h"

#include <algorithm>
#include <set>

namespace tw {
namespace {

constexpr std::size_t kDeepest = 6;
constexpr std::size_t kMost = 3000;

void collect(const Shape &shape, std::vector<std::string> &path, bool isRequired,
             std::set<std::string> &known, std::vector<TargetField> &fields)
{
    for (const Shape::Field &field : shape.fields) {
        if (!field.writable || fields.size() >= kMost)
            continue;
        path.push_back(field.name);
        const std::string name = mapping_form::targetText(path);
        const bool isGroup = field.shape.type == Shape::Type::Group && !field.shape.fields.empty();
        const bool isNeeded = isRequired && field.required;
        // A group is filled by its fields, and can be unset as a whole where that is taken.
        if (known.insert(name).second && (!isGroup || field.shape.nullable))
            fields.push_back({toQString(name), toQString(typeWord(field.shape)),
                              isNeeded && !isGroup, field.shape.nullable});
        if (isGroup && path.size() < kDeepest)
            collect(field.shape, path, isNeeded, known, fields);
        path.pop_back();
    }
}

} // namespace

std::vector<TargetField> targetFields(const FlowModel &model)
{
    std::vector<TargetField> fields;
    const FlowStep *step = model.selectedStep();
    if (!step)
        return fields;
    std::set<std::string> known;
    std::vector<std::string> path;
    for (const Shape &shape : FlowShapes(model.flow(), model.registry()).targets(*step))
        collect(shape, path, true, known, fields);
    std::stable_sort(fields.begin(), fields.end(), [](const TargetField &a, const TargetField &b) {
        return a.isRequired > b.isRequired;
    });
    return fields;
}

} // namespace tw
