// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace tw {

/// The field in the menu bar that opens the command box. A button that looks like a search field;
/// typing happens in the list it opens. clicked() is the only signal.
class CommandBox : public QAbstractButton
{
    Q_OBJECT
public:
    CommandBox(const QString &prompt, const QString &keys, QWidget *parent = nullptr);

    QSize sizeHint() const override { return {420, 30}; }
    QSize minimumSizeHint() const override { return {180, 30}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_keys;
};

/// A key written as on a keyboard: "Tab", "Ctrl K". Draws into `rect`'s right end and returns the
/// width it took.
double drawKeyHint(QPainter &painter, const QRectF &rect, const QString &keys);

} // namespace tw
