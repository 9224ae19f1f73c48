// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/OrgAddress.h"

#include "core/base/Text.h"

#include <QTest>

using namespace tw;
using namespace tw::salesforce;

class TestOrgAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addresses_data();
    void addresses();
};

void TestOrgAddress::addresses_data()
{
    QTest::addColumn<QString>("pasted");
    QTest::addColumn<QString>("address");
    QTest::newRow("My Domain") << "https://acme.my.salesforce.com"
                               << "https://acme.my.salesforce.com";
    QTest::newRow("without a scheme") << "acme.my.salesforce.com"
                                      << "https://acme.my.salesforce.com";
    QTest::newRow("a Lightning page") << "https://acme.lightning.force.com/lightning/page/home"
                                      << "https://acme.my.salesforce.com";
    QTest::newRow("a sandbox's Lightning page")
        << "https://acme--qa.sandbox.lightning.force.com/x?y=1#z"
        << "https://acme--qa.sandbox.my.salesforce.com";
    QTest::newRow("a Developer Edition") << "https://acme-dev-ed.develop.lightning.force.com"
                                         << "https://acme-dev-ed.develop.my.salesforce.com";
    QTest::newRow("Setup") << "https://acme.my.salesforce-setup.com/lightning/setup/x"
                           << "https://acme.my.salesforce.com";
    QTest::newRow("a slash at the end") << "https://acme.my.salesforce.com/"
                                        << "https://acme.my.salesforce.com";
    QTest::newRow("a double on this machine") << "http://127.0.0.1:4711"
                                              << "http://127.0.0.1:4711";
    QTest::newRow("plain http elsewhere") << "http://acme.my.salesforce.com"
                                          << "";
    QTest::newRow("a password in the address") << "https://u:p@acme.my.salesforce.com"
                                               << "";
    QTest::newRow("another scheme") << "file:///etc/passwd"
                                    << "";
    QTest::newRow("nothing") << ""
                             << "";
}

void TestOrgAddress::addresses()
{
    QFETCH(QString, pasted);
    QFETCH(QString, address);
    const auto made = orgAddress(toUtf8(pasted));
    QCOMPARE(made ? toQString(*made) : QString(), address);
    if (!made)
        QCOMPARE(made.error().code, std::string("salesforce.bad_address"));
}

QTEST_GUILESS_MAIN(TestOrgAddress)
#include "tst_OrgAddress.moc"
