// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/PaletteModel.h"

#include <QFrame>

class QListView;

namespace tw {

class SearchField;
class TextLabel;

/// The steps that can be added, in groups that fold: drag one to the canvas, or double click or
/// Enter to add it beside the selected step.
class PalettePanel : public QFrame
{
    Q_OBJECT
public:
    static constexpr int kWidth = 208;

    explicit PalettePanel(const Registry &registry, QWidget *parent = nullptr);
    PaletteModel &model() { return *m_model; }
    void focusFilter();

Q_SIGNALS:
    void addRequested(const QString &type);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void activate(const QModelIndex &index);

    PaletteModel *m_model;
    SearchField *m_filter;
    QListView *m_list;
    QWidget *m_noHit;
};

} // namespace tw
