// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QProcessEnvironment>
#include <QSignalSpy>

namespace tw::test {
namespace {

constexpr int kPatienceMs = 60'000;

/// Another build of it than the one this test was built with, by a variable of the environment.
QString tidewireProgram()
{
    return qEnvironmentVariable("TIDEWIRE_PROGRAM", QStringLiteral(TIDEWIRE_PROGRAM));
}

QProcessEnvironment environmentWith(const QStringList &extra)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &entry : extra)
        environment.insert(entry.section(u'=', 0, 0), entry.section(u'=', 1));
    return environment;
}

} // namespace

Finished runTidewire(const QStringList &arguments, const QByteArray &input,
                     const QStringList &environment)
{
    QProcess program;
    program.setProcessEnvironment(environmentWith(environment));
    program.start(tidewireProgram(), arguments);
    program.write(input);
    program.closeWriteChannel();
    if (!program.waitForFinished(kPatienceMs)) {
        program.kill();
        program.waitForFinished();
        return {};
    }
    return {program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1,
            program.readAllStandardOutput(), program.readAllStandardError()};
}

std::unique_ptr<QProcess> startTidewire(const QStringList &arguments, const QStringList &environment)
{
    auto program = std::make_unique<QProcess>();
    program->setProcessEnvironment(environmentWith(environment));
    program->setStandardErrorFile(QProcess::nullDevice());
    program->start(tidewireProgram(), arguments);
    program->waitForStarted(kPatienceMs);
    return program;
}

QJsonObject awaitLine(QProcess &program, const QString &event)
{
    while (program.canReadLine() || program.waitForReadyRead(kPatienceMs)) {
        while (program.canReadLine()) {
            const QJsonObject line = QJsonDocument::fromJson(program.readLine()).object();
            if (line.value(QStringLiteral("event")).toString() == event)
                return line;
        }
    }
    return {};
}

QString sharedFile(const QString &relative)
{
    const QString root = qEnvironmentVariable("TIDEWIRE_SHARED",
                                              QStringLiteral(TIDEWIRE_SOURCE_DIR "/../shared"));
    const QString path = root + u'/' + relative;
    return QFileInfo::exists(path) ? path : QString();
}

QString demoProject()
{
    return QStringLiteral(TIDEWIRE_SOURCE_DIR "/flows/stripe-charge-to-payment");
}

QString copyOfDemo(const QString &folder)
{
    QDirIterator files(demoProject(), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = files.next();
        const QString target = folder + file.mid(demoProject().size());
        QDir().mkpath(QFileInfo(target).path());
        QFile::copy(file, target);
    }
    return folder;
}

void change(const QString &file, const QByteArray &text, const QByteArray &by)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        qFatal("no such file");
    QByteArray all = source.readAll();
    source.close();
    if (!all.contains(text))
        qFatal("the file has no such text any more");
    write(file, all.replace(text, by));
}

void write(const QString &file, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(file).path());
    QFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(text) != text.size())
        qFatal("the file cannot be written");
}

QPair<int, QByteArray> fetch(const QString &url, const QByteArray &token, const QByteArray &origin,
                             const QByteArray &body)
{
    QNetworkAccessManager network;
    QNetworkRequest request{QUrl(url)};
    if (!token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + token);
    if (!origin.isEmpty())
        request.setRawHeader("Origin", origin);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    QNetworkReply *reply = body.isEmpty() ? network.get(request) : network.post(request, body);
    QSignalSpy finished(reply, &QNetworkReply::finished);
    finished.wait(10'000);
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll()};
}

} // namespace tw::test
