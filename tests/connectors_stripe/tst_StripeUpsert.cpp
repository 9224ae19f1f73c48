// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/UpsertStep.h"
#include "tests/connectors_stripe/ScriptedStripe.h"

using namespace tw;
using namespace tw::testing;
using namespace std::chrono_literals;
using Kind = StepAnswer::Kind;

namespace {

struct Customer
{
    std::string id, email, key;
    bool recent = false;
};

} // namespace

/// Finding the object of a record, against a small account: customers with e-mail and metadata, of
/// which search knows only the older ones.
class TestStripeUpsert : public QObject
{
    Q_OBJECT

    std::vector<Customer> m_customers;
    std::vector<std::string> m_written; ///< "POST /v1/customers …"

    HttpResponse listOf(const std::function<bool(const Customer &)> &wanted) const;
    StepAnswer run(const std::string &message, const std::string &more = {});

private Q_SLOTS:
    void init();
    void theRightOneIsWritten_data();
    void theRightOneIsWritten();
    void aFieldThatStripeDoesNotKnowIsTold();
    void severalThatFitAreAFailureWithTheirNames();
    void aRecordWithoutAKeyIsRefused();
    void whatIsMissingMayBeLeft();
};

namespace {

std::string text(const Customer &customer)
{
    return R"({"id":")" + customer.id + R"(","object":"customer","email":")" + customer.email +
           R"(","metadata":{)" + (customer.key.empty() ? "" : R"("sf":")" + customer.key + '"') +
           "}}";
}

} // namespace

HttpResponse TestStripeUpsert::listOf(const std::function<bool(const Customer &)> &wanted) const
{
    std::string items;
    for (const Customer &customer : m_customers) {
        if (wanted(customer))
            items += (items.empty() ? "" : ",") + text(customer);
    }
    return ScriptedStripe::json(200,
                                R"({"object":"list","has_more":false,"data":[)" + items + "]}");
}

StepAnswer TestStripeUpsert::run(const std::string &message, const std::string &more)
{
    ScriptedStripe world;
    world.rule = [this](const ScriptedStripe::Asked &call) -> std::optional<HttpResponse> {
        if (call.method == "POST") {
            m_written.push_back(call.path + ' ' + call.field("metadata[sf]") + ' ' +
                                call.header("Idempotency-Key"));
            const std::string id = call.path == "/v1/customers" ? "cus_new" : call.path.substr(14);
            return ScriptedStripe::json(200, text({id, {}, {}, true}));
        }
        if (call.path == "/v1/customers/search")
            return listOf([&](const Customer &customer) {
                return !customer.recent &&
                       call.field("query") == "metadata['sf']:'" + customer.key + '\'';
            });
        if (call.path == "/v1/customers" && call.field("email") != "(none)")
            return listOf(
                [&](const Customer &customer) { return customer.email == call.field("email"); });
        if (call.path == "/v1/customers")
            return listOf([](const Customer &customer) { return customer.recent; });
        for (const Customer &customer : m_customers) {
            if (call.path == "/v1/customers/" + customer.id)
                return ScriptedStripe::json(200, text(customer));
        }
        return ScriptedStripe::error(404, "invalid_request_error", "resource_missing");
    };
    const auto step =
        world.make(stripe::UpsertStep::descriptor(),
                   "object: customer\nid: kept\nkey: sf_id\nkey_name: sf\nemail: mail\n" + more);
    return world.run(*step, message);
}

void TestStripeUpsert::init()
{
    m_customers = {{"cus_a", "a@x.org", "001A", false}, {"cus_b", "b@x.org", "", false},
                   {"cus_c", "c@x.org", "001C", true},  {"cus_d", "d@x.org", "", false},
                   {"cus_e", "d@x.org", "", false},     {"cus_f", "f@x.org", "001F", false}};
    m_written.clear();
}

void TestStripeUpsert::theRightOneIsWritten_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("by the id that is kept") << QByteArray(R"({"kept":"cus_b","sf_id":"001B"})")
                                            << QByteArray("/v1/customers/cus_b 001B key-u");
    QTest::newRow("an id that leads nowhere: by the key")
        << QByteArray(R"({"kept":"cus_gone","sf_id":"001A"})")
        << QByteArray("/v1/customers/cus_a 001A key-u");
    QTest::newRow("what search knows")
        << QByteArray(R"({"sf_id":"001A"})") << QByteArray("/v1/customers/cus_a 001A key-u");
    QTest::newRow("what search does not know yet")
        << QByteArray(R"({"sf_id":"001C"})") << QByteArray("/v1/customers/cus_c 001C key-u");
    QTest::newRow("by e-mail") << QByteArray(R"({"sf_id":"001B","mail":"b@x.org"})")
                               << QByteArray("/v1/customers/cus_b 001B key-u");
    QTest::newRow("the customer of another record is not taken by its e-mail")
        << QByteArray(R"({"sf_id":"001Z","mail":"f@x.org"})")
        << QByteArray("/v1/customers 001Z key");
    QTest::newRow("nobody: a new one") << QByteArray(R"({"sf_id":"001Z","mail":"z@x.org"})")
                                       << QByteArray("/v1/customers 001Z key");
}

void TestStripeUpsert::theRightOneIsWritten()
{
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, written);
    message.insert(message.size() - 1, R"(,"name":"Ana")");
    const StepAnswer answer = run(message.toStdString());
    QVERIFY2(answer.kind == Kind::Emitted, answer.error.message.c_str());
    QCOMPARE(m_written, std::vector<std::string>{written.toStdString()});
}

void TestStripeUpsert::aFieldThatStripeDoesNotKnowIsTold()
{
    QCOMPARE(run(R"({"sf_id":"001A","colour":"red"})").error.code,
             std::string("stripe.bad_parameter"));
    QVERIFY(m_written.empty());
}

void TestStripeUpsert::severalThatFitAreAFailureWithTheirNames()
{
    const StepAnswer answer = run(R"({"sf_id":"001D","mail":"d@x.org"})");
    QCOMPARE(answer.kind, Kind::Failed);
    QCOMPARE(answer.error.code, std::string("stripe.several_matches"));
    QVERIFY(answer.error.message.find("cus_d, cus_e") != std::string::npos);
    QVERIFY(m_written.empty());
}

void TestStripeUpsert::aRecordWithoutAKeyIsRefused()
{
    QCOMPARE(run(R"({"mail":"a@x.org"})").error.code, std::string("stripe.missing_key"));
}

void TestStripeUpsert::whatIsMissingMayBeLeft()
{
    const StepAnswer answer = run(R"({"sf_id":"001Z"})", "create: false\n");
    QCOMPARE(answer.outputs.at(0).exit, std::string("missing"));
    QVERIFY(m_written.empty());
}

QTEST_GUILESS_MAIN(TestStripeUpsert)
#include "tst_StripeUpsert.moc"
