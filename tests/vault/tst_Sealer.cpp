// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/Sealer.h"

#include <QTest>
#include <set>

using namespace tw;

namespace {

ProjectKey keyOf(char c)
{
    return ProjectKey::fromBytes(Secret(std::string(ProjectKey::kBytes, c)));
}

std::string fromHex(const char *hex)
{
    return QByteArray::fromHex(hex).toStdString();
}

std::string codeOf(const Result<std::string> &result)
{
    return result ? std::string() : result.error().code;
}

} // namespace

class TestSealer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensWhatItSealed_data();
    void opensWhatItSealed();
    void hidesTheTextAndNeverRepeatsItself();
    void whatIsNotSealedComesBackAsItIs_data();
    void whatIsNotSealedComesBackAsItIs();
    void everyFlippedBitIsRefused();
    void everyCutIsRefused();
    void aValueBelongsToItsPlace();
    void purposesDoNotOpenEachOther();
    void anUnknownKeyIsNamed();
    void olderKeysOpenAndTheFirstSeals();
    void valuesOfManyEpochsOpen();
    void aValueOfTheFirstReleaseOpensForever();
    void keysDeriveAsRfc5869Says();
    void keysAreReadFromText_data();
    void keysAreReadFromText();
};

void TestSealer::opensWhatItSealed_data()
{
    QTest::addColumn<QByteArray>("plain");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a letter") << QByteArray("x");
    QTest::newRow("JSON") << QByteArray("{\"id\":\"evt_1\"}");
    QTest::newRow("all bytes") << QByteArray::fromHex("00010203feff0a0d");
    QTest::newRow("what looks sealed") << QByteArray("\x01TW\x01", 4);
    QTest::newRow("a megabyte") << QByteArray(1 << 20, 'm');
}

void TestSealer::opensWhatItSealed()
{
    QFETCH(QByteArray, plain);
    Sealer sealer({keyOf('a')}, "journal");
    const std::string sealed = sealer.seal(plain.toStdString(), "event 1");
    QVERIFY(Sealer::isSealed(sealed));
    QVERIFY(sealer.isCurrent(sealed));
    QCOMPARE(sealed.size(), static_cast<std::size_t>(plain.size()) + Sealer::kOverhead);
    QCOMPARE(sealer.open(sealed, "event 1").value(), plain.toStdString());
    Sealer afterRestart({keyOf('a')}, "journal");
    QCOMPARE(afterRestart.open(sealed, "event 1").value(), plain.toStdString());
}

void TestSealer::hidesTheTextAndNeverRepeatsItself()
{
    Sealer sealer({keyOf('a')}, "journal");
    const std::string text = "ana@example.com owes 1099";
    std::set<std::string> nonces;
    for (int i = 0; i < 1000; ++i) {
        const std::string sealed = sealer.seal(text, "row");
        QVERIFY(sealed.find("example") == std::string::npos);
        nonces.insert(sealed.substr(16, 12));
    }
    QCOMPARE(nonces.size(), std::size_t(1000));
}

void TestSealer::whatIsNotSealedComesBackAsItIs_data()
{
    QTest::addColumn<QByteArray>("bytes");
    for (const char *text : {"", "{\"a\":1}", "plain", "\x01T"})
        QTest::newRow(text) << QByteArray(text);
}

void TestSealer::whatIsNotSealedComesBackAsItIs()
{
    QFETCH(QByteArray, bytes);
    Sealer sealer({keyOf('a')}, "journal");
    QVERIFY(!sealer.isCurrent(bytes.toStdString()));
    QCOMPARE(sealer.open(bytes.toStdString(), "row").value(), bytes.toStdString());
}

void TestSealer::everyFlippedBitIsRefused()
{
    Sealer sealer({keyOf('a')}, "journal");
    const std::string sealed = sealer.seal("{\"amount\":1099}", "row");
    for (std::size_t bit = 3 * 8; bit < sealed.size() * 8; ++bit) { // before it, it is not sealed
        std::string bad = sealed;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
        const auto opened = sealer.open(bad, "row");
        QVERIFY2(!opened, std::to_string(bit).c_str());
    }
}

void TestSealer::everyCutIsRefused()
{
    Sealer sealer({keyOf('a')}, "journal");
    const std::string sealed = sealer.seal("{\"amount\":1099}", "row");
    for (std::size_t length = 3; length < sealed.size(); ++length)
        QCOMPARE(codeOf(sealer.open(sealed.substr(0, length), "row")),
                 std::string("vault.altered"));
    QCOMPARE(codeOf(sealer.open(sealed + 'x', "row")), std::string("vault.altered"));
}

void TestSealer::aValueBelongsToItsPlace()
{
    Sealer sealer({keyOf('a')}, "journal");
    const std::string sealed = sealer.seal("10.99", "payments/1/amount");
    QCOMPARE(codeOf(sealer.open(sealed, "payments/2/amount")), std::string("vault.altered"));
    QVERIFY(sealer.open(sealed, "payments/1/amount").has_value());
}

void TestSealer::purposesDoNotOpenEachOther()
{
    Sealer journal({keyOf('a')}, "journal");
    Sealer secrets({keyOf('a')}, "secrets");
    QCOMPARE(codeOf(journal.open(secrets.seal("sk_live_1", "x"), "x")),
             std::string("vault.altered"));
}

void TestSealer::anUnknownKeyIsNamed()
{
    Sealer ours({keyOf('a')}, "journal");
    Sealer theirs({keyOf('b')}, "journal");
    const auto opened = ours.open(theirs.seal("x", "row"), "row");
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, std::string("vault.wrong_key"));
    QVERIFY(opened.error().kind == ErrorKind::Config);
    QVERIFY(opened.error().message.find(keyOf('b').id()) != std::string::npos);
    QVERIFY(opened.error().message.find(keyOf('a').id()) != std::string::npos);
}

void TestSealer::olderKeysOpenAndTheFirstSeals()
{
    const std::string old = Sealer({keyOf('a')}, "journal").seal("before", "row");
    Sealer rotated({keyOf('b'), keyOf('a')}, "journal");
    QCOMPARE(rotated.open(old, "row").value(), std::string("before"));
    QVERIFY(!rotated.isCurrent(old));
    const std::string fresh = rotated.seal("after", "row");
    QVERIFY(rotated.isCurrent(fresh));
    QCOMPARE(codeOf(Sealer({keyOf('a')}, "journal").open(fresh, "row")),
             std::string("vault.wrong_key"));
}

void TestSealer::valuesOfManyEpochsOpen()
{
    std::vector<std::string> sealed;
    for (int i = 0; i < 200; ++i) // more than are held open at once
        sealed.push_back(Sealer({keyOf('a')}, "journal").seal(std::to_string(i), "row"));
    Sealer reader({keyOf('a')}, "journal");
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 200; ++i)
            QCOMPARE(reader.open(sealed[static_cast<std::size_t>(i)], "row").value(),
                     std::to_string(i));
    }
}

void TestSealer::aValueOfTheFirstReleaseOpensForever()
{
    // Made by Python's cryptography module, not by us: key 32 times 'a', epoch 01 … 08.
    Sealer sealer({keyOf('a')}, "journal");
    const std::string sealed =
        fromHex("01545701d1ac0bd50102030405060708a0a1a2a3a4a5a6a7a8a9aaab571e3eafa02093e6924f9e66"
                "0ae2c63433463aa5ae248dc468d73ee5bdd87e");
    QCOMPARE(sealer.open(sealed, "golden").value(), std::string("{\"amount\":1099}"));
}

void TestSealer::keysDeriveAsRfc5869Says()
{
    // Computed with Python's hmac module: HKDF-SHA256, salt "tidewire/1", info "journal", L = 32.
    const ProjectKey key = keyOf('a');
    QVERIFY(key.derive("journal").matches(
        fromHex("916316def5a8ba36350a566d4eb794a87ebb68b716c99861f42df73e6282512a")));
    QVERIFY(!key.derive("journal").matches(key.derive("secrets").reveal()));
    QVERIFY(!key.derive("journal", "one").matches(key.derive("journal", "two").reveal()));
}

void TestSealer::keysAreReadFromText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("keys");
    const QByteArray one(64, 'a');
    const QByteArray two(64, 'B');
    QTest::newRow("one") << one << 1;
    QTest::newRow("one with a line end") << one + "\n" << 1;
    QTest::newRow("several") << one + ", " + two << 2;
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("too short") << one.left(63) << 0;
    QTest::newRow("no hex digit") << one.left(63) + "g" << 0;
    QTest::newRow("the second is bad") << one + "," + two.left(10) << 0;
}

void TestSealer::keysAreReadFromText()
{
    QFETCH(QByteArray, text);
    QFETCH(int, keys);
    const auto ring = keyRingFromText(text.toStdString());
    QCOMPARE(ring ? int(ring->size()) : 0, keys);
    if (!ring) {
        QCOMPARE(ring.error().code, std::string("vault.bad_key"));
        QVERIFY(ring.error().message.find("aaaaaaaa") == std::string::npos);
    } else {
        QVERIFY(ring->front().text().matches(std::string(64, 'a')));
    }
}

QTEST_GUILESS_MAIN(TestSealer)
#include "tst_Sealer.moc"
