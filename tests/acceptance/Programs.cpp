// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/Programs.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QProcessEnvironment>

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

} // namespace tw::test
