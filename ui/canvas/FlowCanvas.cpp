// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/FlowCanvas.h"

#include "ui/base/Theme.h"
#include "ui/canvas/CanvasAccess.h"
#include "ui/canvas/CanvasToolbar.h"
#include "ui/canvas/CanvasTools.h"
#include "ui/canvas/CardGeometry.h"
#include "ui/canvas/MinimapView.h"

#include <QScrollBar>
#include <algorithm>
#include <cmath>

namespace tw {

namespace {

/// The ground never ends within reach; Qt needs a number.
constexpr double kGround = 40000;
constexpr double kFitMargin = 32;
/// Where it decides whether cards keep their words, fitting leaves less air.
constexpr double kTightMargin = 12;
constexpr int kOverlayMargin = 16;

} // namespace

FlowCanvas::FlowCanvas(QWidget *parent)
    : QGraphicsView(parent),
      m_scene(new CanvasScene(Theme::current(), this)),
      m_select(std::make_unique<SelectTool>(*this)),
      m_pan(std::make_unique<PanTool>(*this)),
      m_connect(std::make_unique<ConnectTool>(*this))
{
    CanvasAccess::install();
    setScene(m_scene);
    setSceneRect(-kGround, -kGround, 2 * kGround, 2 * kGround);
    setFrameShape(NoFrame);
    setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing |
                   QPainter::SmoothPixmapTransform);
    setViewportUpdateMode(BoundingRectViewportUpdate);
    setTransformationAnchor(NoAnchor);
    setResizeAnchor(NoAnchor);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    setMouseTracking(true);
    setAccessibleName(tr("Flow"));
    makeOverlays();
    connect(m_scene, &QGraphicsScene::selectionChanged, this, &FlowCanvas::announceSelection);
    connect(&Theme::current(), &Theme::changed, this, [this] { viewport()->update(); });
    centerOn(400, 200);
}

FlowCanvas::~FlowCanvas()
{
    // The scene goes with the children, after the members it would still report to.
    m_scene->disconnect(this);
}

void FlowCanvas::makeOverlays()
{
    m_toolbar = new CanvasToolbar(this);
    m_minimap = new MinimapView(this);
    connect(m_minimap, &MinimapView::centreRequested, this,
            [this](const QPointF &point) { centerOn(point); });
    connect(m_toolbar, &CanvasToolbar::modeChosen, this, &FlowCanvas::setMode);
    connect(m_toolbar, &CanvasToolbar::zoomInChosen, this, &FlowCanvas::zoomIn);
    connect(m_toolbar, &CanvasToolbar::zoomOutChosen, this, &FlowCanvas::zoomOut);
    connect(m_toolbar, &CanvasToolbar::resetChosen, this, &FlowCanvas::resetZoom);
    connect(m_toolbar, &CanvasToolbar::fitChosen, this, &FlowCanvas::fitAll);
    connect(m_toolbar, &CanvasToolbar::alignChosen, this, &FlowCanvas::alignLeft);
    connect(m_toolbar, &CanvasToolbar::distributeChosen, this, &FlowCanvas::distribute);
    connect(m_toolbar, &CanvasToolbar::tidyChosen, this,
            [this] { Q_EMIT tidyRequested(selection()); });
    connect(m_toolbar, &CanvasToolbar::noteChosen, this,
            [this] { Q_EMIT noteRequested(card_geometry::snapped(mapToScene(middle()))); });
    connect(m_toolbar, &CanvasToolbar::groupChosen, this,
            [this] { Q_EMIT groupRequested(selection()); });
    connect(this, &FlowCanvas::zoomChanged, m_toolbar, &CanvasToolbar::showZoom);
    connect(this, &FlowCanvas::modeChanged, m_toolbar, &CanvasToolbar::showMode);
}

void FlowCanvas::setContent(const CanvasView &content)
{
    m_scene->sync(content);
    if (!m_focused.isEmpty() && !m_scene->card(m_focused))
        setFocusedCard({});
    updateMinimap();
    announceSelection();
}

void FlowCanvas::select(const QStringList &ids)
{
    m_scene->select(ids);
    announceSelection();
}

void FlowCanvas::announceSelection()
{
    const QStringList now = selection();
    if (now == m_announced)
        return;
    m_announced = now;
    m_toolbar->showSelected(static_cast<int>(now.size()));
    Q_EMIT selectionChanged(now);
}

void FlowCanvas::setFocusedCard(const QString &id, bool shown)
{
    m_focused = m_scene->card(id) ? id : QString();
    m_scene->setFocusedCard(shown ? m_focused : QString());
    announceFocus(*this);
}

void FlowCanvas::setMode(Mode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    updateCursor();
    Q_EMIT modeChanged(mode);
}

QString FlowCanvas::refusal(const EdgeRef &edge) const
{
    return m_rule ? m_rule(edge) : canvas_navigation::refusal(content(), edge);
}

QString FlowCanvas::freeExit(const QString &card) const
{
    const CardItem *item = m_scene->card(card);
    if (!item)
        return {};
    const auto taken = [&](const QString &exit) {
        return std::any_of(
            content().edges.begin(), content().edges.end(),
            [&](const EdgeView &edge) { return edge.ref.from == card && edge.ref.exit == exit; });
    };
    for (const ExitView &exit : item->view().exits) {
        if (!taken(exit.id))
            return exit.id;
    }
    if (item->view().hasFailureExit && !taken(failureExit()))
        return failureExit();
    return {};
}

void FlowCanvas::setZoom(double wanted, std::optional<QPoint> anchor)
{
    const double next = std::clamp(wanted, kLeastZoom, kMostZoom);
    if (std::abs(next - zoom()) < 1e-4)
        return;
    const QPoint fixed = anchor.value_or(middle());
    const QPointF before = mapToScene(fixed);
    setTransform(QTransform::fromScale(next, next));
    const QPointF drift = mapFromScene(before) - fixed;
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + int(std::lround(drift.x())));
    verticalScrollBar()->setValue(verticalScrollBar()->value() + int(std::lround(drift.y())));
    m_scene->setZoom(next);
    updateMinimap();
    Q_EMIT zoomChanged(next);
}

void FlowCanvas::fit(const QStringList &ids)
{
    const QRectF content = m_scene->contentRect(ids);
    if (content.isEmpty())
        return;
    // The toolbar lies over the lower end; what is fitted stays clear of it.
    const double below = m_toolbar->isVisible() ? m_toolbar->height() + kOverlayMargin : 0;
    const auto fitting = [&](double margin) {
        const double wide = viewport()->width() - 2 * margin;
        const double high = viewport()->height() - 2 * margin - below - m_above;
        return std::min({1.0, wide / content.width(), high / content.height()});
    };
    const double tight = fitting(kTightMargin);
    double wanted = fitting(kFitMargin);
    if (detailAt(wanted) != Detail::Full && detailAt(tight) == Detail::Full)
        wanted = tight;
    setZoom(wanted);
    centerOn(content.center() + QPointF(0, (below - m_above) / 2 / zoom()));
    updateMinimap();
}

void FlowCanvas::panBy(const QPoint &pixels)
{
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - pixels.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - pixels.y());
}

void FlowCanvas::reveal(const QString &id)
{
    if (const CardItem *item = m_scene->card(id))
        ensureVisible(card_geometry::rect(item->view()).translated(item->pos()), 48, 48);
}

void FlowCanvas::alignLeft()
{
    const QStringList ids = m_scene->withMembers(selection());
    if (ids.size() < 2)
        return;
    int left = m_scene->positionOf(ids.first()).x();
    for (const QString &id : ids)
        left = std::min(left, m_scene->positionOf(id).x());
    QHash<QString, QPoint> moved;
    for (const QString &id : ids) {
        if (const QPoint at = m_scene->positionOf(id); at.x() != left)
            moved.insert(id, {left, at.y()});
    }
    if (!moved.isEmpty())
        Q_EMIT moveRequested(moved);
}

void FlowCanvas::distribute()
{
    QStringList ids = selection();
    if (ids.size() < 3)
        return;
    std::sort(ids.begin(), ids.end(), [this](const QString &a, const QString &b) {
        return m_scene->positionOf(a).x() < m_scene->positionOf(b).x();
    });
    const int first = m_scene->positionOf(ids.first()).x();
    const int last = m_scene->positionOf(ids.last()).x();
    QHash<QString, QPoint> moved;
    for (qsizetype i = 1; i + 1 < ids.size(); ++i) {
        const QPoint at = m_scene->positionOf(ids[i]);
        const double x = first + double(last - first) * double(i) / double(ids.size() - 1);
        if (const QPoint to = card_geometry::snapped(QPointF(x, at.y())); to != at)
            moved.insert(ids[i], to);
    }
    if (!moved.isEmpty())
        Q_EMIT moveRequested(moved);
}

QPoint FlowCanvas::middle() const
{
    return viewport()->rect().center();
}

void FlowCanvas::drawBackground(QPainter *painter, const QRectF &rect)
{
    const Theme &theme = Theme::current();
    m_grid.paint(*painter, rect, zoom(), devicePixelRatioF(), theme.color(Token::Canvas),
                 theme.color(Token::Dot));
}

void FlowCanvas::drawForeground(QPainter *painter, const QRectF &)
{
    if (m_active)
        m_active->paintOver(*painter);
}

void FlowCanvas::resizeEvent(QResizeEvent *event)
{
    QGraphicsView::resizeEvent(event);
    placeOverlays();
    updateMinimap();
}

void FlowCanvas::scrollContentsBy(int dx, int dy)
{
    QGraphicsView::scrollContentsBy(dx, dy);
    updateMinimap();
}

void FlowCanvas::placeOverlays()
{
    const QSize bar = m_toolbar->sizeHint();
    m_toolbar->setGeometry((width() - bar.width()) / 2, height() - bar.height() - kOverlayMargin,
                           bar.width(), bar.height());
    const QSize map = m_minimap->sizeHint();
    m_minimap->setGeometry(width() - map.width() - kOverlayMargin,
                           height() - map.height() - kOverlayMargin, map.width(), map.height());
    // In a narrow canvas the toolbar matters more.
    m_minimap->setVisible(m_minimap->x() > m_toolbar->geometry().right() + 8);
}

void FlowCanvas::updateMinimap()
{
    if (m_minimap)
        m_minimap->show(content(), mapToScene(viewport()->rect()).boundingRect());
}

} // namespace tw
