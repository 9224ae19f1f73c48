// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/runtime/Connectors.h"
#include "ui/base/Theme.h"
#include "ui/canvas/CanvasToolbar.h"
#include "ui/canvas/CardPainter.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/shell/DesignPage.h"
#include "ui/shell/FlowTabs.h"
#include "ui/shell/MainWindow.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace tw;

namespace {

const char *const kFlow = R"(schema: flow/1
id: demo
name: Demo
connections: {stripe: stripe}
steps:
  - id: charges
    type: stripe.webhook
    connection: stripe
    with: {events: [charge.succeeded]}
    to: keep
  - id: keep
    type: filter
    with: {condition: data.object.amount > 0}
    to: {pass: good}
    on_error: sort
  - id: good
    type: log
    with: {message: id}
  - id: sort
    type: branch
    with:
      cases: {late: error.code = "a"}
    to: {late: box, other: good}
  - id: box
    type: dead_letter
layout:
  box: {x: 744, y: 216}
  charges: {x: 0, y: 0}
  good: {x: 496, y: 0}
  keep: {x: 248, y: 0}
  sort: {x: 496, y: 216}
)";

QString text(const char *words)
{
    return QString::fromLatin1(words);
}

} // namespace

/// What the toolbar, the letters and the tabs do, each with its way back.
class tst_CanvasCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }

    void wiresBehindAFailureAreFailureWires();
    void everyToolIsOneUndoStep_data();
    void everyToolIsOneUndoStep();
    void toolsThatNeedASelectionWaitForIt();
    void aNoteIsWrittenAndChanged();
    void aFoldedGroupHidesItsStepsAndMovesThem();
    void tabsCloseAndComeBack();
    void closingATabAsksWhenItIsUnsaved();
    void aNewFlowThatIsDiscardedIsGone();
    void cardsKeepTheirWordsInTheSmallestWindow();

private:
    FlowModel &model() { return *m_window->currentModel(); }
    FlowCanvas &canvas() { return m_window->page().area().canvas(); }
    FlowTabs &tabs() { return *m_window->findChild<FlowTabs *>(); }
    QToolButton *tool(const QString &name);
    void answer(const QString &button);

    const Registry m_registry{allConnectors()};
    QTemporaryDir m_settings;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MainWindow> m_window;
};

void tst_CanvasCommands::initTestCase()
{
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    QApplication::setOrganizationName(QStringLiteral("tidewire-test"));
    Theme::install(*static_cast<QApplication *>(QApplication::instance()));
    Theme::current().setReduceMotion(true);
}

void tst_CanvasCommands::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const QDir folder(m_folder->path());
    QVERIFY(folder.mkpath(QStringLiteral("flows")));
    const auto write = [&folder](const char *name, QByteArray words) {
        QFile file(folder.filePath(text(name)));
        return file.open(QIODevice::WriteOnly) && file.write(words) == words.size();
    };
    QVERIFY(write("flows/demo.flow.yaml", kFlow));
    QVERIFY(write("flows/other.flow.yaml", "schema: flow/1\nid: other\nname: Other\nsteps: []\n"));
    QVERIFY(write("tidewire.yaml",
                  "schema: project/1\nname: Test\nconnections: {stripe: {type: stripe}}\n"));
    m_window = std::make_unique<MainWindow>(m_registry, QStringLiteral("0"));
    QVERIFY(m_window->openPath(m_folder->path()));
    for (const auto &flow : m_window->workspace().flows()) {
        if (flow->model->id() == QLatin1String("demo"))
            m_window->workspace().setCurrent(flow.get());
    }
    m_window->resize(1440, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    QCOMPARE(model().id(), QStringLiteral("demo"));
}

QToolButton *tst_CanvasCommands::tool(const QString &name)
{
    for (QToolButton *button : canvas().toolbar().findChildren<QToolButton *>()) {
        if (button->accessibleName().startsWith(name))
            return button;
    }
    return nullptr;
}

void tst_CanvasCommands::answer(const QString &button)
{
    for (QPushButton *one : m_window->findChild<QDialog *>()->findChildren<QPushButton *>()) {
        if (one->text() == button)
            return one->click();
    }
    QFAIL("no such button");
}

void tst_CanvasCommands::wiresBehindAFailureAreFailureWires()
{
    QHash<QString, bool> failure;
    for (const EdgeView &edge : canvas().content().edges)
        failure.insert(edge.ref.from + QLatin1Char(' ') + edge.ref.to, edge.failure);
    QCOMPARE(failure.value(text("charges keep")), false);
    QCOMPARE(failure.value(text("keep good")), false);
    QCOMPARE(failure.value(text("keep sort")), true);
    QCOMPARE(failure.value(text("sort box")), true);
    QCOMPARE(failure.value(text("sort good")), true);
}

void tst_CanvasCommands::everyToolIsOneUndoStep_data()
{
    QTest::addColumn<QString>("button");
    QTest::addColumn<int>("key");
    QTest::newRow("tidy") << text("Tidy") << 0;
    QTest::newRow("align left") << text("Align left") << 0;
    QTest::newRow("spread evenly") << text("Spread evenly") << 0;
    QTest::newRow("group by button") << text("Group") << 0;
    QTest::newRow("group by key") << QString() << int(Qt::Key_G);
    QTest::newRow("note by button") << text("Add a note") << 0;
    QTest::newRow("note by key") << QString() << int(Qt::Key_N);
    QTest::newRow("switch off by key") << QString() << int(Qt::Key_D);
}

void tst_CanvasCommands::everyToolIsOneUndoStep()
{
    QFETCH(QString, button);
    QFETCH(int, key);
    canvas().moveRequested({{text("keep"), QPoint(328, 40)}});
    const std::string before = model().document().text();
    const int steps = model().undoStack().index();
    canvas().select({text("charges"), text("keep"), text("good")});
    if (key != 0) {
        canvas().setFocus();
        QTest::keyClick(&canvas(), Qt::Key(key));
    } else {
        QToolButton *one = tool(button);
        QVERIFY(one && one->isEnabled());
        one->click();
    }
    QVERIFY(model().document().text() != before);
    QVERIFY(model().document().isSound());
    QCOMPARE(model().undoStack().index(), steps + 1);
    model().undoStack().undo();
    QCOMPARE(model().document().text(), before);
    model().undoStack().undo();
    QCOMPARE(model().document().text(), std::string(kFlow));
}

void tst_CanvasCommands::toolsThatNeedASelectionWaitForIt()
{
    canvas().select({});
    for (const char *name : {"Align left", "Spread evenly", "Group"})
        QVERIFY2(!tool(text(name))->isEnabled(), name);
    canvas().select({text("charges"), text("keep")});
    QVERIFY(tool(text("Align left"))->isEnabled());
    QVERIFY(!tool(text("Spread evenly"))->isEnabled());
}

void tst_CanvasCommands::aNoteIsWrittenAndChanged()
{
    canvas().setFocus();
    QTest::keyClick(&canvas(), Qt::Key_N);
    auto *ask = m_window->findChild<QDialog *>();
    QVERIFY(ask);
    ask->findChild<QPlainTextEdit *>()->setPlainText(text("**Why**\nBecause."));
    answer(text("Apply"));
    QCOMPARE(canvas().content().notes.size(), 1);
    QCOMPARE(canvas().content().notes.front().title, text("Why"));
    QCOMPARE(canvas().content().notes.front().text, text("Because."));
    while (model().undoStack().canUndo())
        model().undoStack().undo();
    QCOMPARE(model().document().text(), std::string(kFlow));
}

void tst_CanvasCommands::aFoldedGroupHidesItsStepsAndMovesThem()
{
    canvas().select({text("sort"), text("box")});
    canvas().setFocus();
    QTest::keyClick(&canvas(), Qt::Key_G);
    QCOMPARE(canvas().content().groups.size(), 1);
    const QString group = canvas().content().groups.front().id;
    Q_EMIT canvas().foldRequested(group, true);
    QCOMPARE(canvas().content().cards.size(), 3);
    QVERIFY(canvas().canvasScene().edge({text("keep"), failureExit(), text("sort")}));
    QVERIFY(!canvas().canvasScene().edge({text("sort"), text("late"), text("box")}));
    const QPoint at = canvas().canvasScene().positionOf(group);
    Q_EMIT canvas().moveRequested({{group, at + QPoint(0, 80)}});
    Q_EMIT canvas().foldRequested(group, false);
    QCOMPARE(canvas().canvasScene().positionOf(text("sort")), QPoint(496, 296));
    QCOMPARE(canvas().canvasScene().positionOf(text("box")), QPoint(744, 296));
    while (model().undoStack().canUndo())
        model().undoStack().undo();
    QCOMPARE(model().document().text(), std::string(kFlow));
}

void tst_CanvasCommands::tabsCloseAndComeBack()
{
    QCOMPARE(tabs().count(), 2);
    OpenFlow *demo = m_window->workspace().current();
    m_window->actions().action(text("file.close_flow"))->trigger();
    QCOMPARE(tabs().count(), 1);
    QCOMPARE(model().id(), text("other"));
    m_window->workspace().setCurrent(demo);
    QCOMPARE(tabs().count(), 2);
    QCOMPARE(model().id(), text("demo"));
    const QRect first = tabs().tabRect(0);
    QTest::mouseClick(&tabs(), Qt::LeftButton, {}, QPoint(first.right() - 18, first.center().y()));
    QCOMPARE(tabs().count(), 1);
    m_window->actions().action(text("file.close_flow"))->trigger();
    QCOMPARE(tabs().count(), 0);
    QVERIFY(!m_window->currentModel());
    m_window->workspace().setCurrent(demo);
    QCOMPARE(model().id(), text("demo"));
}

void tst_CanvasCommands::closingATabAsksWhenItIsUnsaved()
{
    OpenFlow *demo = m_window->workspace().current();
    Q_EMIT canvas().moveRequested({{text("good"), QPoint(504, 64)}});
    m_window->closeFlow(demo);
    QCOMPARE(tabs().count(), 2);
    answer(text("Discard changes"));
    QCOMPARE(tabs().count(), 1);
    QCOMPARE(demo->model->document().text(), std::string(kFlow));
    QVERIFY(m_window->workspace().dirtyFlows().empty());
}

void tst_CanvasCommands::aNewFlowThatIsDiscardedIsGone()
{
    m_window->newFlow();
    QCOMPARE(tabs().count(), 3);
    m_window->closeFlow(m_window->workspace().current());
    answer(text("Discard changes"));
    QCOMPARE(tabs().count(), 2);
    QCOMPARE(m_window->workspace().flows().size(), std::size_t(2));
    QVERIFY(m_window->currentModel());
}

void tst_CanvasCommands::cardsKeepTheirWordsInTheSmallestWindow()
{
    Q_EMIT canvas().moveRequested({{text("good"), QPoint(1288, 0)}});
    m_window->resize(1180, 720);
    QTRY_COMPARE(m_window->width(), 1180);
    m_window->page().fitSoon();
    QTRY_VERIFY(canvas().zoom() < 0.6);
    QCOMPARE(detailAt(canvas().zoom()), Detail::Full);
}

QTEST_MAIN(tst_CanvasCommands)
#include "tst_CanvasCommands.moc"
