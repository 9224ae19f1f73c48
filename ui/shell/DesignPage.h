// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/CanvasArea.h"
#include "ui/shell/Workspace.h"

#include <QWidget>

class QSplitter;

namespace tw {

class CanvasBinding;
class InspectorPanel;
class PalettePanel;
class RunPanel;
class SearchPopup;

/// The page on which a flow is drawn and run: palette, canvas, inspector, run panel. On a narrow
/// window the palette becomes a drawer over the canvas, then the inspector does.
class DesignPage : public QWidget
{
    Q_OBJECT
public:
    enum class Part { Palette, Inspector, Run };

    explicit DesignPage(const Registry &registry, QWidget *parent = nullptr);

    /// Null shows nothing. The flow must stay until another is shown.
    void show(OpenFlow *flow, const std::map<std::string, std::string> *connections);
    using QWidget::show;

    CanvasArea &area() { return *m_area; }
    CanvasBinding &binding() { return *m_binding; }
    InspectorPanel &inspector() { return *m_inspector; }
    RunPanel &runPanel() { return *m_runPanel; }
    PalettePanel &palette() { return *m_palette; }

    bool isShown(Part part) const;
    void setShown(Part part, bool shown);
    void openQuickAdd(const QPoint &place, const QString &from, const QString &exit);
    /// Shows a step, or a line of the file, that a problem is about.
    void goTo(const Diagnostic &problem);
    /// Settings of a step, text of a note or title of a group.
    void open(const QString &id);
    void rename();  ///< What is selected.
    void fitSoon(); ///< Fits the flow once the page has its size.

    void saveSizes() const;
    void restoreSizes();

Q_SIGNALS:
    void partsChanged();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *panelOf(Part part) const;
    bool isDrawer(Part part) const;
    void arrange();
    void connectParts();
    bool openPaper(const QString &id);

    const Registry &m_registry;
    OpenFlow *m_flow = nullptr;
    PalettePanel *m_palette;
    CanvasArea *m_area;
    InspectorPanel *m_inspector;
    RunPanel *m_runPanel;
    CanvasBinding *m_binding;
    SearchPopup *m_quickAdd;
    QSplitter *m_split;
    bool m_wanted[3] = {true, true, true};   ///< In the layout.
    bool m_drawn[3] = {false, false, false}; ///< As a drawer.
    bool m_sized = false;
    bool m_fitSoon = false;
};

} // namespace tw
