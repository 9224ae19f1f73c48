// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/base/Random.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/base/Sha256.h"
#include "core/base/Text.h"

#include <QDebug>
#include <QTest>
#include <concepts>
#include <memory>
#include <ostream>
#include <set>

using namespace tw;
using namespace std::chrono_literals;

namespace {

template <typename T>
concept Prints = requires(std::ostream &out, const T &value)
{
    out << value;
};
template <typename T>
concept PrintsInQt = requires(QDebug out, const T &value)
{
    out << value;
};
template <typename T>
concept Compares = requires(const T &a, const T &b)
{
    {
        a == b
        } -> std::convertible_to<bool>;
};

static_assert(!Prints<Secret> && !PrintsInQt<Secret> && !Compares<Secret>);
static_assert(!std::convertible_to<Secret, std::string>);

} // namespace

class TestBase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hashesAreThoseOfTheStandards();
    void randomRepeatsItsSequence();
    void randomStaysBelowItsBound();
    void randomTokensDiffer();
    void manualClockRunsActionsInOrder();
    void manualClockForgetsDeadReceivers();
    void manualClockRunsWhatActionsAdd();
    void secretsMatchOnlyThemselves();
    void secretsLeaveTheirSource();
    void slugs_data();
    void slugs();
    void nearestWordFindsTheSlip();
    void numbersAreGrouped();
    void resultsHoldEitherSide();
    void errorsGrowTheirPlace();
    void errorKindsHaveStableNames();
};

/// FIPS 180-4 and RFC 4231, test cases 2 and 6.
void TestBase::hashesAreThoseOfTheStandards()
{
    const auto hex = [](const Sha256 &sum) {
        const auto bytes = bytesOf(sum);
        return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toHex();
    };
    QCOMPARE(hex(sha256({"a", "", "bc"})),
             QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    QCOMPARE(hex(hmacSha256("Jefe", {"what do ya want ", "for nothing?"})),
             QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    QCOMPARE(hex(hmacSha256(std::string(131, '\xaa'),
                            {"Test Using Larger Than Block-Size Key - Hash Key First"})),
             QByteArray("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

void TestBase::randomRepeatsItsSequence()
{
    Random first(42);
    Random second(42);
    Random other(43);
    bool differs = false;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t number = first.next();
        QCOMPARE(second.next(), number);
        differs |= other.next() != number;
    }
    QVERIFY(differs);
    Random reference(0); // splitmix64 and xoshiro256** as published
    QCOMPARE(reference.next(), std::uint64_t(0x99ec5f36cb75f2b4));
    QCOMPARE(reference.next(), std::uint64_t(0xbf6e1f784956452a));
}

void TestBase::randomStaysBelowItsBound()
{
    Random random(1);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(random.below(7));
        const double unit = random.unit();
        QVERIFY(unit >= 0 && unit < 1);
    }
    QCOMPARE(seen.size(), std::size_t(7));
    QCOMPARE(*seen.rbegin(), std::uint64_t(6));
    QCOMPARE(random.below(0), std::uint64_t(0));
    QCOMPARE(random.text(5, "a"), std::string("aaaaa"));
}

void TestBase::randomTokensDiffer()
{
    QCOMPARE(randomToken(16).size(), std::size_t(32));
    QVERIFY(randomToken(16) != randomToken(16));
    QCOMPARE(randomToken(4).find_first_not_of("0123456789abcdef"), std::string::npos);
}

void TestBase::manualClockRunsActionsInOrder()
{
    ManualClock clock;
    const Instant start = clock.now();
    std::vector<std::pair<int, std::int64_t>> calls;
    const auto note = [&](int id) {
        return [&, id] { calls.emplace_back(id, (clock.now() - start).count()); };
    };
    clock.callAfter(20ms, nullptr, note(3));
    clock.callAfter(10ms, nullptr, note(1));
    clock.callAfter(10ms, nullptr, note(2));
    clock.advance(9ms);
    QVERIFY(calls.empty() && clock.hasPending());
    clock.advance(100ms);
    const std::vector<std::pair<int, std::int64_t>> expected{{1, 10}, {2, 10}, {3, 20}};
    QVERIFY(calls == expected);
    QCOMPARE((clock.now() - start).count(), std::int64_t(109));
    QVERIFY(!clock.hasPending());
}

void TestBase::manualClockForgetsDeadReceivers()
{
    ManualClock clock;
    int calls = 0;
    auto receiver = std::make_unique<QObject>();
    clock.callAfter(1ms, receiver.get(), [&] { ++calls; });
    clock.callAfter(3ms, receiver.get(), [&] { ++calls; });
    clock.advance(1ms);
    receiver.reset();
    clock.advance(10ms);
    QCOMPARE(calls, 1);
}

void TestBase::manualClockRunsWhatActionsAdd()
{
    ManualClock clock;
    int ticks = 0;
    std::function<void()> tick = [&] {
        if (++ticks < 5)
            clock.callAfter(10ms, nullptr, tick);
    };
    clock.callAfter(10ms, nullptr, tick);
    clock.advance(35ms);
    QCOMPARE(ticks, 3);
    clock.advance(100ms);
    QCOMPARE(ticks, 5);
}

void TestBase::secretsMatchOnlyThemselves()
{
    const Secret secret("sk_test_42");
    QVERIFY(secret.matches("sk_test_42"));
    for (const char *other : {"", "sk_test_4", "sk_test_43", "sk_test_422"})
        QVERIFY(!secret.matches(other));
    QVERIFY(Secret().isEmpty() && Secret().matches(""));
}

void TestBase::secretsLeaveTheirSource()
{
    Secret first(std::string(100, 'k'));
    const std::string_view place = first.reveal();
    Secret second(std::move(first));
    QVERIFY(first.isEmpty()); // NOLINT(bugprone-use-after-move): the promise of the class
    // The wiped buffer still belongs to `first`: nothing of the value may be left in it.
    QCOMPARE(std::string_view(place.data(), 100).find('k'), std::string_view::npos);
    QCOMPARE(second.reveal().size(), std::size_t(100));
    Secret third("old");
    third = second;
    QVERIFY(third.matches(second.reveal()));
    third = std::move(second);
    QVERIFY(second.isEmpty()); // NOLINT(bugprone-use-after-move)
    QCOMPARE(third.reveal().size(), std::size_t(100));
}

void TestBase::slugs_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("id");
    QTest::newRow("words are joined")
        << QStringLiteral("Upsert payment") << QStringLiteral("upsert_payment");
    QTest::newRow("signs fall away") << QStringLiteral("  A -- b! ") << QStringLiteral("a_b");
    QTest::newRow("a digit gets a letter in front")
        << QStringLiteral("3 things") << QStringLiteral("s_3_things");
    QTest::newRow("nothing usable becomes a step")
        << QStringLiteral("???") << QStringLiteral("step");
    QTest::newRow("other letters split words") << QStringLiteral("Größe") << QStringLiteral("gr_e");
    QTest::newRow("long names are cut")
        << QString(100, QLatin1Char('a')) << QString(64, QLatin1Char('a'));
}

void TestBase::slugs()
{
    QFETCH(QString, name);
    QTEST(toQString(slug(toUtf8(name))), "id");
}

void TestBase::nearestWordFindsTheSlip()
{
    const std::vector<std::string> known{"events", "secret", "tolerance"};
    QCOMPARE(nearestWord("event", known), std::string("events"));
    QCOMPARE(nearestWord("tolerence", known), std::string("tolerance"));
    QCOMPARE(nearestWord("something else", known), std::string());
    QCOMPARE(nearestWord("x", {}), std::string());
}

void TestBase::numbersAreGrouped()
{
    QCOMPARE(grouped(0), std::string("0"));
    QCOMPARE(grouped(999), std::string("999"));
    QCOMPARE(grouped(-1000), std::string("-1,000"));
    QCOMPARE(grouped(1234567), std::string("1,234,567"));
}

void TestBase::resultsHoldEitherSide()
{
    const Result<int> good = 5;
    QVERIFY(good && *good == 5 && good.value_or(7) == 5);
    const Result<int> bad = rejectedError("test.bad", "No.");
    QVERIFY(!bad && bad.error().code == "test.bad" && bad.value_or(7) == 7);
    Result<std::unique_ptr<int>> owned = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = std::move(owned).value();
    QCOMPARE(*taken, 3);
    const Result<void> done;
    QVERIFY(done);
    const Result<void> failed = internalError("test.bug", "Oops.");
    QVERIFY(!failed && failed.error().kind == ErrorKind::Internal);
}

void TestBase::errorsGrowTheirPlace()
{
    Error error = configError("flow.bad", "It is wrong.");
    QCOMPARE(error.text(), std::string("It is wrong. [flow.bad]"));
    const Error placed = std::move(std::move(error).at("with.events")).at("flow.yaml:3:5");
    QCOMPARE(placed.text(), std::string("flow.yaml:3:5: with.events: It is wrong. [flow.bad]"));
}

void TestBase::errorKindsHaveStableNames()
{
    for (const ErrorKind kind : {ErrorKind::Config, ErrorKind::Auth, ErrorKind::Transient,
                                 ErrorKind::Rejected, ErrorKind::Cancelled, ErrorKind::Internal})
        QVERIFY(errorKindFromString(toString(kind)) == kind);
    QCOMPARE(std::string(toString(ErrorKind::Transient)), std::string("transient"));
    QVERIFY(!errorKindFromString("other"));
}

QTEST_GUILESS_MAIN(TestBase)
#include "tst_Base.moc"
