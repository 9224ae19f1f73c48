// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

namespace tw {

/// A line edit with a magnifier at its left. Escape empties it before it is passed on.
class SearchField : public QLineEdit
{
    Q_OBJECT
public:
    /// `prompt` is the grey text and the accessible name.
    explicit SearchField(const QString &prompt, QWidget *parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent *event) override;
};

} // namespace tw
