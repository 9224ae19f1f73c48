// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ProblemsModel.h"

#include "core/base/Text.h"

#include <algorithm>

namespace tw {

void ProblemsModel::set(std::vector<Diagnostic> problems)
{
    beginResetModel();
    m_problems = std::move(problems);
    std::stable_sort(m_problems.begin(), m_problems.end(), [](const auto &a, const auto &b) {
        return static_cast<int>(a.severity) < static_cast<int>(b.severity);
    });
    endResetModel();
}

const Diagnostic *ProblemsModel::at(int row) const
{
    return row >= 0 && row < rowCount() ? &m_problems[static_cast<std::size_t>(row)] : nullptr;
}

int ProblemsModel::errors() const
{
    return static_cast<int>(
        std::count_if(m_problems.begin(), m_problems.end(),
                      [](const auto &one) { return one.severity == Severity::Error; }));
}

int ProblemsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_problems.size());
}

QVariant ProblemsModel::data(const QModelIndex &index, int role) const
{
    const Diagnostic *problem = at(index.row());
    if (!problem)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return toQString(problem->message);
    case Qt::ToolTipRole:
        return toQString(toText(*problem));
    case SeverityRole:
        return static_cast<int>(problem->severity);
    case FixRole:
        return toQString(problem->fix);
    case StepRole:
        return toQString(problem->step);
    case LineRole:
        return problem->line;
    case ColumnRole:
        return problem->column;
    case CodeRole:
        return toQString(problem->code);
    default:
        return {};
    }
}

} // namespace tw
