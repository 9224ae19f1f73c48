// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/StepSample.h"

#include "core/base/Text.h"
#include "ui/forms/FieldEditor.h"

namespace tw {

namespace {

const FlowStep *triggerOf(const FlowModel &model)
{
    for (const FlowStep &step : model.flow().steps) {
        const NodeDescriptor *node = model.descriptorOf(step);
        if (node && node->kind == NodeKind::Trigger)
            return &step;
    }
    return nullptr;
}

// Before anything ran: a believable event of the first type that the flow's trigger asks for.
DocumentPtr madeSample(const FlowModel &model)
{
    const FlowStep *trigger = triggerOf(model);
    const NodeDescriptor *node = trigger ? model.descriptorOf(*trigger) : nullptr;
    if (!node || node->samples.empty())
        return nullptr;
    const YamlNode *events = trigger->with ? trigger->with->find("events") : nullptr;
    const QString wanted = field::scalars(events).value(0);
    for (const NodeSample &one : node->samples) {
        if (toQString(one.id) == wanted)
            return one.make();
    }
    return node->samples.front().make();
}

} // namespace

DocumentPtr stepSample(const FlowModel &model, const RunModel *run)
{
    const FlowStep *step = model.selectedStep();
    const StepRun *did = step && run ? run->of(step->id) : nullptr;
    if (did) {
        for (const StepItem &item : did->items) {
            if (item.input)
                return item.input;
        }
    }
    return madeSample(model);
}

DocumentPtr triggerSample(const FlowModel &model, const RunModel *run)
{
    const FlowStep *trigger = triggerOf(model);
    const StepRun *did = trigger && run ? run->of(trigger->id) : nullptr;
    if (did) {
        for (const StepItem &item : did->items) {
            if (item.input)
                return item.input;
            if (!item.outputs.empty())
                return item.outputs.front();
        }
    }
    return madeSample(model);
}

} // namespace tw
