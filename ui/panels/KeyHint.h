// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace tw {

/// A key as it stands on the keyboard, beside what it does.
class KeyHint : public QWidget
{
    Q_OBJECT
public:
    explicit KeyHint(const QString &keys, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_keys;
};

} // namespace tw
