// SPDX-License-Identifier: GPL-3.0-or-later
#include "TemplateSteps.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/flow/Project.h"
#include "core/runtime/Connectors.h"

#include <QDir>
#include <QTest>

namespace tw::test {

/// What holds for all templates, and the customers of both sides.
class tst_Templates final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTemplateHasNoFindings_data();
    void aTemplateHasNoFindings();

    void anAccountBecomesACustomerAndNothingComesBack();
    void aChangeInStripeReachesTheAccountAndEndsThere();
    void aCustomerOfStripeBecomesAnAccountOnce();
    void aDeletedCustomerLeavesItsAccount();
};

void tst_Templates::aTemplateHasNoFindings_data()
{
    QTest::addColumn<QString>("folder");
    const QDir flows(QStringLiteral(TIDEWIRE_SOURCE_DIR "/flows"));
    for (const QString &name : flows.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QTest::newRow(qPrintable(name)) << flows.filePath(name);
}

void tst_Templates::aTemplateHasNoFindings()
{
    QFETCH(QString, folder);
    auto project = Project::open(toUtf8(folder));
    QVERIFY2(project, project ? "" : project.error().text().c_str());
    std::string findings;
    for (const Diagnostic &one : (*project)->validate(Registry(allConnectors())))
        findings += one.severity == Severity::Info ? std::string() : toText(one) + '\n';
    QCOMPARE(findings, std::string());
    QVERIFY(!(*project)->sampleFiles().empty());
    QVERIFY(QFile::exists(folder + QStringLiteral("/README.md")));
}

namespace {

/// What the record-triggered flow of the org posts about an account.
std::string changed(const std::string &id, const TemplateTrial::Record &account,
                    const std::string &email)
{
    std::string fields = "{\"Id\":\"" + account.id + "\",\"Email\":\"" + email + '"';
    for (const char *name : {"Name", "Phone", "BillingStreet", "BillingCity", "BillingState",
                             "BillingPostalCode", "BillingCountry", "Stripe_Customer_Id__c"}) {
        const auto field = account.fields.find(name);
        if (field == account.fields.end() || field->second == "null")
            continue;
        fields += ",\"" + std::string(name) + "\":";
        appendJsonString(fields, field->second);
    }
    return "{\"id\":\"" + id + "\",\"type\":\"account.changed\",\"account\":" + fields + "}}";
}

constexpr const char *kChanges = "from_salesforce"; ///< A webhook is named: it knows no types.

} // namespace

void tst_Templates::anAccountBecomesACustomerAndNothingComesBack()
{
    TemplateTrial trial("stripe-customer-sync");
    QCOMPARE(trial.start(), std::string());
    const auto made =
        trial.salesforce("POST", "/sobjects/Account", R"({"Name":"Alpha Teas","Phone":"+49301234",
        "BillingStreet":"Am Ufer 3\nHof","BillingCity":"Berlin","BillingPostalCode":"10115","BillingCountry":"DE"})");
    QCOMPARE(made.first, 201);
    const auto account = [&] { return trial.record("Account", "Name", "Alpha Teas"); };
    QVERIFY(trial.handle(changed("sf_1", account(), "ap@alpha.example"), kChanges));
    QCOMPARE(trial.letters.size(), 0u);
    const std::string customer = value(account(), "Stripe_Customer_Id__c");
    const Document held = trial.stripe.call("GET", "/v1/customers/" + customer);
    QCOMPARE(held.root().get("name").text(), "Alpha Teas");
    QCOMPARE(held.root().get("email").text(), "ap@alpha.example");
    QCOMPARE(held.root().find("address.line1").text(), "Am Ufer 3");
    QCOMPARE(held.root().find("address.line2").text(), "Hof");
    QCOMPARE(held.root().find("metadata.salesforce_account_id").text(), account().id);
    QCOMPARE(value(account(), "Stripe_Sync_Status__c"), std::string("Synced"));

    // Stripe tells of the customer that we made; the org tells of the id that we kept.
    const int writes = account().writes;
    const int posts = trial.stripe.posts;
    QVERIFY(trial.handle(trial.stripe.event("customer.created", customer)));
    QVERIFY(trial.handle(changed("sf_2", account(), "ap@alpha.example"), kChanges));
    QCOMPARE(account().writes, writes);
    QCOMPARE(trial.stripe.posts, posts);
    QCOMPARE(trial.records("Account").size(), 1u);
    QCOMPARE(trial.records("Contact").size(), 0u);

    // The next change in the org is one write there and one mark that comes back to nothing.
    QCOMPARE(
        trial.salesforce("PATCH", "/sobjects/Account/" + account().id, R"({"Phone":"+49309999"})")
            .first,
        204);
    QVERIFY(trial.handle(changed("sf_3", account(), "ap@alpha.example"), kChanges));
    QCOMPARE(trial.stripe.posts, posts + 1);
    const int afterwards = account().writes;
    QVERIFY(trial.handle(trial.stripe.event("customer.updated", customer)));
    QCOMPARE(account().writes, afterwards);
    QCOMPARE(trial.stripe.posts, posts + 1);
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_Templates::aChangeInStripeReachesTheAccountAndEndsThere()
{
    TemplateTrial trial("stripe-customer-sync");
    QCOMPARE(trial.start(), std::string());
    QCOMPARE(trial.salesforce("POST", "/sobjects/Account", R"({"Name":"Beta Mills"})").first, 201);
    const std::string id = trial.record("Account", "Name", "Beta Mills").id;
    const auto account = [&] {
        for (auto &record : trial.records("Account")) {
            if (record.id == id)
                return record;
        }
        return TemplateTrial::Record();
    };
    QVERIFY(trial.handle(changed("sf_1", account(), "ap@beta.example"), kChanges));
    const std::string customer = value(account(), "Stripe_Customer_Id__c");

    // Many edits in Stripe, each of which the org reports back.
    const int posts = trial.stripe.posts;
    const int writes = account().writes;
    constexpr int kEdits = 30;
    for (int edit = 0; edit < kEdits; ++edit) {
        const std::size_t told = trial.stripe.events.size();
        // Now and then the name of before, which is an edit like any other.
        trial.stripe.make("/v1/customers/" + customer,
                          {{"name", "Beta Mills " + std::to_string(edit % 3)}});
        QCOMPARE(trial.stripe.events.size(), told + 1);
        QVERIFY(trial.handle(trial.stripe.events.back().json));
        QCOMPARE(value(account(), "Name"), "Beta Mills " + std::to_string(edit % 3));
        QVERIFY(
            trial.handle(changed("sf_edit" + std::to_string(edit), account(), "ap@beta.example"), kChanges));
    }
    QCOMPARE(trial.stripe.posts, posts);
    QCOMPARE(account().writes, writes + kEdits);
    QCOMPARE(trial.records("Account").size(), 1u);
    QCOMPARE(value(trial.record("Contact", "Stripe_Customer_Id__c", customer), "Email"),
             std::string("ap@beta.example"));
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_Templates::aCustomerOfStripeBecomesAnAccountOnce()
{
    TemplateTrial trial("stripe-customer-sync");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.make(
        "/v1/customers", {{"email", "gamma@example.com"}, {"address[city]", "Oslo"}});
    trial.stripe.make("/v1/customers/" + customer, {{"name", "Gamma AS"}});
    // Later news first: what is written is what is true now.
    QVERIFY(trial.handle(trial.stripe.event("customer.updated", customer)));
    QVERIFY(trial.handle(trial.stripe.event("customer.created", customer)));
    QCOMPARE(trial.records("Account").size(), 1u);
    const auto account = trial.record("Account", "Stripe_Customer_Id__c", customer);
    QCOMPARE(value(account, "Name"), std::string("Gamma AS"));
    QCOMPARE(value(account, "BillingCity"), std::string("Oslo"));
    const auto contact = trial.record("Contact", "Stripe_Customer_Id__c", customer);
    QCOMPARE(value(contact, "Email"), std::string("gamma@example.com"));
    QCOMPARE(value(contact, "AccountId"), account.id);
    // The org reports the new account: Stripe knows all of it.
    const int posts = trial.stripe.posts;
    QVERIFY(trial.handle(changed("sf_1", account, "gamma@example.com"), kChanges));
    QCOMPARE(trial.stripe.posts, posts);
    QCOMPARE(trial.letters.size(), 0u);
}

void tst_Templates::aDeletedCustomerLeavesItsAccount()
{
    TemplateTrial trial("stripe-customer-sync");
    QCOMPARE(trial.start(), std::string());
    const std::string customer = trial.stripe.make("/v1/customers", {{"name", "Delta"}});
    QVERIFY(trial.handle(trial.stripe.event("customer.created", customer)));
    trial.stripe.make("/v1/customers/" + customer, {{"name", "Delta Ltd"}});
    trial.stripe.call("DELETE", "/v1/customers/" + customer);
    QVERIFY(trial.handle(trial.stripe.event("customer.deleted", customer)));
    QVERIFY(trial.handle(trial.stripe.event("customer.updated", customer)));
    const auto account = trial.record("Account", "Stripe_Customer_Id__c", customer);
    QCOMPARE(value(account, "Name"), std::string("Delta"));
    QCOMPARE(value(account, "Stripe_Sync_Status__c"), std::string("Not synced"));
    QCOMPARE(trial.letters.size(), 0u);
}

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_Templates)
#include "tst_Templates.moc"
