// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Value.h"

#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QTest>
#include <cmath>
#include <map>

using namespace tw;

class TestValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void arenaCountsWhatItHandsOut();
    void arenaKeepsAlignmentAndContentOverBlocks();
    void arenaResetKeepsOneBlock();
    void objectsKeepTheOrderOfInsertion();
    void undefinedIsNotNull();
    void whatIsNoTextHasNone();
    void aKeySetTwiceKeepsItsPlaceAndTakesTheLastValue();
    void everyMemberIsFound_data();
    void everyMemberIsFound();
    void keysThatShareEndsAreToldApart();
    void removedMembersAreGone();
    void findWalksDots();
    void wholeNumbersAreRecognised();
    void numbersAreEqualByValue();
    void objectsAreEqualWithoutOrder();
    void copiesOutliveTheirSource();
    void randomEditsMatchAModel();
};

void TestValue::arenaCountsWhatItHandsOut()
{
    Arena arena(64);
    QCOMPARE(arena.bytesUsed(), std::size_t(0));
    arena.allocate(10, 1);
    QCOMPARE(arena.bytesUsed(), std::size_t(10));
    arena.allocate(1000, 1);
    QVERIFY(arena.bytesUsed() >= 1010);
    QVERIFY(arena.bytesReserved() >= arena.bytesUsed());
}

void TestValue::arenaKeepsAlignmentAndContentOverBlocks()
{
    Arena arena(32);
    std::vector<std::string_view> kept;
    for (int i = 0; i < 500; ++i) {
        kept.push_back(arena.copy(std::to_string(i)));
        QCOMPARE(reinterpret_cast<std::uintptr_t>(arena.allocate(8)) % 8, std::uintptr_t(0));
    }
    for (int i = 0; i < 500; ++i)
        QCOMPARE(toQString(kept[static_cast<std::size_t>(i)]), QString::number(i));
}

void TestValue::arenaResetKeepsOneBlock()
{
    Arena arena(64);
    for (int i = 0; i < 100; ++i)
        arena.allocate(100);
    const std::size_t before = arena.bytesReserved();
    arena.reset();
    QCOMPARE(arena.bytesUsed(), std::size_t(0));
    QVERIFY(arena.bytesReserved() > 0 && arena.bytesReserved() < before);
    QCOMPARE(toQString(arena.copy("again")), QStringLiteral("again"));
}

void TestValue::objectsKeepTheOrderOfInsertion()
{
    Arena arena;
    ObjectBuilder object(arena);
    for (const char *name : {"zebra", "apple", "mango", "", "a"})
        object.set(name, Value::string(name));
    QCOMPARE(toJson(object.finish()),
             std::string(R"({"zebra":"zebra","apple":"apple","mango":"mango","":"","a":"a"})"));
}

void TestValue::whatIsNoTextHasNone()
{
    Arena arena;
    ArrayBuilder list(arena);
    ObjectBuilder object(arena);
    for (int i = 0; i < 40; ++i) { // More than the bytes that an object needs for itself.
        const std::string name = "m" + std::to_string(i);
        list.add(Value::string(arena, name));
        object.set(name, Value::integer(i));
    }
    for (const Value &value : {Value(), Value::null(), Value::boolean(true), Value::integer(7),
                               Value::number(1.5), list.finish(), object.finish()})
        QVERIFY(value.text().empty());
    QCOMPARE(std::string(Value::digits("12").text()), std::string("12"));
    QCOMPARE(std::string(Value::string("a").text()), std::string("a"));
}

void TestValue::undefinedIsNotNull()
{
    Arena arena;
    ObjectBuilder object(arena);
    object.set("nothing", Value::null());
    const Value made = object.finish();
    QVERIFY(made.get("nothing").isNull());
    QVERIFY(made.get("absent").isUndefined());
    QVERIFY(!equals(Value(), Value::null()));
    QVERIFY(Value::integer(3).get("x").isUndefined());
    QVERIFY(Value().members().empty() && Value::null().items().empty());
}

void TestValue::aKeySetTwiceKeepsItsPlaceAndTakesTheLastValue()
{
    Arena arena;
    ObjectBuilder object(arena);
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 20; ++i)
            object.set("k" + std::to_string(i), Value::integer(i + round * 100));
    }
    const Value made = object.finish();
    QCOMPARE(made.size(), 20u);
    for (std::uint32_t i = 0; i < 20; ++i)
        QCOMPARE(made.members()[i].value.rawInt(), std::int64_t(i + 100));
}

void TestValue::everyMemberIsFound_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {0, 1, 2, 8, 9, 10, 16, 17, 100, 511, 512, 513, 2000, 70000})
        QTest::addRow("an object of %d members", count) << count;
}

void TestValue::everyMemberIsFound()
{
    QFETCH(int, count);
    Arena arena;
    ObjectBuilder object(arena);
    std::vector<Member> members;
    for (int i = 0; i < count; ++i) {
        const std::string name = "field_" + std::to_string(i) + "_of_the_object";
        object.set(name, Value::integer(i));
        members.push_back({Value::key(arena.copy(name)), Value::integer(i)});
    }
    const Value grown = object.finish();
    const Value atOnce = ObjectBuilder::fromMembers(arena, members);
    QCOMPARE(grown.size(), static_cast<std::uint32_t>(count));
    for (int i = 0; i < count; ++i) {
        const std::string name = "field_" + std::to_string(i) + "_of_the_object";
        QVERIFY(grown.get(name).isNumber() && grown.get(name).rawInt() == i);
        QVERIFY(atOnce.get(Value::key(name)).isNumber() && atOnce.get(name).rawInt() == i);
    }
    QVERIFY(grown.get("field_").isUndefined());
    QVERIFY(atOnce.get("").isUndefined());
}

void TestValue::keysThatShareEndsAreToldApart()
{
    Arena arena;
    ObjectBuilder object(arena);
    for (int i = 0; i < 3000; ++i) {
        std::string name(40, 'x');
        const std::string middle = std::to_string(i);
        name.replace(18, middle.size(), middle);
        object.set(name, Value::integer(i));
    }
    QCOMPARE(object.size(), 3000u);
}

void TestValue::removedMembersAreGone()
{
    Arena arena;
    ObjectBuilder object(arena);
    for (int i = 0; i < 30; ++i)
        object.set("k" + std::to_string(i), Value::integer(i));
    for (int i = 0; i < 30; i += 2)
        object.remove(Value::key("k" + std::to_string(i)));
    object.remove(Value::key("never there"));
    const Value made = object.finish();
    QCOMPARE(made.size(), 15u);
    for (int i = 0; i < 30; ++i)
        QCOMPARE(made.get("k" + std::to_string(i)).isUndefined(), i % 2 == 0);
    QCOMPARE(made.members()[1].value.rawInt(), std::int64_t(3));
}

void TestValue::findWalksDots()
{
    const Document document = parseJson(R"({"a":{"b":[{"c":7},8]}})").value();
    QCOMPARE(document.root().find("a.b.0.c").rawInt(), std::int64_t(7));
    QCOMPARE(document.root().find("a.b.1").rawInt(), std::int64_t(8));
    for (const char *path : {"a.b.2", "a.b.x", "a.b.0.c.d", "x", "a..b", "a.b.-1", "a.b.1x"})
        QVERIFY2(document.root().find(path).isUndefined(), path);
    QVERIFY(document.root().find("").isObject());
}

void TestValue::wholeNumbersAreRecognised()
{
    QCOMPARE(Value::integer(-5).toInt().value_or(0), std::int64_t(-5));
    QCOMPARE(Value::number(1e15).toInt().value_or(0), std::int64_t(1'000'000'000'000'000));
    QVERIFY(!Value::number(1.5).toInt() && !Value::number(1e19).toInt());
    QVERIFY(!Value::number(std::nan("")).toInt() && !Value::unsignedInteger(UINT64_MAX).toInt());
    QCOMPARE(Value::digits("12.000000000000000000000000000000").toInt().value_or(0),
             std::int64_t(12));
    QVERIFY(!Value::digits("12.00000000000000000000000000000001").toInt());
    QVERIFY(!Value::digits("1e400").toInt() && !Value::string("5").toInt());
    QCOMPARE(Value::digits("1e400").toDouble(), HUGE_VAL);
    QCOMPARE(Value::digits("-1e400").toDouble(), -HUGE_VAL);
    QCOMPARE(Value::digits("1e-400").toDouble(), 0.0);
    QVERIFY(std::isnan(Value::string("5").toDouble()));
}

void TestValue::numbersAreEqualByValue()
{
    QVERIFY(equals(Value::integer(1), Value::number(1.0)));
    QVERIFY(!equals(Value::integer(1), Value::number(1.5)));
    QVERIFY(!equals(Value::integer(9007199254740993), Value::number(9007199254740992.0)));
    QVERIFY(equals(Value::unsignedInteger(1ull << 63), Value::number(0x1p63)));
    QVERIFY(!equals(Value::unsignedInteger(1ull << 63), Value::number(0x1p64)));
    QVERIFY(!equals(Value::integer(-1), Value::unsignedInteger(UINT64_MAX)));
    QVERIFY(equals(Value::digits("1e400"), Value::digits("10e399")));
    QVERIFY(equals(Value::digits("0.10"), Value::number(0.1)));
    QVERIFY(equals(Value::number(-0.0), Value::integer(0)));
    QVERIFY(!equals(Value::integer(1), Value::string("1")));
}

void TestValue::objectsAreEqualWithoutOrder()
{
    const Document a = parseJson(R"({"x":1,"y":[1,{"z":null}]})").value();
    const Document b = parseJson(R"({"y":[1.0,{"z":null}],"x":1})").value();
    const Document c = parseJson(R"({"y":[{"z":null},1],"x":1})").value();
    QVERIFY(equals(a.root(), b.root()));
    QVERIFY(!equals(a.root(), c.root()));
    QVERIFY(!equals(parseJson(R"({"x":1})")->root(), parseJson(R"({"y":1})")->root()));
}

void TestValue::copiesOutliveTheirSource()
{
    Document copy;
    const std::string text = R"({"name":"Zoë","items":[1,2.5,"x",{"k":1e400}],"on":true})";
    {
        const Document source = parseJson(text).value();
        copy = source.clone();
    }
    QCOMPARE(toJson(copy.root()), text);
    QCOMPARE(copy.root().find("items.3.k").toDouble(), HUGE_VAL);
    Arena arena;
    QVERIFY(copyInto(arena, Value::function(&arena)).isUndefined());
    const Value marked = Value::array(nullptr, 0, Value::Sequence);
    QVERIFY(copyInto(arena, marked).has(Value::Sequence));
}

void TestValue::randomEditsMatchAModel()
{
    Random random(7);
    for (int round = 0; round < 200; ++round) {
        Arena arena;
        ObjectBuilder object(arena);
        std::map<std::string, std::int64_t> model;
        for (int step = 0; step < 300; ++step) {
            const std::string name = random.text(random.below(4), "abc");
            if (random.below(4) == 0) {
                object.remove(Value::key(name));
                model.erase(name);
            } else {
                object.set(name, Value::integer(step));
                model[name] = step;
            }
        }
        QCOMPARE(object.size(), static_cast<std::uint32_t>(model.size()));
        for (const auto &[name, number] : model)
            QCOMPARE(object.get(Value::key(name)).rawInt(), number);
        const Value made = object.finish();
        for (const auto &[name, number] : model)
            QCOMPARE(made.get(name).rawInt(), number);
    }
}

QTEST_GUILESS_MAIN(TestValue)
#include "tst_Value.moc"
