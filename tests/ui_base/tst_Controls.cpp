// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Buttons.h"
#include "ui/base/Chip.h"
#include "ui/base/CommandBox.h"
#include "ui/base/EnvironmentPill.h"
#include "ui/base/RailButton.h"
#include "ui/base/SearchField.h"
#include "ui/base/SectionHeader.h"
#include "ui/base/SegmentedControl.h"
#include "ui/base/Switch.h"
#include "ui/base/Theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace tw;

class tst_Controls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void segmentsMoveWithTheArrowKeysAndStopAtTheEnds()
    {
        SegmentedControl control(
            {QStringLiteral("Canvas"), QStringLiteral("Split"), QStringLiteral("YAML")});
        QSignalSpy changed(&control, &SegmentedControl::currentChanged);
        QTest::keyClick(&control, Qt::Key_Right);
        QCOMPARE(control.currentText(), QStringLiteral("Split"));
        QTest::keyClick(&control, Qt::Key_End);
        QTest::keyClick(&control, Qt::Key_Right);
        QCOMPARE(control.currentIndex(), 2);
        QTest::keyClick(&control, Qt::Key_Home);
        QTest::keyClick(&control, Qt::Key_Left);
        QCOMPARE(control.currentIndex(), 0);
        QCOMPARE(changed.size(), 3);
    }

    void aClickChoosesTheSegmentUnderThePointer()
    {
        SegmentedControl control({QStringLiteral("A"), QStringLiteral("B"), QStringLiteral("C")});
        control.setStretched(true);
        control.resize(150, 30);
        QTest::mouseClick(&control, Qt::LeftButton, {}, QPoint(75, 15));
        QCOMPARE(control.currentIndex(), 1);
        QTest::mouseClick(&control, Qt::RightButton, {}, QPoint(140, 15));
        QCOMPARE(control.currentIndex(), 1);
    }

    void fewerLabelsKeepTheChoiceInRange()
    {
        SegmentedControl control({QStringLiteral("A"), QStringLiteral("B"), QStringLiteral("C")});
        control.setCurrentIndex(2);
        control.setLabels({QStringLiteral("A")});
        QCOMPARE(control.currentIndex(), 0);
        control.setCurrentIndex(7);
        QCOMPARE(control.currentIndex(), 0);
    }

    void aSwitchFlipsWithSpaceAndClick()
    {
        Switch toggle;
        QSignalSpy toggled(&toggle, &QAbstractButton::toggled);
        QTest::keyClick(&toggle, Qt::Key_Space);
        QVERIFY(toggle.isChecked());
        QTest::mouseClick(&toggle, Qt::LeftButton);
        QVERIFY(!toggle.isChecked());
        QCOMPARE(toggled.size(), 2);
    }

    void targetsAreAtLeast24High()
    {
        QVERIFY(Switch().sizeHint().height() >= 24);
        QVERIFY(SectionHeader(QStringLiteral("Triggers")).sizeHint().height() >= 24);
        QVERIFY(SegmentedControl({QStringLiteral("A")}).sizeHint().height() >= 24);
        QVERIFY(EnvironmentPill().sizeHint().height() >= 24);
        const std::unique_ptr<QToolButton> button(
            makeIconButton(QStringLiteral("gear"), QStringLiteral("Settings")));
        QVERIFY(button->sizeHint().height() >= 24);
    }

    void controlsSayTheirName()
    {
        QCOMPARE(Chip(QStringLiteral("8 written")).accessibleName(), QStringLiteral("8 written"));
        QCOMPARE(SearchField(QStringLiteral("Filter steps")).accessibleName(),
                 QStringLiteral("Filter steps"));
        RailButton rail(QStringLiteral("inbox"), QStringLiteral("Failed"));
        rail.setCount(3, Tone::Err);
        QCOMPARE(rail.accessibleName(), QStringLiteral("Failed"));
        QVERIFY(rail.accessibleDescription().contains(QLatin1Char('3')));
        EnvironmentPill pill;
        pill.setEnvironment(QStringLiteral("Sandbox"), QStringLiteral("Stripe test mode"),
                            Tone::Ok);
        QVERIFY(pill.accessibleName().contains(QStringLiteral("Sandbox")));
    }

    void escapeEmptiesTheSearchFirst()
    {
        SearchField field(QStringLiteral("Search"));
        QTest::keyClicks(&field, QStringLiteral("abc"));
        QTest::keyClick(&field, Qt::Key_Escape);
        QVERIFY(field.text().isEmpty());
    }

    void onlyOneRailButtonIsOn()
    {
        QWidget rail;
        QHBoxLayout row(&rail);
        auto *design = new RailButton(QStringLiteral("diagram-3"), QStringLiteral("Design"));
        auto *runs = new RailButton(QStringLiteral("clock-history"), QStringLiteral("Runs"));
        row.addWidget(design);
        row.addWidget(runs);
        design->setChecked(true);
        QTest::mouseClick(runs, Qt::LeftButton);
        QVERIFY(!design->isChecked());
        QVERIFY(runs->isChecked());
    }

    void plainControlsHaveTheHeightsOfTheDesign()
    {
        QLineEdit edit;
        QComboBox combo;
        QPushButton button(QStringLiteral("Check"));
        for (QWidget *widget : {static_cast<QWidget *>(&edit), static_cast<QWidget *>(&combo),
                                static_cast<QWidget *>(&button)}) {
            widget->ensurePolished();
            QCOMPARE(widget->sizeHint().height(), 32);
        }
    }

    void aPrimaryButtonIsFilledWithTheAccent()
    {
        const std::unique_ptr<QPushButton> button(
            makeButton(QStringLiteral("Run"), QString(), ButtonRole::Primary));
        button->resize(120, 32);
        const QColor fill = button->grab().toImage().pixelColor(10, 16);
        QCOMPARE(fill, ColorSet::light()[Token::AccentFill]);
    }

    void theScrollBarThumbFollowsTheValue()
    {
        QScrollBar bar(Qt::Vertical);
        bar.setRange(0, 100);
        bar.setPageStep(100);
        bar.resize(10, 200);
        const auto darkestRow = [&bar] {
            const QImage image = bar.grab().toImage();
            for (int y = 0; y < image.height(); ++y) {
                if (image.pixelColor(5, y) == ColorSet::light()[Token::BorderStrong])
                    return y;
            }
            return -1;
        };
        const int top = darkestRow();
        bar.setValue(100);
        QVERIFY(top >= 0 && darkestRow() > top + 50);
    }
};

QTEST_MAIN(tst_Controls)
#include "tst_Controls.moc"
