// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/RunStepsModel.h"

#include "core/base/Text.h"
#include "ui/models/StepWords.h"

#include <algorithm>

namespace tw {

void RunStepsModel::setModels(FlowModel *flow, RunModel *run)
{
    if (m_flow)
        m_flow->disconnect(this);
    if (m_run)
        m_run->disconnect(this);
    m_flow = flow;
    m_run = run;
    if (flow)
        connect(flow, &FlowModel::changed, this, &RunStepsModel::rebuild);
    if (run)
        connect(run, &RunModel::changed, this, &RunStepsModel::refresh);
    rebuild();
}

void RunStepsModel::rebuild()
{
    QStringList steps;
    QStringList failures;
    if (m_flow) {
        for (const FlowStep &step : m_flow->flow().steps) {
            const bool failure = words::kindOf(m_flow->descriptorOf(step)) == StepKind::Failure;
            (failure ? failures : steps) << toQString(step.id);
        }
    }
    steps += failures;
    if (steps == m_steps)
        return refresh();
    beginResetModel();
    m_steps = steps;
    endResetModel();
}

void RunStepsModel::refresh()
{
    if (!m_steps.isEmpty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int RunStepsModel::rowOf(const QString &step) const
{
    return static_cast<int>(m_steps.indexOf(step));
}

int RunStepsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_steps.size());
}

double RunStepsModel::share(std::int64_t moment) const
{
    const std::int64_t whole =
        std::max<std::int64_t>(1, m_run->lastMoment() - m_run->firstMoment());
    return std::clamp(
        static_cast<double>(moment - m_run->firstMoment()) / static_cast<double>(whole), 0.0, 1.0);
}

QVariant RunStepsModel::data(const QModelIndex &index, int role) const
{
    const std::string id = toUtf8(m_steps.value(index.row()));
    const FlowStep *step = m_flow ? m_flow->flow().step(id) : nullptr;
    if (!step)
        return {};
    const NodeDescriptor *node = m_flow->descriptorOf(*step);
    const StepRun *run = m_run ? m_run->of(id) : nullptr;
    switch (role) {
    case IdRole:
        return toQString(id);
    case Qt::DisplayRole:
        return words::titleOf(*step, node);
    case KindRole:
        return static_cast<int>(words::kindOf(node));
    case StateRole:
        return static_cast<int>(run ? run->state() : StepState::NotReached);
    case ItemsRole:
        return run ? words::items(*run) : QString();
    case BeginRole:
        return run && run->last > 0 ? share(run->first) : -1.0;
    case EndRole:
        return run && run->last > 0 ? share(run->last) : -1.0;
    case TimeRole:
        return run ? words::span(run->span()) : QString();
    case FailedRole:
        return run && run->failed > 0;
    default:
        return {};
    }
}

} // namespace tw
