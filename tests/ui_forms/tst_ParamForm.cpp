// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "ui/base/SectionHeader.h"
#include "ui/base/SegmentedControl.h"
#include "ui/base/Switch.h"
#include "ui/forms/ChoiceListField.h"
#include "ui/forms/MappingEditor.h"
#include "ui/forms/ParamForm.h"
#include "ui/forms/PickList.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

using namespace tw;

namespace {

/// One change that a form told, written as "path = JSON".
QString told(const YamlPath &path, const DocumentPtr &value)
{
    QString words;
    for (const std::string &part : path)
        words += (words.isEmpty() ? QString() : QStringLiteral("/")) + toQString(part);
    const bool gone = value->root().isUndefined();
    return words + QStringLiteral(" = ") +
           (gone ? QStringLiteral("(removed)") : toQString(toJson(value->root())));
}

/// A form with what it told, and the file it shows.
struct Fixture
{
    ParamForm form;
    YamlParse file;
    QStringList changes;

    Fixture(const std::vector<Param> &params, const char *yaml, const FormContext &context = {})
    {
        form.setParams(params, context);
        file = parseYaml(yaml);
        form.show(&file.root, {});
        form.QWidget::show();
        QObject::connect(&form, &ParamForm::settingChanged, &form,
                         [this](const YamlPath &path, const DocumentPtr &value) {
                             changes << told(path, value);
                         });
        QObject::connect(&form, &ParamForm::settingRenamed, &form,
                         [this](const YamlPath &path, const QString &name) {
                             changes << toQString(path.back()) + QStringLiteral(" -> ") + name;
                         });
    }

    template <typename Widget>
    Widget *control(const char *id)
    {
        return form.field(QString::fromLatin1(id))->findChild<Widget *>();
    }
};

} // namespace

class tst_ParamForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLineIsAppliedWhenItIsLeft();
    void escapeGoesBackToWhatIsApplied();
    void anEmptyLineRemovesTheSetting();
    void aNumberOutOfBoundsIsRefusedInWords();
    void aWholeNumberAtItsDefaultIsLeftOut();
    void aSwitchIsAppliedAtOnce();
    void shortChoicesStandSideBySide();
    void manyChoicesOpenAList();
    void severalOfManyBecomeAList();
    void aDurationIsNumberAndUnit();
    void anExpressionIsAppliedOnEnter();
    void longTextIsAppliedWhenItIsLeft();
    void aMappingLineChangesItsOwnKey();
    void aMappingGroupKeepsWhatStandsBesideItsExpression();
    void aMappingLineIsAddedRenamedAndRemoved();
    void aFieldIsSetUnsetOrLeftAlone();
    void nullThatIsLeftOutIsNoUnset();
    void whatUnsetsSurvivesThePolicyOfTheStep();
    void targetFieldsArePickedAndWaitForTheirExpression();
    void whatIsSuggestedFollowsOtherSettings();
    void pathsArePickedByKeyboard();
    void advancedSettingsAreFolded();
    void findingsStandUnderTheirField();
    void settingsDependOnOthers();
    void pendingEditsAreHandedIn();
};

void tst_ParamForm::aLineIsAppliedWhenItIsLeft()
{
    Fixture f({text("object", "Object").required()}, "object: Payment__c # kept\n");
    auto *edit = f.control<QLineEdit>("object");
    QCOMPARE(edit->text(), QStringLiteral("Payment__c"));
    edit->selectAll();
    QTest::keyClicks(edit, QStringLiteral("Invoice__c"));
    QVERIFY(f.changes.isEmpty());
    QVERIFY(f.form.isEdited());
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("object = \"Invoice__c\"")});
    QVERIFY(!f.form.isEdited());
}

void tst_ParamForm::escapeGoesBackToWhatIsApplied()
{
    Fixture f({text("object", "Object")}, "object: A\n");
    auto *edit = f.control<QLineEdit>("object");
    QTest::keyClicks(edit, QStringLiteral("xyz"));
    QTest::keyClick(edit, Qt::Key_Escape);
    QCOMPARE(edit->text(), QStringLiteral("A"));
    QVERIFY(f.changes.isEmpty());
}

void tst_ParamForm::anEmptyLineRemovesTheSetting()
{
    Fixture f({text("object", "Object")}, "object: A\n");
    auto *edit = f.control<QLineEdit>("object");
    edit->clear();
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("object = (removed)")});
}

void tst_ParamForm::aNumberOutOfBoundsIsRefusedInWords()
{
    Fixture f({number("share", "Share").range(0, 1)}, "share: 0.5\n");
    auto *edit = f.control<QLineEdit>("share");
    edit->setText(QStringLiteral("2"));
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(f.changes.isEmpty());
    QCOMPARE(f.form.problemOf(QStringLiteral("share")), QStringLiteral("At most 1."));
    edit->setText(QStringLiteral("0.750"));
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("share = 0.750")});
    QCOMPARE(f.form.problemOf(QStringLiteral("share")), QString());
}

void tst_ParamForm::aWholeNumberAtItsDefaultIsLeftOut()
{
    Fixture f({integer("size", "Size").range(1, 200).fallback("200")}, "size: 50\n");
    auto *spin = f.control<QSpinBox>("size");
    QCOMPARE(spin->value(), 50);
    spin->setValue(60);
    spin->setValue(200);
    QCOMPARE(f.changes,
             (QStringList{QStringLiteral("size = 60"), QStringLiteral("size = (removed)")}));
}

void tst_ParamForm::aSwitchIsAppliedAtOnce()
{
    Fixture f({boolean("batch", "Send in batches").fallback("true")}, "other: 1\n");
    auto *toggle = f.control<Switch>("batch");
    QVERIFY(toggle->isChecked());
    QTest::mouseClick(toggle, Qt::LeftButton);
    QTest::mouseClick(toggle, Qt::LeftButton);
    QCOMPARE(f.changes,
             (QStringList{QStringLiteral("batch = false"), QStringLiteral("batch = (removed)")}));
}

void tst_ParamForm::shortChoicesStandSideBySide()
{
    Fixture f({choice("op", "Operation")
                   .oneOf({{"create", "Create", "", ""}, {"upsert", "Upsert", "", ""}})
                   .fallback("upsert")},
              "op: create\n");
    auto *segments = f.control<SegmentedControl>("op");
    QVERIFY(segments);
    QCOMPARE(segments->currentIndex(), 0);
    segments->setCurrentIndex(1);
    QCOMPARE(f.changes, QStringList{QStringLiteral("op = (removed)")});
}

void tst_ParamForm::manyChoicesOpenAList()
{
    Fixture f({choice("level", "Level")
                   .oneOf({{"a", "First", "", ""},
                           {"b", "Second", "", ""},
                           {"c", "Third", "", ""},
                           {"d", "Fourth", "", ""},
                           {"e", "Fifth", "", ""}})},
              "level: b\n");
    auto *combo = f.control<QComboBox>("level");
    QVERIFY(combo);
    QCOMPARE(combo->currentText(), QStringLiteral("Second"));
    combo->setCurrentIndex(3);
    Q_EMIT combo->activated(3);
    QCOMPARE(f.changes, QStringList{QStringLiteral("level = \"d\"")});
}

void tst_ParamForm::severalOfManyBecomeAList()
{
    Fixture f({choiceList("events", "Events")
                   .oneOf({{"charge.failed", "", "", ""}, {"charge.succeeded", "", "", ""}})
                   .open()},
              "events: [charge.failed]\n");
    auto *field = static_cast<ChoiceListField *>(f.form.field(QStringLiteral("events")));
    field->toggle(QStringLiteral("charge.succeeded"));
    field->toggle(QStringLiteral("charge.failed"));
    field->toggle(QStringLiteral("charge.succeeded"));
    QCOMPARE(f.changes,
             (QStringList{QStringLiteral("events = [\"charge.failed\",\"charge.succeeded\"]"),
                          QStringLiteral("events = [\"charge.succeeded\"]"),
                          QStringLiteral("events = (removed)")}));
}

void tst_ParamForm::aDurationIsNumberAndUnit()
{
    Fixture f({duration("window", "Window").fallback("30d")}, "window: 12h\n");
    auto *number = f.control<QSpinBox>("window");
    auto *unit = f.control<QComboBox>("window");
    QCOMPARE(number->value(), 12);
    QCOMPARE(unit->currentData().toString(), QStringLiteral("h"));
    number->setValue(30);
    unit->setCurrentIndex(unit->findData(QStringLiteral("d")));
    Q_EMIT unit->activated(unit->currentIndex());
    QCOMPARE(f.changes, (QStringList{QStringLiteral("window = \"30h\""),
                                     QStringLiteral("window = (removed)")}));
}

void tst_ParamForm::anExpressionIsAppliedOnEnter()
{
    Fixture f({expression("condition", "Condition").required()}, "condition: amount > 0\n");
    auto *edit = f.control<QLineEdit>("condition");
    edit->setText(QStringLiteral("amount > 10"));
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("condition = \"amount > 10\"")});
}

void tst_ParamForm::longTextIsAppliedWhenItIsLeft()
{
    Fixture f({longText("body", "Body")}, "body: one\n");
    auto *edit = f.control<QPlainTextEdit>("body");
    edit->setPlainText(QStringLiteral("one\ntwo"));
    QVERIFY(f.changes.isEmpty());
    f.form.field(QStringLiteral("body"))->commit();
    QCOMPARE(f.changes, QStringList{QStringLiteral("body = \"one\\ntwo\"")});
}

void tst_ParamForm::aMappingLineChangesItsOwnKey()
{
    Fixture f({mapping("mapping", "Fields")}, "mapping:\n  Amount__c: amount\n  Name: name\n");
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    QCOMPARE(field->rows(), 2);
    auto *expression = field->row(1)->findChildren<QLineEdit *>().at(1);
    expression->setText(QStringLiteral("customer.name"));
    QTest::keyClick(expression, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("mapping/Name = \"customer.name\"")});
}

void tst_ParamForm::aMappingGroupKeepsWhatStandsBesideItsExpression()
{
    Fixture f({mapping("mapping", "Fields")},
              "mapping:\n  Fee__c: {value: fee, if_missing: default, default: 0, note: agreed}\n"
              "  Name: name\n");
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    const auto edits = field->row(0)->findChildren<QLineEdit *>();
    QCOMPARE(edits.at(0)->text(), QStringLiteral("Fee__c"));
    QCOMPARE(edits.at(1)->text(), QStringLiteral("fee"));
    const auto words = [&](int row) {
        QStringList shown;
        for (const QLabel *label : field->row(row)->findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(QStringLiteral("missing")))
                shown += label->text();
        }
        return shown;
    };
    QCOMPARE(words(0), QStringList{QStringLiteral("if missing: default · default: 0")});
    QCOMPARE(words(1), QStringList());
    edits.at(1)->setText(QStringLiteral("fee / 100"));
    QTest::keyClick(edits.at(1), Qt::Key_Return);
    edits.at(0)->setText(QStringLiteral("Fees__c"));
    QTest::keyClick(edits.at(0), Qt::Key_Return);
    QCOMPARE(f.changes, (QStringList{QStringLiteral("mapping/Fee__c/value = \"fee / 100\""),
                                     QStringLiteral("Fee__c -> Fees__c")}));
}

void tst_ParamForm::aMappingLineIsAddedRenamedAndRemoved()
{
    Fixture f({mapping("mapping", "Fields")}, "mapping: {A: one, B: two}\n");
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    field->addRow();
    auto *name = field->row(0)->findChildren<QLineEdit *>().at(0);
    name->setText(QStringLiteral("Aa"));
    QTest::keyClick(name, Qt::Key_Return);
    QTest::mouseClick(field->row(1)->findChild<QToolButton *>(), Qt::LeftButton);
    QCOMPARE(f.changes,
             (QStringList{QStringLiteral("mapping/field1 = \"null\""), QStringLiteral("A -> Aa"),
                          QStringLiteral("mapping/B = (removed)")}));
}

namespace {

Param ifMissing()
{
    return choice("if_missing", "If missing")
        .oneOf({{"as_written", "", "", ""}, {"leave", "", "", ""}, {"clear", "", "", ""}})
        .fallback("as_written");
}

/// Words of a line that can be read.
QStringList wordsOf(const MappingRow *row)
{
    QStringList words;
    for (const QLabel *label : row->findChildren<QLabel *>()) {
        if (label->isVisible() && !label->text().isEmpty())
            words += label->text();
    }
    return words;
}

} // namespace

void tst_ParamForm::aFieldIsSetUnsetOrLeftAlone()
{
    using State = MappingRow::State;
    Fixture f({mapping("mapping", "Fields"), ifMissing()},
              "mapping:\n  name: customer.name\n  phone: \"null\"\n"
              "  email: {value: mail, note: agreed}\n");
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    QCOMPARE(field->row(0)->state(), State::Set);
    QCOMPARE(field->row(1)->state(), State::Unset);
    QVERIFY(field->row(0)->findChildren<QLineEdit *>().at(1)->isVisible());
    QVERIFY(!field->row(1)->findChildren<QLineEdit *>().at(1)->isVisible());
    QVERIFY(wordsOf(field->row(1)).contains(QStringLiteral("Unset: the other side empties it.")));

    field->row(0)->choose(State::Unset);
    field->row(2)->choose(State::Unset);
    field->row(1)->choose(State::LeftAlone);
    QCOMPARE(f.changes,
             (QStringList{QStringLiteral("mapping/name = \"null\""),
                          QStringLiteral(
                              "mapping/email = "
                              "{\"value\":\"null\",\"if_missing\":\"clear\",\"note\":\"agreed\"}"),
                          QStringLiteral("mapping/phone = (removed)")}));
    f.changes.clear();

    // Set again: nothing is said before there is an expression.
    field->row(1)->choose(State::Set);
    auto *expression = field->row(1)->findChildren<QLineEdit *>().at(1);
    QVERIFY(expression->isVisible());
    QVERIFY(expression->text().isEmpty());
    QTest::keyClick(expression, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList());
    expression->setText(QStringLiteral("customer.phone"));
    QTest::keyClick(expression, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("mapping/phone = \"customer.phone\"")});
}

void tst_ParamForm::nullThatIsLeftOutIsNoUnset()
{
    using State = MappingRow::State;
    Fixture f({mapping("mapping", "Fields"), ifMissing()},
              "if_missing: leave\nmapping:\n  a: \"null\"\n"
              "  b: {value: \"null\", if_missing: clear}\n");
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    QCOMPARE(field->row(0)->state(), State::LeftAlone);
    QVERIFY(wordsOf(field->row(0)).first().startsWith(QStringLiteral("Left alone")));
    QCOMPARE(field->row(1)->state(), State::Unset);
}

void tst_ParamForm::whatUnsetsSurvivesThePolicyOfTheStep()
{
    using State = MappingRow::State;
    Fixture f({mapping("mapping", "Fields"), ifMissing()},
              "if_missing: leave\nmapping:\n  a: one\n"
              "  b: {value: \"null\", if_missing: clear}\n");
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    field->row(0)->choose(State::Unset);
    // What only made null go out goes with it.
    field->row(1)->choose(State::Set);
    auto *expression = field->row(1)->findChildren<QLineEdit *>().at(1);
    expression->setText(QStringLiteral("two"));
    QTest::keyClick(expression, Qt::Key_Return);
    QCOMPARE(
        f.changes,
        (QStringList{QStringLiteral("mapping/a = {\"value\":\"null\",\"if_missing\":\"clear\"}"),
                     QStringLiteral("mapping/b = \"two\"")}));
}

void tst_ParamForm::targetFieldsArePickedAndWaitForTheirExpression()
{
    FormContext context;
    context.targets = [] {
        return std::vector<TargetField>{
            {QStringLiteral("amount"), QStringLiteral("money"), true, false},
            {QStringLiteral("address.city"), QStringLiteral("text"), false, true},
            {QStringLiteral("name"), QStringLiteral("text"), false, false}};
    };
    Fixture f({mapping("mapping", "Fields")}, "mapping: {name: 'null'}\n", context);
    auto *field = static_cast<MappingEditor *>(f.form.field(QStringLiteral("mapping")));
    QVERIFY(wordsOf(field->row(0)).last().contains(QStringLiteral("does not take null")));
    auto *add = field->findChild<QPushButton *>();
    QTest::mouseClick(add, Qt::LeftButton);
    auto *list = field->findChild<PickList *>();
    QVERIFY(list && list->isVisible());
    auto *search = list->findChild<QLineEdit *>();
    QTest::keyClicks(search, QStringLiteral("city"));
    QTest::keyClick(search, Qt::Key_Return);
    QTest::keyClick(search, Qt::Key_Escape); // Empties the search,
    QTest::keyClick(search, Qt::Key_Escape); // then closes the list.
    QVERIFY(!list->isVisible());
    QCOMPARE(field->rows(), 2);
    QCOMPARE(field->row(1)->name(), QStringLiteral("address.city"));
    QCOMPARE(f.changes, QStringList()); // Not before it says what it is set to.
    f.form.show(&f.file.root, {});      // Nor does a look at the file take it away.
    QCOMPARE(field->rows(), 2);
    auto *expression = field->row(1)->findChildren<QLineEdit *>().at(1);
    expression->setText(QStringLiteral("city"));
    QTest::keyClick(expression, Qt::Key_Return);
    QCOMPARE(f.changes, QStringList{QStringLiteral("mapping/address.city = \"city\"")});
    f.changes.clear();
    field->toggle(QStringLiteral("amount"));
    QCOMPARE(field->rows(), 3);
    field->toggle(QStringLiteral("amount")); // Taken away again: nothing was ever told.
    QCOMPARE(field->rows(), 2);
    QCOMPARE(f.changes, QStringList());
}

namespace {

/// As a step of Stripe declares it: what can be expanded follows from the object.
std::vector<Param> expandable()
{
    return {
        choice("object", "Object").oneOf({{"charge", "", "", ""}, {"payout", "", "", ""}}),
        choiceList("expand", "Expand").open().suggestedBy([](const Settings &settings) {
            const bool isCharge = settings.text("object") == "charge";
            return isCharge
                       ? std::vector<Param::Choice>{{"data.customer", "customer", "", "Customer"},
                                                    {"data.invoice", "invoice", "", "Invoice"},
                                                    {"data.customer.tax", "customer.tax", "", ""}}
                       : std::vector<Param::Choice>{{"data.destination", "destination", "", ""}};
        })};
}

QStringList shownIn(const QTreeWidget *tree)
{
    QStringList rows;
    for (int row = 0; row < tree->topLevelItemCount(); ++row) {
        if (!tree->topLevelItem(row)->isHidden())
            rows << tree->topLevelItem(row)->text(0);
    }
    return rows;
}

} // namespace

void tst_ParamForm::whatIsSuggestedFollowsOtherSettings()
{
    Fixture f(expandable(), "object: charge\nexpand: [data.customer, data.by_hand]\n");
    auto *field = static_cast<ChoiceListField *>(f.form.field(QStringLiteral("expand")));
    auto *open = field->findChild<QPushButton *>();
    QTest::mouseClick(open, Qt::LeftButton);
    auto *list = field->findChild<PickList *>();
    auto *tree = list->findChild<QTreeWidget *>();
    QCOMPARE(shownIn(tree), (QStringList{QStringLiteral("customer"), QStringLiteral("invoice"),
                                         QStringLiteral("customer.tax")}));
    QCOMPARE(tree->topLevelItem(0)->checkState(0), Qt::Checked);
    QCOMPARE(tree->topLevelItem(1)->checkState(0), Qt::Unchecked);
    QCOMPARE(tree->topLevelItem(0)->text(1), QStringLiteral("Customer"));
    list->hide();
    const YamlParse other = parseYaml("object: payout\n");
    f.form.show(&other.root, {});
    QTest::mouseClick(open, Qt::LeftButton);
    QCOMPARE(shownIn(tree), QStringList{QStringLiteral("destination")});
    list->hide();
}

void tst_ParamForm::pathsArePickedByKeyboard()
{
    Fixture f(expandable(), "object: charge\nexpand: [data.by_hand]\n");
    auto *field = static_cast<ChoiceListField *>(f.form.field(QStringLiteral("expand")));
    auto *open = field->findChild<QPushButton *>();
    open->setFocus();
    QTest::keyClick(open, Qt::Key_Space);
    auto *list = field->findChild<PickList *>();
    QVERIFY(list && list->isVisible());
    auto *search = list->findChild<QLineEdit *>();
    QTest::keyClick(search, Qt::Key_Down);
    QTest::keyClick(search, Qt::Key_Space);
    QTest::keyClicks(search, QStringLiteral("tax cust"));
    QCOMPARE(shownIn(list->findChild<QTreeWidget *>()),
             QStringList{QStringLiteral("customer.tax")});
    QTest::keyClick(search, Qt::Key_Return);
    search->clear();
    QTest::keyClicks(search, QStringLiteral("data.new_one"));
    QTest::keyClick(search, Qt::Key_Return); // No row: as it is written.
    QTest::keyClicks(search, QStringLiteral("customer"));
    QTest::keyClick(search, Qt::Key_Return); // The name means its path.
    const QString all = QStringLiteral(
        "data.by_hand\",\"data.invoice\",\"data.customer.tax\",\"data.new_one\",\"data.customer");
    QCOMPARE(f.changes.last(), QStringLiteral("expand = [\"") + all + QStringLiteral("\"]"));
    QCOMPARE(f.changes.size(), 4);
}

void tst_ParamForm::advancedSettingsAreFolded()
{
    Fixture f({text("a", "A"), text("b", "B").advanced()}, "a: 1\n");
    QVERIFY(f.control<QLineEdit>("a")->isVisible());
    QVERIFY(!f.control<QLineEdit>("b")->isVisible());
    f.form.findChild<SectionHeader *>()->setChecked(true);
    QVERIFY(f.control<QLineEdit>("b")->isVisible());
}

void tst_ParamForm::findingsStandUnderTheirField()
{
    Fixture f({text("object", "Object").required()}, "x: 1\n");
    Diagnostic finding;
    finding.path = "steps/upsert/with/object";
    finding.message = "Object is missing.";
    f.form.show(nullptr, {finding});
    QCOMPARE(f.form.problemOf(QStringLiteral("object")), QStringLiteral("Object is missing."));
    f.form.show(nullptr, {});
    QCOMPARE(f.form.problemOf(QStringLiteral("object")), QString());
}

void tst_ParamForm::settingsDependOnOthers()
{
    Fixture f({boolean("batch", "Batch"), integer("size", "Size").shownWhen("batch", "true")},
              "batch: false\n");
    QVERIFY(!f.control<QSpinBox>("size")->isVisible());
    const YamlParse on = parseYaml("batch: true\n");
    f.form.show(&on.root, {});
    QVERIFY(f.control<QSpinBox>("size")->isVisible());
}

void tst_ParamForm::pendingEditsAreHandedIn()
{
    Fixture f({text("a", "A"), expression("b", "B")}, "a: 1\nb: two\n");
    f.control<QLineEdit>("a")->setText(QStringLiteral("x"));
    f.control<QLineEdit>("b")->setText(QStringLiteral("y"));
    f.form.commitPending();
    QCOMPARE(f.changes, (QStringList{QStringLiteral("a = \"x\""), QStringLiteral("b = \"y\"")}));
}

QTEST_MAIN(tst_ParamForm)
#include "tst_ParamForm.moc"
