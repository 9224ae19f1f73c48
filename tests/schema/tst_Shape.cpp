// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/schema/JsonSchema.h"
#include "core/schema/Shape.h"

#include <QTest>

using namespace tw;

class tst_Shape : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAnExample();
    void listsTakeTheUnionOfTheirItems();
    void becomesJsonSchema();
};

void tst_Shape::readsAnExample()
{
    const auto example = parseJson(R"({"id":"x","amount":5,"rate":0.5,"paid":true,"note":null,
        "at":"2026-01-02T03:04:05Z","day":"2026-01-02","page":"https://a.test","card":{"last4":"1"}})");
    const Shape shape = shapeOf(example->root());
    QVERIFY(shape.type == Shape::Type::Group);
    QCOMPARE(typeWord(shape.find("amount")->shape), std::string("whole number"));
    QCOMPARE(typeWord(shape.find("rate")->shape), std::string("number"));
    QCOMPARE(typeWord(shape.find("paid")->shape), std::string("yes or no"));
    QCOMPARE(typeWord(shape.find("at")->shape), std::string("date and time"));
    QCOMPARE(typeWord(shape.find("day")->shape), std::string("date"));
    QCOMPARE(typeWord(shape.find("page")->shape), std::string("address"));
    QVERIFY(shape.find("note")->shape.nullable);
    QVERIFY(shape.find("card")->shape.find("last4"));
    QVERIFY(!shape.find("nothing"));
}

void tst_Shape::listsTakeTheUnionOfTheirItems()
{
    const auto example =
        parseJson(R"([{"a":1,"b":"x"},{"a":2.5,"c":null},{"a":null,"b":3,"c":{"d":1}}])");
    const Shape list = shapeOf(example->root());
    QCOMPARE(typeWord(list), std::string("list of group"));
    const Shape &item = list.item.front();
    QCOMPARE(item.fields.size(), std::size_t(3));
    QVERIFY(item.find("a")->shape.type == Shape::Type::Number);
    QVERIFY(item.find("a")->shape.nullable && item.find("a")->required);
    QVERIFY(item.find("b")->shape.type == Shape::Type::Any);
    QVERIFY(!item.find("b")->required);
    QVERIFY(item.find("c")->shape.type == Shape::Type::Group);
}

void tst_Shape::becomesJsonSchema()
{
    Shape shape;
    shape.type = Shape::Type::Group;
    Shape amount;
    amount.type = Shape::Type::Money;
    amount.unit = "minor";
    Shape created;
    created.type = Shape::Type::Instant;
    created.nullable = true;
    shape.fields = {{"amount", amount, true, true}, {"created", created, false, true}};
    Arena arena;
    QCOMPARE(toJson(schemaOf(arena, shape)),
             std::string(
                 R"({"type":"object","properties":{"amount":{"type":"integer","x-unit":"minor"},)"
                 R"("created":{"type":["string","null"],"format":"date-time"}},)"
                 R"("required":["amount"]})"));
    Shape any;
    QCOMPARE(toJson(schemaOf(arena, any)), std::string("{}"));
}

QTEST_GUILESS_MAIN(tst_Shape)
#include "tst_Shape.moc"
