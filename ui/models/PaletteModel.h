// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"

#include <QAbstractListModel>
#include <QSet>

namespace tw {

/// The steps that can be added: rows of foldable groups, filtered by words. Also ranks the steps
/// for the quick-add list. Immutable source: `registry` must outlive it.
class PaletteModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { TypeRole = Qt::UserRole, IconRole, KindRole, IsGroupRole, IsOpenRole, HelpRole };
    static constexpr auto kMimeType = "application/x-tidewire-node-type";

    explicit PaletteModel(const Registry &registry, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QStringList mimeTypes() const override { return {QString::fromLatin1(kMimeType)}; }
    QMimeData *mimeData(const QModelIndexList &indexes) const override;

    void setFilter(const QString &words);
    void toggleGroup(const QModelIndex &index);
    int steps() const; ///< Shown at present.

    /// Steps for a search, best first. `afterTrigger`: a flow that has a trigger wants steps next.
    static std::vector<const NodeDescriptor *> ranked(const Registry &registry,
                                                      const QString &words, bool hasTrigger);

private:
    struct Row
    {
        QString group;
        const NodeDescriptor *node = nullptr; ///< Null: the group's head.
    };
    void rebuild();

    const Registry &m_registry;
    std::vector<Row> m_rows;
    QSet<QString> m_folded;
    QString m_filter;
};

} // namespace tw
