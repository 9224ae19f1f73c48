// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/ObjectShapes.h"
#include "core/connectors/stripe/samples/SampleFactory.h"

#include <QtTest>

using namespace tw;
using namespace tw::stripe;

using Type = Shape::Type;

namespace {

const Shape *at(const Shape &shape, const std::vector<std::string> &path)
{
    const Shape *here = &shape;
    for (const std::string &name : path) {
        if (here->type == Type::List)
            here = &here->item.front();
        const Shape::Field *field = here->find(name);
        if (!field)
            return nullptr;
        here = &field->shape;
    }
    return here;
}

/// Paths of a real message that the shape does not have, though it is not open there.
void missingIn(const Shape &shape, const Shape &real, const std::string &path,
               std::vector<std::string> &missing)
{
    if (shape.type == Type::Any || !real.item.empty()) {
        if (shape.type == Type::List && real.type == Type::List)
            missingIn(shape.item.front(), real.item.front(), path + "[]", missing);
        return;
    }
    for (const Shape::Field &field : real.fields) {
        const Shape::Field *known = shape.find(field.name);
        if (known)
            missingIn(known->shape, field.shape, path + '.' + field.name, missing);
        else if (shape.item.empty())
            missing.push_back(path + '.' + field.name);
    }
}

} // namespace

class tst_ObjectShapes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fieldsHaveTypesAndUnits();
    void eventsOfSeveralObjectsAreTheirUnion();
    void wildcardsAndUnknownEventsStayOpen();
    void everySampleFits_data();
    void everySampleFits();
};

void tst_ObjectShapes::fieldsHaveTypesAndUnits()
{
    const Shape &charge = objectShape("charge");
    QVERIFY(at(charge, {"amount"})->type == Type::Money);
    QCOMPARE(at(charge, {"amount"})->unit, std::string("minor"));
    QCOMPARE(at(charge, {"created"})->unit, std::string("unix_seconds"));
    QVERIFY(at(charge, {"currency"})->type == Type::Currency);
    QVERIFY(at(charge, {"status"})->type == Type::Choice);
    QVERIFY(at(charge, {"payment_method_details", "card", "last4"})->nullable);
    QVERIFY(at(charge, {"billing_details", "email"})->type == Type::Email);
    QVERIFY(!at(charge, {"metadata"})->item.empty());
    QVERIFY(!charge.find("level3")->required);
    QVERIFY(at(objectShape("invoice"), {"lines", "data", "amount"})->type == Type::Money);
    QVERIFY(objectShape("nothing").type == Type::Any);
}

void tst_ObjectShapes::eventsOfSeveralObjectsAreTheirUnion()
{
    const Shape event = eventsShape({"charge.succeeded", "customer.created"});
    const Shape &object = *at(event, {"data", "object"});
    QVERIFY(object.find("amount") && !object.find("amount")->required);
    QVERIFY(object.find("id")->required);
    QVERIFY(object.find("invoice_settings"));
    QCOMPARE(at(event, {"type"})->choices,
             (std::vector<std::string>{"charge.succeeded", "customer.created"}));
    QCOMPARE(at(event, {"created"})->unit, std::string("unix_seconds"));
}

void tst_ObjectShapes::wildcardsAndUnknownEventsStayOpen()
{
    QVERIFY(eventsShape({"*"}).type == Type::Any); // thin events have another envelope
    QVERIFY(at(eventsShape({"charge.succeeded", "wibble.done"}), {"data", "object"})->type ==
            Type::Any);
    const Shape group = eventsShape({"charge.*"});
    QVERIFY(at(group, {"type"})->choices.empty());
    QVERIFY(at(group, {"data", "object"})->find("amount"));
}

void tst_ObjectShapes::everySampleFits_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const std::string &type : SampleFactory::eventTypes())
        QTest::newRow(type.c_str()) << QByteArray::fromStdString(type);
}

void tst_ObjectShapes::everySampleFits()
{
    QFETCH(QByteArray, type);
    SampleFactory factory(3, Instant::fromSeconds(1'790'000'000));
    const auto event = factory.event(type.toStdString());
    QVERIFY(event.has_value());
    std::vector<std::string> missing;
    missingIn(eventsShape({type.toStdString()}), shapeOf(event->root()), {}, missing);
    QVERIFY2(missing.empty(), missing.empty() ? "" : missing.front().c_str());
}

QTEST_GUILESS_MAIN(tst_ObjectShapes)
#include "tst_ObjectShapes.moc"
