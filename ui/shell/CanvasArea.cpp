// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CanvasArea.h"

#include "ui/base/SegmentedControl.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/editors/YamlEditor.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace tw {

namespace {
constexpr int kSwitchRoom = 52;
}

CanvasArea::CanvasArea(QWidget *parent)
    : QWidget(parent),
      m_split(new QSplitter(Qt::Horizontal)),
      m_canvas(new FlowCanvas),
      m_yamlPart(new QWidget),
      m_yaml(new YamlEditor),
      m_switch(new SegmentedControl({tr("Canvas"), tr("Split"), tr("YAML")}, this))
{
    setMinimumSize(360, 200);
    auto *yaml = new QVBoxLayout(m_yamlPart);
    yaml->setContentsMargins(0, 0, 0, 0);
    yaml->addWidget(m_yaml);
    m_yamlPart->setAutoFillBackground(true);
    m_split->addWidget(m_canvas);
    m_split->addWidget(m_yamlPart);
    m_split->setChildrenCollapsible(false);
    m_split->setSizes({600, 500});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_split);
    m_switch->setAccessibleName(tr("How the flow is shown"));
    m_switch->adjustSize();
    m_switch->move(16, 14);
    m_switch->raise();
    m_canvas->setRoomAbove(kSwitchRoom);
    connect(m_switch, &SegmentedControl::currentChanged, this,
            [this](int index) { setView(static_cast<View>(index)); });
    m_yamlPart->hide();
}

void CanvasArea::setView(View view)
{
    if (view == m_view)
        return;
    m_view = view;
    m_switch->setCurrentIndex(static_cast<int>(view));
    m_canvas->setVisible(view != View::Yaml);
    m_yamlPart->setVisible(view != View::Canvas);
    m_yamlPart->layout()->setContentsMargins(0, view == View::Yaml ? kSwitchRoom : 0, 0, 0);
    if (view == View::Yaml)
        m_yaml->setFocus();
    else
        m_canvas->setFocus();
    Q_EMIT viewChanged(view);
}

} // namespace tw
