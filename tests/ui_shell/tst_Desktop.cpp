// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/runtime/Connectors.h"
#include "ui/base/Theme.h"
#include "ui/canvas/FlowCanvas.h"
#include "ui/editors/YamlEditor.h"
#include "ui/forms/ParamForm.h"
#include "ui/forms/PickList.h"
#include "ui/models/PaletteModel.h"
#include "ui/panels/InspectorPanel.h"
#include "ui/panels/ItemView.h"
#include "ui/panels/RunPanel.h"
#include "ui/panels/RunStepsView.h"
#include "ui/shell/CanvasBinding.h"
#include "ui/shell/DesignPage.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/Screenshot.h"
#include "ui/shell/WindowActions.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

using namespace tw;

namespace {

const char *const kFlow = R"(schema: flow/1
id: demo
name: Demo
connections: {stripe: stripe, crm: salesforce}
steps:
  # the door
  - id: charges
    type: stripe.webhook
    name: Charge events
    connection: stripe
    with:
      events: [charge.succeeded] # only these
    to: keep

  - id: keep
    type: filter
    name: Keep paid
    with: {condition: data.object.amount > 0}
    to: {pass: note, skip: lost}

  - id: note
    type: log
    with: {message: 'id'}

  - id: lost
    type: dead_letter
layout:
  charges: {x: 0, y: 0}
  keep: {x: 248, y: 0}
  lost: {x: 496, y: 160}
  note: {x: 496, y: 0}
)";

QByteArray contents(const QString &file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

int differingLines(const std::string &before, const std::string &after)
{
    const QStringList a = toQString(before).split(QLatin1Char('\n'));
    const QStringList b = toQString(after).split(QLatin1Char('\n'));
    int count = static_cast<int>(std::abs(a.size() - b.size()));
    for (qsizetype i = 0; i < std::min(a.size(), b.size()); ++i)
        count += a[i] == b[i] ? 0 : 1;
    return count;
}

} // namespace

class tst_Desktop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void openAndSaveKeepsEveryByte();
    void aStepFromThePaletteIsOneUndoStep();
    void aStepDroppedOnAnEdgeIsInserted();
    void connectingAndCuttingAWire();
    void deletingASelectionAndTakingItBack();
    void movingACardChangesOnlyItsLayoutLine();
    void oneSettingInTheFormIsOneLineInTheFile();
    void formsGoByTheCatalogueOfTheProject();
    void typingYamlMovesTheCanvas();
    void theCanvasMovesTheYaml();
    void undoInTheEditorIsTheDocuments();
    void closingAsksOnlyWhenSomethingIsUnsaved();
    void everyActionIsReachableFromTheCommandBox();
    void narrowWindowsTurnThePaletteIntoADrawer();
    void aRunShowsCountsStatesAndItems();
    void picturesHaveTheAskedSizeInBothThemes_data();
    void picturesHaveTheAskedSizeInBothThemes();

private:
    FlowModel &model() { return *m_window->currentModel(); }
    FlowCanvas &canvas() { return m_window->page().area().canvas(); }
    const std::string &text() { return model().document().text(); }

    const Registry m_registry{allConnectors()};
    QTemporaryDir m_settings;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MainWindow> m_window;
    QString m_file;
};

void tst_Desktop::initTestCase()
{
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    QApplication::setOrganizationName(QStringLiteral("tidewire-test"));
    Theme::install(*static_cast<QApplication *>(QApplication::instance()));
    Theme::current().setReduceMotion(true);
}

void tst_Desktop::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const QDir folder(m_folder->path());
    QVERIFY(folder.mkpath(QStringLiteral("flows")));
    m_file = folder.filePath(QStringLiteral("flows/demo.flow.yaml"));
    QFile flow(m_file);
    QVERIFY(flow.open(QIODevice::WriteOnly));
    flow.write(kFlow);
    flow.close();
    QFile project(folder.filePath(QStringLiteral("tidewire.yaml")));
    QVERIFY(project.open(QIODevice::WriteOnly));
    project.write("schema: project/1\nname: Test\nconnections: {stripe: {type: stripe}, crm: "
                  "{type: salesforce}}\n");
    project.close();
    QVERIFY(folder.mkpath(QStringLiteral("environments")));
    QFile local(folder.filePath(QStringLiteral("environments/local.yaml")));
    QVERIFY(local.open(QIODevice::WriteOnly));
    local.write("schema: environment/1\n"
                "name: local\n"
                "kind: local\n"
                "connections:\n"
                "  stripe: {double: true}\n"
                "  crm: {double: true}\n");
    local.close();
    m_window = std::make_unique<MainWindow>(m_registry, QStringLiteral("0"));
    QVERIFY(m_window->openPath(m_folder->path()));
    m_window->resize(1440, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void tst_Desktop::cleanup()
{
    m_window.reset();
    m_folder.reset();
}

void tst_Desktop::openAndSaveKeepsEveryByte()
{
    QVERIFY(m_window->saveCurrent());
    QCOMPARE(contents(m_file), QByteArray(kFlow));
}

void tst_Desktop::aStepFromThePaletteIsOneUndoStep()
{
    model().select({QStringLiteral("note")});
    m_window->page().binding().addStep(QStringLiteral("log"));
    QCOMPARE(model().flow().steps.size(), std::size_t(5));
    QCOMPARE(model().undoStack().count(), 1);
    const FlowStep *added = model().selectedStep();
    QVERIFY(added && added->type == "log");
    QCOMPARE(canvas().content().cards.size(), 5);
    m_window->actions().action(QStringLiteral("edit.undo"))->trigger();
    QCOMPARE(text(), std::string(kFlow));
    QCOMPARE(canvas().content().cards.size(), 4);
}

void tst_Desktop::aStepDroppedOnAnEdgeIsInserted()
{
    const EdgeRef edge{QStringLiteral("charges"), QStringLiteral("out"), QStringLiteral("keep")};
    QVERIFY(canvas().canvasScene().edge(edge));
    Q_EMIT canvas().insertRequested(QStringLiteral("log"), QPoint(120, 96), edge);
    QCOMPARE(model().flow().steps.size(), std::size_t(5));
    QVERIFY(!canvas().canvasScene().edge(edge));
    QCOMPARE(model().undoStack().count(), 1);
    model().undoStack().undo();
    QCOMPARE(text(), std::string(kFlow));
}

void tst_Desktop::connectingAndCuttingAWire()
{
    const EdgeRef skip{QStringLiteral("keep"), QStringLiteral("skip"), QStringLiteral("lost")};
    Q_EMIT canvas().disconnectRequested(skip);
    QVERIFY(!canvas().canvasScene().edge(skip));
    Q_EMIT canvas().connectRequested(skip.from, skip.exit, skip.to);
    QVERIFY(canvas().canvasScene().edge(skip));
    Q_EMIT canvas().connectRequested(QStringLiteral("keep"), failureExit(), QStringLiteral("lost"));
    QVERIFY(text().find("on_error: lost") != std::string::npos);
    for (int i = 0; i < 3; ++i)
        model().undoStack().undo();
    QCOMPARE(text(), std::string(kFlow));
}

void tst_Desktop::deletingASelectionAndTakingItBack()
{
    canvas().select({QStringLiteral("note"), QStringLiteral("lost")});
    canvas().setFocus();
    QTest::keyClick(&canvas(), Qt::Key_Delete);
    QCOMPARE(model().flow().steps.size(), std::size_t(2));
    QCOMPARE(model().undoStack().count(), 1);
    model().undoStack().undo();
    QCOMPARE(text(), std::string(kFlow));
}

void tst_Desktop::movingACardChangesOnlyItsLayoutLine()
{
    Q_EMIT canvas().moveRequested({{QStringLiteral("note"), QPoint(504, 64)}});
    QCOMPARE(differingLines(kFlow, text()), 1);
    QVERIFY(text().find("  note: {x: 504, y: 64}") != std::string::npos);
    QCOMPARE(canvas().canvasScene().positionOf(QStringLiteral("note")), QPoint(504, 64));
}

void tst_Desktop::oneSettingInTheFormIsOneLineInTheFile()
{
    model().select({QStringLiteral("keep")});
    auto *edit = m_window->page()
                     .inspector()
                     .form()
                     .field(QStringLiteral("condition"))
                     ->findChild<QLineEdit *>();
    QVERIFY(edit);
    edit->setText(QStringLiteral("data.object.amount > 100"));
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(differingLines(kFlow, text()), 1);
    QVERIFY(text().find("# only these") != std::string::npos);
    QVERIFY(m_window->saveCurrent());
    QCOMPARE(contents(m_file), QByteArray::fromStdString(text()));
}

void tst_Desktop::formsGoByTheCatalogueOfTheProject()
{
    const QDir folder(m_folder->path());
    QVERIFY(folder.mkpath(QStringLiteral("schemas")));
    const auto write = [&folder](const QString &name, const QByteArray &text) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(write(QStringLiteral("schemas/stripe-catalogue.json"),
                  R"({"version":"2027-03-25.fable","objects":{"gadget":[{"n":"id","k":"t"},)"
                  R"({"n":"owner","k":"t","x":["gadget"]}]},"operations":[{"m":"GET",)"
                  R"("p":"/v1/gadgets/{id}","v":"retrieve","o":"gadget","s":[]}]})"));
    QVERIFY(write(QStringLiteral("flows/gadget.flow.yaml"),
                  "schema: flow/1\nid: gadget\nname: Gadget\nversion: 1.0.0\n"
                  "connections: {stripe: stripe}\nsteps:\n  - id: start\n    type: manual\n"
                  "    to: get\n  - id: get\n    type: stripe.object.retrieve\n"
                  "    connection: stripe\n    with: {object: gadget, id: id, expand: [owner]}\n"));
    QVERIFY(m_window->openPath(m_folder->path()));
    OpenFlow *gadget = nullptr;
    for (const auto &flow : m_window->workspace().flows()) {
        if (flow->model->flow().id == "gadget")
            gadget = flow.get();
    }
    QVERIFY(gadget);
    m_window->workspace().setCurrent(gadget);
    QVERIFY2(!hasErrors(model().problems()), model().problems().empty()
                                                 ? ""
                                                 : toText(model().problems().front()).c_str());
    model().select({QStringLiteral("get")});
    auto *field = m_window->findChild<ParamForm *>()->field(QStringLiteral("expand"));
    QTest::mouseClick(field->findChild<QPushButton *>(), Qt::LeftButton);
    auto *tree = field->findChild<QTreeWidget *>();
    QVERIFY(tree);
    QStringList paths;
    for (int row = 0; row < tree->topLevelItemCount(); ++row)
        paths << tree->topLevelItem(row)->text(0);
    QCOMPARE(paths.first(), QStringLiteral("owner"));
    QCOMPARE(paths.last(), QStringLiteral("owner.owner.owner.owner"));
    QCOMPARE(tree->topLevelItem(0)->checkState(0), Qt::Checked);
    field->findChild<PickList *>()->hide();
}

void tst_Desktop::typingYamlMovesTheCanvas()
{
    YamlEditor &yaml = m_window->page().area().yaml();
    m_window->page().area().setView(CanvasArea::View::Split);
    const int line = 16; // "    name: Keep paid", counted from zero
    QVERIFY(yaml.text(line).contains(QStringLiteral("Keep paid")));
    yaml.setCursorPosition(line, static_cast<int>(yaml.text(line).trimmed().size()) + 4);
    yaml.setFocus();
    QTest::keyClicks(&yaml, QStringLiteral(" now"));
    QCOMPARE(model().undoStack().count(), 1);
    QTRY_COMPARE(canvas().content().cards.at(1).title, QStringLiteral("Keep paid now"));
    model().undoStack().undo();
    QCOMPARE(text(), std::string(kFlow));
    QCOMPARE(toUtf8(yaml.text()), std::string(kFlow));
}

void tst_Desktop::theCanvasMovesTheYaml()
{
    YamlEditor &yaml = m_window->page().area().yaml();
    m_window->page().area().setView(CanvasArea::View::Split);
    yaml.setCursorPosition(2, 3);
    Q_EMIT canvas().moveRequested({{QStringLiteral("note"), QPoint(504, 64)}});
    QCOMPARE(toUtf8(yaml.text()), text());
    int line = 0;
    int column = 0;
    yaml.getCursorPosition(&line, &column);
    QCOMPARE(line, 2);
    QCOMPARE(column, 3);
}

void tst_Desktop::undoInTheEditorIsTheDocuments()
{
    m_window->page().area().setView(CanvasArea::View::Yaml);
    YamlEditor &yaml = m_window->page().area().yaml();
    Q_EMIT canvas().moveRequested({{QStringLiteral("note"), QPoint(504, 64)}});
    QTest::keyClick(&yaml, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(text(), std::string(kFlow));
}

void tst_Desktop::closingAsksOnlyWhenSomethingIsUnsaved()
{
    Q_EMIT canvas().moveRequested({{QStringLiteral("note"), QPoint(504, 64)}});
    QVERIFY(!m_window->close());
    auto *ask = m_window->findChild<QDialog *>();
    QVERIFY(ask);
    QVERIFY(ask->windowTitle().contains(QStringLiteral("demo.flow.yaml")));
    ask->close();
    model().undoStack().undo();
    QVERIFY(m_window->close());
    QCOMPARE(contents(m_file), QByteArray(kFlow));
}

void tst_Desktop::everyActionIsReachableFromTheCommandBox()
{
    for (QAction *action : m_window->actions().all()) {
        if (!action->isEnabled() ||
            m_window->actions().idOf(action) == QLatin1String("tools.commands"))
            continue;
        const auto hits = commandHits(*m_window, action->text());
        QVERIFY2(std::any_of(hits.begin(), hits.end(),
                             [action](const auto &hit) { return hit.text == action->text(); }),
                 qPrintable(action->text()));
    }
    QCOMPARE(commandHits(*m_window, QStringLiteral("keep pa")).front().text,
             QStringLiteral("Keep paid"));
}

void tst_Desktop::narrowWindowsTurnThePaletteIntoADrawer()
{
    using Part = DesignPage::Part;
    m_window->resize(1180, 720);
    QTRY_VERIFY(!m_window->page().isShown(Part::Palette));
    QVERIFY(m_window->page().isShown(Part::Inspector));
    QCOMPARE(m_window->size(), QSize(1180, 720));
    QTest::keyClick(m_window.get(), Qt::Key_F4);
    QVERIFY(m_window->page().isShown(Part::Palette));
    m_window->resize(1440, 900);
    QTRY_VERIFY(m_window->page().isShown(Part::Palette));
    QTest::keyClick(m_window.get(), Qt::Key_F7);
    QVERIFY(!m_window->page().isShown(Part::Inspector));
    QTest::keyClick(m_window.get(), Qt::Key_F7);
}

void tst_Desktop::aRunShowsCountsStatesAndItems()
{
    // The unsaved text is what runs.
    m_window->page().area().canvas().setFocus();
    QVERIFY(model().apply(edit::SetStepField{"note", "name", [] {
                                                 Document document;
                                                 document.setRoot(
                                                     Value::string(document.arena(), "Note it"));
                                                 return share(std::move(document));
                                             }()}));
    OpenFlow &flow = *m_window->workspace().current();
    QSignalSpy ended(flow.run.get(), &RunModel::ended);
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QVERIFY(m_window->runs().isRunning());
    QVERIFY(ended.wait(60'000));
    QVERIFY2(flow.run->failure().isEmpty(), qPrintable(flow.run->failure()));
    QCOMPARE(flow.run->events(), RunController::kDeliveries);
    QCOMPARE(flow.run->repeats(), 1);
    const StepRun *note = flow.run->of("note");
    QVERIFY(note && note->in > 0);
    QTRY_COMPARE(canvas().content().cards.at(2).state, CardState::Done);
    const EdgeRef edge{QStringLiteral("charges"), QStringLiteral("out"), QStringLiteral("keep")};
    QCOMPARE(canvas().canvasScene().edge(edge)->view().label, QStringLiteral("11"));
    model().select({QStringLiteral("keep")});
    QTRY_VERIFY(
        m_window->page().runPanel().items().shownText().contains(QStringLiteral("\"charge")));
    QVERIFY(contents(m_file) == QByteArray(kFlow));
}

void tst_Desktop::picturesHaveTheAskedSizeInBothThemes_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QSize>("size");
    QTest::newRow("light, large") << false << QSize(1760, 1080);
    QTest::newRow("dark, small") << true << QSize(1180, 720);
}

void tst_Desktop::picturesHaveTheAskedSizeInBothThemes()
{
    QFETCH(bool, dark);
    QFETCH(QSize, size);
    Theme::current().setMode(dark ? Theme::Mode::Dark : Theme::Mode::Light);
    const QString file = m_folder->filePath(QStringLiteral("picture.png"));
    ScreenshotPlan plan;
    plan.file = file;
    plan.size = size;
    plan.select = QStringLiteral("keep");
    Screenshot picture(*m_window, plan);
    QSignalSpy finished(&picture, &Screenshot::finished);
    picture.begin();
    QVERIFY(finished.wait());
    QVERIFY(finished.front().front().toBool());
    const QImage image(file);
    QCOMPARE(image.size(), size);
    const QColor surface = Theme::current().color(Token::Raised);
    QCOMPARE(image.pixelColor(size.width() / 2, 2), surface);
    Theme::current().setMode(Theme::Mode::Light);
}

QTEST_MAIN(tst_Desktop)
#include "tst_Desktop.moc"
