// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/SecretSources.h"

#include "core/base/Text.h"
#include "core/vault/Keychain.h"
#include "core/vault/Sealer.h"
#include "core/vault/SecretsFile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tw;

namespace {

struct OneEntry final : Keychain
{
    Result<std::optional<Secret>> find(const std::string &name) override
    {
        ++asked;
        if (broken)
            return transientError("vault.no_keychain", "It is locked.");
        return name == "crm/secret" ? std::optional<Secret>(std::in_place, "from the keychain")
                                    : std::optional<Secret>();
    }
    Result<void> store(const std::string &, const Secret &) override { return {}; }
    Result<bool> remove(const std::string &) override { return false; }
    bool broken = false;
    int asked = 0;
};

} // namespace

class TestSecretSources : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void theFirstPlaceWins();
    void allPlacesAreNamed();
    void aLockedFileSaysWhyAndTheSearchGoesOn();
    void aKeychainThatFailedIsNotAskedAgain();
    void foundSecretsAreTold();
    void aCredentialCannotClimbOutOfItsFolder();

private:
    SecretChain chain()
    {
        return SecretChain::ofProject(file("project"), file("data"), &m_keychain);
    }
    std::string file(const char *name) const
    {
        return toUtf8(m_folder->filePath(QString::fromUtf8(name)));
    }
    void seal(const std::string &folder, const std::string &value)
    {
        auto keys = KeyStore({folder, {}, {}, nullptr}).openOrCreate();
        QVERIFY2(keys, keys ? "" : keys.error().text().c_str());
        Sealer sealer(std::move(*keys), SecretsFile::kPurpose);
        auto secrets = SecretsFile::load(folder + "/secrets.sealed");
        secrets->set("crm/secret", Secret(value), sealer);
        QVERIFY(secrets->save().has_value());
    }
    void credential(const QString &name, const QByteArray &value)
    {
        QFile credential(m_folder->filePath(name));
        QVERIFY(credential.open(QIODevice::WriteOnly));
        credential.write(value);
        qputenv("CREDENTIALS_DIRECTORY", m_folder->path().toUtf8());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    OneEntry m_keychain;
};

void TestSecretSources::init()
{
    cleanup();
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CONFIG_HOME", m_folder->path().toUtf8() + "/config");
    m_keychain = {};
}

void TestSecretSources::cleanup()
{
    for (const char *name : {"TIDEWIRE_SECRET_CRM_SECRET", "CREDENTIALS_DIRECTORY",
                             "XDG_CONFIG_HOME", "TIDEWIRE_PROJECT_KEY"})
        qunsetenv(name);
}

void TestSecretSources::theFirstPlaceWins()
{
    // From the last place to the first, each hides what was there before.
    QVERIFY(chain().find("crm", "secret")->matches("from the keychain"));
    seal(file("project"), "from the project");
    QVERIFY(chain().find("crm", "secret")->matches("from the project"));
    seal(file("data"), "from the data folder");
    QVERIFY(chain().find("crm", "secret")->matches("from the data folder"));
    credential(QStringLiteral("tidewire.crm.secret"), "from systemd\n");
    QVERIFY(chain().find("crm", "secret")->matches("from systemd"));
    qputenv("TIDEWIRE_SECRET_CRM_SECRET", "from the environment");
    QVERIFY(chain().find("crm", "secret")->matches("from the environment"));
    QVERIFY(!chain().find("crm", "other"));
}

void TestSecretSources::allPlacesAreNamed()
{
    const SecretChain all = chain();
    QVERIFY(!all.find("crm", "other"));
    const std::string hint = all.hint("crm", "other");
    for (const std::string &place :
         {std::string("TIDEWIRE_SECRET_CRM_OTHER"), std::string("tidewire.crm.other"),
          file("data") + "/secrets.sealed", file("project") + "/secrets.sealed",
          std::string("keychain"), std::string("tidewire secrets set crm/other")})
        QVERIFY2(hint.find(place) != std::string::npos, (hint + " lacks " + place).c_str());
}

void TestSecretSources::aLockedFileSaysWhyAndTheSearchGoesOn()
{
    seal(file("data"), "sealed");
    QVERIFY(QFile::remove(toQString(file("data") + "/project.key")));
    const SecretChain all = chain();
    QVERIFY(all.find("crm", "secret")->matches("from the keychain"));
    QVERIFY(all.hint("crm", "secret").find("vault.no_key") != std::string::npos);
}

void TestSecretSources::aKeychainThatFailedIsNotAskedAgain()
{
    m_keychain.broken = true;
    const SecretChain all = chain();
    QVERIFY(!all.find("crm", "secret"));
    QVERIFY(!all.find("crm", "secret"));
    QCOMPARE(m_keychain.asked, 1);
    QVERIFY(all.hint("crm", "secret").find("It is locked.") != std::string::npos);
}

void TestSecretSources::foundSecretsAreTold()
{
    std::vector<Secret> told;
    SecretChain all = chain();
    all.onFound([&told](const Secret &secret) { told.push_back(secret); });
    (void)all.find("crm", "secret");
    (void)all.find("crm", "other");
    QCOMPARE(told.size(), std::size_t(1));
    QVERIFY(told.front().matches("from the keychain"));
}

void TestSecretSources::aCredentialCannotClimbOutOfItsFolder()
{
    credential(QStringLiteral("outside"), "x");
    qputenv("CREDENTIALS_DIRECTORY", m_folder->path().toUtf8() + "/tidewire.a");
    QVERIFY(!CredentialSecrets().find("a/../..", "/outside"));
}

QTEST_GUILESS_MAIN(TestSecretSources)
#include "tst_SecretSources.moc"
