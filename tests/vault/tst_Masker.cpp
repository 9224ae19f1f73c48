// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/Masker.h"

#include "core/data/Json.h"

#include <QTest>

using namespace tw;

class TestMasker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masksByField_data();
    void masksByField();
    void masksByTheRulesOfTheProject_data();
    void masksByTheRulesOfTheProject();
    void theSourceStaysAsItWas();
};

void TestMasker::masksByField_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("clean");
    const auto row = [](const char *name, const char *json, const char *clean) {
        QTest::newRow(name) << QByteArray(json) << QByteArray(clean);
    };
    row("what is not personal stays",
        R"({"id":"ch_1","amount":1099,"currency":"usd","paid":true,"created":1790000000,"x":null})",
        R"({"id":"ch_1","amount":1099,"currency":"usd","paid":true,"created":1790000000,"x":null})");
    row("a charge of Stripe",
        R"({"object":"charge","receipt_email":"ana@example.com","billing_details":{"name":"Ana Müller","email":"ana@example.com","phone":"+14155552671","address":{"line1":"1 Main St","city":"Bonn","postal_code":"53111","country":"DE"}}})",
        R"({"object":"charge","receipt_email":"a***@example.com","billing_details":{"name":"A***","email":"a***@example.com","phone":"+***71","address":{"line1":"***","city":"***","postal_code":"***","country":"DE"}}})");
    row("a customer of Stripe", R"({"object":"customer","name":"Ana","description":"Ana's"})",
        R"({"object":"customer","name":"A***","description":"Ana's"})");
    row("a product of Stripe", R"({"object":"product","name":"Gold plan"})",
        R"({"object":"product","name":"Gold plan"})");
    row("an invoice of Stripe",
        R"({"customer_email":"a@x.org","customer_name":"Ana","customer_phone":null,"customer_shipping":{"name":"Bo","phone":"0151 2345"}})",
        R"({"customer_email":"a***@x.org","customer_name":"A***","customer_phone":null,"customer_shipping":{"name":"B***","phone":"***45"}})");
    row("a contact of Salesforce",
        R"({"attributes":{"type":"Contact"},"FirstName":"Ana","LastName":"Lee","Name":"Ana Lee","Email":"ana@x.org","MobilePhone":"(415) 555-2671","MailingStreet":"1 Main","MailingCountry":"US","Birthdate":"1990-01-02","Title":"CFO"})",
        R"({"attributes":{"type":"Contact"},"FirstName":"A***","LastName":"L***","Name":"A***","Email":"a***@x.org","MobilePhone":"***71","MailingStreet":"***","MailingCountry":"US","Birthdate":"***","Title":"CFO"})");
    row("an account of Salesforce",
        R"({"attributes":{"type":"Account"},"Name":"Acme Ltd","Phone":"+441632960961","BillingCity":"Leeds"})",
        R"({"attributes":{"type":"Account"},"Name":"Acme Ltd","Phone":"+***61","BillingCity":"***"})");
    row("custom fields",
        R"({"Invoice_Email__c":"x@y.org","Home_Address__c":"1 Main","Amount__c":5})",
        R"({"Invoice_Email__c":"x***@y.org","Home_Address__c":"***","Amount__c":5})");
    row("cards, wherever they are",
        R"({"note":"paid by 4242 4242 4242 4242","n":4242424242424242,"4242424242424242":[{"x":"4000056655665556"}],"card":{"number":"123","cvc":"999","last4":"4242"}})",
        R"({"note":"paid by [card *4242]","n":"[card *4242]","[card *4242]":[{"x":"[card *5556]"}],"card":{"number":"***","cvc":"***","last4":"4242"}})");
    row("personal data in other texts",
        R"({"description":"for ana@example.com","k":"sk_live_12345678"})",
        R"({"description":"for a***@example.com","k":"sk_live_***"})");
    row("numbers in personal fields", R"({"phone":14155552671,"address":{"latitude":50.7}})",
        R"({"phone":"***","address":{"latitude":"***"}})");
    row("names that only look alike",
        R"({"capacity":"9","velocity":"1","billing_city":"Bonn","PublicityName":"x","skip":1})",
        R"({"capacity":"9","velocity":"1","billing_city":"***","PublicityName":"x","skip":1})");
    row("lists", R"({"emails":["a@x.org","b@x.org"],"address":["1 Main"]})",
        R"({"emails":["a***@x.org","b***@x.org"],"address":["***"]})");
    row("a text alone", R"("ana@example.com")", R"("a***@example.com")");
    row("nothing in personal fields", R"({"email":"","phone":null,"email_verified":true})",
        R"({"email":"","phone":null,"email_verified":true})");
    row("what is no address in an address field", R"({"email":"none","phone":"1"})",
        R"({"email":"***","phone":"***"})");
}

void TestMasker::masksByField()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, clean);
    const Document document = parseJson(json.toStdString()).value();
    QCOMPARE(QByteArray::fromStdString(maskedJson(document.root())), clean);
}

void TestMasker::masksByTheRulesOfTheProject_data()
{
    QTest::addColumn<QByteArray>("mask");
    QTest::addColumn<QByteArray>("keep");
    QTest::addColumn<QByteArray>("clean");
    // {"id":"7","ssn":"1","customer":{"id":"8","email":"a@x.org","tags":[{"id":"9"}]}}
    const auto row = [](const char *name, const char *mask, const char *keep, const char *clean) {
        QTest::newRow(name) << QByteArray(mask) << QByteArray(keep) << QByteArray(clean);
    };
    row("a name, wherever it stands", "id", "",
        R"({"id":"***","ssn":"1","customer":{"id":"***","email":"a***@x.org","tags":[{"id":"***"}]}})");
    row("the end of a path", "customer.id", "",
        R"({"id":"7","ssn":"1","customer":{"id":"***","email":"a***@x.org","tags":[{"id":"9"}]}})");
    row("a path through a list", "customer.tags.id", "",
        R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a***@x.org","tags":[{"id":"***"}]}})");
    row("all that is below", "customer", "",
        R"({"id":"7","ssn":"1","customer":{"id":"***","email":"a***@x.org","tags":[{"id":"***"}]}})");
    row("a part of it is kept", "customer", "customer.id",
        R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a***@x.org","tags":[{"id":"***"}]}})");
    row("a longer path keeps what a name masks", "id", "customer.id",
        R"({"id":"***","ssn":"1","customer":{"id":"8","email":"a***@x.org","tags":[{"id":"***"}]}})");
    row("a longer path masks what a name keeps", "customer.id", "id",
        R"({"id":"7","ssn":"1","customer":{"id":"***","email":"a***@x.org","tags":[{"id":"9"}]}})");
    row("what the lists would mask is kept", "", "email",
        R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a@x.org","tags":[{"id":"9"}]}})");
    row("all that is below is kept", "", "customer",
        R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a@x.org","tags":[{"id":"9"}]}})");
    row("of two that are alike, mask wins", "email", "email",
        R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a***@x.org","tags":[{"id":"9"}]}})");
    row("names count case", "SSN", "",
        R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a***@x.org","tags":[{"id":"9"}]}})");
}

void TestMasker::masksByTheRulesOfTheProject()
{
    QFETCH(QByteArray, mask);
    QFETCH(QByteArray, keep);
    QFETCH(QByteArray, clean);
    const auto list = [](const QByteArray &one) {
        return one.isEmpty() ? std::vector<std::string>() : std::vector{one.toStdString()};
    };
    const Document document =
        parseJson(
            R"({"id":"7","ssn":"1","customer":{"id":"8","email":"a@x.org","tags":[{"id":"9"}]}})")
            .value();
    QCOMPARE(QByteArray::fromStdString(maskedJson(document.root(), {list(mask), list(keep)})),
             clean);
    const Document card = parseJson(R"({"email":"4242424242424242"})").value();
    QVERIFY(maskedJson(card.root(), {list(mask), list(keep)}).find("424242424") ==
            std::string::npos);
}

void TestMasker::theSourceStaysAsItWas()
{
    const std::string json = R"({"email":"ana@example.com","list":[{"phone":"+14155552671"}]})";
    const Document document = parseJson(json).value();
    Arena arena;
    const Value masked = Masker().masked(arena, document.root());
    QCOMPARE(toJson(document.root()), json);
    QCOMPARE(toJson(masked),
             std::string(R"({"email":"a***@example.com","list":[{"phone":"+***71"}]})"));
}

QTEST_GUILESS_MAIN(TestMasker)
#include "tst_Masker.moc"
