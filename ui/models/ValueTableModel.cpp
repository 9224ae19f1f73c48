// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ValueTableModel.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

namespace tw {

void ValueTableModel::showValues(const DocumentPtr &message)
{
    beginResetModel();
    m_types = false;
    m_rows.clear();
    if (message)
        addValues({}, message->root());
    endResetModel();
}

void ValueTableModel::showSchema(const DocumentPtr &message)
{
    beginResetModel();
    m_types = true;
    m_rows.clear();
    if (message)
        addShape({}, shapeOf(message->root()));
    endResetModel();
}

int ValueTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ValueTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : 2;
}

QVariant ValueTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    return index.column() == 0 ? row.path : row.value;
}

QVariant ValueTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Field") : m_types ? tr("Type") : tr("Value");
}

bool ValueTableModel::add(const QString &path, const QString &value)
{
    if (m_rows.size() > kRows)
        return false;
    if (m_rows.size() == kRows)
        m_rows.push_back({tr("More fields"), tr("Look at them as JSON")});
    else
        m_rows.push_back({path, value});
    return true;
}

void ValueTableModel::addValues(const QString &path, const Value &value)
{
    if (value.isObject() && value.size() > 0) {
        for (const Member &member : value.members()) {
            const QString name = toQString(member.key.text());
            addValues(path.isEmpty() ? name : path + QLatin1Char('.') + name, member.value);
        }
        return;
    }
    if (value.isArray() && value.size() > 0) {
        for (std::uint32_t i = 0; i < value.size(); ++i)
            addValues(path + QStringLiteral("[%1]").arg(i), value.at(i));
        return;
    }
    add(path, value.isString() ? toQString(value.text()) : toQString(toJson(value)));
}

void ValueTableModel::addShape(const QString &path, const Shape &shape)
{
    if (!path.isEmpty())
        add(path, toQString(typeWord(shape)) + (shape.nullable ? tr(", may be empty") : QString()));
    for (const Shape::Field &field : shape.fields) {
        const QString name = toQString(field.name);
        addShape(path.isEmpty() ? name : path + QLatin1Char('.') + name, field.shape);
    }
    for (const Shape &item : shape.item)
        addShape(path + QStringLiteral("[]"), item);
}

} // namespace tw
