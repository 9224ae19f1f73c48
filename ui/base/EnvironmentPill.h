// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QAbstractButton>

namespace tw {

/// Where a run would go: the environment's name in its colour and what stands behind it.
/// Local is info, sandbox ok, QA warn, production err. Where there is a choice it is a button with
/// a chevron and clicked() opens it; otherwise it only tells.
class EnvironmentPill : public QAbstractButton
{
    Q_OBJECT
public:
    explicit EnvironmentPill(QWidget *parent = nullptr);

    void setEnvironment(const QString &name, const QString &detail, Tone tone);
    void setChoosable(bool choosable);
    Tone tone() const { return m_tone; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int rightRoom() const { return m_choosable ? 26 : 12; }

    QString m_name;
    QString m_detail;
    Tone m_tone = Tone::Info;
    bool m_choosable = false;
};

} // namespace tw
