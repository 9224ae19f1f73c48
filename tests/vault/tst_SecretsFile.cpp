// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/SecretsFile.h"

#include "core/base/Text.h"
#include "core/vault/Sealer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;

class TestSecretsFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsSecretsByName();
    void namesAreReadableAndValuesAreNot();
    void aSecretMovedToAnotherNameDoesNotOpen();
    void aValueInTheClearIsRefused();
    void aBrokenFileIsRefused_data();
    void aBrokenFileIsRefused();

private:
    std::string path() const { return toUtf8(m_folder.filePath(QStringLiteral("secrets.sealed"))); }
    QByteArray bytes() const
    {
        QFile file(toQString(path()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QByteArray &text)
    {
        QFile file(toQString(path()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    Sealer m_sealer{{ProjectKey::random()}, SecretsFile::kPurpose};
    QTemporaryDir m_folder;
};

void TestSecretsFile::keepsSecretsByName()
{
    QFile::remove(toQString(path()));
    auto file = SecretsFile::load(path());
    QVERIFY(file.has_value());
    QVERIFY(file->names().empty());
    file->set("stripe/api_key", Secret("sk_test_1"), m_sealer);
    file->set("crm/client_secret", Secret("x\ny"), m_sealer);
    QVERIFY(file->save().has_value());

    auto again = SecretsFile::load(path());
    QCOMPARE(again->names(), (std::vector<std::string>{"crm/client_secret", "stripe/api_key"}));
    QVERIFY((*again->open("stripe/api_key", m_sealer))->matches("sk_test_1"));
    QVERIFY((*again->open("crm/client_secret", m_sealer))->matches("x\ny"));
    QVERIFY(!*again->open("crm/other", m_sealer));
    QVERIFY(again->remove("stripe/api_key"));
    QVERIFY(!again->remove("stripe/api_key"));
    QVERIFY(again->save().has_value());
    QVERIFY(!SecretsFile::load(path())->has("stripe/api_key"));
}

void TestSecretsFile::namesAreReadableAndValuesAreNot()
{
    auto file = SecretsFile::load(path());
    file->set("stripe/api_key", Secret("sk_test_canary"), m_sealer);
    QVERIFY(file->save().has_value());
    QVERIFY(bytes().contains("stripe/api_key"));
    QVERIFY(!bytes().contains("canary"));
    QVERIFY(!bytes().contains(QByteArray("sk_test_canary").toBase64()));
}

void TestSecretsFile::aSecretMovedToAnotherNameDoesNotOpen()
{
    auto file = SecretsFile::load(path());
    file->set("stripe/api_key", Secret("live"), m_sealer);
    QVERIFY(file->save().has_value());
    write(bytes().replace("stripe/api_key", "tester/api_key"));
    const auto opened = SecretsFile::load(path())->open("tester/api_key", m_sealer);
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, std::string("vault.altered"));
}

void TestSecretsFile::aValueInTheClearIsRefused()
{
    write(R"({"schema":"secrets/1","secrets":{"stripe/api_key":")" +
          QByteArray("sk_test_planted").toBase64() + "\"}}");
    QVERIFY(!SecretsFile::load(path())->open("stripe/api_key", m_sealer));
}

void TestSecretsFile::aBrokenFileIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "x", "[]", "{\"schema\":\"secrets/2\",\"secrets\":{}}",
                             "{\"schema\":\"secrets/1\",\"secrets\":[]}"})
        QTest::newRow(*text ? text : "empty") << QByteArray(text);
}

void TestSecretsFile::aBrokenFileIsRefused()
{
    QFETCH(QByteArray, text);
    write(text);
    const auto file = SecretsFile::load(path());
    QVERIFY(!file);
    QCOMPARE(file.error().code, std::string("vault.bad_secrets_file"));
}

QTEST_GUILESS_MAIN(TestSecretsFile)
#include "tst_SecretsFile.moc"
