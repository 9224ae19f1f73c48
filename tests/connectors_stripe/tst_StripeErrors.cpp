// SPDX-License-Identifier: GPL-3.0-or-later
#include "StripeTesting.h"

#include "core/connectors/stripe/double/StripeDouble.h"
#include "core/connectors/stripe/StripeErrors.h"

#include <QTest>

namespace tw::stripe {

using Health = CallReport::Health;

class TestStripeErrors : public QObject
{
    Q_OBJECT

    static HttpAnswer answerOf(int status, const QString &code, const QString &headers)
    {
        HttpAnswer answer;
        answer.status = status;
        answer.body = "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"" + code.toStdString()
            + "\",\"message\":\"So it is.\"}}";
        for (const QString &line : headers.split(u'\n', Qt::SkipEmptyParts))
            answer.headers.set(line.section(u':', 0, 0).toStdString(),
                               line.section(u':', 1).toStdString());
        return answer;
    }

private Q_SLOTS:
    void answersTellWhatToDo_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("headers");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("cause");
        QTest::addColumn<int>("health");
        QTest::addColumn<QString>("endpoint");
        const auto row = [](const char *name, int status, const char *code, const char *headers,
                            const char *kind, ErrorCause cause, Health health,
                            const char *endpoint = "") {
            QTest::newRow(name) << status << QString::fromLatin1(code)
                                << QString::fromLatin1(headers) << QString::fromLatin1(kind)
                                << static_cast<int>(cause) << static_cast<int>(health)
                                << QString::fromLatin1(endpoint);
        };
        const auto other = ErrorCause::Other;
        row("a wrong value", 400, "parameter_unknown", "", "rejected", other, Health::Fine);
        row("a wrong key", 401, "", "", "auth", other, Health::SignedOut);
        row("a declined card", 402, "card_declined", "", "rejected", other, Health::Fine);
        row("a right that the key has not", 403, "", "", "rejected", other, Health::Fine);
        row("a key in use", 409, "idempotency_key_in_use", "", "transient", other, Health::Fine);
        row("Stripe says no to a repeat", 409, "", "Stripe-Should-Retry:false", "rejected", other,
            Health::Fine);
        row("Stripe says yes to a repeat", 400, "", "Stripe-Should-Retry:true", "transient", other,
            Health::Fine);
        row("broken", 500, "", "", "transient", other, Health::Failing);
        row("broken for good", 500, "", "Stripe-Should-Retry:false", "rejected", other,
            Health::Failing);
        row("too many of all", 429, "rate_limit", "Stripe-Rate-Limited-Reason:global-rate",
            "transient", ErrorCause::RateLimit, Health::TooMany);
        row("too many at a time", 429, "rate_limit",
            "Stripe-Rate-Limited-Reason:global-concurrency", "transient", ErrorCause::RateLimit,
            Health::TooMany);
        row("too many of a class", 429, "rate_limit", "Stripe-Rate-Limited-Reason:endpoint-rate",
            "transient", ErrorCause::RateLimit, Health::TooMany, "charges");
        row("too many of one object", 429, "rate_limit",
            "Stripe-Rate-Limited-Reason:resource-specific", "transient", ErrorCause::RateLimit,
            Health::Fine);
        row("a locked object", 429, "lock_timeout", "", "transient", ErrorCause::Lock, Health::Fine);
    }

    void answersTellWhatToDo()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(QString, headers);
        const HttpAnswer answer = answerOf(status, code, headers);
        const Error error = toError(answer, Instant());
        QTEST(QString::fromLatin1(toString(error.kind).data()), "kind");
        QTEST(static_cast<int>(error.cause), "cause");
        const CallReport report = callReport(answer, "charges", Instant());
        QTEST(static_cast<int>(report.health), "health");
        QTEST(QString::fromStdString(report.endpoint), "endpoint");
        QVERIFY(error.message.find("So it is.") != std::string::npos);
    }

    void theDoubleSaysWhichLimitWasMet()
    {
        SystemClock clock;
        HttpClient http;
        auto made = StripeDouble::start({clock, "127.0.0.1", 0, 1, {}});
        QVERIFY(made);
        const std::string url = (*made)->url();
        HttpCall order;
        order.method = "POST";
        order.url = url + "/_double/faults";
        order.body = R"({"next":[{"status":429,"reason":"endpoint-rate","retry_after":3},)"
                     R"({"code":"lock_timeout"},{"status":500}]})";
        QCOMPARE(testing::exchange(http, order).status, 200);
        HttpCall read;
        read.url = url + "/v1/charges";
        read.headers = {{"Authorization", "Bearer sk_test_1"}};
        CallReport report = callReport(testing::exchange(http, read), "charges", clock.now());
        QVERIFY(report.health == Health::TooMany);
        QCOMPARE(report.endpoint, std::string("charges"));
        QVERIFY(report.retryAfter == std::chrono::seconds(3));
        QVERIFY(callReport(testing::exchange(http, read), "charges", clock.now()).health == Health::Fine);
        const auto broken = testing::exchange(http, read);
        QCOMPARE(std::string(broken.headers.value("Stripe-Should-Retry")), std::string("true"));
        QVERIFY(callReport(broken, "charges", clock.now()).health == Health::Failing);
    }

    void aLiveAccountTakesFourTimesAsMuch()
    {
        QCOMPARE(knownLimits(true).rates.front().perSecond, 100.0);
        QCOMPARE(knownLimits(false).rates.front().perSecond, 25.0);
        QCOMPARE(knownLimits(true).perEndpoint, 25.0);
    }
};

} // namespace tw::stripe

QTEST_GUILESS_MAIN(tw::stripe::TestStripeErrors)
#include "tst_StripeErrors.moc"
