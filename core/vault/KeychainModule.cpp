// SPDX-License-Identifier: GPL-3.0-or-later
// A module of its own, loaded by SystemKeychain.
#include "core/vault/KeychainModule.h"

#include "core/base/Text.h"

#include <QCoreApplication>
#include <QSemaphore>
#include <QThread>
#include <chrono>
#include <memory>
#include <qt6keychain/keychain.h>
#include <utility>

namespace {

constexpr std::chrono::milliseconds kPatience{60'000}; // a person may have to unlock the keychain

/// A call on its way, held by both threads: a late answer finds it although nobody waits any more.
struct Errand
{
    tw::KeychainCall call;
    QSemaphore finished;
};

/// QtKeychain answers through an event loop, and libsecret binds its connection to the first thread
/// that asks: all calls of the program go through one thread, which ends with the application.
class KeychainThread
{
public:
    static QObject &worker()
    {
        if (!s_thread) {
            s_thread = new QThread;
            s_thread->setObjectName(QStringLiteral("keychain"));
            s_worker = new QObject;
            s_worker->moveToThread(s_thread);
            s_thread->start();
            qAddPostRoutine(&KeychainThread::end);
        }
        return *s_worker;
    }

private:
    static void end()
    {
        s_worker->deleteLater();
        s_thread->quit();
        s_thread->wait();
        delete std::exchange(s_thread, nullptr);
    }
    static inline QThread *s_thread = nullptr;
    static inline QObject *s_worker = nullptr;
};

void finish(Errand &errand, QKeychain::Job &job)
{
    using Outcome = tw::KeychainCall::Outcome;
    if (job.error() == QKeychain::NoError)
        errand.call.outcome = Outcome::Done;
    else if (job.error() == QKeychain::EntryNotFound)
        errand.call.outcome = Outcome::NotThere;
    else
        errand.call.problem = tw::toUtf8(job.errorString());
    if (const auto *read = qobject_cast<QKeychain::ReadPasswordJob *>(&job))
        errand.call.value = tw::toUtf8(read->textData());
    errand.finished.release();
}

QKeychain::Job *jobFor(const tw::KeychainCall &call)
{
    const QString service = QStringLiteral("tidewire");
    switch (call.action) {
    case tw::KeychainCall::Action::Find:
        return new QKeychain::ReadPasswordJob(service);
    case tw::KeychainCall::Action::Remove:
        return new QKeychain::DeletePasswordJob(service);
    case tw::KeychainCall::Action::Store:
        break;
    }
    auto *write = new QKeychain::WritePasswordJob(service);
    write->setTextData(tw::toQString(call.value));
    return write;
}

void begin(const std::shared_ptr<Errand> &errand)
{
    QKeychain::Job *job = jobFor(errand->call); // deletes itself when it has finished
    job->setInsecureFallback(false);
    job->setKey(tw::toQString(errand->call.name));
    QObject::connect(job, &QKeychain::Job::finished, job,
                     [errand](QKeychain::Job *done) { finish(*errand, *done); });
    job->start();
}

} // namespace

extern "C" Q_DECL_EXPORT void tidewireKeychain(tw::KeychainCall *call)
{
    const auto errand = std::make_shared<Errand>();
    errand->call = *call;
    QMetaObject::invokeMethod(&KeychainThread::worker(), [errand] { begin(errand); });
    if (errand->finished.tryAcquire(1, static_cast<int>(kPatience.count())))
        *call = errand->call;
    else
        call->problem = "it did not answer within a minute";
}
