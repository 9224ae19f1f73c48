// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>
#include <QString>
#include <QTimer>

namespace tw {

class MainWindow;

/// What a picture is to show.
struct ScreenshotPlan
{
    QString file;
    QSize size{1760, 1080}; ///< Logical pixels; the picture has as many times the device ratio.
    bool run = false;       ///< Run the flow first and wait until it is idle.
    QString select;         ///< Step to select; empty: after a run the one that failed.
};

/// Brings a window into a state, renders it once into a PNG, and tells how it went. Needs no
/// display. Event driven: a run is waited for, not slept for.
class Screenshot : public QObject
{
    Q_OBJECT
public:
    Screenshot(MainWindow &window, ScreenshotPlan plan, QObject *parent = nullptr);
    void begin();

Q_SIGNALS:
    void finished(bool written);

private:
    void take();
    void choose();

    MainWindow &m_window;
    ScreenshotPlan m_plan;
    QTimer m_settle;
    int m_turns = 0;
};

} // namespace tw
