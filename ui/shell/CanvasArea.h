// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QSplitter;

namespace tw {

class FlowCanvas;
class SegmentedControl;
class YamlEditor;

/// The flow as a canvas, as text, or both beside each other; the switch floats at the top left.
class CanvasArea : public QWidget
{
    Q_OBJECT
public:
    enum class View { Canvas, Split, Yaml };

    explicit CanvasArea(QWidget *parent = nullptr);

    FlowCanvas &canvas() { return *m_canvas; }
    YamlEditor &yaml() { return *m_yaml; }
    View view() const { return m_view; }
    void setView(View view);

Q_SIGNALS:
    void viewChanged(tw::CanvasArea::View view);

private:
    View m_view = View::Canvas;
    QSplitter *m_split;
    FlowCanvas *m_canvas;
    QWidget *m_yamlPart;
    YamlEditor *m_yaml;
    SegmentedControl *m_switch;
};

} // namespace tw
