// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/schema/Shape.h"

#include <QAbstractTableModel>

namespace tw {

/// A message as a table of fields: path and value, or path and type. Keeps the document alive.
class ValueTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    static constexpr std::size_t kRows = 2000; ///< Larger messages end with a row that says so.

    using QAbstractTableModel::QAbstractTableModel;

    void showValues(const DocumentPtr &message);
    void showSchema(const DocumentPtr &message);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        QString path;
        QString value;
    };
    void addValues(const QString &path, const Value &value);
    void addShape(const QString &path, const Shape &shape);
    bool add(const QString &path, const QString &value);

    std::vector<Row> m_rows;
    bool m_types = false;
};

} // namespace tw
