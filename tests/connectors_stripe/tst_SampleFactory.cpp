// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/samples/SampleFactory.h"

#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Money.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <set>

using namespace tw;
using namespace tw::stripe;

namespace {

/// The words of OpenAPI for a JSON value.
std::string typeWord(const Value &value)
{
    if (value.isBool())
        return "boolean";
    if (value.isNumber())
        return value.toInt() ? "integer" : "number";
    if (value.isString())
        return "string";
    return value.isArray() ? "array" : value.isObject() ? "object" : "null";
}

} // namespace

/// Samples against the public schema and the fixtures, both read in place and never copied.
class TestSampleFactory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void samplesFollowTheSchema_data();
    void samplesFollowTheSchema();
    void theSameSeedGivesTheSameEvents();
    void amountsSuitTheirCurrency();
    void objectsOfOneEventAgree();
    void whatAnEventRefersToCanBeAskedFor();
    void poisonedEventsHaveUnlistedCurrencies();
    void unknownTypesAreRefusedWithASuggestion();
    void typesAreKnownToStripe();

private:
    void check(const Value &schema, const Value &value, const std::string &path);
    void checkObject(const Value &schema, const Value &value, const std::string &path);
    Value resolved(const Value &schema) const;

    Document m_api, m_fixtures;
    std::vector<std::string> m_findings;
};

void TestSampleFactory::initTestCase()
{
    m_api = testing::jsonFile(testing::sharedFile("stripe/openapi-2026-10-28.endive.trimmed.json"));
    m_fixtures = testing::jsonFile(testing::sharedFile("stripe/fixtures3.json"));
}

Value TestSampleFactory::resolved(const Value &schema) const
{
    const Value reference = schema.get("$ref");
    if (!reference.isString())
        return schema;
    const auto name = reference.text().substr(reference.text().rfind('/') + 1);
    return m_api.root().find("components.schemas").get(name);
}

void TestSampleFactory::check(const Value &given, const Value &value, const std::string &path)
{
    const Value schema = resolved(given);
    if (value.isNull()) {
        if (!schema.get("nullable").isBool() || !schema.get("nullable").asBool())
            m_findings.push_back(path + " may not be null");
        return;
    }
    if (const Value choices = schema.get("anyOf"); choices.isArray()) {
        // Of an expandable field we send the id, of others the first form that is an object.
        for (const auto &choice : choices.items()) {
            const Value form = resolved(choice);
            if (form.get("type").text() == typeWord(value)) {
                check(form, value, path);
                return;
            }
        }
        m_findings.push_back(path + " has none of the allowed forms");
        return;
    }
    const std::string expected(schema.get("type").text());
    const std::string is = typeWord(value);
    if (!expected.empty() && expected != is && !(expected == "number" && is == "integer"))
        m_findings.push_back(path + " is " + is + ", not " + expected);
    if (const Value allowed = schema.get("enum"); allowed.isArray() && value.isString()) {
        const auto items = allowed.items();
        const bool known = std::any_of(items.begin(), items.end(), [&](const Value &item) {
            return item.text() == value.text();
        });
        const Value isOpen = schema.get("x-stripeBypassValidation");
        if (!known && !isOpen.isBool())
            m_findings.push_back(path + " is \"" + std::string(value.text()) + '"');
    }
    if (value.isObject() && schema.get("properties").isObject())
        checkObject(schema, value, path);
    for (const auto &item : value.items())
        check(schema.get("items"), item, path + "[]");
}

void TestSampleFactory::checkObject(const Value &schema, const Value &value,
                                    const std::string &path)
{
    for (const auto &required : schema.get("required").items()) {
        if (value.get(required.text()).isUndefined())
            m_findings.push_back(path + '.' + std::string(required.text()) + " is missing");
    }
    const Value fixture = m_fixtures.root().get("resources").get(schema.get("x-resourceId").text());
    for (const auto &member : value.members()) {
        const auto name = member.key.text();
        const Value property = schema.get("properties").get(name);
        if (property.isObject())
            check(property, member.value, path + '.' + std::string(name));
        else if (fixture.get(name).isUndefined())
            m_findings.push_back(path + '.' + std::string(name) + " is no field of Stripe's");
        const Value example = fixture.get(name);
        const bool comparable = !example.isUndefined() && !example.isNull() &&
                                !member.value.isNull() && !property.get("anyOf").isArray();
        if (comparable && typeWord(example) != typeWord(member.value))
            m_findings.push_back(path + '.' + std::string(name) +
                                 " differs in type from the fixture");
    }
}

void TestSampleFactory::samplesFollowTheSchema_data()
{
    QTest::addColumn<QString>("type");
    for (const auto &type : SampleFactory::eventTypes())
        QTest::newRow(type.c_str()) << toQString(type);
}

void TestSampleFactory::samplesFollowTheSchema()
{
    if (!m_api.root().isObject() || !m_fixtures.root().isObject())
        QSKIP("the Stripe schema and fixtures are not here");
    QFETCH(QString, type);
    SampleFactory factory(11, Instant::fromSeconds(1'790'000'000));
    m_findings.clear();
    for (int i = 0; i < 8; ++i) {
        const auto event = factory.event(toUtf8(type));
        QVERIFY(event);
        const Value object = event->root().find("data.object");
        const Value schema =
            m_api.root().find("components.schemas").get(object.get("object").text());
        QVERIFY2(schema.isObject(), std::string(object.get("object").text()).c_str());
        check(schema, object, std::string(object.get("object").text()));
        check(m_api.root().find("components.schemas").get("event"), event->root(), "event");
    }
    std::string all;
    for (const auto &finding : std::set<std::string>(m_findings.begin(), m_findings.end()))
        all += finding + '\n';
    QVERIFY2(m_findings.empty(), all.c_str());
}

void TestSampleFactory::theSameSeedGivesTheSameEvents()
{
    const auto at = Instant::fromSeconds(1'790'000'000);
    SampleFactory one(5, at), same(5, at), other(6, at);
    std::set<std::string> ids;
    for (const auto *type : {"charge.succeeded", "invoice.paid", "customer.updated"}) {
        const auto left = one.event(type), right = same.event(type), different = other.event(type);
        QCOMPARE(toJson(left->root()), toJson(right->root()));
        QVERIFY(toJson(left->root()) != toJson(different->root()));
        QVERIFY(ids.insert(std::string(left->root().get("id").text())).second);
    }
}

void TestSampleFactory::amountsSuitTheirCurrency()
{
    for (const auto *currency : {"usd", "jpy", "kwd", "isk", "ugx"}) {
        SampleFactory factory(3, Instant::fromSeconds(1'790'000'000), {currency});
        const auto rule = currencyRule(currency);
        for (int i = 0; i < 50; ++i) {
            const auto event = factory.event("charge.succeeded");
            const auto amount = *event->root().find("data.object.amount").toInt();
            QCOMPARE(std::string(event->root().find("data.object.currency").text()),
                     std::string(currency));
            QVERIFY(amount > 0);
            QCOMPARE(amount % rule->multipleOf, 0);
        }
    }
}

void TestSampleFactory::objectsOfOneEventAgree()
{
    SampleFactory factory(3, Instant::fromSeconds(1'790'000'000));
    const auto event = factory.event("charge.refunded");
    const Value charge = event->root().find("data.object");
    QVERIFY(charge.get("refunded").asBool());
    QVERIFY(equals(charge.get("amount"), charge.get("amount_refunded")));
    QCOMPARE(event->root().find("data.previous_attributes.amount_refunded").toInt().value_or(-1),
             0);
    const auto account = charge.find("metadata.salesforce_account_id").text();
    const auto &cast = sandbox::cast();
    const auto buyer = std::find_if(cast.begin(), cast.end(), [&](const auto &member) {
        return member.customerId == charge.get("customer").text();
    });
    QVERIFY(buyer != cast.end());
    QCOMPARE(std::string(account), buyer->accountId);
}

void TestSampleFactory::whatAnEventRefersToCanBeAskedFor()
{
    SampleFactory factory(3, Instant::fromSeconds(1'790'000'000));
    const auto refund = factory.object("refund.created");
    QCOMPARE(factory.around().size(), 1u);
    QCOMPARE(factory.around().front().root().get("id").text(), refund->root().get("charge").text());
    const auto invoice = factory.object("invoice.paid");
    QCOMPARE(factory.around().front().root().get("id").text(),
             invoice->root().find("parent.subscription_details.subscription").text());
    const auto payout = factory.object("payout.reconciliation_completed");
    const auto transactions = factory.around();
    QCOMPARE(transactions.size(), 2u);
    const Value sold = transactions[0].root();
    QVERIFY(sold.get("net").toInt() == payout->root().get("amount").toInt());
    QVERIFY(*sold.get("amount").toInt() - *sold.get("fee").toInt() == sold.get("net").toInt());
    QCOMPARE(transactions[1].root().get("id").text(), payout->root().get("balance_transaction").text());
    QVERIFY(*transactions[1].root().get("net").toInt() == -*payout->root().get("amount").toInt());
    QVERIFY(factory.object("customer.created"));
    QVERIFY(factory.around().empty());
}

void TestSampleFactory::poisonedEventsHaveUnlistedCurrencies()
{
    SampleFactory factory(3, Instant::fromSeconds(1'790'000'000), {"usd"});
    const std::set<std::string> listed = {"usd", "eur", "gbp", "chf", "jpy", "kwd"};
    for (int i = 0; i < 20; ++i) {
        const auto event = factory.poisoned("charge.succeeded");
        QVERIFY(!listed.contains(std::string(event->root().find("data.object.currency").text())));
    }
}

void TestSampleFactory::unknownTypesAreRefusedWithASuggestion()
{
    SampleFactory factory(3, Instant::fromSeconds(1'790'000'000));
    const auto event = factory.event("charge.suceeded");
    QVERIFY(!event);
    QCOMPARE(event.error().code, std::string("stripe.no_sample"));
    QVERIFY(event.error().message.find("charge.succeeded") != std::string::npos);
}

void TestSampleFactory::typesAreKnownToStripe()
{
    for (const auto &type : SampleFactory::eventTypes())
        QVERIFY2(eventType(type), type.c_str());
}

QTEST_GUILESS_MAIN(TestSampleFactory)
#include "tst_SampleFactory.moc"
