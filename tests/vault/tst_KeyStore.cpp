// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/KeyStore.h"

#include "core/base/Text.h"
#include "core/vault/Keychain.h"
#include "core/vault/OwnFile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <map>
#include <sys/stat.h>

using namespace tw;

namespace {

class KeychainInMemory final : public Keychain
{
public:
    Result<std::optional<Secret>> find(const std::string &name) override
    {
        const auto found = entries.find(name);
        if (found == entries.end())
            return std::optional<Secret>();
        return std::optional<Secret>(found->second);
    }
    Result<void> store(const std::string &name, const Secret &value) override
    {
        entries[name] = value;
        return {};
    }
    Result<bool> remove(const std::string &name) override { return entries.erase(name) > 0; }

    std::map<std::string, Secret> entries;
};

mode_t modeOf(const std::string &path)
{
    struct stat about;
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777 : 0;
}

bool sameKeys(const KeyRing &a, const KeyRing &b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](auto &x, auto &y) {
               return x.bytes().matches(y.bytes().reveal());
           });
}

bool names(const Error &error, std::string_view words)
{
    return error.text().find(words) != std::string::npos;
}

} // namespace

class TestKeyStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aKeyIsMadeOnceAndFoundAgain_data();
    void aKeyIsMadeOnceAndFoundAgain();
    void filesAreForTheirOwnerAlone();
    void theKeyFileAloneOpensNothing();
    void twoProgramsThatMakeAKeyAtOnceGetTheSame();
    void theVariableComesFirst();
    void aSystemdCredentialIsRead();
    void aMissingKeyNamesThePlacesTried();
    void aMissingMachineKeyIsNamed();
    void aWrongPassphraseIsSaid();
    void noPassphraseIsSaid();
    void aMachineKeyThatOthersCanReadIsRefused();
    void brokenKeyFilesAreRefused_data();
    void brokenKeyFilesAreRefused();
    void rotationKeepsTheOldKey();
    void keysFromOutsideAreNotRotated();
    void withoutASessionTheKeychainSaysSo();

private:
    KeyPlaces places()
    {
        return {folder(), toUtf8(m_folder->filePath(QStringLiteral("config"))),
                [this] { return m_passphrase; }, &m_keychain};
    }
    std::string folder() const { return toUtf8(m_folder->filePath(QStringLiteral("data"))); }
    void write(const std::string &path, const QByteArray &bytes)
    {
        QFile file(toQString(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    KeychainInMemory m_keychain;
    std::optional<Secret> m_passphrase;
};

void TestKeyStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_keychain.entries.clear();
    m_passphrase.reset();
    cleanup();
}

void TestKeyStore::cleanup()
{
    for (const char *name : {"TIDEWIRE_PROJECT_KEY", "TIDEWIRE_PROJECT_PASSPHRASE",
                             "CREDENTIALS_DIRECTORY", "DBUS_SESSION_BUS_ADDRESS"})
        qunsetenv(name);
}

void TestKeyStore::aKeyIsMadeOnceAndFoundAgain_data()
{
    QTest::addColumn<int>("protection");
    QTest::newRow("by this machine") << int(KeyProtection::Machine);
    QTest::newRow("by a passphrase") << int(KeyProtection::Passphrase);
    QTest::newRow("by the keychain") << int(KeyProtection::Keychain);
}

void TestKeyStore::aKeyIsMadeOnceAndFoundAgain()
{
    QFETCH(int, protection);
    m_passphrase = Secret("correct horse battery staple");
    const auto made = KeyStore(places()).openOrCreate(static_cast<KeyProtection>(protection));
    QVERIFY2(made, made ? "" : made.error().text().c_str());
    QCOMPARE(made->size(), std::size_t(1));
    const auto again = KeyStore(places()).openOrCreate();
    QVERIFY2(again, again ? "" : again.error().text().c_str());
    QVERIFY(sameKeys(*made, *again));
    QVERIFY(sameKeys(*made, KeyStore(places()).open().value()));
}

void TestKeyStore::filesAreForTheirOwnerAlone()
{
    ::umask(0);
    KeyStore store(places());
    QVERIFY(store.openOrCreate().has_value());
    const auto file = KeyFile::parse(**readOwnFile(store.keyFilePath()));
    QCOMPARE(modeOf(store.keyFilePath()), mode_t(0600));
    QCOMPARE(modeOf(store.machineKeyPath(file->id)), mode_t(0600));
    QCOMPARE(modeOf(folder()), mode_t(0700));
}

void TestKeyStore::theKeyFileAloneOpensNothing()
{
    KeyStore store(places());
    const auto made = store.openOrCreate();
    const std::string text = **readOwnFile(store.keyFilePath());
    const std::string raw(made->front().bytes().reveal());
    QVERIFY(text.find(made->front().text().reveal()) == std::string::npos);
    QVERIFY(text.find(QByteArray::fromStdString(raw).toBase64().toStdString()) ==
            std::string::npos);
    const auto file = KeyFile::parse(text);
    QVERIFY(!file->unwrap(ProjectKey::random()));
}

void TestKeyStore::twoProgramsThatMakeAKeyAtOnceGetTheSame()
{
    KeyStore first(places());
    const auto made = first.openOrCreate();
    QVERIFY(!writeOwnFile(first.keyFilePath(), "late", OnExisting::Keep).value());
    QVERIFY(sameKeys(first.open().value(), *made));
}

void TestKeyStore::theVariableComesFirst()
{
    QVERIFY(KeyStore(places()).openOrCreate().has_value());
    qputenv("TIDEWIRE_PROJECT_KEY", QByteArray(64, 'a') + ',' + QByteArray(64, 'b'));
    const auto keys = KeyStore(places()).open();
    QCOMPARE(keys->size(), std::size_t(2));
    QVERIFY(keys->front().text().matches(std::string(64, 'a')));
    qputenv("TIDEWIRE_PROJECT_KEY", "nonsense");
    const auto bad = KeyStore(places()).openOrCreate(); // is not passed over
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, std::string("vault.bad_key"));
    QVERIFY(names(bad.error(), "TIDEWIRE_PROJECT_KEY"));
    QVERIFY(!names(bad.error(), "nonsense"));
}

void TestKeyStore::aSystemdCredentialIsRead()
{
    write(toUtf8(m_folder->filePath(QStringLiteral("tidewire-project-key"))),
          QByteArray(64, 'c') + '\n');
    qputenv("CREDENTIALS_DIRECTORY", m_folder->path().toUtf8());
    const auto keys = KeyStore(places()).openOrCreate();
    QVERIFY(keys->front().text().matches(std::string(64, 'c')));
    QVERIFY(!QFile::exists(toQString(folder()))); // nothing is made beside it
}

void TestKeyStore::aMissingKeyNamesThePlacesTried()
{
    const auto keys = KeyStore(places()).open();
    QVERIFY(!keys);
    QCOMPARE(keys.error().code, std::string("vault.no_key"));
    QVERIFY(keys.error().kind == ErrorKind::Config);
    for (const char *place : {"TIDEWIRE_PROJECT_KEY", "tidewire-project-key", "project.key"})
        QVERIFY2(names(keys.error(), place), place);
    QVERIFY(!QFile::exists(toQString(folder())));
}

void TestKeyStore::aMissingMachineKeyIsNamed()
{
    KeyStore store(places());
    QVERIFY(store.openOrCreate().has_value());
    const std::string path =
        store.machineKeyPath(KeyFile::parse(**readOwnFile(store.keyFilePath()))->id);
    QVERIFY(QFile::remove(toQString(path)));
    for (const auto &keys : {store.open(), store.openOrCreate()}) {
        QVERIFY(!keys);
        QCOMPARE(keys.error().code, std::string("vault.no_key"));
        QVERIFY(names(keys.error(), path));
    }
}

void TestKeyStore::aWrongPassphraseIsSaid()
{
    m_passphrase = Secret("right");
    QVERIFY(KeyStore(places()).openOrCreate(KeyProtection::Passphrase).has_value());
    m_passphrase = Secret("wrong");
    const auto keys = KeyStore(places()).open();
    QVERIFY(!keys);
    QCOMPARE(keys.error().code, std::string("vault.wrong_passphrase"));
    qputenv("TIDEWIRE_PROJECT_PASSPHRASE", "right");
    QVERIFY(KeyStore(places()).open().has_value());
}

void TestKeyStore::noPassphraseIsSaid()
{
    m_passphrase = Secret("right");
    QVERIFY(KeyStore(places()).openOrCreate(KeyProtection::Passphrase).has_value());
    m_passphrase.reset();
    const auto keys = KeyStore(places()).open();
    QVERIFY(!keys);
    QCOMPARE(keys.error().code, std::string("vault.no_key"));
    QVERIFY(names(keys.error(), "TIDEWIRE_PROJECT_PASSPHRASE"));
}

void TestKeyStore::aMachineKeyThatOthersCanReadIsRefused()
{
    KeyStore store(places());
    QVERIFY(store.openOrCreate().has_value());
    const std::string path =
        store.machineKeyPath(KeyFile::parse(**readOwnFile(store.keyFilePath()))->id);
    QCOMPARE(::chmod(path.c_str(), 0640), 0);
    const auto keys = store.open();
    QVERIFY(!keys);
    QCOMPARE(keys.error().code, std::string("vault.readable_by_others"));
    QVERIFY(names(keys.error(), "chmod 600"));
}

void TestKeyStore::brokenKeyFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray head = "{\"schema\":\"project-key/1\",\"id\":\"ab\",";
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("key");
    QTest::newRow("objects where texts belong")
        << QByteArray("{\"schema\":{\"a\":1},\"id\":[],\"keys\":{}}");
    QTest::newRow("another schema") << QByteArray("{\"schema\":\"project-key/2\"}");
    QTest::newRow("an id that climbs out of its folder")
        << QByteArray("{\"schema\":\"project-key/1\",\"id\":\"../../x\",\"protected_by\":"
                      "\"machine\",\"keys\":[\"eA==\"]}");
    QTest::newRow("no protection") << head + "\"keys\":[\"eA==\"]}";
    QTest::newRow("no keys") << head + "\"protected_by\":\"machine\",\"keys\":[]}";
    QTest::newRow("a scrypt that would eat the memory")
        << head + "\"protected_by\":\"passphrase\",\"scrypt\":{\"n\":1073741824,\"salt\":"
                  "\"MDEyMzQ1Njc4OTAxMjM0NQ==\"},\"keys\":[\"eA==\"]}";
}

void TestKeyStore::brokenKeyFilesAreRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(makeOwnFolder(folder()).has_value());
    KeyStore store(places());
    write(store.keyFilePath(), text);
    for (const auto &keys : {store.open(), store.openOrCreate(), store.rotate()}) {
        QVERIFY(!keys);
        QCOMPARE(keys.error().code, std::string("vault.bad_key_file"));
        QVERIFY(names(keys.error(), "project.key"));
    }
    QCOMPARE(QByteArray::fromStdString(**readOwnFile(store.keyFilePath())), text);
}

void TestKeyStore::rotationKeepsTheOldKey()
{
    KeyStore store(places());
    const auto before = store.openOrCreate();
    const auto after = store.rotate();
    QVERIFY2(after, after ? "" : after.error().text().c_str());
    QCOMPARE(after->size(), std::size_t(2));
    QVERIFY(after->front().id() != before->front().id());
    QVERIFY(after->back().bytes().matches(before->front().bytes().reveal()));
    QVERIFY(sameKeys(KeyStore(places()).open().value(), *after));
}

void TestKeyStore::keysFromOutsideAreNotRotated()
{
    qputenv("TIDEWIRE_PROJECT_KEY", QByteArray(64, 'a'));
    const auto rotated = KeyStore(places()).rotate();
    QVERIFY(!rotated);
    QCOMPARE(rotated.error().code, std::string("vault.key_not_ours"));
}

void TestKeyStore::withoutASessionTheKeychainSaysSo()
{
    qunsetenv("XDG_RUNTIME_DIR");
    SystemKeychain keychain;
    const auto found = keychain.find("stripe/api_key");
    QVERIFY(!found);
    QCOMPARE(found.error().code, std::string("vault.no_keychain"));
    QVERIFY(names(found.error(), "D-Bus"));
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    QVERIFY(!keychain.find("stripe/api_key"));
    QVERIFY(!keychain.store("stripe/api_key", Secret("x")));
}

QTEST_GUILESS_MAIN(TestKeyStore)
#include "tst_KeyStore.moc"
