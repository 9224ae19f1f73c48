// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui_canvas/SampleFlow.h"
#include "ui/base/Theme.h"
#include "ui/canvas/CanvasGrid.h"
#include "ui/canvas/CanvasNavigation.h"
#include "ui/canvas/CardGeometry.h"
#include "ui/canvas/CardPainter.h"
#include "ui/canvas/EdgePath.h"

#include <QPainter>
#include <QTest>

using namespace tw;
namespace geo = tw::card_geometry;

namespace {

QString str(const char *text)
{
    return QString::fromLatin1(text);
}

CardView withExits(int count)
{
    CardView card;
    for (int i = 0; i < count; ++i)
        card.exits.append({QString::number(i), QString::number(i)});
    return card;
}

QImage drawn(const CardView &card, const CardLook &look)
{
    QImage image(240, 140, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.translate(20, 20);
    CardPainter(Theme::current()).paint(painter, card, look);
    return image;
}

} // namespace

class tst_CanvasGeometry : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void cardsAreAsHighAsTheirExitsNeed_data()
    {
        QTest::addColumn<int>("exits");
        QTest::addColumn<bool>("coverage");
        QTest::addColumn<double>("height");
        QTest::newRow("a card with one exit is 72 high") << 1 << false << 72.0;
        QTest::newRow("a card without an exit is 72 high") << 0 << false << 72.0;
        QTest::newRow("a card with two exits is 84 high") << 2 << false << 84.0;
        QTest::newRow("a card with a coverage bar is 84 high") << 1 << true << 84.0;
        QTest::newRow("a card with three exits is 100 high") << 3 << false << 100.0;
    }
    void cardsAreAsHighAsTheirExitsNeed()
    {
        QFETCH(int, exits);
        QFETCH(bool, coverage);
        QFETCH(double, height);
        CardView card = withExits(exits);
        card.mappable = coverage ? 16 : 0;
        QCOMPARE(geo::size(card), QSizeF(198, height));
    }

    void portsStandWhereTheDesignPutsThem()
    {
        CardView card = withExits(1);
        card.hasFailureExit = true;
        QCOMPARE(geo::entry(), QPointF(0, 36));
        QCOMPARE(geo::port(card, str("0")), QPointF(198, 36));
        QCOMPARE(geo::port(card, failureExit()), QPointF(22, 72));
        for (int count : {2, 3, 5}) {
            const CardView many = withExits(count);
            for (int i = 0; i < count; ++i) {
                QCOMPARE(geo::exit(many, i).x(), 198.0);
                QVERIFY(geo::exit(many, i).y() < geo::size(many).height() - 10);
                if (i > 0)
                    QVERIFY(geo::exit(many, i).y() - geo::exit(many, i - 1).y() >= 24);
            }
        }
    }

    void aPortIsReachedWithin16Pixels()
    {
        CardView card = withExits(3);
        card.hasFailureExit = true;
        QCOMPARE(geo::exitAt(card, geo::exit(card, 1) + QPointF(12, 3)), str("1"));
        QCOMPARE(geo::exitAt(card, geo::exit(card, 2) + QPointF(0, -10)), str("2"));
        QCOMPARE(geo::exitAt(card, geo::failurePort(card) + QPointF(0, 15)), failureExit());
        QVERIFY(!geo::exitAt(card, geo::exit(card, 1) + QPointF(17, 0)));
        QVERIFY(geo::entryAt(card, QPointF(-15, 36)));
        card.isTrigger = true;
        QVERIFY(!geo::entryAt(card, QPointF(0, 36)));
    }

    void positionsSnapToEight()
    {
        QCOMPARE(geo::snapped(QPointF(3.9, 4.1)), QPoint(0, 8));
        QCOMPARE(geo::snapped(QPointF(-5, -3)), QPoint(-8, 0));
        QCOMPARE(geo::snapped(QPointF(248, 184)), QPoint(248, 184));
    }

    void happyEdgesLeaveAndEnterLevel()
    {
        const EdgePath way = EdgePath::level({0, 0}, {200, 100});
        QCOMPARE(way.path().pointAtPercent(1), QPointF(200, 100));
        QVERIFY(std::abs(way.path().pointAtPercent(0.02).y()) < 1);
        QVERIFY(std::abs(way.path().pointAtPercent(0.98).y() - 100) < 1);
        QVERIFY(way.isNear({100, 50}, 4));
        QVERIFY(!way.isNear({20, 90}, 8));
    }

    void failureEdgesFallBeforeTheyTurn()
    {
        const EdgePath way = EdgePath::falling({0, 0}, {200, 120});
        QVERIFY(std::abs(way.labelPoint().x()) < 0.5);
        QVERIFY(way.path().contains(QPointF(100, 119)) || way.isNear({100, 120}, 2));
        QVERIFY(!way.isNear({0, 120}, 3)); // the corner is round
        QCOMPARE(way.path().pointAtPercent(1), QPointF(200, 120));
    }

    void failureEdgesReachCardsAtTheirLeft()
    {
        const EdgePath way = EdgePath::falling({300, 0}, {0, 10});
        QCOMPARE(way.path().pointAtPercent(1), QPointF(0, 10));
        QVERIFY(way.path().boundingRect().left() < 0);
    }

    void theArrowEndsAtTheRimOfThePort()
    {
        const QRectF head = EdgePath::level({0, 0}, {200, 0}).arrow().boundingRect();
        QVERIFY(head.right() < 200 - 4 && head.right() > 190);
        QCOMPARE(head.width(), 8.0);
    }

    void detailFollowsZoom_data()
    {
        QTest::addColumn<double>("zoom");
        QTest::addColumn<int>("detail");
        QTest::addColumn<bool>("labels");
        QTest::newRow("at 100 % all is drawn") << 1.0 << int(Detail::Full) << true;
        QTest::newRow("at 50 % all is drawn") << 0.5 << int(Detail::Full) << true;
        QTest::newRow("at 45 % tile and title") << 0.45 << int(Detail::Title) << true;
        QTest::newRow("at 39 % no counts") << 0.39 << int(Detail::Title) << false;
        QTest::newRow("at 24 % a block") << 0.24 << int(Detail::Block) << false;
    }
    void detailFollowsZoom()
    {
        QFETCH(double, zoom);
        QFETCH(int, detail);
        QFETCH(bool, labels);
        QCOMPARE(int(detailAt(zoom)), detail);
        QCOMPARE(edgeLabelsAt(zoom), labels);
    }

    void everyStateLooksDifferent()
    {
        CardView card = sample::flow().cards[4];
        QList<QImage> seen;
        for (int i = 0; i <= int(CardState::NotReached); ++i) {
            card.state = static_cast<CardState>(i);
            const QImage image = drawn(card, {});
            QVERIFY2(!seen.contains(image), qPrintable(QString::number(i)));
            seen.append(image);
        }
        card.state = CardState::Idle;
        card.off = true;
        QVERIFY(!seen.contains(drawn(card, {})));
        card.off = false;
        card.pinned = true;
        QVERIFY(!seen.contains(drawn(card, {})));
        CardLook chosen;
        chosen.selected = true;
        card.pinned = false;
        QVERIFY(!seen.contains(drawn(card, chosen)));
    }

    void nothingIsPaintedOutsideTheBounds()
    {
        CardView card = sample::flow(sample::Moment::DuringRun).cards[4];
        CardLook look;
        look.selected = look.focused = true;
        const QRectF bounds = geo::paintedRect(card).translated(20, 20);
        const QImage image = drawn(card, look);
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, y)))
                    QVERIFY(bounds.contains(QPointF(x + 0.5, y + 0.5)));
            }
        }
    }

    void arrowsGoToTheNearestCardInTheirDirection_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<int>("direction");
        QTest::addColumn<QString>("to");
        const auto row = [](const char *name, const char *from, Direction way, const char *to) {
            QTest::newRow(name) << str(from) << int(way) << str(to);
        };
        row("right along the row", "charge", Direction::Right, "repeats");
        row("left along the row", "upsert", Direction::Left, "map");
        row("down to the card below", "map", Direction::Down, "skipped");
        row("up to the card above", "dead", Direction::Up, "ask");
        row("right from the branch", "sort", Direction::Right, "ask");
        row("nothing left of the trigger", "charge", Direction::Left, "");
        row("without a focus the flow's start", "", Direction::Right, "charge");
    }
    void arrowsGoToTheNearestCardInTheirDirection()
    {
        QFETCH(QString, from);
        QFETCH(int, direction);
        QFETCH(QString, to);
        QCOMPARE(canvas_navigation::nextCard(sample::flow(), from, Direction(direction)), to);
    }

    void altArrowsFollowEdges()
    {
        const CanvasView view = sample::flow();
        using canvas_navigation::alongEdge;
        QCOMPARE(alongEdge(view, str("upsert"), Direction::Down), str("sort"));
        QCOMPARE(alongEdge(view, str("upsert"), Direction::Right), str("paid"));
        QCOMPARE(alongEdge(view, str("sort"), Direction::Left), str("upsert"));
        QVERIFY(alongEdge(view, str("dead"), Direction::Right).isEmpty());
    }

    void readingGoesAlongTheFlowWithFailuresLast()
    {
        const QStringList order = canvas_navigation::readingOrder(sample::flow());
        QCOMPARE(order.size(), 10);
        QCOMPARE(order.first(), str("charge"));
        QVERIFY(order.indexOf(str("paid")) < order.indexOf(str("sort")));
        QVERIFY(order.indexOf(str("sort")) < order.indexOf(str("dead")));
    }

    void wiresAreRefusedWithAReason_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("exit");
        QTest::addColumn<QString>("to");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char *name, const char *from, const char *exit, const char *to,
                            bool allowed) {
            QTest::newRow(name) << str(from) << str(exit) << str(to) << allowed;
        };
        row("ahead is allowed", "sort", "other", "dead", true);
        row("a circle is refused", "sort", "other", "upsert", false);
        row("into a trigger is refused", "sort", "other", "charge", false);
        row("onto itself is refused", "sort", "other", "sort", false);
        row("the same again is refused", "sort", "invalid", "dead", false);
        row("to nothing is refused", "sort", "other", "gone", false);
    }
    void wiresAreRefusedWithAReason()
    {
        QFETCH(QString, from);
        QFETCH(QString, exit);
        QFETCH(QString, to);
        QFETCH(bool, allowed);
        QCOMPARE(canvas_navigation::refusal(sample::flow(), {from, exit, to}).isEmpty(), allowed);
    }
};

QTEST_MAIN(tst_CanvasGeometry)
#include "tst_CanvasGeometry.moc"
