// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Diagnostic.h"

#include <QAbstractListModel>

#include <vector>

namespace tw {

/// The findings of a flow as rows, errors first. Plain data; set() replaces all.
class ProblemsModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { SeverityRole = Qt::UserRole, FixRole, StepRole, LineRole, ColumnRole, CodeRole };

    using QAbstractListModel::QAbstractListModel;

    void set(std::vector<Diagnostic> problems);
    const Diagnostic *at(int row) const;
    int errors() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    std::vector<Diagnostic> m_problems;
};

} // namespace tw
