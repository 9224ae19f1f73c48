// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/Screenshot.h"

#include "core/base/Text.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/panels/RunPanel.h"
#include "ui/shell/DesignPage.h"
#include "ui/shell/MainWindow.h"

#include <QPixmap>

namespace tw {

namespace {
constexpr int kTurns = 24;
}

Screenshot::Screenshot(MainWindow &window, ScreenshotPlan plan, QObject *parent)
    : QObject(parent), m_window(window), m_plan(std::move(plan))
{
    // A change deep in a form reaches the window level by level, one turn of the loop each.
    m_settle.setInterval(0);
    connect(&m_settle, &QTimer::timeout, this, [this] {
        if (++m_turns == kTurns)
            take();
    });
}

void Screenshot::begin()
{
    m_window.resize(m_plan.size);
    m_window.show();
    OpenFlow *flow = m_window.workspace().current();
    if (m_plan.run && flow) {
        connect(&m_window.runs(), &RunController::stateChanged, this, [this] {
            if (!m_window.runs().isRunning())
                QTimer::singleShot(0, this, &Screenshot::choose);
        });
        m_window.run();
        if (m_window.runs().isRunning())
            return;
    }
    QTimer::singleShot(0, this, &Screenshot::choose);
}

void Screenshot::choose()
{
    if (OpenFlow *flow = m_window.workspace().current()) {
        QString step = m_plan.select;
        for (const FlowStep &one : flow->model->flow().steps) {
            const StepRun *run = flow->run->of(one.id);
            if (step.isEmpty() && run && run->failed > 0)
                step = toQString(one.id);
        }
        if (!step.isEmpty()) {
            flow->model->select({step});
            m_window.page().runPanel().showStep(step);
        }
        m_window.page().area().canvas().fit();
    }
    m_settle.start();
}

void Screenshot::take()
{
    m_settle.stop();
    m_window.resize(m_plan.size);
    Q_EMIT finished(m_window.grab().save(m_plan.file, "PNG"));
}

} // namespace tw
