// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/PaletteModel.h"

#include "core/base/Text.h"
#include "ui/models/StepWords.h"

#include <QMimeData>

#include <algorithm>

namespace tw {

namespace {

// 0: no hit. Title starts beat word starts beat anything else that contains the words.
int score(const NodeDescriptor &node, const QString &words)
{
    if (words.isEmpty())
        return 1;
    const QString title = toQString(node.title);
    if (title.startsWith(words, Qt::CaseInsensitive))
        return 4;
    if (title.contains(QLatin1Char(' ') + words, Qt::CaseInsensitive))
        return 3;
    if (title.contains(words, Qt::CaseInsensitive) ||
        toQString(node.label).contains(words, Qt::CaseInsensitive))
        return 2;
    return toQString(node.type + ' ' + node.help).contains(words, Qt::CaseInsensitive) ? 1 : 0;
}

} // namespace

PaletteModel::PaletteModel(const Registry &registry, QObject *parent)
    : QAbstractListModel(parent), m_registry(registry)
{
    rebuild();
}

int PaletteModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return row.node ? toQString(row.node->title) : row.group;
    case Qt::ToolTipRole:
    case HelpRole:
        return row.node ? toQString(row.node->help) : QString();
    case TypeRole:
        return row.node ? toQString(row.node->type) : QString();
    case IconRole:
        return row.node ? words::iconOf(row.node) : QString();
    case KindRole:
        return static_cast<int>(words::kindOf(row.node));
    case IsGroupRole:
        return row.node == nullptr;
    case IsOpenRole:
        return !m_folded.contains(row.group);
    default:
        return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractListModel::flags(index);
    if (index.isValid() && !index.data(IsGroupRole).toBool())
        flags |= Qt::ItemIsDragEnabled;
    return flags;
}

QMimeData *PaletteModel::mimeData(const QModelIndexList &indexes) const
{
    auto *data = new QMimeData;
    if (!indexes.isEmpty())
        data->setData(QString::fromLatin1(kMimeType),
                      indexes.front().data(TypeRole).toString().toUtf8());
    return data;
}

void PaletteModel::setFilter(const QString &words)
{
    m_filter = words.trimmed();
    rebuild();
}

void PaletteModel::toggleGroup(const QModelIndex &index)
{
    const QString group = m_rows[static_cast<std::size_t>(index.row())].group;
    if (!m_folded.remove(group))
        m_folded.insert(group);
    rebuild();
}

int PaletteModel::steps() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(),
                                          [](const Row &row) { return row.node != nullptr; }));
}

std::vector<const NodeDescriptor *> PaletteModel::ranked(const Registry &registry,
                                                         const QString &words, bool hasTrigger)
{
    std::vector<std::pair<int, const NodeDescriptor *>> hits;
    for (const NodeDescriptor *node : registry.nodes()) {
        const int hit = score(*node, words.trimmed());
        const bool fits = (node->kind == NodeKind::Trigger) != hasTrigger;
        if (hit > 0)
            hits.emplace_back(hit * 2 + (fits ? 1 : 0), node);
    }
    std::stable_sort(hits.begin(), hits.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<const NodeDescriptor *> nodes;
    for (const auto &hit : hits)
        nodes.push_back(hit.second);
    return nodes;
}

void PaletteModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    QString group;
    for (const NodeDescriptor *node : m_registry.nodes()) {
        if (score(*node, m_filter) == 0)
            continue;
        const QString its = toQString(node->group);
        if (its != group) {
            group = its;
            m_rows.push_back({group, nullptr});
        }
        // A search shows its hits whatever is folded.
        if (!m_filter.isEmpty() || !m_folded.contains(group))
            m_rows.push_back({group, node});
    }
    endResetModel();
}

} // namespace tw
