// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Encoding.h"

#include "core/base/Random.h"
#include "core/net/AddressPolicy.h"
#include "core/net/RetryAfter.h"

#include <QTest>

using namespace tw;
using namespace std::chrono_literals;

namespace {

std::string randomBytes(Random &random)
{
    std::string text;
    for (std::uint64_t left = random.below(24); left > 0; --left)
        text += static_cast<char>(random.below(256));
    return text;
}

} // namespace

class tst_Encoding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodesAPathSegment_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("encoded");
        QTest::newRow("plain text stays") << QByteArray("aZ09-._~") << QByteArray("aZ09-._~");
        QTest::newRow("a slash cannot end the segment") << QByteArray("a/b") << QByteArray("a%2Fb");
        QTest::newRow("a dot cannot stay in place") << QByteArray(".") << QByteArray("%2E");
        QTest::newRow("two dots cannot climb") << QByteArray("..") << QByteArray("%2E%2E");
        QTest::newRow("three dots are a name") << QByteArray("...") << QByteArray("...");
        QTest::newRow("climbing inside a value")
            << QByteArray("a/../../b") << QByteArray("a%2F..%2F..%2Fb");
        QTest::newRow("query and fragment marks")
            << QByteArray("?#&=+") << QByteArray("%3F%23%26%3D%2B");
        QTest::newRow("a percent sign") << QByteArray("%2F") << QByteArray("%252F");
        QTest::newRow("line breaks and NUL") << QByteArray("\r\n\0", 3) << QByteArray("%0D%0A%00");
        QTest::newRow("UTF-8") << QByteArray("\xc3\xa4 ") << QByteArray("%C3%A4%20");
        QTest::newRow("a backslash") << QByteArray("..\\x") << QByteArray("..%5Cx");
    }
    void encodesAPathSegment()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, encoded);
        QCOMPARE(encodePathSegment(value.toStdString()), encoded.toStdString());
        QCOMPARE(percentDecode(encoded.toStdString()), value.toStdString());
    }

    void whatIsEncodedComesBackForAnyBytes()
    {
        Random random(20260101);
        for (int i = 0; i < 100'000; ++i) {
            const std::string value = randomBytes(random);
            const std::string segment = encodePathSegment(value);
            QVERIFY(segment != "." && segment != "..");
            QVERIFY(segment.find_first_of("/?#\\ \r\n") == std::string::npos);
            QCOMPARE(percentDecode(segment), value);
            const FormFields fields{{randomBytes(random), value}, {value, randomBytes(random)}};
            QCOMPARE(formDecode(formEncode(fields)), fields);
        }
    }

    void encodesForms()
    {
        QCOMPARE(formEncode({{"metadata[a]", "x y&z=1+2"}, {"b", ""}}),
                 "metadata%5Ba%5D=x+y%26z%3D1%2B2&b=");
        QCOMPARE(formDecode("a=1&&b&c=%20+"), (FormFields{{"a", "1"}, {"b", ""}, {"c", "  "}}));
    }

    void refusesBrokenPercentEncoding()
    {
        for (const char *text : {"%", "%4", "%zz", "a%2", "%-1"}) {
            QVERIFY(!percentDecode(text));
            QVERIFY(!formDecode(text));
        }
    }

    void readsRetryAfter_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("milliseconds"); // -1: none.
        QTest::newRow("seconds") << QByteArray("120") << qint64(120'000);
        QTest::newRow("no wait") << QByteArray("0") << qint64(0);
        QTest::newRow("with spaces") << QByteArray(" 5 ") << qint64(5'000);
        QTest::newRow("a date in a minute")
            << QByteArray("Wed, 21 Oct 2015 07:29:00 GMT") << qint64(60'000);
        QTest::newRow("a date that has passed")
            << QByteArray("Wed, 21 Oct 2015 07:27:00 GMT") << qint64(0);
        QTest::newRow("the old form of a date")
            << QByteArray("Wednesday, 21-Oct-15 07:29:00 GMT") << qint64(60'000);
        QTest::newRow("the C form of a date")
            << QByteArray("Wed Oct 21 07:29:00 2015") << qint64(60'000);
        QTest::newRow("more than a week is a week")
            << QByteArray("99999999999999999999") << qint64(604'800'000);
        QTest::newRow("nothing") << QByteArray("") << qint64(-1);
        QTest::newRow("a negative number") << QByteArray("-5") << qint64(-1);
        QTest::newRow("a fraction") << QByteArray("1.5") << qint64(-1);
        QTest::newRow("words") << QByteArray("soon") << qint64(-1);
    }
    void readsRetryAfter()
    {
        QFETCH(QByteArray, value);
        QFETCH(qint64, milliseconds);
        const Instant now = Instant::fromSeconds(1'445'412'480); // 2015-10-21 07:28:00 UTC
        const auto wait = parseRetryAfter(value.toStdString(), now);
        QCOMPARE(wait ? wait->count() : -1, milliseconds);
    }

    void knowsPublicAddresses_data()
    {
        QTest::addColumn<bool>("isPublic");
        for (const char *ip :
             {"8.8.8.8", "54.187.174.169", "172.32.0.1", "100.128.0.1", "192.0.1.1",
              "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"})
            QTest::newRow(ip) << true;
        for (const char *ip : {"127.0.0.1",
                               "10.1.2.3",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.168.0.1",
                               "169.254.169.254",
                               "0.0.0.0",
                               "100.64.0.1",
                               "224.0.0.1",
                               "255.255.255.255",
                               "198.18.0.1",
                               "192.0.2.1",
                               "::1",
                               "::",
                               "fe80::1",
                               "fc00::1",
                               "fd12::1",
                               "ff02::1",
                               "::ffff:127.0.0.1",
                               "::ffff:169.254.169.254",
                               "64:ff9b::7f00:1",
                               "2002:7f00:1::",
                               "2001:db8::1",
                               "2001::1",
                               "",
                               "localhost"})
            QTest::newRow(*ip ? ip : "empty") << false;
    }
    void knowsPublicAddresses()
    {
        QFETCH(bool, isPublic);
        const QByteArray tag = QTest::currentDataTag();
        QCOMPARE(isPublicAddress(tag == "empty" ? "" : tag.toStdString()), isPublic);
    }
};

QTEST_GUILESS_MAIN(tst_Encoding)
#include "tst_Encoding.moc"
