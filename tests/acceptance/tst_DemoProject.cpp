// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace tw::test;

/// What `packaging/try` shows: the demo flow against the doubles, from signed event to record.
class TestDemoProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theDemoTellsWhatHappened();
    void theSummaryIsForPeople();
};

void TestDemoProject::theDemoTellsWhatHappened()
{
    const Finished done = runTidewire({"run", demoProject(), "--demo", "12", "--json"});
    QCOMPARE(done.code, 0);
    QHash<QString, int> seen;
    QJsonObject ready;
    QJsonObject summary;
    QJsonObject letter;
    for (const QByteArray &text : done.out.split('\n')) {
        const QJsonObject line = QJsonDocument::fromJson(text).object();
        const QString event = line[u"event"].toString();
        ++seen[event];
        if (event == QStringLiteral("ready"))
            ready = line;
        if (event == QStringLiteral("summary"))
            summary = line;
        if (event == QStringLiteral("dead_letter"))
            letter = line;
    }
    QCOMPARE(seen[QStringLiteral("ready")], 1);
    QVERIFY(ready[u"listen"].toString().startsWith("http://127.0.0.1:"));
    QVERIFY(ready[u"webhooks"].toObject().contains("stripe-charge-to-payment/charges"));
    QVERIFY(ready[u"doubles"][u"stripe"].isString());
    QVERIFY(ready[u"doubles"][u"salesforce"].isString());

    const int accepted = summary[u"accepted"].toInt();
    QVERIFY(accepted >= 12);
    QCOMPARE(seen[QStringLiteral("accepted")], accepted);
    QCOMPARE(summary[u"finished"].toInt(), accepted);
    QCOMPARE(summary[u"repeats"].toInt(), 1);
    QCOMPARE(summary[u"dead_letters"].toInt(), 1);
    QVERIFY(summary[u"refused"].toInt() >= 1);
    QVERIFY(!letter[u"error"][u"message"].toString().isEmpty());
    QVERIFY(letter[u"error"][u"code"].toString().startsWith("salesforce."));
}

void TestDemoProject::theSummaryIsForPeople()
{
    const QByteArray out = runTidewire({"run", demoProject(), "--demo", "6"}).out;
    for (const char *word : {"Stripe_Payment_Id__c", "Amount__c", "Currency__c", "Status__c",
                             "Paid_At__c", "repeat dropped", "Refused at the door", "Dead letter from upsert_payment"})
        QVERIFY2(out.contains(word), out);
}

QTEST_GUILESS_MAIN(TestDemoProject)
#include "tst_DemoProject.moc"
