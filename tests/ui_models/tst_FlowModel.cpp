// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/connectors/logic/Descriptor.h"
#include "ui/models/FlowModel.h"
#include "ui/models/PaletteModel.h"

#include <QSignalSpy>
#include <QTest>

using namespace tw;

namespace {

const char *const kText = R"(schema: flow/1
id: demo
name: Demo
steps:
  # the first one
  - id: drop
    type: filter
    with: {condition: amount > 0} # keep the paid ones
    to: {pass: note}

  - id: note
    type: log
    with: {message: id}
layout:
  drop: {x: 0, y: 0}
  note: {x: 248, y: 0}
)";

DocumentPtr text(const char *value)
{
    Document document;
    document.setRoot(Value::string(document.arena(), value));
    return share(std::move(document));
}

int differingLines(const std::string &before, const std::string &after)
{
    const QStringList a = toQString(before).split(QLatin1Char('\n'));
    const QStringList b = toQString(after).split(QLatin1Char('\n'));
    if (a.size() != b.size())
        return -1;
    int count = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        count += a[i] == b[i] ? 0 : 1;
    return count;
}

} // namespace

class tst_FlowModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEditIsOneUndoStepThatGoesBackByteForByte();
    void oneSettingIsOneLine();
    void movingCardsTouchesTheLayoutAlone();
    void typingInOneFieldIsOneUndoStep();
    void aRefusedEditChangesNothingAndSaysWhy();
    void aFlowIsDirtyUntilItsTextIsTheSavedOneAgain();
    void selectionForgetsStepsThatAreGone();
    void problemsAreFoundAgainAfterAnEdit();
    void renamingAKeyKeepsItsPlace();
    void thePaletteFiltersAndRanks();

private:
    Registry m_registry{{logic::descriptor()}};
};

void tst_FlowModel::anEditIsOneUndoStepThatGoesBackByteForByte()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    QSignalSpy changed(&model, &FlowModel::changed);
    QVERIFY(model.apply(edit::Disconnect{"drop", "pass", "note"}));
    QVERIFY(model.apply(edit::RemoveSteps{{"note"}, false}));
    QCOMPARE(model.undoStack().count(), 2);
    QVERIFY(!model.flow().step("note"));
    const std::string after = document.text();
    model.undoStack().undo();
    QVERIFY(model.flow().step("note"));
    model.undoStack().undo();
    QCOMPARE(document.text(), std::string(kText));
    model.undoStack().redo();
    model.undoStack().redo();
    QCOMPARE(document.text(), after);
    QCOMPARE(changed.count(), 6);
}

void tst_FlowModel::oneSettingIsOneLine()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    QVERIFY(model.apply(edit::SetSetting{"drop", {"condition"}, text("amount > 10")}));
    QCOMPARE(differingLines(kText, document.text()), 1);
    QVERIFY(document.text().find("{condition: amount > 10} # keep the paid ones") !=
            std::string::npos);
}

void tst_FlowModel::movingCardsTouchesTheLayoutAlone()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    QVERIFY(model.apply(edit::MoveCards{{{"note", {256, 64}}}}));
    QCOMPARE(differingLines(kText, document.text()), 1);
    const std::size_t layout = std::string(kText).find("layout:");
    QCOMPARE(document.text().substr(0, layout), std::string(kText).substr(0, layout));
}

void tst_FlowModel::typingInOneFieldIsOneUndoStep()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    const QString key = QStringLiteral("note/message");
    for (const char *typed : {"i", "id", "idx"})
        QVERIFY(model.apply(edit::SetSetting{"note", {"message"}, text(typed)}, key));
    QCOMPARE(model.undoStack().count(), 1);
    QVERIFY(model.apply(edit::SetSetting{"drop", {"condition"}, text("true")},
                        QStringLiteral("drop/condition")));
    QCOMPARE(model.undoStack().count(), 2);
    model.undoStack().undo();
    model.undoStack().undo();
    QCOMPARE(document.text(), std::string(kText));
}

void tst_FlowModel::aRefusedEditChangesNothingAndSaysWhy()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    QSignalSpy refused(&model, &FlowModel::editRefused);
    QVERIFY(!model.apply(edit::SetSetting{"nobody", {"x"}, text("y")}));
    QCOMPARE(refused.count(), 1);
    QVERIFY(!refused.front().front().toString().isEmpty());
    QCOMPARE(document.text(), std::string(kText));
    QCOMPARE(model.undoStack().count(), 0);
}

void tst_FlowModel::aFlowIsDirtyUntilItsTextIsTheSavedOneAgain()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    QSignalSpy dirty(&model, &FlowModel::dirtyChanged);
    QVERIFY(!model.isDirty());
    QVERIFY(model.apply(edit::SetFlowField{"name", "Other"}));
    QVERIFY(model.isDirty());
    QVERIFY(model.apply(edit::SetFlowField{"name", "Demo"}));
    QVERIFY(!model.isDirty());
    QCOMPARE(dirty.count(), 2);
}

void tst_FlowModel::selectionForgetsStepsThatAreGone()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    model.select({QStringLiteral("note")});
    QVERIFY(model.selectedStep());
    QSignalSpy selection(&model, &FlowModel::selectionChanged);
    QVERIFY(model.apply(edit::RemoveSteps{{"note"}, false}));
    QCOMPARE(model.selection(), QStringList());
    QCOMPARE(selection.count(), 1);
}

void tst_FlowModel::problemsAreFoundAgainAfterAnEdit()
{
    FlowDocument document(kText);
    FlowModel model(document, m_registry);
    const auto before = model.problems().size();
    QSignalSpy found(&model, &FlowModel::problemsChanged);
    QVERIFY(model.apply(edit::SetSetting{"drop", {"condition"}, share(Document())}));
    QVERIFY(found.wait());
    QVERIFY(model.problems().size() > before);
}

void tst_FlowModel::renamingAKeyKeepsItsPlace()
{
    const std::string mapped = R"(schema: flow/1
id: demo
name: Demo
steps:
  - id: shape
    type: map
    with:
      mapping:
        A: one
        B: two # the second
        C: three
)";
    FlowDocument document(mapped);
    FlowModel model(document, m_registry);
    QVERIFY(model.renameSetting("shape", {"mapping", "B"}, "Bee"));
    QCOMPARE(differingLines(mapped, document.text()), 1);
    QVERIFY(document.text().find("        Bee: two # the second\n        C: three") !=
            std::string::npos);
    model.undoStack().undo();
    QCOMPARE(document.text(), mapped);
}

void tst_FlowModel::thePaletteFiltersAndRanks()
{
    PaletteModel palette(m_registry);
    const int all = palette.steps();
    QVERIFY(all >= 5);
    palette.setFilter(QStringLiteral("filter"));
    QVERIFY(palette.steps() >= 1 && palette.steps() < all);
    QVERIFY(palette.index(0).data(PaletteModel::IsGroupRole).toBool());
    const auto ranked = PaletteModel::ranked(m_registry, QStringLiteral("fil"), true);
    QCOMPARE(ranked.front()->type, std::string("filter"));
    palette.setFilter({});
    palette.toggleGroup(palette.index(0));
    QVERIFY(palette.steps() < all);
}

QTEST_MAIN(tst_FlowModel)
#include "tst_FlowModel.moc"
