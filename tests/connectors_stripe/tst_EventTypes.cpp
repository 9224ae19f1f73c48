// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/EventTypes.h"

#include "core/connectors/stripe/samples/SampleFactory.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <set>

using namespace tw;
using namespace tw::stripe;

class TestEventTypes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPublishedTypeIsThere();
    void everyTypeHasGroupAndSentence();
    void wildcardsMatch_data();
    void wildcardsMatch();
    void amountsAndTimesAreTyped();
};

void TestEventTypes::everyPublishedTypeIsThere()
{
    const Document facts = testing::jsonFile(testing::sharedFile("stripe/event-types.json"));
    if (!facts.root().isObject())
        QSKIP("the list of event types is not here");
    for (const auto &member : facts.root().get("snapshot").members())
        QVERIFY2(eventType(member.key.text()), std::string(member.key.text()).c_str());
    const Value thin = facts.root().get("thin");
    for (const auto &item : thin.items())
        QVERIFY2(eventType(item.text()), std::string(item.text()).c_str());
    for (const auto &member : thin.members())
        QVERIFY2(eventType(member.key.text()), std::string(member.key.text()).c_str());
    QCOMPARE(eventTypes().size(), std::size_t(275 + 326));
}

void TestEventTypes::everyTypeHasGroupAndSentence()
{
    std::set<std::string> values;
    for (const auto &choice : eventChoices()) {
        QVERIFY2(!choice.group.empty() && choice.group != "Other", choice.value.c_str());
        QVERIFY2(choice.help.size() > 10 && choice.help.back() == '.', choice.value.c_str());
        QVERIFY2(values.insert(choice.value).second, choice.value.c_str());
    }
    QVERIFY(values.contains("charge.*"));
    QCOMPARE(eventDescription(*eventType("charge.succeeded")),
             std::string("A charge went through."));
    QCOMPARE(eventDescription(*eventType("coupon.deleted")), std::string("A coupon was deleted."));
}

void TestEventTypes::wildcardsMatch_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("matches");
    QTest::newRow("the type itself") << "charge.failed"
                                     << "charge.failed" << true;
    QTest::newRow("another type") << "charge.failed"
                                  << "charge.succeeded" << false;
    QTest::newRow("a group") << "charge.*"
                             << "charge.dispute.created" << true;
    QTest::newRow("a group with a longer name") << "invoice.*"
                                                << "invoice_payment.paid" << false;
    QTest::newRow("everything") << "*"
                                << "v2.core.account.updated" << true;
    QTest::newRow("a thin event is another type") << "invoice.paid"
                                                  << "v1.invoice.paid" << false;
}

void TestEventTypes::wildcardsMatch()
{
    QFETCH(QString, pattern);
    QFETCH(QString, type);
    QFETCH(bool, matches);
    QCOMPARE(matchesEvent({"no.such", toUtf8(pattern)}, toUtf8(type)), matches);
}

void TestEventTypes::amountsAndTimesAreTyped()
{
    SampleFactory factory(1, Instant::fromSeconds(1'790'000'000));
    const auto event = factory.event("charge.succeeded");
    const Shape shape = eventShape(event->root(), "charge");
    const auto *object = &shape.find("data")->shape.find("object")->shape;
    QVERIFY(object->find("amount")->shape.type == Shape::Type::Money);
    QCOMPARE(object->find("amount")->shape.unit, std::string("minor"));
    QVERIFY(object->find("created")->shape.type == Shape::Type::Instant);
    QVERIFY(object->find("currency")->shape.type == Shape::Type::Currency);
    QVERIFY(shape.find("created")->shape.type == Shape::Type::Instant);
}

QTEST_GUILESS_MAIN(TestEventTypes)
#include "tst_EventTypes.moc"
