// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui_canvas/SampleFlow.h"
#include "ui/base/Theme.h"
#include "ui/canvas/CanvasToolbar.h"
#include "ui/canvas/CardGeometry.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/canvas/MinimapView.h"

#include <QAccessible>
#include <QDropEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

using namespace tw;

namespace {

QString str(const char *text)
{
    return QString::fromLatin1(text);
}

using Positions = QHash<QString, QPoint>;

} // namespace

class tst_FlowCanvas : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void init()
    {
        m_canvas = std::make_unique<FlowCanvas>();
        m_canvas->resize(1400, 760);
        m_canvas->show();
        m_canvas->setContent(sample::flow());
        m_canvas->panBy(QPoint(40, 120) - m_canvas->mapFromScene(QPointF(0, 0)));
        m_canvas->setFocus();
    }
    void cleanup() { m_canvas.reset(); }

    void aDragIsOneRequestOnTheGrid()
    {
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        drag(at("repeats", {100, 60}), at("repeats", {100, 60}) + QPoint(37, 21));
        QCOMPARE(moves.size(), 1);
        QCOMPARE(moves[0][0].value<Positions>(), (Positions{{str("repeats"), QPoint(288, 24)}}));
    }

    void withoutAnAnswerTheCardGoesBack()
    {
        drag(at("repeats", {100, 60}), at("repeats", {100, 60}) + QPoint(80, 80));
        QCOMPARE(card("repeats")->pos(), QPointF(248, 0));
    }

    void anAnswerInsideTheSignalKeepsTheCardWhereItWasDropped()
    {
        connect(m_canvas.get(), &FlowCanvas::moveRequested, this, [this](const Positions &to) {
            CanvasView view = m_canvas->content();
            for (CardView &each : view.cards)
                each.position = to.value(each.id, each.position);
            m_canvas->setContent(view);
        });
        drag(at("repeats", {100, 60}), at("repeats", {100, 60}) + QPoint(0, 80));
        QCOMPARE(card("repeats")->pos(), QPointF(248, 80));
        const EdgeItem *edge =
            m_canvas->canvasScene().edge({str("charge"), str("out"), str("repeats")});
        QCOMPARE(edge->way().path().pointAtPercent(1), card("repeats")->entryPoint());
    }

    void selectedCardsMoveTogether()
    {
        m_canvas->select({str("charge"), str("repeats")});
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        drag(at("charge", {100, 60}), at("charge", {100, 60}) + QPoint(16, 0));
        QCOMPARE(moves[0][0].value<Positions>(),
                 (Positions{{str("charge"), QPoint(16, 0)}, {str("repeats"), QPoint(264, 0)}}));
    }

    void aGroupTakesItsMembersAlong()
    {
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        const QPoint title = m_canvas->mapFromScene(QPointF(1200, 160));
        drag(title, title + QPoint(0, 24));
        const auto moved = moves[0][0].value<Positions>();
        QCOMPARE(moved.size(), 4);
        QCOMPARE(moved[str("dead")], QPoint(1304, 336));
        QCOMPARE(moved[str("fails")], QPoint(1024, 168));
    }

    void escapeDuringADragAsksForNothing()
    {
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        const QPoint start = at("repeats", {100, 60});
        QTest::mousePress(view(), Qt::LeftButton, {}, start);
        QTest::mouseMove(view(), start + QPoint(60, 60));
        QTest::keyClick(m_canvas.get(), Qt::Key_Escape);
        QTest::mouseRelease(view(), Qt::LeftButton, {}, start + QPoint(60, 60));
        QCOMPARE(moves.size(), 0);
        QCOMPARE(card("repeats")->pos(), QPointF(248, 0));
    }

    void aClickSelectsAndControlClickAdds()
    {
        QSignalSpy changes(m_canvas.get(), &FlowCanvas::selectionChanged);
        QTest::mouseClick(view(), Qt::LeftButton, {}, at("repeats", {100, 60}));
        QTest::mouseClick(view(), Qt::LeftButton, Qt::ControlModifier, at("map", {100, 40}));
        QCOMPARE(m_canvas->selection(), (QStringList{str("repeats"), str("map")}));
        QTest::mouseClick(view(), Qt::LeftButton, {}, at("map", {100, 40}));
        QCOMPARE(m_canvas->selection(), QStringList{str("map")});
        QCOMPARE(changes.size(), 3);
    }

    void aRubberBandSelectsWhatItTouches()
    {
        drag(m_canvas->mapFromScene(QPointF(-20, -30)), m_canvas->mapFromScene(QPointF(300, 60)));
        QCOMPARE(m_canvas->selection(), (QStringList{str("charge"), str("repeats")}));
    }

    void draggingFromAnExitToACardAsksToConnect()
    {
        QSignalSpy connects(m_canvas.get(), &FlowCanvas::connectRequested);
        drag(port("sort", "other"), at("dead", {60, 40}));
        QCOMPARE(connects.size(), 1);
        QCOMPARE(connects[0], (QVariantList{str("sort"), str("other"), str("dead")}));
    }

    void theTargetOfAWireLightsUpOnlyWhenItIsLegal()
    {
        QTest::mousePress(view(), Qt::LeftButton, {}, port("sort", "other"));
        QTest::mouseMove(view(), at("dead", {60, 40}));
        QVERIFY(card("dead")->look().target);
        QTest::mouseMove(view(), at("upsert", {60, 40}));
        QVERIFY(!card("dead")->look().target);
        QVERIFY(!card("upsert")->look().target);
        QCOMPARE(view()->cursor().shape(), Qt::ForbiddenCursor);
        QSignalSpy connects(m_canvas.get(), &FlowCanvas::connectRequested);
        QTest::mouseRelease(view(), Qt::LeftButton, {}, at("upsert", {60, 40}));
        QCOMPARE(connects.size(), 0);
    }

    void aWireEndingOnEmptyGroundAsksForAStep()
    {
        QSignalSpy adds(m_canvas.get(), &FlowCanvas::quickAddRequested);
        drag(port("paid", "on_error"), m_canvas->mapFromScene(QPointF(1000, 560)));
        QCOMPARE(adds.size(), 1);
        QCOMPARE(adds[0][0].toPoint(), QPoint(1000, 560));
        QCOMPARE(adds[0][1].toString(), str("paid"));
        QCOMPARE(adds[0][2].toString(), failureExit());
    }

    void anOwnRuleReplacesTheCanvasRule()
    {
        m_canvas->setConnectRule([](const EdgeRef &) { return QStringLiteral("Not today"); });
        QSignalSpy connects(m_canvas.get(), &FlowCanvas::connectRequested);
        drag(port("sort", "other"), at("dead", {60, 40}));
        QCOMPARE(connects.size(), 0);
    }

    void keysConnectFromTheFocusedCard()
    {
        QSignalSpy connects(m_canvas.get(), &FlowCanvas::connectRequested);
        m_canvas->setFocusedCard(str("sort"));
        key(Qt::Key_C);
        key(Qt::Key_Return);
        QCOMPARE(connects.size(), 1);
        QCOMPARE(connects[0][0].toString(), str("sort"));
        QCOMPARE(connects[0][1].toString(), str("other"));
    }

    void arrowsWalkAndShiftExtends()
    {
        m_canvas->setFocusedCard(str("charge"));
        key(Qt::Key_Right);
        QCOMPARE(m_canvas->focusedCard(), str("repeats"));
        QCOMPARE(m_canvas->selection(), QStringList{str("repeats")});
        QTest::keyClick(m_canvas.get(), Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(m_canvas->selection(), (QStringList{str("repeats"), str("zero")}));
        QVERIFY(card("zero")->look().focused);
        QVERIFY(!card("repeats")->look().focused);
    }

    void controlArrowsAskForOneGridStep()
    {
        m_canvas->select({str("map")});
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        QTest::keyClick(m_canvas.get(), Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(moves[0][0].value<Positions>(), (Positions{{str("map"), QPoint(744, 8)}}));
    }

    void deleteAsksForTheSelectionAndControlJoins()
    {
        QSignalSpy deletes(m_canvas.get(), &FlowCanvas::deleteRequested);
        m_canvas->select({str("repeats")});
        key(Qt::Key_Delete);
        QTest::keyClick(m_canvas.get(), Qt::Key_Delete, Qt::ControlModifier);
        QCOMPARE(deletes.size(), 2);
        QCOMPARE(deletes[0], (QVariantList{QStringList{str("repeats")}, false}));
        QCOMPARE(deletes[1][1].toBool(), true);
    }

    void deleteOnASelectedEdgeAsksToDisconnect()
    {
        QSignalSpy cuts(m_canvas.get(), &FlowCanvas::disconnectRequested);
        QTest::mouseClick(view(), Qt::LeftButton, {}, m_canvas->mapFromScene(QPointF(1230, 36)));
        key(Qt::Key_Delete);
        QCOMPARE(cuts.size(), 1);
        QCOMPARE(cuts[0][0].value<EdgeRef>(), (EdgeRef{str("upsert"), str("out"), str("paid")}));
    }

    void tabAsksForAStepAfterTheFocusedOne()
    {
        QSignalSpy adds(m_canvas.get(), &FlowCanvas::quickAddRequested);
        m_canvas->setFocusedCard(str("sort"));
        key(Qt::Key_Tab);
        QCOMPARE(adds.size(), 1);
        QCOMPARE(adds[0][1].toString(), str("sort"));
        QCOMPARE(adds[0][2].toString(), str("other"));
    }

    void enterAndDoubleClickOpenACard()
    {
        QSignalSpy opens(m_canvas.get(), &FlowCanvas::openRequested);
        m_canvas->setFocusedCard(str("map"));
        key(Qt::Key_Return);
        QTest::mouseDClick(view(), Qt::LeftButton, {}, at("zero", {80, 40}));
        QCOMPARE(opens.size(), 2);
        QCOMPARE(opens[1][0].toString(), str("zero"));
    }

    void zoomStaysInItsLimitsAndTellsOnce()
    {
        QSignalSpy zooms(m_canvas.get(), &FlowCanvas::zoomChanged);
        m_canvas->setZoom(99);
        QCOMPARE(m_canvas->zoom(), 4.0);
        m_canvas->setZoom(0.001);
        QCOMPARE(m_canvas->zoom(), 0.1);
        key(Qt::Key_0);
        QCOMPARE(m_canvas->zoom(), 1.0);
        QCOMPARE(zooms.size(), 3);
    }

    void controlWheelZoomsAtThePointer()
    {
        const QPoint pointer(700, 300);
        const QPointF before = m_canvas->mapToScene(pointer);
        QWheelEvent wheel(pointer, view()->mapToGlobal(pointer), {}, QPoint(0, 120), Qt::NoButton,
                          Qt::ControlModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(view(), &wheel);
        QVERIFY(m_canvas->zoom() > 1.1);
        QVERIFY((m_canvas->mapToScene(pointer) - before).manhattanLength() < 2);
    }

    void oneShowsTheWholeFlow()
    {
        key(Qt::Key_1);
        const QRectF seen = m_canvas->mapToScene(view()->rect()).boundingRect();
        QVERIFY(seen.contains(m_canvas->canvasScene().contentRect()));
        QVERIFY(m_canvas->zoom() < 1);
    }

    void spaceAndTheMiddleButtonPan()
    {
        const QPointF origin = m_canvas->mapFromScene(QPointF(0, 0));
        QTest::mousePress(view(), Qt::MiddleButton, {}, at("repeats", {100, 40}));
        QTest::mouseMove(view(), at("repeats", {100, 40}) + QPoint(30, 20));
        QTest::mouseRelease(view(), Qt::MiddleButton, {}, at("repeats", {100, 40}));
        QVERIFY(QPointF(m_canvas->mapFromScene(QPointF(0, 0))) != origin);
        QTest::keyPress(m_canvas.get(), Qt::Key_Space);
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        drag(at("repeats", {100, 40}), at("repeats", {100, 40}) + QPoint(50, 0));
        QTest::keyRelease(m_canvas.get(), Qt::Key_Space);
        QCOMPARE(moves.size(), 0);
        QVERIFY(m_canvas->selection().isEmpty());
    }

    void droppingAStepAsksToInsertIt()
    {
        QSignalSpy inserts(m_canvas.get(), &FlowCanvas::insertRequested);
        drop(m_canvas->mapFromScene(QPointF(100, 480)));
        QCOMPARE(inserts.size(), 1);
        QCOMPARE(inserts[0][0].toString(), str("core.filter"));
        QVERIFY(!inserts[0][2].value<std::optional<EdgeRef>>());
    }

    void droppingAStepOnAnEdgeNamesTheEdge()
    {
        QSignalSpy inserts(m_canvas.get(), &FlowCanvas::insertRequested);
        const QPoint place = m_canvas->mapFromScene(QPointF(1240, 40));
        const EdgeRef ref{str("upsert"), str("out"), str("paid")};
        QMimeData data;
        data.setData(str(FlowCanvas::kStepMime), "core.filter");
        enter(data, place);
        QDragMoveEvent over(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(view(), &over);
        QVERIFY(over.isAccepted());
        QVERIFY(m_canvas->canvasScene().edge(ref)->look().dropTarget);
        drop(place);
        QVERIFY(!m_canvas->canvasScene().edge(ref)->look().dropTarget);
        QCOMPARE(inserts[0][2].value<std::optional<EdgeRef>>(), std::optional(ref));
    }

    void foreignDropsAreRefused()
    {
        QMimeData data;
        data.setText(str("hello"));
        QVERIFY(!enter(data, QPoint(300, 300)));
    }

    void syncKeepsItemsAndSelectionOfWhatStays()
    {
        const CardItem *kept = card("map");
        m_canvas->select({str("map"), str("paid")});
        QSignalSpy changes(m_canvas.get(), &FlowCanvas::selectionChanged);
        CanvasView view = sample::flow(sample::Moment::AfterRun);
        view.cards.removeIf([](const CardView &each) { return each.id == str("paid"); });
        m_canvas->setContent(view);
        QCOMPARE(card("map"), kept);
        QCOMPARE(kept->view().state, CardState::Done);
        QVERIFY(!card("paid"));
        QVERIFY(!m_canvas->canvasScene().edge({str("upsert"), str("out"), str("paid")}));
        QCOMPARE(m_canvas->selection(), QStringList{str("map")});
        QVERIFY(changes.size() >= 1);
        m_canvas->setContent(sample::flow());
        QVERIFY(card("paid"));
        QVERIFY(m_canvas->canvasScene().edge({str("upsert"), str("out"), str("paid")}));
    }

    void farAwayCardsAreBlocksWithoutCounts()
    {
        m_canvas->setZoom(0.2);
        QCOMPARE(card("map")->look().detail, Detail::Block);
        QVERIFY(!m_canvas->canvasScene()
                     .edge({str("charge"), str("out"), str("repeats")})
                     ->look()
                     .labels);
        m_canvas->setZoom(3);
        QCOMPARE(card("map")->look().detail, Detail::Full);
        QCOMPARE(card("map")->cacheMode(), QGraphicsItem::NoCache);
    }

    void alignAndSpreadAreOneRequestEach()
    {
        QSignalSpy moves(m_canvas.get(), &FlowCanvas::moveRequested);
        m_canvas->select({str("ask"), str("sort")});
        m_canvas->alignLeft();
        QCOMPARE(moves[0][0].value<Positions>(), (Positions{{str("ask"), QPoint(1040, 184)}}));
        m_canvas->select({str("charge"), str("zero"), str("paid")});
        m_canvas->distribute();
        QCOMPARE(moves[1][0].value<Positions>(), (Positions{{str("zero"), QPoint(640, 0)}}));
    }

    void theHandOfTheToolbarPans()
    {
        const auto buttons = m_canvas->toolbar().findChildren<QToolButton *>();
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QCOMPARE(m_canvas->mode(), FlowCanvas::Mode::Pan);
        for (const QToolButton *button : buttons)
            QVERIFY(!button->accessibleName().isEmpty());
    }

    void theMinimapMovesTheView()
    {
        const QPointF before = m_canvas->mapToScene(view()->rect().center());
        MinimapView &map = m_canvas->minimap();
        QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(map.width() - 12, map.height() - 12));
        QVERIFY(m_canvas->mapToScene(view()->rect().center()).x() > before.x());
    }

    void theChevronOfAGroupAsksToFold()
    {
        QSignalSpy folds(m_canvas.get(), &FlowCanvas::foldRequested);
        QTest::mouseClick(view(), Qt::LeftButton, {}, m_canvas->mapFromScene(QPointF(1043, 162)));
        QCOMPARE(folds.size(), 1);
        QCOMPARE(folds[0], (QVariantList{str("fails"), true}));
    }

    void assistiveToolsReadTheCardsAlongTheFlow()
    {
        m_canvas->setContent(sample::flow(sample::Moment::AfterRun));
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(m_canvas.get());
        QVERIFY(list && list->childCount() >= 10);
        QCOMPARE(list->child(0)->text(QAccessible::Name),
                 str("Charge events, Trigger, done, pinned"));
        QAccessibleInterface *upsert = nullptr;
        for (int i = 0; i < 10; ++i) {
            if (list->child(i)->text(QAccessible::Name).contains(str("Upsert")))
                upsert = list->child(i);
        }
        QVERIFY(upsert);
        QVERIFY(upsert->text(QAccessible::Name).endsWith(str("failed")));
        QVERIFY(upsert->rect().width() >= 198);
        const QPoint middle = upsert->rect().center();
        QCOMPARE(list->childAt(middle.x(), middle.y()), upsert);

        QSignalSpy opens(m_canvas.get(), &FlowCanvas::openRequested);
        upsert->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(opens.size(), 1);
        QVERIFY(upsert->state().selected);
        m_canvas->setContent({});
        QVERIFY(!upsert->isValid());
    }

private:
    QWidget *view() { return m_canvas->viewport(); }
    CardItem *card(const char *id) { return m_canvas->canvasScene().card(str(id)); }
    void key(Qt::Key which) { QTest::keyClick(m_canvas.get(), which); }

    QPoint at(const char *id, QPointF inside)
    {
        return m_canvas->mapFromScene(card(id)->pos() + inside);
    }

    QPoint port(const char *id, const char *exit)
    {
        return m_canvas->mapFromScene(card(id)->portPoint(str(exit)));
    }

    void drag(QPoint from, QPoint to)
    {
        QTest::mousePress(view(), Qt::LeftButton, {}, from);
        QTest::mouseMove(view(), (from + to) / 2);
        QTest::mouseMove(view(), to);
        QTest::mouseRelease(view(), Qt::LeftButton, {}, to);
    }

    bool enter(const QMimeData &data, QPoint place)
    {
        QDragEnterEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(view(), &event);
        return event.isAccepted();
    }

    void drop(QPoint place)
    {
        QMimeData data;
        data.setData(str(FlowCanvas::kStepMime), "core.filter");
        enter(data, place);
        QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(view(), &event);
    }

    std::unique_ptr<FlowCanvas> m_canvas;
};

QTEST_MAIN(tst_FlowCanvas)
#include "tst_FlowCanvas.moc"
