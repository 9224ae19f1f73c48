// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/WebhookSignature.h"

#include "tests/connectors_stripe/StripeTesting.h"

using namespace tw;
using namespace tw::stripe;

class TestWebhookSignature : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vectors_data();
    void vectors();
    void whatWeSignIsAccepted();
    void refusalsSayWhatIsWrong_data();
    void refusalsSayWhatIsWrong();
    void eitherOfTwoSecretsMaySign();
    void anEmptySecretBesideARealOneSignsNothing();
    void toleranceLimitsOnlyAge();
    void secretsAreTakenApart_data();
    void secretsAreTakenApart();
};

void TestWebhookSignature::vectors_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<qint64>("now");
    QTest::addColumn<qint64>("tolerance");
    QTest::addColumn<bool>("valid");
    const Document file = testing::jsonFile(testing::sharedFile("stripe/webhook-vectors.json"));
    const auto bytes = [](const Value &text) {
        return QByteArray(text.text().data(), static_cast<qsizetype>(text.size()));
    };
    for (const auto &entry : file.root().get("cases").items()) {
        QTest::newRow(bytes(entry.get("name")).constData())
            << bytes(entry.get("payload")) << bytes(entry.get("secret"))
            << bytes(entry.get("header")) << qint64(*entry.get("now").toInt())
            << qint64(*entry.get("tolerance").toInt()) << entry.get("valid").asBool();
    }
    if (!file.root().isObject())
        QTest::newRow("absent") << QByteArray() << QByteArray() << QByteArray() << qint64(0)
                                << qint64(0) << false;
}

void TestWebhookSignature::vectors()
{
    if (QByteArray(QTest::currentDataTag()) == "absent")
        QSKIP("the webhook vectors are not here");
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, secret);
    QFETCH(QByteArray, header);
    QFETCH(qint64, now);
    QFETCH(qint64, tolerance);
    QFETCH(bool, valid);
    const SignatureCheck check{splitSecrets(Secret(secret.toStdString())),
                               Instant::fromSeconds(now), std::chrono::seconds(tolerance)};
    const auto read = readDelivery(header.toStdString(), payload.toStdString(), check);
    QVERIFY2(read.has_value() == valid, read ? "accepted" : read.error().text().c_str());
}

void TestWebhookSignature::whatWeSignIsAccepted()
{
    const Secret secret("whsec_test");
    const auto now = Instant::fromSeconds(1'790'000'000);
    const std::string body = R"({"id":"evt_1","name":"東京"})";
    QVERIFY(readDelivery(signDelivery(body, secret, now), body, {{secret}, now}));
}

void TestWebhookSignature::refusalsSayWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("no header") << QByteArray() << QByteArray("stripe.no_signature");
    QTest::newRow("no timestamp") << QByteArray("v1=00") << QByteArray("stripe.bad_header");
    QTest::newRow("a timestamp that is no number")
        << QByteArray("t=now,v1=00") << QByteArray("stripe.bad_header");
    QTest::newRow("no v1") << QByteArray("t=1790000000,v0=00") << QByteArray("stripe.no_signature");
    QTest::newRow("an empty v1") << QByteArray("t=1790000000,v1=")
                                 << QByteArray("stripe.bad_header");
    QTest::newRow("a wrong v1") << QByteArray("t=1790000000,v1=00")
                                << QByteArray("stripe.bad_signature");
    QTest::newRow("blanks between the elements")
        << QByteArray("t=1790000000, v1=00") << QByteArray("stripe.no_signature");
}

void TestWebhookSignature::refusalsSayWhatIsWrong()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, code);
    const auto judged = verifySignature(header.toStdString(), "{}",
                                        {{Secret("whsec_x")}, Instant::fromSeconds(1'790'000'000)});
    QVERIFY(!judged);
    QCOMPARE(judged.error().code, code.toStdString());
    QVERIFY(judged.error().kind == ErrorKind::Rejected);
}

void TestWebhookSignature::eitherOfTwoSecretsMaySign()
{
    const auto now = Instant::fromSeconds(1'790'000'000);
    const SignatureCheck check{splitSecrets(Secret("whsec_old,\n whsec_new")), now};
    QCOMPARE(check.secrets.size(), std::size_t(2));
    for (const char *secret : {"whsec_old", "whsec_new"})
        QVERIFY(verifySignature(signDelivery("{}", Secret(secret), now), "{}", check));
    QVERIFY(!verifySignature(signDelivery("{}", Secret("whsec_other"), now), "{}", check));
    QCOMPARE(verifySignature(signDelivery("{}", Secret("x"), now), "{}", {{}, now}).error().code,
             std::string("stripe.no_webhook_secret"));
}

void TestWebhookSignature::anEmptySecretBesideARealOneSignsNothing()
{
    const auto now = Instant::fromSeconds(1'790'000'000);
    const SignatureCheck check{{Secret(), Secret("whsec_real")}, now};
    QVERIFY(!verifySignature(signDelivery("{}", Secret(), now), "{}", check));
    QVERIFY(verifySignature(signDelivery("{}", Secret("whsec_real"), now), "{}", check));
}

void TestWebhookSignature::toleranceLimitsOnlyAge()
{
    const Secret secret("whsec_x");
    const auto now = Instant::fromSeconds(1'790'000'000);
    const auto judged = [&](int age, int tolerance) {
        const auto header = signDelivery("{}", secret, now + std::chrono::seconds(-age));
        return verifySignature(header, "{}", {{secret}, now, std::chrono::seconds(tolerance)});
    };
    QVERIFY(judged(300, 300));
    QCOMPARE(judged(301, 300).error().code, std::string("stripe.stale_timestamp"));
    QVERIFY(judged(1'000'000, 0));
    QVERIFY(judged(-10'000, 300));
}

void TestWebhookSignature::secretsAreTakenApart_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("count");
    QTest::newRow("one") << QByteArray("whsec_a") << 1;
    QTest::newRow("two with a comma") << QByteArray("whsec_a, whsec_b") << 2;
    QTest::newRow("two on lines") << QByteArray("whsec_a\nwhsec_b\n") << 2;
    QTest::newRow("any other text is one secret") << QByteArray("correct horse battery") << 1;
    QTest::newRow("none") << QByteArray() << 0;
}

void TestWebhookSignature::secretsAreTakenApart()
{
    QFETCH(QByteArray, text);
    QFETCH(int, count);
    QCOMPARE(int(splitSecrets(Secret(text.toStdString())).size()), count);
}

QTEST_GUILESS_MAIN(TestWebhookSignature)
#include "tst_WebhookSignature.moc"
